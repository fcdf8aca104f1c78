import io

from rich.console import Console
from tests.doubles.in_process import model

from smarterrouter.cli.decision import show, show_request
from smarterrouter.domain.decisions import Candidate, Decision
from smarterrouter.domain.intent import Category, Intent, Needs
from smarterrouter.routing.explain import report
from smarterrouter.routing.learned import steps

READING = steps.reading([0.5, 0.3, 0, 0, 0.2, 0, 0, 0], 0.75, familiarity=0.5)


def shown(*lines, width=80, **more):
    intent = Intent(Category.CODE, 0.63, Needs(), evidence=("difficult words",), reading=READING)
    console = Console(file=io.StringIO(), width=width, highlight=False)
    show(report(Decision(lines, intent, more.pop("strategy", "scored"), 1, **more)), console)
    return console.file.getvalue()


def candidate(key, total=1.0, **signals):
    return Candidate(model(key), total, signals, quality=0.8, dollars=0.00012, seconds=3.2)


def test_everything_fits_eighty_columns_and_nothing_is_cut():
    signals = {f"a_rather_long_signal_{number}": number / 7 for number in range(12)}
    key = "backend-with-a-long-name/organisation/model-with-a-long-name-70b-instruct-q4_k_m"
    told = shown(candidate(key, **signals), candidate("one/b"))
    assert max(map(len, told.splitlines())) <= 80
    assert "…" not in told
    assert "0.00012" in told


def test_what_was_read_and_who_had_a_say_is_told():
    told = shown(
        candidate("one/a"),
        rules=("ours",),
        held="it is warm",
        relaxed=("tools",),
        strategy="try:best",
        excluded={"one/[red]e": "an embedding model: it cannot chat"},
    )
    for words in (
        "code, hard (0.63): difficult words",
        "read as mathematics 50%, code 30%, logic 20%",
        "difficulty +0.75, familiarity 50%",
        "rules: ours",
        "held: it is warm",
        "given up: tools",
        "strategy: try:best",
        "one/[red]e: an embedding model",
    ):
        assert words in told


def test_hundreds_of_candidates_are_cut_and_counted():
    told = shown(
        *[candidate(f"one/m{number}") for number in range(300)], excluded={f"x/{number}": "no" for number in range(50)}
    )
    assert "and 280 more candidates" in told
    assert "and 30 more left out" in told


def test_a_request_of_the_past_tells_who_answered_and_what_differs():
    console = Console(file=io.StringIO(), width=120, highlight=False)
    request = {
        "id": "r1",
        "at": "2026-11-20T12:00:00+00:00",
        "answered_by": "",
        "status": 502,
        "failed_before": ["one/a"],
        "identical": False,
        "differs": "choice",
    }
    show_request(request, console)
    told = console.file.getvalue()
    assert "request r1 of 2026-11-20T12:00:00Z: answered by nobody (status 502); before it failed one/a" in told
    assert "the choice differs" in told
