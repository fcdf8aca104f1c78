from smarterrouter.profiling.tasks.coding import source, writing_code
from smarterrouter.profiling.tasks.solutions import keep


def test_the_expected_results_come_from_the_solution():
    draft = writing_code("total", "Add.", keep, [([3, 4],), ([],)], (3, 4))
    assert draft.check.function == "total"
    assert [(run.arguments, run.returns) for run in draft.check.runs] == [(([3, 4],), 25), (([],), 0)]
    assert "def total(numbers):\n    return solved(numbers, 3, 4)" in draft.answer.text
    assert "`total(numbers)`" in draft.prompt


def test_a_solution_is_shown_under_another_name():
    assert source(keep).startswith("def solved(numbers")
