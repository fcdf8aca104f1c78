import pytest
from tests.doubles.in_process import Path_, model, visit

from smarterrouter.errors import BadRequest, CannotHonour, NoEligibleModel, NoModels, UnknownModel
from smarterrouter.gateway.choosing import check_named, found_or_raise
from smarterrouter.routing.analysis import read_text
from smarterrouter.transport.breaker import Rules
from smarterrouter.wire.calls import ChatCall

SMALL, LARGE, EMBEDDER = (
    model("one/small", size=1),
    model("one/large", size=70),
    model("one/embedder", chat=False, embeddings=True),
)
LOOK = ChatCall.decode(
    b'{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://a/b.png"}}]}]}'
)
HELLO = ChatCall.decode(b'{"messages":[{"role":"user","content":"hi"}]}')


def choosing(*models, **options):
    return Path_(models, **options).choosing


def keys(models):
    return [one.key for one in models]


def read():
    return read_text("Say hello.", 0.5)


def unread():
    raise AssertionError("nobody has to look at the prompt")


@pytest.mark.parametrize("name", ["", "auto", "smarterrouter/main"])
def test_the_routers_names_let_the_router_choose(name):
    seen = visit()
    models = choosing(SMALL, LARGE, EMBEDDER).models(name, seen, read)
    assert set(keys(models)) == {"one/small", "one/large"}
    assert seen.decision.candidates[0].model is models[0]
    assert seen.asked_model == name
    assert not seen.named


@pytest.mark.parametrize(
    ("name", "chosen"),
    [("", True), ("auto", True), ("mine", False), ("both", True), ("large", False), ("unknown", False)],
)
def test_it_tells_beforehand_whether_there_is_something_to_choose(name, chosen):
    made = choosing(SMALL, LARGE, aliases={"mine": ["large"], "both": ["large", "auto"]})
    assert made.chooses(name) is chosen


@pytest.mark.parametrize("name", ["large", "one/large"])
def test_a_named_model_is_taken_without_reading_the_prompt(name):
    seen = visit()
    assert choosing(SMALL, LARGE).models(name, seen, unread) == (LARGE,)
    assert seen.named
    assert seen.decision is None


def test_an_alias_gives_its_models_and_then_what_the_router_chooses():
    made = choosing(SMALL, LARGE, EMBEDDER, aliases={"mine": ["large", "auto"], "two": ["large", "small"]})
    seen = visit()
    assert made.models("mine", seen, read) == (LARGE, SMALL)
    assert seen.named
    assert seen.decision is not None
    assert made.models("two", visit(), unread) == (LARGE, SMALL)


def test_an_alias_still_serves_when_the_router_finds_nobody():
    made = choosing(EMBEDDER, aliases={"mine": ["embedder", "auto"]})
    assert made.models("mine", visit(), read) == (EMBEDDER,)
    with pytest.raises(NoEligibleModel):
        made.models("auto", visit(), read)


def test_an_unknown_name_comes_with_a_hint():
    with pytest.raises(UnknownModel, match=r"Did you mean large\?") as caught:
        choosing(SMALL, LARGE).models("larg", visit(), unread)
    assert (caught.value.status, caught.value.code, caught.value.param) == (404, "model_not_found", "model")
    with pytest.raises(UnknownModel, match="GET /v1/models"):
        choosing(SMALL).models("qqqqqq", visit(), unread)


def test_w11_part_of_a_name_is_no_name():
    with pytest.raises(UnknownModel):
        choosing(SMALL, LARGE).models("l", visit(), unread)


def test_what_cannot_be_a_name_is_refused():
    with pytest.raises(BadRequest):
        choosing(SMALL).models("a\nb", visit(), unread)


def test_an_alias_of_nothing_that_is_served_says_so():
    with pytest.raises(NoModels, match="`gone` stands for"):
        choosing(SMALL, aliases={"gone": ["elsewhere"]}).models("gone", visit(), unread)


def test_without_models_there_is_nothing_to_choose():
    for ask in (lambda made: made.models("", visit(), read), lambda made: made.decide(read())):
        with pytest.raises(NoModels, match="no backend answered yet") as caught:
            ask(choosing())
        assert caught.value.status == 503


def test_w19_embeddings_go_to_models_that_make_them():
    lone = model("two/bert", embeddings=True, chat=False, loaded=True)
    testing = model("two/a-test", embeddings=True, chat=False, test=True)
    away = model("two/away", embeddings=True, chat=False, unreachable=True)
    made = choosing(SMALL, testing, EMBEDDER, lone, away, aliases={"mine": ["small", "auto"]})
    assert keys(made.embedding_models("", visit())) == ["two/bert", "one/embedder", "two/a-test"]
    assert keys(made.embedding_models("mine", visit())) == ["one/small", "two/bert", "one/embedder", "two/a-test"]


def test_a_named_model_is_asked_for_vectors_whatever_is_known_of_it():
    assert choosing(SMALL).embedding_models("small", visit()) == (SMALL,)


def test_without_an_embedder_there_is_a_clear_error():
    with pytest.raises(NoEligibleModel, match="embeddings"):
        choosing(SMALL).embedding_models("auto", visit())
    assert choosing(SMALL, aliases={"mine": ["small", "auto"]}).embedding_models("mine", visit()) == (SMALL,)


def test_shares_of_the_last_answers_reach_the_router_in_steps():
    made = choosing(SMALL, LARGE)
    before = made.moment()
    for _ in range(9):
        made.answered(SMALL, visit())
    assert made.moment() is before
    made.answered(LARGE, visit())
    assert made.moment().recent == {"one/small": 0.9, "one/large": 0.1}
    for _ in range(20):
        made.answered(LARGE, visit())
    known = made.moment()
    assert known.recent == {"one/large": 1.0}
    for _ in range(10):
        made.answered(LARGE, visit())
    assert made.moment() is known


def test_backends_at_rest_reach_the_router():
    path = Path_([SMALL], breaker=Rules(failure_threshold=1))
    assert path.choosing.moment().busy == frozenset()
    path.guards.of("one").failed()
    assert path.choosing.moment().busy == {"one"}


def test_deciding_changes_nothing():
    made = choosing(SMALL, LARGE)
    first = made.decide(read())
    assert made.decide(read()) == first


def test_a_model_that_the_caller_named_is_looked_at():
    check_named(HELLO, SMALL)
    check_named(LOOK, model("one/x", vision=True))
    check_named(LOOK, model("one/x"))  # nobody knows: it may try
    check_named(HELLO, model("one/x", vision=False))
    with pytest.raises(CannotHonour, match="images"):
        check_named(LOOK, model("one/x", vision=False))
    with pytest.raises(CannotHonour, match="cannot chat"):
        check_named(HELLO, EMBEDDER)


def test_names_can_be_looked_up_on_a_snapshot():
    snapshot = Path_([SMALL]).catalog.current
    assert found_or_raise("small", snapshot).models == (SMALL,)
