"""Events as JSON, and ids that stay."""

import msgspec

from smarterrouter.domain.knowledge import Ability, Profile
from smarterrouter.profiling.events import Answered, Asked, Done, Event, Progress, Skipped, answer_id

PARTS = ("box/m", "sha256:1", "suite-1", "code-3", 7)


def test_the_id_of_an_answer_is_the_same_always():
    assert answer_id(*PARTS) == "279bc7dc4198ad06cbe673f1b97544f8"


def test_every_part_makes_another_id():
    others = [("box/n", *PARTS[1:]), ("box/m", "", *PARTS[2:]), (*PARTS[:2], "suite-2", *PARTS[3:])]
    others += [(*PARTS[:3], "code-4", 7), (*PARTS[:4], 8), ("box/m\nsha256:1", "", *PARTS[2:])]
    assert len({answer_id(*PARTS), *(answer_id(*other) for other in others)}) == 7


def test_events_survive_json():
    ability = Ability(0.5, 0.2)
    events: list[Event] = [
        Asked("box/m", "code-3", "code", 1),
        Answered("1", "box/m", "", "s", "code-3", "code", 7, passed=True, judged=0.5),
        Skipped("box/m", "code-4", "busy"),
        Progress("box/m", "asking", "code", 1, 40, 0.025, None, ability),
        Done("box/m", "known", Profile("box/m", ability)),
    ]
    assert msgspec.json.decode(msgspec.json.encode(events), type=list[Event]) == events
