"""The list of jobs and how often they run."""

from collections.abc import Sequence

from smarterrouter.jobs.expire import ExpireContent
from smarterrouter.jobs.find_models import FindModels
from smarterrouter.jobs.return_memory import ReturnMemory
from smarterrouter.jobs.scheduler import Job


def all_jobs(find_models: FindModels, expire_content: ExpireContent, return_memory: ReturnMemory) -> Sequence[Job]:
    """Every job of the gateway. A new job is one line here; `bootstrap` builds it and passes it in."""
    return (find_models, expire_content, return_memory)
