"""Who can serve this at all: hard needs refuse, soft needs are given up when nobody meets them."""

from collections.abc import Callable, Sequence

from msgspec import Struct, field

from smarterrouter.domain.intent import Intent, Needs
from smarterrouter.domain.models import Model
from smarterrouter.errors import ContextTooLong, NoEligibleModel, NoModels


class Pool(Struct, frozen=True):
    """The models that may serve, in the order of the snapshot, why the others may not, and what was given up."""

    models: tuple[Model, ...]
    excluded: dict[str, str] = field(default_factory=dict)
    relaxed: tuple[str, ...] = ()


class Soft(Struct, frozen=True):
    """A need that is given up when nobody meets it."""

    name: str
    reason: str
    meets: Callable[[Model, Needs], bool]
    wanted: Callable[[Needs], bool]


def _always(needs: Needs) -> bool:
    return True


_OVERCOUNT = 2.5
"""How many times too high an estimate can be (Cyrillic for a vocabulary that knows it well, with the margin). Where no
model fits by estimate, those that may fit stay candidates: the exact count before dispatch refuses them if need be."""

SOFT = (
    Soft("reachable", "its backend does not answer or no longer lists it", lambda model, _: _reachable(model), _always),
    Soft("real model", "a test model, and a real one can serve", lambda model, _: not model.test, _always),
    Soft("tools", "it cannot call tools", lambda model, _: model.can.tools is not False, lambda needs: needs.tools),
    Soft("json", "it cannot be held to JSON", lambda model, _: model.can.json is not False, lambda needs: needs.json),
    Soft(
        "room for the answer",
        "its context is too short for the longest answer asked for",
        lambda model, needs: _fits(model, needs.prompt_tokens + needs.answer_tokens),
        lambda needs: needs.answer_tokens > 0,
    ),
)
"""In the order in which they are tried: the first ones weigh more."""


def eligible(intent: Intent, models: Sequence[Model]) -> Pool:
    """The models that may serve `intent`.

    Raise `NoModels` when there is none, `NoEligibleModel` when none can chat or see, `ContextTooLong` when all are
    too short.
    """
    if not models:
        raise NoModels("No backend offers a model right now.")
    excluded: dict[str, str] = {}
    able = _kept(models, excluded, _can_chat, "an embedding model: it cannot chat")
    able = _kept(able, excluded, _is_for_all, "it serves only callers who name it")
    if not able:
        raise NoEligibleModel(
            "None of the models here is one to chat with: they make embeddings or serve by name only."
        )
    if intent.needs.vision:
        able = _seeing(able, excluded)
    relaxed: list[str] = []
    able = _long_enough(able, intent.needs, excluded, relaxed)
    return _softened(able, intent.needs, excluded, relaxed)


def _seeing(able: list[Model], excluded: dict[str, str]) -> list[Model]:
    seeing = _kept(able, excluded, _can_see, "it is not known to see images")
    if not seeing:
        raise NoEligibleModel(
            "This request holds an image, and no model here is known to see images (vision).", param="messages"
        )
    return seeing


def _long_enough(able: list[Model], needs: Needs, excluded: dict[str, str], relaxed: list[str]) -> list[Model]:
    """At least one token of an answer must fit beside the prompt."""
    wanted = needs.prompt_tokens + 1
    fitting = [model for model in able if _fits(model, wanted)]
    if not fitting:
        fitting = [model for model in able if _may_fit(model, wanted)]
        relaxed.append("context")
    if not fitting:
        longest = max(model.can.context_tokens or 0 for model in able)
        raise ContextTooLong(  # in OpenAI's words: LiteLLM and others know this error by them
            f"This model's maximum context length is {longest} tokens, prompt and answer together, the longest of all "
            f"that could serve this, but the prompt has about {needs.prompt_tokens}.",
            param="messages",
        )
    keys = {model.key for model in fitting}
    return _kept(able, excluded, lambda model: model.key in keys, "its context is too short")


def _softened(able: list[Model], needs: Needs, excluded: dict[str, str], relaxed: list[str]) -> Pool:
    for soft in SOFT:
        if not soft.wanted(needs):
            continue
        meeting = [model for model in able if soft.meets(model, needs)]
        if meeting:
            excluded.update((model.key, soft.reason) for model in able if not soft.meets(model, needs))
            able = meeting
        else:
            relaxed.append(soft.name)
    if needs.tools and "tools" not in relaxed and not any(model.can.tools for model in able):
        relaxed.append("tools")
    return Pool(tuple(able), excluded, tuple(relaxed))


def _kept(models: Sequence[Model], excluded: dict[str, str], keep: Callable[[Model], bool], reason: str) -> list[Model]:
    kept = [model for model in models if keep(model)]
    excluded.update((model.key, reason) for model in models if not keep(model))
    return kept


def _can_chat(model: Model) -> bool:
    return model.can.chat


def _is_for_all(model: Model) -> bool:
    return not model.only_by_name


def _can_see(model: Model) -> bool:
    return model.can.vision is True


def _reachable(model: Model) -> bool:
    return not (model.missing or model.unreachable)


def _fits(model: Model, tokens: int) -> bool:
    return model.can.context_tokens is None or tokens <= model.can.context_tokens


def _may_fit(model: Model, tokens: int) -> bool:
    return _fits(model, tokens) or tokens <= _overcounted(model.can.context_tokens or 0)


def _overcounted(tokens: int) -> int:
    return int(tokens * _OVERCOUNT)


def breakpoints(models: Sequence[Model]) -> list[int]:
    """Token counts at which the pool may change, ascending: between two of them all prompts have the same pool."""
    lengths = {model.can.context_tokens for model in models if model.can.context_tokens is not None}
    return sorted(lengths | {_overcounted(length) for length in lengths})
