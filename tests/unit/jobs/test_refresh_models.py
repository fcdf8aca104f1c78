"""Discovery: all backends at once, no one waits for a dead one, nothing is read from a stale list."""

import asyncio
import logging
from collections.abc import Sequence

import pytest
from tests.doubles.gateway_parts import until

from smarterrouter.catalog.catalog import Catalog
from smarterrouter.catalog.filters import Filters
from smarterrouter.domain.knowledge import Standing
from smarterrouter.domain.models import Offer, Price
from smarterrouter.errors import BackendUnreachable
from smarterrouter.jobs.refresh_models import RefreshModels, Rules

PATIENCE = 10.0
"""Seconds after which a test that waits for something gives up; nothing is measured."""


class Box:
    """A backend in this process: lists what it is told to, fails or hangs when it is told to."""

    def __init__(self, name: str, *models: str) -> None:
        self.name = name
        self.models = list(models)
        self.error: Exception | None = None
        self.open = asyncio.Event()
        self.open.set()
        self.deaf = False
        self.asked = 0

    async def offers(self) -> Sequence[Offer]:
        self.asked += 1
        while not self.open.is_set():
            try:
                await self.open.wait()
            except asyncio.CancelledError:
                if not self.deaf:
                    raise
        if self.error is not None:
            raise self.error
        return [Offer(backend=self.name, name=name) for name in self.models]


def job(catalog: Catalog, *boxes: Box, rules: Rules | None = None) -> RefreshModels:
    return RefreshModels(lambda: boxes, catalog, rules or Rules(patience=0.05))


def keys(catalog: Catalog) -> list[str]:
    return [model.key for model in catalog.current.models]


async def test_finds_everything_in_the_order_of_the_configuration() -> None:
    catalog = Catalog()
    await job(catalog, Box("z", "b", "a"), Box("a", "c")).run()
    assert keys(catalog) == ["z/a", "z/b", "a/c"]


async def test_nothing_new_swaps_nothing() -> None:
    catalog = Catalog()
    box = Box("a", "m", "n")
    refresh = job(catalog, box)
    await refresh.run()
    first = catalog.current
    box.models = ["n", "m"]
    await refresh.run()
    assert catalog.current is first


async def test_each_run_asks_afresh() -> None:
    catalog = Catalog()
    box = Box("a", "m")
    refresh = job(catalog, box)
    await refresh.run()
    box.models.append("new")
    await refresh.run()
    assert box.asked == 2
    assert keys(catalog) == ["a/m", "a/new"]


async def test_fast_answers_are_used_before_slow_ones_arrive() -> None:
    catalog = Catalog()
    fast, slow = Box("fast", "m"), Box("slow", "n")
    slow.open.clear()
    running = asyncio.ensure_future(job(catalog, slow, fast, rules=Rules(patience=PATIENCE)).run())
    await until(lambda: catalog.current.number > 0)
    assert keys(catalog) == ["fast/m"]
    assert not running.done()
    slow.open.set()
    await asyncio.wait_for(running, PATIENCE)
    assert keys(catalog) == ["slow/n", "fast/m"]
    assert catalog.current.number == 2


async def test_a_backend_that_hangs_delays_nobody_and_loses_nothing() -> None:
    catalog = Catalog()
    fast, hanging = Box("fast", "m"), Box("hanging", "n")
    refresh = job(catalog, hanging, fast)
    await refresh.run()
    hanging.open.clear()
    fast.models.append("new")
    await refresh.run()
    assert {model.key: model.unreachable for model in catalog.current.models} == {
        "hanging/n": True,
        "fast/m": False,
        "fast/new": False,
    }
    assert "no answer" in refresh.observed()[0].error


async def test_a_backend_that_ignores_cancelling_is_not_asked_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smarterrouter.jobs.refresh_models._GRACE", 0.01)
    catalog = Catalog()
    deaf = Box("deaf", "m")
    deaf.deaf = True
    deaf.open.clear()
    refresh = job(catalog, deaf, Box("fast", "n"))
    await refresh.run()
    await refresh.run()
    assert deaf.asked == 1
    assert keys(catalog) == ["fast/n"]
    deaf.open.set()
    await refresh.run()
    assert keys(catalog) == ["deaf/m", "fast/n"]


@pytest.mark.parametrize("error", [BackendUnreachable("nobody there"), ValueError("a fault of ours"), OSError("down")])
async def test_a_failing_backend_keeps_its_models_marked_unreachable(error: Exception) -> None:
    catalog = Catalog()
    good, bad = Box("good", "m"), Box("bad", "n")
    refresh = job(catalog, bad, good)
    await refresh.run()
    bad.error = error
    good.models.append("new")
    await refresh.run()
    assert [(model.key, model.unreachable) for model in catalog.current.models] == [
        ("bad/n", True),
        ("good/m", False),
        ("good/new", False),
    ]
    bad.error = None
    await refresh.run()
    assert not any(model.unreachable for model in catalog.current.models)


async def test_retired_models_stay_marked_unless_cleaned_up() -> None:
    kept, cleaned = Catalog(), Catalog()
    box = Box("a", "old", "m")
    keeping, cleaning = job(kept, box), job(cleaned, box, rules=Rules(cleanup=True))
    await keeping.run()
    await cleaning.run()
    box.models.remove("old")
    await keeping.run()
    await cleaning.run()
    assert {model.key: model.missing for model in kept.current.models} == {"a/m": False, "a/old": True}
    assert keys(cleaned) == ["a/m"]
    box.models.append("old")
    await keeping.run()
    assert not any(model.missing for model in kept.current.models)


