"""`Noticing`: makes labels of what is noticed while requests are served, beside what users say themselves.

* An answer that was checked and thrown away: its model gave up, or called a tool in a way that nobody can use.
* The same caller asks for the same conversation again, minutes after it was answered: they did not want that answer.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from hashlib import blake2b
from time import monotonic

from msgspec import Struct

from smarterrouter.access.voters import Voters
from smarterrouter.domain.feedback import Label, Sign
from smarterrouter.domain.intent import Category, Intent
from smarterrouter.gateway.conversation_keys import SYSTEM, ConversationKey
from smarterrouter.gateway.visit import Discarded, Visit
from smarterrouter.routing.difficulty import difficulty_of
from smarterrouter.wire.chat import Message
from smarterrouter.wire.content import text_of

UNREAD = 0.5
"""Complexity taken for a request that nobody read, because its caller named the model."""
_SOONEST, _LATEST = 2.0, 600.0
"""Seconds between two askings: programs that try again are faster, and later nobody means that answer."""
_REMEMBERED = 2500
"""Answers; about 1 MB. The oldest are forgotten first."""
_ENDS = 512
"""Characters looked at of each end of the last message."""
_TOOLS = frozenset({"tool_missing", "tool_unknown", "tool_arguments", "tool_as_text"})
"""Faults of `verifying.KINDS` that are about tools."""
Caller = tuple[bytes, str]
"""Value of the `Authorization` header, and the address."""


class _Answered(Struct, frozen=True, gc=False):
    request: str
    model: str
    category: Category | None
    difficulty: float
    ended: float


class Noticing:
    """Lives on the event loop; nothing here waits."""

    def __init__(self, note: Callable[[Label], None], voters: Voters, clock: Callable[[], float] = monotonic) -> None:
        """`note` takes the labels, without waiting."""
        self._note = note
        self._voters = voters
        self._clock = clock
        self._answered: OrderedDict[tuple[bytes, str], _Answered] = OrderedDict()

    def ended(self, visit: Visit, caller: Caller) -> None:
        """A request is over. Costs nothing where nothing was noticed and no conversation is known."""
        for one in visit.discarded:
            self._say(_sign(one), visit, _answer(visit, one.model.key, self._clock()), caller)
        if visit.repeats:
            self._repeated(visit, caller)

    def _repeated(self, visit: Visit, caller: Caller) -> None:
        asked = (visit.repeats, caller[1])  # without credentials only the address tells callers apart
        then, now = self._answered.pop(asked, None), self._clock()
        if then is not None and _SOONEST <= now - visit.clock.total - then.ended <= _LATEST:
            self._say(Sign.REGENERATED, visit, then, caller)
        if visit.model is not None and visit.status == 200:
            self._answered[asked] = _answer(visit, visit.model.key, now)
            if len(self._answered) > _REMEMBERED:
                self._answered.popitem(last=False)

    def _say(self, sign: Sign, visit: Visit, about: _Answered, caller: Caller) -> None:
        label = Label(
            sign=sign,
            voter=self._voters.of(*caller),
            request=about.request,
            model=about.model,
            category=about.category,
            difficulty=about.difficulty,
            verdict=-1.0,
            at=visit.at,
        )
        self._note(label)


def repeats(key: ConversationKey, messages: Sequence[Message]) -> bytes:
    """What two requests have in common when the second asks for the same answer again."""
    if len(messages) == 2 and messages[0].role in SYSTEM and messages[1].role == "user":
        return key.thread  # it is of these two messages already
    last = text_of(messages[-1]) if messages else ""
    said = f"{key.turns}\0{len(last)}\0{last[:_ENDS]}\0{last[-_ENDS:]}".encode("utf-8", "surrogatepass")
    return blake2b(key.thread + said, digest_size=16).digest()


def _answer(visit: Visit, model: str, now: float) -> _Answered:
    intent = visit.decision.intent if visit.decision is not None else None
    category = intent.category if intent is not None else None
    return _Answered(visit.id, model, category, _difficulty(intent), now)


def _difficulty(intent: Intent | None) -> float:
    if intent is not None and intent.reading is not None:
        return intent.reading.difficulty
    return difficulty_of(intent.complexity if intent is not None else UNREAD)


def _sign(one: Discarded) -> Sign:
    return Sign.TOOL_FAILURE if one.fault in _TOOLS else Sign.ESCALATED
