"""The learned reading and the tables together."""

from math import log

from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.domain.intent import Category, Reading
from smarterrouter.routing.combining import certain, combined
from smarterrouter.routing.hearing import Heard
from smarterrouter.routing.shape import Shape
from smarterrouter.routing.vocabulary import Said

KINDS = list(Category)
SILENT = [0.0] * len(KINDS)


def learned(sure_of: Category, share: float = 0.9, familiarity: float = 1.0, words: int = 100) -> Heard:
    logits = [log(share if kind is sure_of else (1 - share) / (len(KINDS) - 1)) for kind in KINDS]
    return Heard(logits, 0.0, familiarity, words, Said(SILENT), Shape())


def sum_up(
    heard: Heard, characters: int, points: list[float], offered: float, complexity: float, sensed=None
) -> Reading:
    return combined(heard, heard.logits, points, certain(offered, sensed), characters, complexity)


def points(category: Category, worth: float) -> list[float]:
    return [worth if kind is category else 0.0 for kind in KINDS]


def likeliest(shares: tuple[float, ...]) -> Category:
    return KINDS[shares.index(max(shares))]


def test_where_the_tables_are_silent_the_learned_model_decides() -> None:
    assert likeliest(sum_up(learned(Category.LOGIC), 600, SILENT, 0.0, 0.3).categories) is Category.LOGIC


def test_the_tables_outvote_it_where_the_prompt_is_unfamiliar() -> None:
    said = points(Category.CODE, 1.0)
    assert likeliest(sum_up(learned(Category.KNOWLEDGE, 0.6), 600, said, 0.0, 0.3).categories) is Category.KNOWLEDGE
    strange = learned(Category.KNOWLEDGE, 0.6, familiarity=0.0)
    assert likeliest(sum_up(strange, 600, said, 0.0, 0.3).categories) is Category.CODE


def test_offered_tools_count_whatever_the_text_says() -> None:
    assert likeliest(sum_up(learned(Category.KNOWLEDGE, 0.9), 600, SILENT, 1.2, 0.3).categories) is Category.TOOLS


def test_clearly_simple_and_clearly_hard_prompts_move_the_difficulty() -> None:
    simple, plain, hard = (
        sum_up(learned(Category.CODE), 600, SILENT, 0.0, value).difficulty for value in (0.02, 0.3, 0.8)
    )
    assert simple < plain == 0.0 < hard


@given(
    st.lists(st.floats(0, 6), min_size=8, max_size=8),
    st.floats(0, 4),
    st.floats(0, 1),
    st.floats(0, 1),
    st.integers(0, 99),
)
def test_the_sum_is_always_a_sound_reading(said, offered, complexity, familiarity, words) -> None:
    found = sum_up(learned(Category.STEM, 0.5, familiarity, words), 600, said, offered, complexity)
    assert sum(found.categories) == 1.0
    assert min(found.categories) >= 0
    assert -6 < found.difficulty < 6
    assert (found.difficulty * 1024).is_integer()


def test_an_embedding_has_a_say_but_not_the_last_word() -> None:
    sensed = [0.0 if kind is Category.LOGIC else log(1e-3) for kind in KINDS]
    unsure, sure = learned(Category.STEM, 0.4), learned(Category.STEM, 0.99)
    assert likeliest(sum_up(unsure, 600, SILENT, 0.0, 0.3).categories) is Category.STEM
    assert likeliest(sum_up(unsure, 600, SILENT, 0.0, 0.3, sensed).categories) is Category.LOGIC
    assert likeliest(sum_up(sure, 600, SILENT, 0.0, 0.3, sensed).categories) is Category.STEM


def test_an_embedding_that_says_nothing_changes_nothing() -> None:
    heard = learned(Category.CODE, 0.5)
    assert sum_up(heard, 600, SILENT, 0.0, 0.3, SILENT) == sum_up(heard, 600, SILENT, 0.0, 0.3)
