"""`judge`: the verdict on an answer to a task, running code where that is what the task asks for."""

from smarterrouter.profiling import texts
from smarterrouter.profiling.base import Answer, Task, Verdict
from smarterrouter.profiling.checks import Code
from smarterrouter.profiling.sandbox import Limits, Sandbox
from smarterrouter.profiling.verifiers import verify


async def judge(task: Task, answer: Answer, sandbox: Sandbox) -> Verdict:
    """Raises `SandboxBroken` for a task of code when code cannot be run here."""
    check = task.check
    if not isinstance(check, Code):
        return verify(check, answer)
    code = texts.unfenced(texts.spoken(answer.text))
    outcome = await sandbox.run(code, check.function, check.runs, Limits(check.seconds, check.memory_mb))
    return Verdict(passed=outcome.passed, detail=outcome.detail, void=outcome.void)
