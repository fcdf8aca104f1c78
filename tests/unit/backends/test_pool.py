"""The list of backends in use."""

from smarterrouter.backends.openai import OpenAICompatible
from smarterrouter.backends.pool import Backends
from smarterrouter.backends.spec import BackendSpec
from smarterrouter.transport.client import HttpClient


def backend(name: str) -> OpenAICompatible:
    return OpenAICompatible(BackendSpec(name, "compatible", "http://127.0.0.1:1/v1"), HttpClient())


def pool(*configured: str, embedded: bool = True) -> Backends:
    local = backend("local") if embedded else None
    return Backends(map(backend, configured), local, lambda spec: backend(spec.name))


def spec(name: str) -> BackendSpec:
    return BackendSpec(name, "compatible", "http://127.0.0.1:1/v1")


def test_the_embedded_backend_serves_only_where_there_is_no_other() -> None:
    backends = pool()
    assert list(backends.current) == ["local"]
    backends.found([spec("ollama")])
    assert list(backends.current) == ["ollama"]


def test_configured_ones_come_first_and_keep_their_names() -> None:
    backends = pool("mine", "ollama")
    assert backends.found([spec("ollama"), spec("vllm")]) == [spec("vllm")]
    assert list(backends.current) == ["mine", "ollama", "vllm"]


def test_what_was_found_stays_and_is_told_once() -> None:
    backends = pool(embedded=False)
    assert backends.found([spec("vllm")]) == [spec("vllm")]
    before = backends.current
    assert backends.found([spec("vllm")]) == []
    assert backends.found([]) == []
    assert backends.current is before


def test_a_reader_keeps_the_list_it_has_read() -> None:
    backends = pool("mine")
    before = backends.current
    backends.found([spec("vllm")])
    assert list(before) == ["mine"]


async def test_closing_closes_each_once() -> None:
    closed: list[str] = []

    class Counting(OpenAICompatible):
        async def close(self) -> None:
            closed.append(self.name)

    made = {name: Counting(spec(name), HttpClient()) for name in ("mine", "local", "vllm")}
    backends = Backends([made["mine"]], made["local"], lambda found: made[found.name])
    backends.found([spec("vllm")])
    await backends.close()
    assert sorted(closed) == ["local", "mine", "vllm"]
