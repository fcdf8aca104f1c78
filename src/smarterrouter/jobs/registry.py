"""The list of jobs and how often they run."""

from collections.abc import Sequence
from typing import NamedTuple

from smarterrouter.jobs.expire import ExpireContent
from smarterrouter.jobs.find_models import FindModels
from smarterrouter.jobs.profile_models import ProfileModels
from smarterrouter.jobs.rate_models import RateModels
from smarterrouter.jobs.refresh_provider_db import RefreshProviderDb
from smarterrouter.jobs.return_memory import ReturnMemory
from smarterrouter.jobs.scheduler import Job
from smarterrouter.jobs.sync_benchmarks import SyncBenchmarks
from smarterrouter.jobs.tally_feedback import TallyFeedback


class Learning(NamedTuple):
    """The jobs that find out how good models are."""

    sync_benchmarks: SyncBenchmarks
    refresh_provider_db: RefreshProviderDb
    profile_models: ProfileModels
    tally_feedback: TallyFeedback
    rate_models: RateModels


def all_jobs(
    find_models: FindModels, expire_content: ExpireContent, return_memory: ReturnMemory, learning: Learning
) -> Sequence[Job]:
    """Every job of the gateway. A new job is one line here; `bootstrap` builds it and passes it in."""
    return (find_models, expire_content, return_memory, *learning)
