import json

import jsonschema_rs

from smarterrouter.profiling.checks import ToolCalls
from smarterrouter.profiling.tasks import tools


def test_expected_calls_fit_the_tools_that_are_offered():
    for template in tools.TEMPLATES:
        for seed in range(20):
            sample = template.sample(seed)
            offered = {one["function"]["name"]: one["function"]["parameters"] for one in sample.task.tools}
            assert len(offered) == len(sample.task.tools)
            if isinstance(sample.task.check, ToolCalls):
                assert offered
                for call in sample.answer.tool_calls:
                    assert jsonschema_rs.is_valid(offered[call.name], json.loads(call.arguments)), call


def test_a_conversation_with_results_is_well_formed():
    task = next(template for template in tools.TEMPLATES if "follow-2" in template.id).make(1)
    roles = [message["role"] for message in task.messages]
    assert roles == ["user", "assistant", "tool", "user"]
    assert task.messages[1]["tool_calls"][0]["id"] == task.messages[2]["tool_call_id"]
