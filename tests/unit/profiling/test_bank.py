from collections import Counter
from itertools import pairwise

import msgspec
import pytest

from smarterrouter.domain.intent import Category
from smarterrouter.profiling import bank
from smarterrouter.profiling.base import FLAGS
from smarterrouter.profiling.checks import Code
from smarterrouter.profiling.drafts import Generated
from smarterrouter.profiling.judging import judge
from smarterrouter.profiling.sandbox import Sandbox

SEEDS = range(20)
TEMPLATES = [template for template in bank.OURS if isinstance(template, Generated)]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.id)
async def test_the_reference_passes_and_wrong_answers_fail(template):
    sandbox = Sandbox()
    # A run costs some milliseconds, so that fewer seeds of code are run.
    for seed in range(4) if isinstance(template.make(0).check, Code) else SEEDS:
        sample = template.sample(seed)
        task = sample.task
        assert (await judge(task, sample.answer, sandbox)).passed, (task.id, task.check, sample.answer)
        assert template.reference(task) == sample.answer
        failed = 0
        for wrong in sample.wrong:
            verdict = await judge(task, wrong, sandbox)
            assert not verdict.passed, (task.id, task.check, wrong)
            assert verdict.detail
            failed += 1
        assert failed >= 2, task.id


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.id)
def test_tasks_are_whole_and_made_again_alike(template):
    for seed in SEEDS:
        task = template.make(seed)
        assert task == template.make(seed)
        assert task.id == f"{template.id}#{seed}"
        assert (task.category, task.difficulty, task.template) == (template.category, template.difficulty, template.id)
        assert task.flags <= FLAGS
        assert 0 < task.max_tokens <= 400
        assert task.messages[-1]["role"] == "user"
        assert all(message["content"] or message.get("tool_calls") for message in task.messages)
        assert msgspec.json.decode(msgspec.json.encode(task), type=type(task)) == task


def test_there_are_enough_items_and_more_than_half_are_hard():
    counts = Counter(template.category for template in bank.OURS)
    assert len(bank.OURS) >= 250
    assert set(counts) == set(Category)
    assert min(counts.values()) >= 25
    assert sum(template.difficulty > 0 for template in bank.OURS) > len(bank.OURS) / 2
    for category in Category:
        found = sorted(template.difficulty for template in bank.OURS if template.category is category)
        assert found[0] < -0.9
        assert found[-1] > 1.2
        assert max(two - one for one, two in pairwise(found)) <= 1.2
    flags = Counter(flag for template in bank.OURS for flag in template.flags)
    assert all(flags[flag] >= 2 for flag in FLAGS)


def test_x09_every_category_has_many_more_than_five_tasks():
    counts = Counter(template.category for template in bank.load().templates)
    assert all(counts[category] >= 25 for category in Category)


def test_no_item_comes_twice():
    ids = [template.id for template in bank.OURS]
    assert len(set(ids)) == len(ids)
    asked = [str((task.messages, task.check, task.tools)) for template in bank.OURS for task in [template.make(3)]]
    assert len(set(asked)) == len(asked)


def test_a_seed_changes_the_question():
    for template in TEMPLATES:
        made = {str((task.messages, task.check, task.tools)) for task in map(template.make, SEEDS)}
        assert len(made) >= 4, template.id


def test_making_the_whole_bank_is_little_work():
    # Counted in characters rather than in seconds: what is made is small, and made once for each seed.
    made = sum(len(str(message["content"])) for template in bank.OURS for message in template.make(5).messages)
    assert made < 400_000


def test_the_version_follows_the_content():
    whole, less = bank.load(), bank.Bank(bank.OURS[1:])
    assert whole.version == bank.load().version
    assert whole.version != less.version
    assert len(whole.version) == 16


def test_tasks_are_found_by_id():
    known = bank.load()
    task = known.templates[40].make(-7)
    assert known.task(task.id) == task
    assert known.task("nothing#1") is None
    assert known.task(f"{task.template}#x") is None
    assert known.task("") is None
    assert known.get(task.template) is known.templates[40]


def test_a_folder_adds_to_ours(tmp_path):
    (tmp_path / "own.yaml").write_text(
        "tasks:\n- {id: a, prompt: Say yes., category: logic, check: {kind: exact, accept: [yes it is]}}\n- {id: b}\n"
    )
    known = bank.load(tmp_path)
    assert len(known.templates) == len(bank.OURS) + 1
    assert known.templates[-1].id.startswith("own/a@")
    assert known.version == bank.load().version, "answers to ours stay true"
    assert len(known.problems) == 1
    assert known.problems[0].startswith("own.yaml:3:")
