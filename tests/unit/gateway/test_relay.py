import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.in_process import COUNTS, HEAD, ROLE, STOP, USAGE, ListSink, ScriptedBackend, chunk, event, model

from smarterrouter.errors import BackendUnreachable, NoModels
from smarterrouter.gateway.opened import read_first
from smarterrouter.gateway.relay import Relay, error_event
from smarterrouter.gateway.signature import Signature
from smarterrouter.wire import sse

SIGNATURE = Signature(enabled=True, template="\n\nModel: {model}", everyone=True)
LINE = "\n\nModel: a"
HELLO = chunk({"content": "Hello"})


def relay(*, wants_usage=False, signature=None, reads=False):
    return Relay(wants_usage=wants_usage, model=model("one/a"), signature=signature, reads=reads)


async def relayed(*pieces, roles=True, **options):
    """What a caller gets of these network chunks, and the relay."""
    opened = await read_first(ScriptedBackend().reply(pieces))
    sink, made = ListSink(), relay(**options)
    await sink.start([])
    await made.run(opened, sink, roles=roles)
    return sink, made


async def test_events_that_need_nothing_pass_byte_for_byte():
    pieces = (b": hello\n\n" + ROLE, b"event: x\nid: 7\n" + HELLO, b'data:{"x":1}\r\n\r\n', STOP)
    sink, made = await relayed(*pieces, sse.DONE)
    assert sink.body == b"".join(pieces) + sse.DONE
    assert sink.writes == len(pieces) + 1
    assert made.usage is None


async def test_the_usage_chunk_is_read_and_kept_from_callers_who_did_not_ask():
    sink, made = await relayed(ROLE, HELLO, STOP, COUNTS + sse.DONE)
    assert sink.body == ROLE + HELLO + STOP + sse.DONE
    assert (made.usage.prompt_tokens, made.usage.completion_tokens) == (5, 2)


async def test_the_usage_chunk_goes_once_to_callers_who_asked():
    sink, made = await relayed(ROLE, STOP, COUNTS, COUNTS, sse.DONE, wants_usage=True)
    assert sink.body == ROLE + STOP + COUNTS + sse.DONE
    assert made.usage.total_tokens == 7


async def test_usage_in_the_last_choice_becomes_a_chunk_without_choices():
    last = chunk({}, "stop", usage=USAGE)
    sink, _ = await relayed(ROLE, last, sse.DONE, wants_usage=True)
    assert sink.body.startswith(ROLE + last)
    assert sink.events[-2] == {**HEAD, "choices": [], "usage": USAGE}
    assert sink.events[-1] == "[DONE]"
    assert (await relayed(ROLE, last, sse.DONE))[0].body == ROLE + last + sse.DONE


async def test_litellms_usage_chunk_becomes_openais():
    """It carries a choice that says nothing; details that only LiteLLM knows stay."""
    details = {**USAGE, "prompt_tokens_details": {"cached_tokens": 3}}
    theirs = event({**HEAD, "choices": [{"index": 0, "delta": {}}], "usage": details})
    sink, made = await relayed(ROLE, STOP, theirs, sse.DONE, wants_usage=True)
    assert sink.events[2:] == [{**HEAD, "choices": [], "usage": details}, "[DONE]"]
    assert (await relayed(ROLE, STOP, theirs, sse.DONE))[0].body == ROLE + STOP + sse.DONE
    assert made.usage.total_tokens == 7


async def test_usage_beside_a_piece_of_the_answer_takes_nothing_from_it():
    running = chunk({"content": "Hello"}, usage=USAGE)
    sink, _ = await relayed(ROLE, running, STOP, sse.DONE)
    assert sink.body == ROLE + running + STOP + sse.DONE


async def test_text_of_the_model_cannot_pretend_to_be_usage_or_the_end():
    said = chunk({"content": '"usage": {"prompt_tokens": 9} data: [DONE]\n\n[DONE]'})
    sink, made = await relayed(ROLE, said, STOP, sse.DONE)
    assert sink.events[1] == json.loads(said[6:])
    assert sink.events[-1] == "[DONE]"
    assert made.usage is None


async def test_what_follows_the_end_mark_is_not_for_the_caller():
    sink, _ = await relayed(ROLE + STOP, sse.DONE + HELLO, HELLO + sse.DONE)
    assert sink.body == ROLE + STOP + sse.DONE
    sink, _ = await relayed(ROLE + STOP + sse.DONE + HELLO, HELLO)
    assert sink.body == ROLE + STOP + sse.DONE


async def test_a_role_goes_first_when_the_backend_forgets_it():
    sink, _ = await relayed(HELLO, STOP, sse.DONE)
    assert sink.events[0] == {
        **HEAD,
        "choices": [
            {"index": 0, "delta": {"role": "assistant", "content": ""}, "logprobs": None, "finish_reason": None}
        ],
    }
    assert sink.body.endswith(HELLO + STOP + sse.DONE)


