"""llama.cpp, from the `xllamacpp` package: its own HTTP server, inside the worker's process."""

from typing import Any

from smarterrouter.inference.engines.base import EngineFailed, Plan

_PROMPT_CACHE_MIB = 256
"""Host memory for prompts seen before. llama.cpp's own default, 8 GiB for each model, is not for a shared machine."""
_HTTP_THREADS = 32
"""One per open connection; too few and `/health` waits behind streams."""
_ERRORS_ONLY = 1


class LlamaCpp:
    """One `xllamacpp.Server`.

    It is kept for the life of the process on purpose. Deleting it soon after it was made can stop the process for ever,
    and leaving the interpreter while a stream runs aborts; so nothing here deletes it, and the worker ends by `_exit`.
    """

    def __init__(self) -> None:
        self._server: Any = None

    def serve(self, plan: Plan) -> str:
        """Load and listen. Raise `EngineFailed` when the package is missing or the model cannot be loaded."""
        try:
            import xllamacpp
        except ImportError as error:
            raise EngineFailed(
                f"The package xllamacpp cannot be used: {error}. Install smarterrouter[local]."
            ) from error
        try:
            self._server = xllamacpp.Server(_parameters(xllamacpp, plan))
        except (RuntimeError, ValueError, TypeError) as error:
            raise EngineFailed(f"llama.cpp cannot load {plan.path}: {error}") from error
        address: str = self._server.listening_address
        return plan.socket or address


def _parameters(xllamacpp: Any, plan: Plan) -> Any:
    given = xllamacpp.CommonParams()
    given.model.path = plan.path
    given.model_alias = {plan.name}
    given.offline = True
    # Texts of different lengths that are embedded side by side come out wrong: only the last piece of the longer one is
    # pooled. So a model for embeddings takes one text after the other.
    given.n_parallel = 1 if plan.pooling else plan.parallel
    given.n_ctx = plan.context * given.n_parallel  # llama.cpp divides its context between requests
    given.cpuparams.n_threads = plan.threads
    given.cpuparams_batch.n_threads = plan.threads
    given.n_gpu_layers = plan.gpu_layers
    given.cache_ram_mib = _PROMPT_CACHE_MIB
    given.hostnames = [plan.socket or "127.0.0.1"]
    given.port = plan.port
    given.n_threads_http = _HTTP_THREADS
    given.endpoint_metrics = True
    given.ui = False
    given.verbosity = _ERRORS_ONLY
    if plan.api_key:
        given.api_keys = [plan.api_key]
    if plan.pooling:
        given.embedding = True
        given.pooling_type = xllamacpp.llama_pooling_type(plan.pooling)
        given.n_batch = given.n_ubatch = plan.context  # a text that is embedded has to fit into one batch
    return given
