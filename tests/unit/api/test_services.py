from dataclasses import FrozenInstanceError, fields

import pytest

from smarterrouter.api.services import Services

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_endpoints_get_real_objects_that_nobody_swaps(world):
    services = world.gateway.house.services
    assert isinstance(services, Services)
    assert all(getattr(services, field.name) is not None for field in fields(services))
    with pytest.raises(FrozenInstanceError):
        services.catalog = None