async def test_a_missing_model_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    box = Box("a", "old", "m")
    refresh = job(Catalog(), box)
    await refresh.run()
    box.models.remove("old")
    for _ in range(3):
        await refresh.run()
    assert caplog.text.count("no longer lists old") == 1


async def test_a_backend_that_is_no_longer_configured_is_forgotten() -> None:
    catalog = Catalog()
    boxes = [Box("a", "m"), Box("b", "n")]
    refresh = RefreshModels(lambda: boxes, catalog, Rules())
    await refresh.run()
    boxes.pop()
    await refresh.run()
    assert keys(catalog) == ["a/m"]
    assert [status.name for status in refresh.observed()] == ["a"]


async def test_filters_apply_and_an_empty_result_is_a_clean_state(caplog: pytest.LogCaptureFixture) -> None:
    catalog = Catalog()
    box = Box("a", "llama3:8b", "nomic-embed-text")
    await job(catalog, box, rules=Rules(filters=Filters.of(exclude=["*embed*"]))).run()
    assert keys(catalog) == ["a/llama3:8b"]
    await job(catalog, box, rules=Rules(filters=Filters.of(include=["nothing*"]))).run()
    assert catalog.current.models == ()
    assert "no models are left" in caplog.text
    assert catalog.current.find("auto") is not None


async def test_no_backends_at_all_is_a_clean_state() -> None:
    catalog = Catalog()
    refresh = job(catalog)
    await refresh.run()
    assert catalog.current.models == ()
    assert refresh.observed() == ()


async def test_new_models_and_failures_are_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    good, bad = Box("good", *(f"m{number:02}" for number in range(12))), Box("bad")
    bad.error = BackendUnreachable("nobody there")
    refresh = job(Catalog(), good, bad)
    for _ in range(3):
        await refresh.run()
    assert caplog.text.count("backend good: 12 new: m00") == 1
    assert "and 2 more" in caplog.text
    assert caplog.text.count("nobody there") == 1
    bad.error = None
    await refresh.run()
    assert caplog.text.count("backend bad answers again") == 1


async def test_observed_tells_how_each_backend_fares() -> None:
    good, bad = Box("good", "m", "n"), Box("bad")
    bad.error = BackendUnreachable("nobody there")
    refresh = job(Catalog(), good, bad)
    assert refresh.observed() == ()
    await refresh.run()
    first, second = refresh.observed()
    assert (first.name, first.ok, first.error, first.models) == ("good", True, "", 2)
    assert first.last_seen > 1_700_000_000
    assert (second.name, second.ok, second.error, second.models, second.last_seen) == (
        "bad",
        False,
        "nobody there",
        0,
        0.0,
    )
    good.error = BackendUnreachable("gone")
    await refresh.run()
    after = refresh.observed()[0]
    assert (after.ok, after.models, after.last_seen) == (False, 2, first.last_seen)


async def test_models_are_described_by_the_rules() -> None:
    catalog = Catalog()
    rules = Rules(custom={"vision": ["mine"]}, prices={"mine*": Price(1, 2)})
    await job(catalog, Box("a", "mine-7b"), rules=rules).run()
    model = catalog.current.by_key["a/mine-7b"]
    assert (model.can.vision, model.price, model.size.parameters_b) == (True, Price(1, 2), 7)


async def test_a_changed_offer_is_read_again_and_an_unchanged_one_kept() -> None:
    class Growing(Box):
        context = 1024

        async def offers(self) -> Sequence[Offer]:
            return [Offer(backend="a", name="m", context_tokens=self.context), Offer(backend="a", name="same")]

    catalog, box = Catalog(), Growing("a")
    refresh = job(catalog, box)
    await refresh.run()
    same = catalog.current.by_key["a/same"]
    box.context = 2048
    await refresh.run()
    assert catalog.current.by_key["a/m"].can.context_tokens == 2048
    assert catalog.current.by_key["a/same"] is same


async def test_test_models_are_kept_and_flagged() -> None:
    class Local(Box):
        async def offers(self) -> Sequence[Offer]:
            return [Offer(backend="local", name="tiny", test=True)]

    catalog = Catalog()
    await job(catalog, Local("local")).run()
    assert [(model.test, model.label) for model in catalog.current.models] == [(True, "test model")]


async def test_a_wrong_capability_in_the_settings_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    job(Catalog(), rules=Rules(custom={"flying": ["x"]}))
    assert "flying is no capability" in caplog.text


async def test_cancelling_the_run_cancels_the_questions() -> None:
    before = asyncio.all_tasks()
    hanging = Box("hanging", "m")
    hanging.open.clear()
    running = asyncio.ensure_future(job(Catalog(), hanging, rules=Rules(patience=PATIENCE)).run())
    await asyncio.sleep(0.001)
    assert hanging.asked == 1
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert asyncio.all_tasks() == before


async def test_what_is_believed_of_models_is_published_and_kept_over_looks() -> None:
    catalog, box = Catalog(), Box("a", "one", "two")
    guess, better = Standing(basis="size"), Standing(basis="profile")
    refresh = RefreshModels(lambda: [box], catalog, Rules(patience=0.05), first=lambda model: guess)
    await refresh.run()
    assert {model.standing for model in catalog.current.models} == {guess}
    assert {model.standing for model in refresh.models} == {Standing()}
    refresh.rate({"a/one": better, "a/gone": better})
    number = catalog.current.number
    assert [model.standing for model in catalog.current.models] == [better, guess]
    refresh.rate({"a/one": better})
    await refresh.run()
    assert catalog.current.number == number
