"""The model list as clients read it."""

from typing import Any

import msgspec

from smarterrouter.domain.models import Capabilities, Model, Size
from smarterrouter.wire.models import ModelPages, RouterCard, build

ROUTER = RouterCard("smarterrouter/main", created=1_700_000_000, description="Chooses.", admin_auth_required=True)
BIG = Model(
    key="lab/org/big:70b",
    backend="lab",
    name="org/big:70b",
    size=Size(70.0, 70.0, 4.89, "Q4_K_M"),
    can=Capabilities(vision=True, tools=True, thinking=False, context_tokens=8192),
    family="big",
    created=12,
    loaded=False,
)
TINY = Model(key="box/tiny", backend="box", name="tiny", test=True, label="test model", unreachable=True)


def pages(*listed: tuple[str, Model], router_only: bool = False) -> ModelPages:
    return build(ROUTER, {"fast": (TINY, BIG)}, listed, router_only=router_only)


def decoded(data: bytes) -> Any:
    return msgspec.json.decode(data)


def test_router_then_aliases_then_models() -> None:
    answer = decoded(pages(("tiny", TINY), ("org/big:70b", BIG)).all)
    assert answer["object"] == "list"
    assert [item["id"] for item in answer["data"]] == ["smarterrouter/main", "fast", "tiny", "org/big:70b"]


def test_every_item_has_what_openai_clients_need() -> None:
    for item in decoded(pages(("tiny", TINY), ("org/big:70b", BIG)).all)["data"]:
        assert item["object"] == "model"
        assert type(item["created"]) is int
        assert isinstance(item["owned_by"], str)


def test_router_describes_itself() -> None:
    item = decoded(pages().one["smarterrouter/main"])
    assert item == {
        "id": "smarterrouter/main",
        "object": "model",
        "created": 1_700_000_000,
        "owned_by": "local",
        "description": "Chooses.",
        "admin_auth_required": True,
    }


def test_admin_auth_is_stated_when_it_is_not_required() -> None:
    open_router = RouterCard("r", created=1, description="d", admin_auth_required=False)
    assert decoded(build(open_router, {}, ()).one["r"])["admin_auth_required"] is False


def test_model_says_what_is_known() -> None:
    assert decoded(pages(("org/big:70b", BIG)).one["org/big:70b"]) == {
        "id": "org/big:70b",
        "object": "model",
        "created": 12,
        "owned_by": "lab",
        "key": "lab/org/big:70b",
        "capabilities": ["chat", "vision", "tools"],
        "context_length": 8192,
        "parameters_b": 70.0,
        "active_parameters_b": 70.0,
        "quantization": "Q4_K_M",
        "family": "big",
        "loaded": False,
    }


def test_test_models_and_unreachable_ones_are_marked() -> None:
    item = decoded(pages(("tiny", TINY)).one["tiny"])
    assert (item["test"], item["label"], item["status"]) == (True, "test model", "unreachable")
    assert "context_length" not in item
    gone = msgspec.structs.replace(TINY, missing=True)
    assert decoded(pages(("tiny", gone)).one["tiny"])["status"] == "missing"


def test_alias_says_what_it_stands_for() -> None:
    assert decoded(pages().one["fast"])["stands_for"] == ["box/tiny", "lab/org/big:70b"]


def test_one_model_is_found_by_key_too() -> None:
    found = pages(("org/big:70b", BIG)).one
    assert found["lab/org/big:70b"] == found["org/big:70b"]
    assert "nobody" not in found


def test_router_only_hides_the_others_from_the_list_alone() -> None:
    found = pages(("tiny", TINY), router_only=True)
    assert [item["id"] for item in decoded(found.all)["data"]] == ["smarterrouter/main"]
    assert decoded(found.one["tiny"])["id"] == "tiny"


def test_no_models_is_a_valid_list() -> None:
    assert [item["id"] for item in decoded(build(ROUTER, {}, ()).all)["data"]] == ["smarterrouter/main"]
