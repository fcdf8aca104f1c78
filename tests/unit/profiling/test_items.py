"""Templates as items."""

from tests.doubles.pretend_model import SumTemplate

from smarterrouter.domain.intent import Category
from smarterrouter.profiling.base import Task
from smarterrouter.profiling.checks import Choice
from smarterrouter.profiling.estimator import GUESS
from smarterrouter.profiling.items import category_of, items_of


class LetterTemplate(SumTemplate):
    def __init__(self, options: tuple[str, ...]) -> None:
        super().__init__("letters", Category.STEM, 0.5)
        self.options = options

    def make(self, seed: int) -> Task:
        return Task(f"{self.id}#{seed}", self.category, self.difficulty, (), Choice("A", self.options))


def test_an_item_has_the_authors_difficulty_and_category():
    (item,) = items_of([SumTemplate("code-1", Category.CODE, 1.5)])
    assert (item.id, item.category, item.difficulty, item.guess, item.spread) == ("code-1", "code", 1.5, GUESS, 0.0)


def test_letters_can_be_guessed():
    assert [item.guess for item in items_of([LetterTemplate(("a", "b", "c", "d", "e")), LetterTemplate(())])] == [
        0.2,
        0.25,
    ]


def test_choices_tell_models_apart_less_well_than_free_answers():
    free, letters = items_of([SumTemplate("code-1", Category.CODE, 1.5), LetterTemplate(("a", "b"))])
    assert letters.slope < free.slope


def test_a_users_own_category_goes_by_its_label():
    template = SumTemplate("own-1", Category.CHAT, 0.0)
    template.label = "poems"
    assert category_of(template) == "poems"
    assert items_of([template])[0].category == "poems"
