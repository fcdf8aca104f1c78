"""OpenAI's model list, built once for a snapshot and then handed out as bytes.

Source: https://platform.openai.com/docs/api-reference/models. The members beside id, object, created and owned_by are
extras that clients may ignore.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from smarterrouter.domain.models import Capabilities, Model

_encode = msgspec.json.Encoder().encode
_ABILITIES = ("chat", "embeddings", "vision", "tools", "json", "thinking")


class ModelItem(msgspec.Struct, omit_defaults=True):
    """One line of the list. Sizes are billions of parameters, context is tokens; what nobody knows is left out."""

    id: str
    created: int
    """Unix seconds; 0 when unknown."""
    owned_by: str
    """Name of the backend; `local` for the router and aliases."""
    object: str = msgspec.field(default_factory=lambda: "model")  # a factory, so that it is always written
    description: str | None = None
    admin_auth_required: bool | None = None
    key: str | None = None
    """`backend/name`, which always means this model."""
    capabilities: list[str] | None = None
    context_length: int | None = None
    parameters_b: float | None = None
    active_parameters_b: float | None = None
    quantization: str | None = None
    family: str | None = None
    loaded: bool | None = None
    status: str | None = None
    """`unreachable` or `missing`; absent for a model that its backend serves."""
    stands_for: list[str] | None = None
    """Keys of the models behind an alias."""
    test: bool = False
    label: str = ""


class RouterCard(msgspec.Struct, frozen=True):
    """How the router shows itself among the models."""

    name: str
    created: int
    """Unix seconds of this process's start."""
    description: str
    admin_auth_required: bool


class ModelPages(msgspec.Struct, frozen=True):
    """The answers of `/v1/models` and `/v1/models/{id}`, ready to send."""

    all: bytes
    one: Mapping[str, bytes]
    """By listed id, and by key where the two differ."""


def build(
    router: RouterCard,
    aliases: Mapping[str, Sequence[Model]],
    listed: Iterable[tuple[str, Model]],
    *,
    router_only: bool = False,
) -> ModelPages:
    """The router first, then aliases, then `listed` in its order; `router_only` shows the router alone in the list.

    Models that the list does not show can still be asked for one by one, because they can still be used.
    """
    first = ModelItem(
        id=router.name,
        created=router.created,
        owned_by="local",
        description=router.description,
        admin_auth_required=router.admin_auth_required,
    )
    rest = [_alias(name, models, router.created) for name, models in aliases.items()]
    rest += [_item(name, model) for name, model in listed]
    encoded = [(item, _encode(item)) for item in (first, *rest)]
    one = {item.key: data for item, data in encoded if item.key} | {item.id: data for item, data in encoded}
    shown = encoded[:1] if router_only else encoded
    return ModelPages(all=b'{"object":"list","data":[' + b",".join(data for _, data in shown) + b"]}", one=one)


def _alias(name: str, models: Sequence[Model], created: int) -> ModelItem:
    return ModelItem(id=name, created=created, owned_by="local", stands_for=[model.key for model in models])


def _item(name: str, model: Model) -> ModelItem:
    return ModelItem(
        id=name,
        created=model.created,
        owned_by=model.backend,
        key=model.key,
        capabilities=_abilities(model.can),
        context_length=model.can.context_tokens,
        parameters_b=model.size.parameters_b,
        active_parameters_b=model.size.active_b,
        quantization=model.size.quantisation,
        family=model.family,
        loaded=model.loaded,
        status="missing" if model.missing else "unreachable" if model.unreachable else None,
        test=model.test,
        label=model.label,
    )


def _abilities(can: Capabilities) -> list[str]:
    return [word for word in _ABILITIES if getattr(can, word)]
