import msgspec
import pytest

from smarterrouter.profiling.checks import Call, Check, Code, Constraints, Exact, Json, Number, Rule, Run, ToolCalls

ALL = (
    Exact(("a",), case=True),
    Number(1.5, unit="m"),
    Json({"type": "object"}, {"a": [1]}),
    ToolCalls((Call("go", {"x": 1}),), ordered=True),
    Constraints((Rule("count", 1, 2),)),
    Code("f", (Run((1, "a"), [2]),)),
)


@pytest.mark.parametrize("check", ALL, ids=lambda check: type(check).__name__)
def test_a_check_survives_being_written_down(check):
    assert msgspec.json.decode(msgspec.json.encode(check), type=Check) == check


def test_an_unknown_kind_is_refused():
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"kind": "feeling"}, Check)
