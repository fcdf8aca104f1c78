import random

import jsonschema_rs

from smarterrouter.profiling.tasks.toolbox import TOOLS, tool


def test_each_tool_is_asked_for_with_fitting_arguments():
    for one in TOOLS:
        function = one.definition["function"]
        jsonschema_rs.meta.validate(function["parameters"])
        for seed in range(20):
            prompt, call = one.ask(random.Random(seed))
            assert prompt
            assert call.name == function["name"]
            assert jsonschema_rs.is_valid(function["parameters"], call.arguments), call
            assert set(call.arguments) == set(function["parameters"]["properties"])


def test_parameters_become_schemas():
    made = tool("t", "d", a="integer: how many", b=["string"], c={"d": "boolean"}, e=("x", "y"))
    properties = made["function"]["parameters"]["properties"]
    assert properties["a"] == {"type": "integer", "description": "how many"}
    assert properties["b"] == {"type": "array", "items": {"type": "string"}}
    assert properties["c"]["required"] == ["d"]
    assert properties["e"] == {"type": "string", "enum": ["x", "y"]}
