"""Does the prompt fit the context that a model is served with? Counted before dispatch, so that no engine cuts it."""

import logging

from smarterrouter.backends.base import Backend
from smarterrouter.domain.models import Model
from smarterrouter.errors import ContextTooLong, GatewayError
from smarterrouter.wire import tokens
from smarterrouter.wire.calls import ChatCall, CompletionCall

log = logging.getLogger(__name__)
_FRAME = 64
"""Template tokens a message that the cheapest bound allows for."""


class Fit:
    """Counts prompts as cheaply as it may: by bytes, by a bound, by the backend's tokenizer, by estimate."""

    def __init__(self, margin: float) -> None:
        """`margin`: how much longer than its estimate a prompt is taken to be where nobody can count it (0.1: 10 %)."""
        self._margin = margin

    async def check(self, call: ChatCall | CompletionCall, backend: Backend, model: Model) -> None:
        """Raise `ContextTooLong` when the prompt and one token of answer do not fit `model`."""
        limit = model.can.context_tokens
        if limit is None or _surely(call, limit):
            return
        count = await _counted(call, backend, model)
        if count is None:
            count = int(_estimate(call) * (1 + self._margin))
        if count >= limit:
            raise ContextTooLong(  # in OpenAI's words: LiteLLM and others know this error by them
                f"This model's maximum context length is {limit} tokens, but the prompt has {count} ({model.name}). "
                "Shorten it, or choose a model with a longer context.",
                param="messages" if isinstance(call, ChatCall) else "prompt",
            )


def _surely(call: ChatCall | CompletionCall, limit: int) -> bool:
    """No tokenizer makes more tokens than bytes, so most prompts need no counting at all."""
    if isinstance(call, ChatCall):
        return tokens.surely_below(call, limit)
    sizes = (len(prompt.encode() if isinstance(prompt, str) else prompt) for prompt in _prompts(call))
    return max(sizes) + _FRAME < limit


def _estimate(call: ChatCall | CompletionCall) -> int:
    if isinstance(call, ChatCall):
        return tokens.estimate(call)
    sizes = (tokens.text_tokens(prompt) if isinstance(prompt, str) else len(prompt) for prompt in _prompts(call))
    return max(sizes)


def _prompts(call: CompletionCall) -> list[str | list[int]]:
    """Each prompt is a request of its own to the engine: text, or token ids."""
    prompt = call.request.prompt
    if isinstance(prompt, str):
        return [prompt]
    if not prompt or isinstance(prompt[0], int):
        return [[token for token in prompt if isinstance(token, int)]]
    return [item for item in prompt if isinstance(item, str | list)]


async def _counted(call: ChatCall | CompletionCall, backend: Backend, model: Model) -> int | None:
    try:
        return await backend.count(call, model)
    except GatewayError as error:
        log.debug("%s could not count a prompt: %s", backend.name, error.message)
        return None
