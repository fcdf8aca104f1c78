import math
from typing import Any

import pytest
from msgspec import structs

from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability, Profile
from smarterrouter.store.profile_checks import faults

_NOW = 1_795_168_800.0
_GOOD = Profile("a", Ability(-1.5, 0.5), measured_at=_NOW)


def test_a_good_profile_has_no_fault() -> None:
    full = structs.replace(
        _GOOD,
        skills={Category.CODE: Ability(-3.0, 0.1)},
        own={"mails": Ability(0.0, 1.0)},
        first_token_ms={0: 0.0, 128: 80.0},
        json_validity=Ability(0.0, 0.0),
        vram_gb=0.0,
    )
    assert faults(full, _NOW) == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": ""}, "model is empty"),
        ({"model": "x" * 600}, "model is longer than 512 bytes"),
        ({"overall": Ability(math.nan, 1.0)}, "overall.mean is not a finite number"),
        ({"overall": Ability(0.0, -0.1)}, "overall.sd is negative"),
        ({"overall": None}, "$.overall"),
        ({"skills": {Category.CODE: Ability(0.0, math.inf)}}, "skills.code.sd is not a finite number"),
        ({"skills": {"cooking": Ability(0.0, 1.0)}}, "cooking"),
        ({"own": {"a\0": Ability(0.0, 1.0)}}, "a name in own has a NUL in it"),
        ({"own": {"": Ability(0.0, 1.0)}}, "a name in own is empty"),
        ({"own": {"é\n": Ability(0.0, -1.0)}}, r"own.\xe9\n.sd is negative"),
        ({"answers": -1}, "answers is negative"),
        ({"answers": 2**63}, "answers is too large"),
        ({"answers": 10**400}, "answers is too large"),
        ({"tokens": "many"}, "$.tokens"),
        ({"tokens_per_second": -math.inf}, "tokens_per_second is not a finite number"),
        ({"first_token_ms": {-1: 5.0}}, "a name in first_token_ms is negative"),
        ({"first_token_ms": {128: -5.0}}, "first_token_ms.128 is negative"),
        ({"json_validity": Ability(1.01, 0.0)}, "json_validity.mean is not a share of 0 to 1"),
        ({"tool_validity": Ability(-0.5, 0.0)}, "tool_validity.mean is not a share of 0 to 1"),
        ({"effective_context": -1}, "effective_context is negative"),
        ({"digest": "\ud800"}, "digest is not valid Unicode"),
        ({"measured_at": -1.0}, "measured_at is negative"),
        ({"measured_at": _NOW * 1000}, "measured_at lies in the future"),
        ({"judged": object()}, "object"),
    ],
)
def test_each_fault_is_named_with_its_path(change: dict[str, Any], words: str) -> None:
    (fault,) = faults(structs.replace(_GOOD, **change), _NOW)
    assert words in fault


def test_all_faults_are_named_at_once() -> None:
    bad = structs.replace(_GOOD, model="", answers=-1, suite="\0", overall=Ability(math.inf, -1.0))
    assert len(faults(bad, _NOW)) == 5


def test_a_clock_may_be_a_little_ahead() -> None:
    assert faults(structs.replace(_GOOD, measured_at=_NOW + 3600), _NOW) == ()
