"""An `Ask` of the profiler: the product's own way to a llama.cpp server, whatever backend the model says it has.

ask = HttpAsk(client, server.base_url)      # `client` is an `HttpClient`; `await ask(question)` gives `Heard`
"""

from smarterrouter.backends.llama_cpp import LlamaCpp
from smarterrouter.backends.spec import BackendSpec
from smarterrouter.jobs.asking import Asking
from smarterrouter.profiling.questions import Heard, Question
from smarterrouter.transport.client import HttpClient


class HttpAsk:
    def __init__(self, client: HttpClient, base_url: str) -> None:
        spec = BackendSpec(name="here", kind="llama.cpp", url=base_url.removesuffix("/v1"))
        self._backend = LlamaCpp(spec, client)

    async def __call__(self, question: Question) -> Heard:
        return await Asking(lambda: {question.model.backend: self._backend}).ask(question)
