from smarterrouter.profiling.base import LANGUAGE
from smarterrouter.profiling.checks import Constraints
from smarterrouter.profiling.constraints import RULES
from smarterrouter.profiling.tasks import chat


def test_writing_is_checked_by_rules_that_the_prompt_says():
    for template in chat.TEMPLATES:
        for seed in range(10):
            task = template.make(seed)
            assert isinstance(task.check, Constraints)
            assert {rule.rule for rule in task.check.rules} <= set(RULES)
            prompt = task.messages[-1]["content"]
            for rule in task.check.rules:
                if rule.rule in ("include", "endings", "exclude"):
                    assert all(word in prompt for word in rule.words), (task.id, rule)


def test_some_are_to_be_written_in_another_language():
    assert [template.id for template in chat.TEMPLATES if LANGUAGE in template.flags] == [
        "chat/foreign-1",
        "chat/foreign-2",
    ]
