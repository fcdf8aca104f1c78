import pytest

from smarterrouter.benchmarks.alternatives import first_with_rows
from smarterrouter.benchmarks.base import Fetched
from smarterrouter.domain.knowledge import Published, Unit
from smarterrouter.errors import BackendGarbage, BackendUnreachable

ROW = Published("llama3.2:3b", "ifeval", 77.4, Unit.PERCENT, "mine")
asked: list[str] = []


def place(name, gives):
    async def read():
        asked.append(name)
        if isinstance(gives, Exception):
            raise gives
        return gives

    return name, read


@pytest.fixture(autouse=True)
def nothing_asked():
    asked.clear()


async def test_the_first_with_rows_is_taken_and_the_rest_is_not_asked():
    fetched = await first_with_rows([place("new", Fetched((ROW,))), place("old", Fetched((ROW, ROW)))], "scores")
    assert fetched == Fetched((ROW,))
    assert asked == ["new"]


async def test_the_problems_on_the_way_are_kept_in_order():
    places = [
        place("dead", BackendUnreachable("Nobody there.")),
        place("empty", Fetched((), ("a bad line",))),
        place("old", Fetched((ROW,), ("a bad cell",), whole=False)),
    ]
    fetched = await first_with_rows(places, "scores")
    problems = ("dead: Nobody there.", "empty: no scores found", "a bad line", "a bad cell")
    assert fetched == Fetched((ROW,), problems, whole=False)


async def test_no_rows_anywhere_is_an_error_that_says_why():
    places = [place("dead", BackendUnreachable("Nobody there.")), place("empty", Fetched())]
    with pytest.raises(BackendGarbage, match=r"^dead: Nobody there\.; empty: no ratings found$"):
        await first_with_rows(places, "ratings")


async def test_a_fault_of_ours_is_not_taken_for_a_place_that_fails():
    with pytest.raises(KeyError):
        await first_with_rows([place("new", KeyError("column")), place("old", Fetched((ROW,)))], "scores")
