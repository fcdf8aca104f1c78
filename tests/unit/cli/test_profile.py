import io

from rich.console import Console
from tests.doubles.gateway import backends_yaml
from tests.doubles.strange_upstream import StrangeUpstream, status
from tests.doubles.tiny_models import TinyServer

from smarterrouter.cli.profile import _Bars, table
from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability, Profile
from smarterrouter.profiling.events import Done, Progress

QUICK = {"ROUTER_PROFILE_EFFORT": "quick"}


async def test_a_fresh_start_profiles_a_real_model_and_shows_what_was_found(command, folder):
    async with TinyServer(name="alpha") as server:
        (folder / "smarterrouter.yaml").write_text(backends_yaml(("one", "llama.cpp", server.url)))
        first = await command("profile", "alpha", **QUICK)
        assert first.exit_code == 0, first.output
        assert "What was found" in first.output
        assert "one/alpha" in first.output
        assert "good 8B model solves half" in first.output
        again = await command("profile", **QUICK)
        assert again.exit_code == 0
        assert "Every model that can be profiled is known already." in again.output
        shown = await command("models", **QUICK)
        assert "own profile" in shown.output
        skills = await command("models", "--skills", **QUICK)
        assert all(category in skills.output for category in Category)
        assert "own profile" in skills.output


async def test_names_that_mean_nothing_and_models_that_cannot_be_profiled_are_said(command, folder):
    async with StrangeUpstream("nomic-embed-text") as upstream:
        (folder / "smarterrouter.yaml").write_text(backends_yaml(("one", "compatible", upstream.base_url)))
        unknown = await command("profile", "nothing")
        embedder = await command("profile", "nomic-embed-text")
        wrong = await command("profile", "[red]")
    assert (unknown.exit_code, embedder.exit_code, wrong.exit_code) == (1, 1, 1)
    assert "There is no model nothing." in unknown.output
    assert "one/nomic-embed-text cannot be profiled. It does not chat." in embedder.output
    assert "Traceback" not in wrong.output
    assert "A model name consists of" in wrong.output


async def test_a_model_that_does_not_answer_is_named_and_the_status_is_1(command, folder):
    async with StrangeUpstream("alpha-7b") as upstream:
        upstream.always = status(400)
        (folder / "smarterrouter.yaml").write_text(backends_yaml(("one", "compatible", upstream.base_url)))
        result = await command("profile", "alpha-7b", **QUICK)
    assert result.exit_code == 1, result.output
    assert "one/alpha-7b: done." in result.output


def test_a_bar_moves_with_its_model():
    bars = _Bars(Console(file=io.StringIO()))
    progress = Progress("one/[a]", "asking", "code", 3, 15, 0.2, 12.0, Ability(0.0, 1.0))
    bars.hear(progress)
    (task,) = bars.progress.tasks
    assert (task.completed, task.total, task.fields["phase"]) == (3, 15, "asking code")
    bars.hear(Done("one/[a]", "known", None))
    assert (task.completed, task.total, task.fields["phase"]) == (3, 3, "known")
    bars.hear(Done("other", "silent", None))


def test_the_table_has_a_column_for_each_skill_that_was_asked_about():
    text = io.StringIO()
    profile = Profile("one/a", Ability(0.0, 0.2), skills={Category.CODE: Ability(1.0, 0.3)}, answers=7)
    Console(file=text, width=120).print(table([profile]))
    assert "50 ±8" in text.getvalue()
    assert "73 ±10" in text.getvalue()
    assert "?" in text.getvalue()
