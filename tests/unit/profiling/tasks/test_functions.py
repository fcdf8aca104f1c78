from smarterrouter.domain.intent import Category
from smarterrouter.profiling.drafts import templates
from smarterrouter.profiling.tasks import functions, solutions

MADE = templates(Category.CODE, functions.FAMILIES)


def test_every_solution_is_used():
    used = " ".join(template.sample(0).answer.text for template in MADE)
    for name, function in vars(solutions).items():
        if callable(function):
            assert function.__doc__.splitlines()[0] in used, name


def test_results_differ_between_runs():
    # Otherwise a function that always gives the same would pass.
    for template in MADE:
        for seed in range(10):
            results = [repr(run.returns) for run in template.make(seed).check.runs]
            assert len(set(results)) > 1, template.id


def test_prompts_do_not_ask_for_what_the_sandbox_lacks():
    for template in MADE:
        assert "no imports, no classes, no yield" in template.make(0).messages[0]["content"]
