"""The list of jobs."""

from pathlib import Path

from tests.doubles.pretend_model import PretendModel, PretendSuite, check

from smarterrouter.catalog.catalog import Catalog
from smarterrouter.catalog.known import Known
from smarterrouter.jobs.expire import ExpireContent
from smarterrouter.jobs.find_models import FindModels
from smarterrouter.jobs.profile_models import Interviewing, ProfileModels
from smarterrouter.jobs.profile_models import Rules as ProfilingRules
from smarterrouter.jobs.rate_models import RateModels
from smarterrouter.jobs.refresh_models import RefreshModels, Rules
from smarterrouter.jobs.refresh_provider_db import RefreshProviderDb
from smarterrouter.jobs.registry import Learning, all_jobs
from smarterrouter.jobs.return_memory import ReturnMemory
from smarterrouter.jobs.scheduler import Scheduler
from smarterrouter.jobs.sync_benchmarks import SyncBenchmarks
from smarterrouter.jobs.tally_feedback import TallyFeedback
from smarterrouter.profiling.means import Means
from smarterrouter.store.database import Database


async def test_each_background_job_is_registered_once(tmp_path: Path) -> None:
    database, known = Database("sqlite:///jobs.db", tmp_path), Known()
    sync = SyncBenchmarks((), database, known, tuple)
    interviewing = Interviewing(PretendSuite(), Means(PretendModel().ask, check))
    refresh = RefreshModels(lambda: (), Catalog(), Rules(every=7))
    tally = TallyFeedback(database)
    learning = Learning(
        sync,
        RefreshProviderDb(None, sync.sync),
        ProfileModels(interviewing, database, known, tuple, ProfilingRules(every=60)),
        tally,
        RateModels(refresh, known, tally),
    )
    jobs = all_jobs(FindModels(None, refresh), ExpireContent(database, 30), ReturnMemory(int, int), learning)
    status = {one.name: one.every for one in Scheduler(jobs).status()}  # refuses two of the same name
    assert len(status) == len(jobs) == 8
    assert status["refresh_models"] == 7
    assert status["expire_content"] > 0
    assert status["profile_models"] == 60
    assert status["sync_benchmarks"] == status["refresh_provider_db"] == 0
    await database.close()
