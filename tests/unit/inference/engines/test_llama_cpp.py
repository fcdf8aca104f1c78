import sys

import pytest
import xllamacpp
from tests.doubles.tiny_models import TinyServer

from smarterrouter.inference.engines import llama_cpp
from smarterrouter.inference.engines.base import EngineFailed, Plan


def parameters(**more):
    return llama_cpp._parameters(xllamacpp, Plan("n", "/m.gguf", 512, **more))


def test_context_is_multiplied_because_llama_cpp_divides_it():
    given = parameters(parallel=3)
    assert (given.n_parallel, given.n_ctx) == (3, 1536)


def test_models_for_embeddings_take_one_text_at_a_time_and_whole():
    given = parameters(parallel=3, pooling=3)
    assert (given.n_parallel, given.n_ctx, given.n_batch, given.n_ubatch) == (1, 512, 512, 512)
    assert given.embedding
    assert given.pooling_type == xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_LAST


def test_threads_bound_both_pools_and_nothing_is_fetched():
    given = parameters(threads=3)
    assert (given.cpuparams.n_threads, given.cpuparams_batch.n_threads) == (3, 3)
    assert given.offline
    assert not given.ctx_shift


def test_memory_for_old_prompts_is_bounded():
    assert 0 < parameters().cache_ram_mib <= 512


@pytest.mark.parametrize(("socket", "host"), [("/x/y.sock", "/x/y.sock"), ("", "127.0.0.1")])
def test_it_listens_on_the_socket_or_on_this_machine_only(socket, host):
    assert parameters(socket=socket).hostnames == [host]


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(EngineFailed, match=r"smarterrouter\[local\]"):
        llama_cpp.LlamaCpp().serve(Plan("n", "/m.gguf", 512))


async def test_the_running_server_is_as_planned():
    async with TinyServer(context=512, parallel=3, api_key="k", name="alias") as server:
        props = await server.get("/props")
        assert props["total_slots"] == 3
        assert props["default_generation_settings"]["n_ctx"] == 512
        assert [row["id"] for row in (await server.get("/v1/models"))["data"]] == ["alias"]
        server.api_key = "wrong"
        assert (await server.get("/props"))["error"]["type"] == "authentication_error"
