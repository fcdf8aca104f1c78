"""The judge: what it is asked, what is read from its answer, and what happens when there is none."""

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.errors import BackendBusy, BackendError, BackendLimited, BackendRefused, BackendUnreachable
from smarterrouter.profiling.judge import Grade, Judge, parse, read
from smarterrouter.wire.calls import ChatCall, Reply

GOOD = '{"accuracy": 1, "clarity": 0.5, "instructions": 0.75, "reason": "fine"}'


class Server:
    """A judge's server that says one thing after another."""

    def __init__(self, *says):
        self.says = list(says)
        self.calls: list[ChatCall] = []
        self.closed = 0
        self.slept: list[float] = []

    async def complete(self, call: ChatCall) -> Reply:
        self.calls.append(call)
        said = self.says.pop(0)
        if isinstance(said, Exception):
            raise said

        async def body() -> bytes:
            return json.dumps({"choices": [{"message": {"content": said}}]}).encode()

        return Reply(read=body, chunks=None, close=self.close, stream=False)

    def close(self) -> None:
        self.closed += 1

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def judge(self, **options) -> Judge:
        return Judge(self.complete, "strong", sleep=self.sleep, **options)


async def test_a_grade_is_the_mean_of_what_was_graded():
    server = Server(GOOD)
    assert await server.judge().grade("Write.", "Here.") == Grade(0.75, "fine")
    assert server.closed == 1


async def test_the_judge_is_asked_in_words_for_json_and_with_nothing_that_only_some_servers_know():
    server = Server(GOOD)
    await server.judge().grade("THE REQUEST", "THE ANSWER")
    body = json.loads(server.calls[0].body.encode())
    assert set(body) == {"model", "messages", "temperature", "max_tokens"}
    assert body["model"] == "strong"
    assert "JSON" in body["messages"][0]["content"]
    assert "THE REQUEST" in body["messages"][1]["content"]
    assert "THE ANSWER" in body["messages"][1]["content"]


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"```\n{GOOD}\n```",
        f"Sure, here is my verdict:\n```JSON\n{GOOD}```\nHope that helps.",
        f"My verdict is {GOOD} as asked.",
        f"<think>{{maybe 0.1}}</think>{GOOD}",
        GOOD.replace("0.5", '"0.5"'),
    ],
)
def test_fenced_and_surrounded_json_is_read(text):
    assert parse(text) == Grade(0.75, "fine")


@pytest.mark.parametrize(
    "text",
    ["", "no", "{}", "[1]", "0.8", '{"accuracy": 8}', '{"accuracy": true}', '{"score": "much"}', "{" * 5000, "NaN"],
)
def test_what_is_no_grade_is_none(text):
    assert parse(text) is None


def test_a_single_score_and_missing_marks_will_do():
    assert parse('{"score": 0.8}') == Grade(0.8)
    assert parse('{"accuracy": 0.2, "clarity": 9, "reason": 7}') == Grade(0.2, "7")
    assert parse(f'{{"accuracy": 1{"0" * 400}}}') is None


@given(st.text() | st.binary().map(lambda data: data.decode(errors="replace")))
def test_any_text_is_read_without_an_error(text):
    grade = parse(text)
    assert grade is None or 0 <= grade.score <= 1


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"choices": []}', b'{"choices": [{"message": {"content": null}}]}', b"\xff"]
)
def test_answers_that_are_no_completion_are_none(body):
    assert read(body) is None


async def test_it_asks_again_after_429_5xx_and_a_lost_connection_with_growing_pauses():
    server = Server(BackendLimited("slow"), BackendUnreachable("gone"), BackendError("broken"), GOOD)
    assert await server.judge(base_delay=0.5).grade("a", "b") is not None
    assert server.slept == [0.5, 1.0, 2.0]


async def test_it_waits_as_long_as_the_server_says_but_not_for_ever():
    server = Server(BackendLimited("slow", retry_after=7.0), BackendBusy("busy", retry_after=9999.0), GOOD)
    assert await server.judge().grade("a", "b") is not None
    assert server.slept == [7.0, 60.0]


async def test_it_gives_up_after_the_retries_and_says_so(caplog):
    server = Server(*[BackendBusy("busy")] * 3)
    assert await server.judge(retries=2).grade("a", "b") is None
    assert len(server.calls) == 3
    assert "busy" in caplog.text


async def test_the_raw_body_of_a_400_is_in_the_log_and_nothing_is_asked_again(caplog):
    caplog.set_level(logging.WARNING)
    server = Server(BackendRefused("no", status=400, body=b'{"error":{"message":"max_tokens too large"}}'))
    assert await server.judge().grade("a", "b") is None
    assert '{"error":{"message":"max_tokens too large"}}' in caplog.text
    assert len(server.calls) == 1


async def test_no_retries_means_one_try():
    server = Server(BackendBusy("busy"))
    assert await server.judge(retries=0).grade("a", "b") is None
    assert server.slept == []


async def test_an_empty_answer_is_not_worth_a_call():
    server = Server()
    assert await server.judge().grade("a", "  \n") is None
    assert server.calls == []


async def test_endless_answers_are_cut_before_the_judge_pays_for_them():
    server = Server(GOOD)
    await server.judge().grade("a" * 10**6, "b" * 10**6)
    assert len(server.calls[0].body.encode()) < 30_000
