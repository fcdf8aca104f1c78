"""The list of jobs."""

from pathlib import Path

from smarterrouter.catalog.catalog import Catalog
from smarterrouter.jobs.expire import ExpireContent
from smarterrouter.jobs.find_models import FindModels
from smarterrouter.jobs.refresh_models import RefreshModels, Rules
from smarterrouter.jobs.registry import all_jobs
from smarterrouter.jobs.return_memory import ReturnMemory
from smarterrouter.jobs.scheduler import Scheduler
from smarterrouter.store.database import Database


async def test_each_background_job_is_registered_once(tmp_path: Path) -> None:
    database = Database("sqlite:///jobs.db", tmp_path)
    find_models = FindModels(None, RefreshModels(lambda: (), Catalog(), Rules(every=7)))
    jobs = all_jobs(find_models, ExpireContent(database, 30), ReturnMemory(int, int))
    status = {one.name: one.every for one in Scheduler(jobs).status()}  # refuses two of the same name
    assert len(status) == len(jobs)
    assert status["refresh_models"] == 7
    assert status["expire_content"] > 0
    await database.engine.dispose()