async def test_a_role_of_null_is_no_role():
    first = chunk({"role": None, "content": "Hello"})
    sink, _ = await relayed(first, STOP, sse.DONE)
    assert sink.events[0]["choices"][0]["delta"]["role"] == "assistant"
    assert sink.events[1] == json.loads(first[6:])


async def test_a_role_can_be_added_before_events_that_cannot_be_read():
    first = b'data: {"model":"\xff","choices":[1]}\n\n'
    sink, _ = await relayed(first, STOP, sse.DONE)
    head, _, rest = sink.body.partition(b"\n\n")
    assert json.loads(head[6:])["choices"][0]["delta"]["role"] == "assistant"
    assert rest == first + STOP + sse.DONE


async def test_text_completions_get_no_role():
    first = event({"choices": [{"text": "Hello", "finish_reason": "length"}]})
    assert (await relayed(first, sse.DONE, roles=False))[0].body == first + sse.DONE


@pytest.mark.parametrize("end", [b"data: [DONE]", b"data:[DONE]\n", b"data: [DONE]\r\n", sse.DONE, b""])
async def test_a_missing_or_half_end_mark_is_forgiven_when_the_answer_is_complete(end):
    sink, _ = await relayed(ROLE, HELLO, STOP, end)
    assert sink.body == ROLE + HELLO + STOP + sse.DONE


async def test_usage_ends_an_answer_too():
    sink, _ = await relayed(ROLE, HELLO, COUNTS, wants_usage=True)
    assert sink.body == ROLE + HELLO + COUNTS + sse.DONE
    sink, _ = await relayed(ROLE, chunk({}, "stop", usage=USAGE), wants_usage=True)
    assert [one if one == "[DONE]" else one["choices"] for one in sink.events][-2:] == [[], "[DONE]"]


@pytest.mark.parametrize(
    "pieces",
    [
        (ROLE, HELLO),
        (ROLE, HELLO, b'data: {"choices":'),
        (ROLE, STOP, b"data: {"),
        (ROLE, chunk({"content": "H"}, usage=USAGE)),  # counts that grow with each chunk are no end
    ],
)
async def test_a_stream_that_breaks_off_is_an_error(pieces):
    with pytest.raises(BackendUnreachable, match="in the middle"):
        await relayed(*pieces, reads=False)


@pytest.mark.parametrize("reads", [False, True])
async def test_chunks_that_cannot_be_read_pass_untouched(reads):
    odd = [
        b'data: {"usage": {"prompt_tokens": "many"}, "choices": []}\n\n',
        b'data: {"id":"\xff","usage": {}}\n\n',
        b"data: " + b"[" * 5000 + b'"usage": {\n\n',
        b'data: {"model": "\xff", "x": 1}\n\n',
    ]
    sink, made = await relayed(ROLE, *odd, STOP, sse.DONE, reads=reads)
    assert sink.body == ROLE + b"".join(odd) + STOP + sse.DONE
    assert made.usage is None


@pytest.mark.parametrize("more", [{"created": 1.5}, {"id": None}, {"model": None}, {"choices": None}])
async def test_odd_members_beside_usage_do_not_hide_it(more):
    sink, made = await relayed(ROLE, STOP, event({**HEAD, "choices": [], "usage": USAGE, **more}) + sse.DONE)
    assert sink.body == ROLE + STOP + sse.DONE
    assert made.usage.prompt_tokens == 5


async def test_the_signature_comes_right_before_the_end_of_the_answer():
    sink, made = await relayed(ROLE, HELLO, STOP, COUNTS, sse.DONE, signature=SIGNATURE)
    assert text(sink) == "Hello" + LINE
    assert sink.events[-2]["choices"][0]["finish_reason"] == "stop"
    assert made.text == "Hello"


async def test_a_last_chunk_with_text_keeps_it_before_the_signature():
    last = chunk({"content": " world"}, "stop", usage=USAGE)
    sink, _ = await relayed(ROLE, HELLO, last, sse.DONE, signature=SIGNATURE)
    assert text(sink) == "Hello world" + LINE
    assert [one["choices"][0]["finish_reason"] for one in sink.events[:-1]] == [None, None, "stop"]


async def test_the_signature_is_added_once_and_never_doubled():
    sink, _ = await relayed(ROLE, HELLO, STOP, STOP, sse.DONE, signature=SIGNATURE)
    assert text(sink) == "Hello" + LINE
    said = chunk({"content": "Hello" + LINE})
    assert text((await relayed(ROLE, said, STOP, sse.DONE, signature=SIGNATURE))[0]) == "Hello" + LINE


