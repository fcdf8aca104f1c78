import asyncio
import logging

import pytest
from tests.doubles.gateway import backends_yaml
from tests.doubles.strange_upstream import StrangeUpstream

from smarterrouter.cli.looking import with_house


async def looked(work):
    return await asyncio.to_thread(with_house, work)


@pytest.fixture
async def upstream(folder, monkeypatch):
    async with StrangeUpstream("alpha") as made:
        (folder / "smarterrouter.yaml").write_text(backends_yaml(("one", "compatible", made.base_url)))
        monkeypatch.setenv("ROUTER_OFFLINE", "true")
        yield made


async def test_work_gets_a_house_that_has_looked_around(upstream):
    async def work(house):
        return [model.key for model in house.services.catalog.current.models], house.services.find.looked

    assert await looked(work) == (["one/alpha"], True)


async def test_nothing_is_served_or_recorded(upstream, folder):
    async def work(house):
        return house.services.journal._task, house.services.database.ready.is_set()

    assert await looked(work) == (None, False)
    assert not (folder / "data" / "router.db").exists()


async def test_an_admin_key_that_is_made_on_the_way_is_shown_once(upstream, capsys):
    async def work(house):
        return house.services.admin_key.fresh

    made = await looked(work)
    assert made in capsys.readouterr().err
    assert await looked(work) is None
    assert "Admin key" not in capsys.readouterr().err


async def test_everything_is_closed_however_it_ends(upstream):
    seen = []

    async def work(house):
        seen.append(house)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await looked(work)
    assert seen[0].client._sessions == {}


async def test_only_errors_are_logged_between_the_lines_of_a_command(upstream):
    async def work(house):
        return logging.getLogger().level

    assert await looked(work) == logging.ERROR
