"""Our own inference runtime: a worker process per model, spoken to over its Unix socket."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from smarterrouter.backends.llama_cpp import LlamaCpp
from smarterrouter.backends.spec import BackendSpec
from smarterrouter.domain.models import Model, Offer
from smarterrouter.transport.client import HttpClient
from smarterrouter.wire.calls import ChatCall, CompletionCall, EmbedCall, Reply


class Hold(Protocol):
    """A worker that stays until it is released."""

    @property
    def socket(self) -> str:
        """Path of its Unix socket; the same for one model all the time."""

    @property
    def api_key(self) -> str:
        """What it wants to be shown; the same for one model all the time."""

    def release(self) -> None:
        """It may be stopped from now on."""


class Runtime(Protocol):
    """What this backend needs of whoever runs the worker processes."""

    async def offers(self, backend: str) -> list[Offer]:
        """All models that can be served, in the name of `backend`."""

    async def hold(self, name: str) -> Hold:
        """A model's worker, started and answering. Raise one of our errors when there is none."""

    def running(self) -> dict[str, int]:
        """The models that are in memory, each with its process id."""

    async def stop(self) -> None:
        """End every worker."""


class Local:
    """The embedded runtime as a backend. A model is loaded by the first request for it."""

    def __init__(self, runtime: Runtime, client: HttpClient, *, name: str = "local", timeout: float = 120.0) -> None:
        """`timeout` is the longest silence of a worker in seconds."""
        self.name = name
        self.kind = "local"
        self.address = "this machine"
        self._runtime = runtime
        self._client = client
        self._timeout = timeout
        self._relays: dict[str, LlamaCpp] = {}

    async def offers(self) -> list[Offer]:
        """The user's models and the test models."""
        return await self._runtime.offers(self.name)

    async def chat(self, call: ChatCall, model: Model) -> Reply:
        """Relay to the model's worker, which is loaded first where needed."""
        return await self._relayed(model, lambda relay: relay.chat(call, model))

    async def complete(self, call: CompletionCall, model: Model) -> Reply:
        """Relay to the model's worker."""
        return await self._relayed(model, lambda relay: relay.complete(call, model))

    async def embed(self, call: EmbedCall, model: Model) -> Reply:
        """Relay to the model's worker."""
        return await self._relayed(model, lambda relay: relay.embed(call, model))

    async def count(self, call: ChatCall | CompletionCall, model: Model) -> int | None:
        """Exact prompt tokens of a model in memory; None for others, which are not loaded only to count."""
        if model.name not in self._runtime.running():
            return None
        hold = await self._runtime.hold(model.name)
        try:
            return await self._relay(hold).count(call, model)
        finally:
            hold.release()

    async def close(self) -> None:
        """Stop every worker."""
        await self._runtime.stop()

    async def _relayed(self, model: Model, ask: Callable[[LlamaCpp], Awaitable[Reply]]) -> Reply:
        """The worker's reply, which keeps the worker until it is closed."""
        hold = await self._runtime.hold(model.name)
        try:
            reply = await ask(self._relay(hold))
        except BaseException:
            hold.release()
            raise
        close = reply.close

        def closed() -> None:
            close()
            hold.release()

        return Reply(read=reply.read, chunks=reply.chunks, close=closed, stream=reply.stream, notes=reply.notes)

    def _relay(self, hold: Hold) -> LlamaCpp:
        """How to talk to that worker; made once for each model."""
        relay = self._relays.get(hold.socket)
        if relay is None:
            spec = BackendSpec(
                name=self.name,
                kind="llama.cpp",
                url="http://localhost/v1",
                api_key=hold.api_key,
                socket=hold.socket,
                timeout_seconds=self._timeout,
            )
            relay = self._relays[hold.socket] = LlamaCpp(spec, self._client)
        return relay
