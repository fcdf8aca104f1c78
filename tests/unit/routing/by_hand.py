"""Models, calls and intents written by hand."""

from typing import Any

import msgspec

from smarterrouter.domain.intent import Category, Intent, Needs
from smarterrouter.domain.models import Capabilities, Model, Size
from smarterrouter.routing.quality import Quality
from smarterrouter.routing.router import Router
from smarterrouter.routing.strategies.registry import Strategies
from smarterrouter.routing.strategies.scored import Scored
from smarterrouter.routing.weights import RoutingWeights
from smarterrouter.wire.calls import ChatCall


def model(name: str, b: float | None = None, *, active: float | None = None, backend: str = "o", **more: Any) -> Model:
    """A model of `b` billion parameters; capabilities by their name, everything else as `Model` has it."""
    names = ("chat", "embeddings", "vision", "tools", "json", "context_tokens")
    can = Capabilities(**{key: more.pop(key) for key in names if key in more})
    return Model(f"{backend}/{name}", backend, name, Size(b, active if active is not None else b), can, **more)


def intent(
    category: Category = Category.KNOWLEDGE, complexity: float = 0.0, preference: float = 0.5, **needs: Any
) -> Intent:
    return Intent(category, complexity, Needs(**needs), preference)


def chat(*messages: Any, **members: Any) -> ChatCall:
    """A chat call; a bare text is a user message."""
    written = [{"role": "user", "content": item} if isinstance(item, str) else item for item in messages]
    return ChatCall.decode(msgspec.json.encode({"messages": written, **members}))


TINY_CODER = model("qwen2.5-coder:0.5b", 0.49, tools=True)
SMALL = model("llama3.2:1b", 1.2, tools=True)
SEEING = model("llava:7b", 7.2, vision=True, tools=False)
MIDDLE = model("gemma3:27b", 27.4, vision=False)
LARGE = model("llama3.3:70b", 70.6, tools=True)
EMBEDDING = model("nomic-embed-text", 0.14, chat=False, embeddings=True)
HOUSEHOLD = (TINY_CODER, SMALL, SEEING, MIDDLE, LARGE, EMBEDDING)


QUALITY = Quality(1.2)


def router(weights: RoutingWeights = RoutingWeights()) -> Router:  # noqa: B008  # frozen
    """A router with every built-in strategy; `scored` is the usual one."""
    return Router(Strategies(Scored(weights, QUALITY)))
