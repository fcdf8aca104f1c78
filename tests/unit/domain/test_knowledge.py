import msgspec
import pytest

from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability, Knowledge, Profile, Published, Unit

FULL = Profile(
    "box/m",
    Ability(0.5, 0.2),
    skills={Category.CODE: Ability(-1.0, 0.3)},
    own={"cooking": Ability(0.0, 1.0)},
    first_token_ms={256: 80.5},
    json_validity=Ability(0.9, 0.1),
)


def test_a_profile_survives_json():
    assert msgspec.json.decode(msgspec.json.encode(FULL), type=Profile) == FULL


def test_a_published_number_survives_json():
    row = Published(
        "M", "gsm8k", 91.6, Unit.PERCENT, "a", "https://example.org", "2024-09", "its maker", estimated=True
    )
    assert msgspec.json.decode(msgspec.json.encode(row), type=Published) == row


@pytest.mark.parametrize(
    "body", [b'{"model":"m"}', b'{"model":"m","overall":{"mean":0}}', b'{"overall":{"mean":0,"sd":1}}']
)
def test_a_profile_needs_a_model_and_an_ability_with_its_uncertainty(body):
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(body, type=Profile)


def test_an_unknown_category_or_unit_is_refused():
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"model":"m","overall":{"mean":0,"sd":1},"skills":{"x":{"mean":0,"sd":1}}}', type=Profile)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"model":"m","column":"c","value":1,"unit":"apples","source":"s"}', type=Published)


def test_nothing_known_is_empty_and_nothing_can_be_changed():
    assert Knowledge() == Knowledge((), None)
    with pytest.raises(AttributeError):
        FULL.answers = 3
