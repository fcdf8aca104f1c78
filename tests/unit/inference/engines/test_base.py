import msgspec

from smarterrouter.inference.engines.base import Engine, Plan
from smarterrouter.inference.engines.llama_cpp import LlamaCpp


def test_a_plan_survives_the_way_to_the_worker():
    plan = Plan("name", "/a/b.gguf", 512, parallel=3, socket="/tmp/x.sock", api_key="k", pooling=1, parent=7)
    assert msgspec.json.decode(msgspec.json.encode(plan), type=Plan) == plan


def test_llama_cpp_is_an_engine():
    engine: Engine = LlamaCpp()
    assert engine.serve
