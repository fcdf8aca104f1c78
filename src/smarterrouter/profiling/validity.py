"""Is an answer well-formed where a form was asked for? Whether it is right is another question."""

import json

from smarterrouter.profiling.base import Answer, Task
from smarterrouter.profiling.checks import Json, ToolCalls


def well_formed(task: Task, answer: Answer) -> bool | None:
    """None where the task asks for no form: neither JSON nor a tool call."""
    if isinstance(task.check, ToolCalls):
        return _calls(task, answer) if task.check.calls else None
    if task.response_format is not None or isinstance(task.check, Json):
        return _parses(answer.text)
    return None


def _calls(task: Task, answer: Answer) -> bool:
    offered = {tool.get("function", tool).get("name") for tool in task.tools}
    calls = answer.tool_calls
    return bool(calls) and all(call.name in offered and _parses(call.arguments, dict) for call in calls)


def _parses(text: str, kind: type = object) -> bool:
    try:
        return isinstance(json.loads(text), kind)
    except (ValueError, RecursionError):
        return False
