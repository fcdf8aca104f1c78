"""`Services`: everything that an endpoint may use, typed."""

from dataclasses import dataclass

from smarterrouter.access.admin_key import AdminKey
from smarterrouter.access.voters import Voters
from smarterrouter.catalog.catalog import Catalog
from smarterrouter.catalog.known import Known
from smarterrouter.gateway.accounting import Accounting
from smarterrouter.gateway.chat import Chat
from smarterrouter.gateway.choosing import Choosing
from smarterrouter.gateway.completions import Completions
from smarterrouter.gateway.embeddings import Embeddings
from smarterrouter.gateway.explaining import Explaining
from smarterrouter.gateway.noticing import Noticing
from smarterrouter.gateway.reloading import Reloading
from smarterrouter.jobs.find_models import FindModels
from smarterrouter.jobs.profile_models import ProfileModels
from smarterrouter.jobs.rate_models import RateModels
from smarterrouter.jobs.refresh_models import RefreshModels
from smarterrouter.jobs.scheduler import Scheduler
from smarterrouter.jobs.sync_benchmarks import SyncBenchmarks
from smarterrouter.jobs.tally_feedback import TallyFeedback
from smarterrouter.observability.metrics import Metrics
from smarterrouter.routing.weights import RoutingWeights
from smarterrouter.settings.groups import Settings
from smarterrouter.store.database import Database
from smarterrouter.store.journal import Journal
from smarterrouter.wire.models import RouterCard


@dataclass(frozen=True, slots=True)
class Services:
    """Made by `bootstrap.build`; endpoints get nothing else."""

    settings: Settings
    admin_key: AdminKey
    card: RouterCard
    """How the router shows itself among the models."""
    catalog: Catalog
    choosing: Choosing
    weights: RoutingWeights
    chat: Chat
    completions: Completions
    embeddings: Embeddings
    accounting: Accounting
    metrics: Metrics
    database: Database
    journal: Journal
    scheduler: Scheduler
    find: FindModels
    known: Known
    sync: SyncBenchmarks
    profiling: ProfileModels
    refresh: RefreshModels
    explaining: Explaining
    voters: Voters
    noticing: Noticing
    tally: TallyFeedback
    rating: RateModels
    reloading: Reloading