async def test_an_answer_without_text_gets_no_signature():
    call = chunk({"tool_calls": [{"index": 0, "function": {"name": "f", "arguments": "{}"}}]})
    sink, _ = await relayed(ROLE, call, chunk({}, "tool_calls"), sse.DONE, signature=SIGNATURE)
    assert sink.body == ROLE + call + chunk({}, "tool_calls") + sse.DONE


async def test_w12_text_that_looks_like_a_signature_stays():
    pieces = [chunk({"content": part}) for part in ("class User", "Model:\n", "Model: Corolla\n", "x")]
    sink, _ = await relayed(ROLE, *pieces, STOP, sse.DONE, signature=SIGNATURE)
    assert text(sink) == "class UserModel:\nModel: Corolla\nx" + LINE


async def test_text_is_read_only_when_it_is_wanted():
    assert (await relayed(ROLE, HELLO, HELLO, STOP, sse.DONE))[1].text == ""
    sink, made = await relayed(ROLE, HELLO, HELLO, b": silence\n\n", STOP, sse.DONE, reads=True)
    assert made.text == "HelloHello"
    assert sink.body == ROLE + HELLO + HELLO + STOP + sse.DONE


def test_an_error_event_is_openais_error():
    payload = sse.events(error_event(NoModels("gone")))[0]
    assert json.loads(payload) == {
        "error": {"message": "gone", "type": "server_error", "param": None, "code": "no_models"}
    }


def text(sink):
    return "".join(
        choice["delta"].get("content") or "" for one in sink.events if one != "[DONE]" for choice in one["choices"]
    )


words = st.text(alphabet=st.sampled_from('ab"{}[]\\ \n\r`üß漢'), min_size=1, max_size=6)
endings = st.sampled_from([b"\n", b"\r\n"])


@st.composite
def streams(draw):
    """The events of a valid stream as payloads, and the bytes that carry them."""
    payloads = [{**HEAD, "choices": [{"index": 0, "delta": {"content": word}}]} for word in draw(st.lists(words))]
    payloads.insert(0, {**HEAD, "choices": [{"index": 0, "delta": draw(st.sampled_from([{"role": "assistant"}, {}]))}]})
    usage = draw(st.sampled_from(["none", "own", "last", "both"]))
    last = {**HEAD, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    payloads.append({**last, "usage": USAGE} if usage in {"last", "both"} else last)
    if usage in {"own", "both"}:
        payloads.append({**HEAD, "choices": [], "usage": USAGE})
    end = draw(endings)
    space = draw(st.sampled_from([b" ", b""]))
    encoded = [b"data:" + space + json.dumps(payload).encode() + end + end for payload in payloads]
    for at in draw(st.lists(st.integers(0, len(encoded) - 1), max_size=3)):
        encoded[at] = b": comment" + end + end + encoded[at]
    done = draw(st.sampled_from([b"data: [DONE]" + end + end, b"data: [DONE]", b""]))
    after = encoded[0] if done.endswith(b"\n") and draw(st.booleans()) else b""
    return payloads, b"".join(encoded) + done + after


@given(stream=streams(), cuts=st.lists(st.integers(0, 4000)), wants_usage=st.booleans(), signs=st.booleans())
@settings(max_examples=250, deadline=None)
def test_however_a_stream_is_cut_the_caller_gets_the_same_events(stream, cuts, wants_usage, signs):
    payloads, data = stream
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    pieces = [data[start:end] for start, end in pairwise(places)]
    sink, made = ran(relayed(*pieces, wants_usage=wants_usage, signature=SIGNATURE if signs else None))

    assert sink.events == [*expected(payloads, wants_usage=wants_usage, signs=signs), "[DONE]"]
    counted = any("usage" in payload for payload in payloads)
    assert (made.usage.total_tokens if made.usage else 0) == (7 if counted else 0)


def expected(payloads, *, wants_usage, signs):
    """The events that a caller gets of these, computed the slow way."""
    found = [payload for payload in payloads if payload["choices"]]
    if "role" not in found[0]["choices"][0]["delta"]:
        found.insert(0, {**HEAD, "choices": [delta({"role": "assistant", "content": ""})]})
    said = "".join(payload["choices"][0]["delta"].get("content", "") for payload in found)
    if signs and said:
        line = f"\n```\n{LINE}" if said.count("```") % 2 else LINE
        found.insert(-1, {**HEAD, "choices": [delta({"content": line})]})
    if wants_usage and any("usage" in payload for payload in payloads):
        found.append({**HEAD, "choices": [], "usage": USAGE})
    return found


def delta(content):
    return {"index": 0, "delta": content, "logprobs": None, "finish_reason": None}


def ran(work):
    """The result of a coroutine that never waits."""
    try:
        work.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waits")
