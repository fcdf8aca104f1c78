"""The optional line that names the model (rows A14, A15). It is only ever added; text of the model is never removed."""

import msgspec

from smarterrouter.domain.models import Model
from smarterrouter.gateway.visit import Visit
from smarterrouter.wire.calls import ChatCall
from smarterrouter.wire.content import answer_contents

_FENCE = "```"


class Signature:
    """Decides who gets a signature, and writes it."""

    def __init__(self, *, enabled: bool, template: str, everyone: bool) -> None:
        """`template` holds `{model}`; without `everyone` only browsers get it, because programs parse what they get."""
        self._enabled = enabled
        self._template = template
        self._everyone = everyone

    def wanted(self, call: ChatCall, visit: Visit) -> bool:
        """Should this answer carry a signature? A caller's own wish wins, except where a program reads the answer."""
        request = call.request
        if request.tools or request.functions or request.wants_json or (request.n or 1) > 1:
            return False
        if visit.signature is not None:
            return visit.signature
        return self._enabled and (self._everyone or visit.browser)

    def line(self, model: Model, text: str) -> str:
        """What to add after `text`: nothing when it ends with the same line already; an open code fence is closed."""
        line = self._template.replace("{model}", model.name)
        if text.rstrip().endswith(line.strip()):
            return ""
        return f"\n{_FENCE}\n{line}" if text.count(_FENCE) % 2 else line


def sign_whole(body: bytes, model: Model, signature: Signature) -> bytes:
    """A JSON answer with the line added to its one message. Answers without text stay as they are."""
    text = next(iter(answer_contents(body)), None)
    if not isinstance(text, str) or not text:
        return body
    line = signature.line(model, text)
    if not line:
        return body
    answer = msgspec.json.decode(body)
    answer["choices"][0]["message"]["content"] = text + line
    return msgspec.json.encode(answer)
