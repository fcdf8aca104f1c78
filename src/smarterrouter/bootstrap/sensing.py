"""The embedding model that has a say in categories, and the prompts it is shown first."""

from smarterrouter.backends.pool import Backends
from smarterrouter.catalog.catalog import Catalog
from smarterrouter.domain.models import Model
from smarterrouter.errors import BackendUnreachable
from smarterrouter.gateway.sensing import Embedder, Examples, Sensing
from smarterrouter.jobs.training.labels import few_of_each
from smarterrouter.observability.metrics import Metrics
from smarterrouter.routing import glimpse
from smarterrouter.settings.groups import Settings
from smarterrouter.transport.breaker import Breaker, Rules
from smarterrouter.wire.calls import EmbedCall, Reply

_NAME = "category model"
_EACH, _SEED = 40, 37
"""Examples of each category. Twice as many were no better (docs/decisions/0037-embeddings-for-categories.md)."""
_PATIENCE = Rules(failure_threshold=3, reset_timeout=30.0, half_open_max_attempts=1, sliding_window_size=10)
"""A model that fails costs every request its whole wait, so it is left alone sooner than a backend."""


def sensing_of(settings: Settings, catalog: Catalog, backends: Backends, metrics: Metrics) -> Sensing | None:
    """None where no model is named."""
    name = settings.routing.category_model.strip()
    if not name:
        return None
    embedder = _embedder(name, catalog, backends)
    return Sensing(embedder, examples, Breaker(_NAME, _PATIENCE), metrics, settings.routing.category_timeout)


def examples() -> Examples:
    """Prompts of known category, all our own text, cut as requests are."""
    return [(glimpse.of_text(text).focus, category) for text, category in few_of_each(_EACH, _SEED)]


def _embedder(name: str, catalog: Catalog, backends: Backends) -> Embedder:
    """Asks the model wherever it is served now."""

    def served() -> Model | None:
        found = catalog.current.find(name)
        return next((model for model in found.models if not model.unreachable), None) if found is not None else None

    async def embed(call: EmbedCall, model: Model) -> Reply:
        backend = backends.current.get(model.backend)
        if backend is None:
            raise BackendUnreachable(f"The backend {model.backend} is no longer configured.")
        return await backend.embed(call, model)

    return Embedder(name, served, embed)
