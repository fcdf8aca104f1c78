import pytest
from msgspec import structs

from smarterrouter.benchmarks import shipped
from smarterrouter.catalog.known import REFERENCES, Known, stale
from smarterrouter.domain.knowledge import Ability, Profile, Published, Unit
from smarterrouter.domain.models import Model, Size

QWEN = Model("box/qwen2.5:7b", "box", "qwen2.5:7b", Size(7.6, 7.6))
LARGE = Model("box/qwen2.5:72b", "box", "qwen2.5:72b", Size(72.0, 72.0))
LLAMA = Model("box/llama3.1:8b", "box", "llama3.1:8b", Size(8.0, 8.0))
MODELS = (QWEN, LARGE, LLAMA)


def row(model, value, column="ifeval", source="a", **more):
    return Published(model, column, value, Unit.PERCENT, source, **more)


def profile(at=1.0, model=QWEN.key, **more):
    return Profile(model, Ability(0.5, 0.2), measured_at=at, **more)


def values(known, model=QWEN):
    return {one.column: one.value for one in known.about(MODELS)[model.key].published}


def test_any_spelling_counts_and_no_other_size():
    known = Known()
    known.learn_published([row("Qwen/Qwen2.5-7B-Instruct", 71.0), row("nobody/knows-this", 1.0)])
    assert values(known) == {"ifeval": 71.0}
    assert set(known.about(MODELS)) == {QWEN.key}
    assert known.names == ("Qwen/Qwen2.5-7B-Instruct", "nobody/knows-this")


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
@pytest.mark.parametrize("swapped", [False, True])
def test_the_more_trusted_source_counts_whatever_its_spelling(order, swapped):
    rows = [row("Qwen2.5-7B-Instruct", 1.0, source="a"), row("qwen2.5:7b-instruct", 2.0, source="b")]
    known = Known()
    known.learn_published(rows[::-1] if swapped else rows, order)
    assert values(known) == {"ifeval": 1.0 if order[0] == "a" else 2.0}


def test_a_guess_never_hides_a_measurement():
    known = Known([row("Qwen2.5-7B-Instruct", 70.0, source="shipped")])
    known.learn_published([row("qwen2.5-7b-instruct", 10.0, source="a", estimated=True)], ["a"])
    assert values(known) == {"ifeval": 70.0}


def test_sources_come_before_what_was_shipped_and_each_column_counts_once():
    known = Known([row("Qwen2.5-7B-Instruct", 70.0, source="shipped"), row("Qwen2.5-7B-Instruct", 9.0, "gpqa")])
    known.learn_published([row("qwen2.5:7b", 71.0)], ["a"])
    assert values(known) == {"ifeval": 71.0, "gpqa": 9.0}


def test_the_reference_is_found_by_any_spelling_and_is_never_a_guess():
    known = Known()
    known.learn_published(
        [
            row("meta-llama/Llama-3.1-8B-Instruct", 80.0),
            row("Qwen/Qwen2.5-7B-Instruct", 71.0),
            row("Qwen/Qwen2.5-7B-Instruct", 99.0, "gpqa", estimated=True),
            row("meta-llama/Meta-Llama-3.1-8B-Instruct", 30.0, "gpqa"),
            row("Qwen/Qwen2.5-72B-Instruct", 86.0, "math"),
        ]
    )
    assert known.reference() == {"ifeval": 71.0, "gpqa": 30.0}
    assert known.reference() is known.reference()
    known.learn_published([row("Qwen/Qwen2.5-7B-Instruct", 72.0)])
    assert known.reference() == {"ifeval": 72.0}


def test_what_is_shipped_has_a_reference_for_many_columns():
    known = Known(shipped.load())
    assert {"mmlu_pro", "gsm8k", "humaneval", "ifeval"} <= set(known.reference())
    assert len(REFERENCES) == 2


def test_the_newest_profile_of_a_model_counts_in_whatever_order_they_come():
    known = Known()
    known.learn_profiles([profile(2.0, answers=2), profile(1.0, answers=1)])
    known.learn_profiles([profile(1.5, answers=3)])
    assert known.profiles[QWEN.key].answers == 2
    known.learn_profiles([profile(2.0, answers=4)])
    assert known.about(MODELS)[QWEN.key].profile.answers == 4


def test_a_view_changes_with_what_is_known_and_with_the_models():
    known = Known()
    assert known.about(MODELS) == {}
    versions = [known.version]
    known.learn_profiles([profile()])
    versions.append(known.version)
    first = known.about(MODELS)
    assert known.about(MODELS) is first
    assert known.about((LLAMA,)) == {}
    known.forget_profile(QWEN.key)
    versions.append(known.version)
    assert known.about(MODELS) == {}
    known.forget_profile(QWEN.key)
    assert [*versions, known.version] == [0, 1, 2, 2]


def test_a_view_that_was_given_out_never_changes():
    known = Known()
    known.learn_profiles([profile()])
    before = known.profiles
    known.forget_profile(QWEN.key)
    known.learn_profiles([profile(model=LLAMA.key)])
    assert set(before) == {QWEN.key}


@pytest.mark.parametrize(
    ("digest", "quantisation", "external", "expected"),
    [
        ("d1", "Q4_K_M", False, False),
        ("d2", "Q4_K_M", False, True),
        ("d1", "Q2_K", False, True),
        ("d2", "Q2_K", True, False),
    ],
)
def test_another_file_makes_a_profile_stale_unless_it_is_external(digest, quantisation, external, expected):
    model = structs.replace(QWEN, digest="d1", size=structs.replace(QWEN.size, quantisation="Q4_K_M"))
    assert stale(profile(digest=digest, quantisation=quantisation, external=external), model) is expected


def test_without_a_profile_a_model_is_to_be_profiled():
    assert stale(None, QWEN)


def test_listeners_hear_of_every_change_and_of_nothing_else() -> None:
    known, heard = Known(), []
    known.subscribe(lambda: heard.append(known.version))
    known.learn_published(())
    known.learn_profiles([Profile("a/m", Ability(0.0, 1.0))])
    known.learn_profiles([Profile("a/m", Ability(0.0, 1.0))])
    known.forget_profile("a/other")
    known.about(())
    known.forget_profile("a/m")
    assert heard == [1, 2, 3]
