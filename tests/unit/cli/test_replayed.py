import io

from rich.console import Console
from tests.doubles.in_process import model

from smarterrouter.cli.replayed import show_changes, show_identical
from smarterrouter.domain.decisions import Candidate
from smarterrouter.routing.replay import Example, Tally

LONG = "backend-with-a-long-name/organisation/[red]model-with-a-long-name-70b-instruct-q4_k_m"


def shown(show, tally):
    console = Console(file=io.StringIO(), width=80, highlight=False)
    show(tally, console)
    return console.file.getvalue()


def tally():
    made = Tally()
    for _ in range(3):
        made.old.add(Candidate(model(LONG), 1.0, quality=0.5, dollars=0.01, seconds=2.0))
        made.new.add(Candidate(model("one/b"), 1.0, quality=0.75, dollars=0.0, seconds=1.0))
    made.changed, made.refused = 3, 1
    made.examples = [Example("r1", 1.7e9, "code", "hard", LONG, "one/b", 0.25, -0.01, -1.0)]
    return made


def test_all_or_some_are_identical():
    made = Tally()
    made.replayed = made.identical = 7
    assert shown(show_identical, made) == "7 of 7 decisions are identical.\n"
    made.identical, made.differing = 6, [("r1", "order")]
    assert "6 of 7" in shown(show_identical, made)
    assert "r1: order differs" in shown(show_identical, made)


def test_changes_fit_eighty_columns_and_nothing_is_cut():
    told = shown(show_changes, tally())
    assert max(map(len, told.splitlines())) <= 80
    assert "…" not in told.replace("ID…", "")
    for words in ("3 of 4 requests", "serve 1 of them", "+25.0%", "-100.0%", "-50.0%", "r1 (2023-11-14"):
        assert words in told
    assert "[red]model" in told.replace("\n", "")


def test_where_nobody_can_serve_there_are_no_sums():
    made = Tally()
    made.refused = 2
    told = shown(show_changes, made)
    assert "0 of 2" in told
    assert "good answers" not in told
