import msgspec

from smarterrouter.api.admin.skills import model_knowledge
from smarterrouter.catalog.known import Known
from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability, Profile, Published, Unit
from smarterrouter.domain.models import Model, Size

QWEN = Model("box/qwen2.5:7b", "box", "qwen2.5:7b", Size(7.6, 7.6))


def test_with_nothing_known_the_size_speaks():
    found = model_knowledge(Known(), QWEN, (QWEN,))
    assert set(found.skills) == set(Category)
    assert {skill.basis for skill in found.skills.values()} == {"size"}
    assert (found.published, found.profile) == ((), None)
    assert all(skill.sd > found.overall.sd for skill in found.skills.values())


def test_what_was_published_narrows_and_a_profile_wins():
    known = Known()
    known.learn_published([Published("Qwen2.5-7B-Instruct", "gsm8k", 91.6, Unit.PERCENT, "a", "https://example.org")])
    published = model_knowledge(known, QWEN, (QWEN,))
    assert published.skills[Category.MATHEMATICS].sd < published.skills[Category.CHAT].sd
    assert published.published[0].url == "https://example.org"
    known.learn_profiles([Profile(QWEN.key, Ability(1.0, 0.1), skills={Category.CODE: Ability(2.0, 0.2)})])
    profiled = model_knowledge(known, QWEN, (QWEN,))
    assert profiled.overall == Ability(1.0, 0.1)
    assert (profiled.skills[Category.CODE].mean, profiled.skills[Category.CODE].basis) == (2.0, "profile")
    shape = msgspec.to_builtins(profiled)["skills"]["code"]
    assert shape == {"mean": 2.0, "sd": 0.2, "basis": "profile"}
