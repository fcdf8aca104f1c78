import pytest
from pydantic import ValidationError

from smarterrouter.settings.groups_storage import Cache, Database, Redis, Vram


def test_passwords_in_addresses_are_not_printed() -> None:
    text = repr(Database(database_url="postgresql://me:hunter2@db/x")) + repr(Redis(redis_url="redis://:hunter2@r/0"))
    assert "hunter2" not in text


@pytest.mark.parametrize("url", ["http://host", "localhost:6379", "redis://a b"])
def test_redis_has_its_own_addresses(url: str) -> None:
    with pytest.raises(ValidationError, match="redis://"):
        Redis(redis_url=url)


@pytest.mark.parametrize("share", ["-0.1", "1.1"])
def test_a_share_lies_between_nothing_and_all(share: str) -> None:
    with pytest.raises(ValidationError):
        Cache.model_validate({"cache_similarity_threshold": share})


def test_a_blank_memory_budget_is_computed_later() -> None:
    assert Vram.model_validate({"vram_max_total_gb": ""}).vram_max_total_gb is None
