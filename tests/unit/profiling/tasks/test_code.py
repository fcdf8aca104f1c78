import contextlib
import io
import re

import pytest

from smarterrouter.profiling.tasks import code

BY_ID = {template.id.removeprefix("code/"): template for template in code.TEMPLATES}
READ = [name for name in BY_ID if name.split("-")[0] in ("loop", "alias", "slices", "recursion")]


@pytest.mark.parametrize("name", READ)
def test_programs_print_what_is_expected(name):
    for seed in range(20):
        sample = BY_ID[name].sample(seed)
        program = re.search(r"```python\n(.*?)```", sample.task.messages[0]["content"], re.DOTALL)[1]
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(program, {})
        assert printed.getvalue().strip() == sample.answer.text.removeprefix("Answer: ")
