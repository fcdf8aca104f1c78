"""Two simulated models behind one address on 127.0.0.1. They solve nothing: they know every task's right answer.

Each answers rightly with a probability that depends on the model and on how difficult the task is, and otherwise in one
of the ways of `mistakes.py`. What a model says to a task is drawn once: it says the same whoever asks, and how often.
"""

import asyncio
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self

import msgspec
from aiohttp import web
from msgspec import Struct

from mistakes import RIGHT, SILENT, Question, Said, said
from smarterrouter.profiling.base import Answer

SLOPE = 1.2
"""How much likelier a right answer gets with a task that is one logit easier; the estimator assumes about as much."""
CHARACTERS_A_TOKEN = 4
PIECE = 24
"""Characters in one event of a stream."""


class Pretender(Struct, frozen=True):
    """One simulated model."""

    name: str
    solves: float
    """Share of the tasks that it answers rightly, on average."""
    input_price: float
    output_price: float
    """Dollars for a million tokens."""


class Exchange(Struct, frozen=True):
    """One question that a model was asked."""

    model: str
    said: Said
    prompt_tokens: int
    completion_tokens: int


class Pair:
    """What each of the models says to each of the questions."""

    def __init__(self, models: Sequence[Pretender], questions: Sequence[Question], seed: int) -> None:
        """`seed` draws what is said."""
        self.models = {model.name: model for model in models}
        self._seed = seed
        difficulties = [question.task.difficulty for question in questions]
        self._abilities = {model.name: ability_for(model.solves, difficulties) for model in models}

    def says(self, model: str, question: Question, silent: float) -> Said:
        """`silent`: share of the wrong answers that are in good form. A larger one only adds to them."""
        rng = random.Random(f"{self._seed} {model} {question.task.id}")
        right, loud = rng.random(), rng.random()
        chance = solved(self._abilities[model], question.task.difficulty)
        return said(question, RIGHT if right < chance else SILENT if loud < silent else "broken", rng)


def solved(ability: float, difficulty: float) -> float:
    """The chance of a right answer; both in logits."""
    return 1 / (1 + math.exp(-SLOPE * (ability - difficulty)))


def ability_for(share: float, difficulties: Sequence[float]) -> float:
    """The ability that solves this share of the tasks; `share` between 0 and 1, exclusive."""
    low, high = -20.0, 20.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        mean = sum(solved(middle, one) for one in difficulties) / len(difficulties)
        low, high = (middle, high) if mean < share else (low, middle)
    return low


class Address(Struct, frozen=True):
    """Where the pretenders listen, as `programs.Gateway` wants it."""

    base_url: str


class Pretenders:
    """The server, in the loop of the bench. It remembers who was asked what since `forget`."""

    def __init__(self, pair: Pair, questions: Sequence[Question]) -> None:
        self.pair = pair
        self.silent = 0.0
        """Share of the wrong answers that are in good form from now on."""
        self.asked: dict[str, list[Exchange]] = {}
        """Id of a task to what its askings gave, in order."""
        self._questions = {question.task.id: question for question in questions}

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.add_routes([web.get("/v1/models", self._models), web.post("/v1/chat/completions", self._chat)])
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.address = Address(f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    def forget(self) -> None:
        """Begin to count anew."""
        self.asked = {}

    async def _models(self, _: web.Request) -> web.Response:
        listed = [{"id": name, "object": "model", "max_model_len": 32_768} for name in self.pair.models]
        return web.json_response({"object": "list", "data": listed})

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        question = self._questions[body["metadata"]["task"]]
        spoken = self.pair.says(body["model"], question, self.silent)
        used = usage(body, spoken.answer)
        exchange = Exchange(body["model"], spoken, used["prompt_tokens"], used["completion_tokens"])
        self.asked.setdefault(question.task.id, []).append(exchange)
        if not body.get("stream"):
            return web.json_response(completion(body["model"], spoken.answer, used))
        return await _stream(request, events(body["model"], spoken.answer, used))


async def _stream(request: web.Request, payloads: Iterator[dict[str, Any]]) -> web.StreamResponse:
    response = web.StreamResponse(headers={"content-type": "text/event-stream"})
    await response.prepare(request)
    for payload in payloads:
        await response.write(b"data: %b\n\n" % msgspec.json.encode(payload))
        await asyncio.sleep(0)
    await response.write(b"data: [DONE]\n\n")
    return response


def usage(body: Mapping[str, Any], answer: Answer) -> dict[str, int]:
    """Tokens of a question and its answer, estimated from the characters."""
    prompt = len(msgspec.json.encode((body["messages"], body.get("tools", ())))) // CHARACTERS_A_TOKEN
    calls = sum(len(one.name) + len(one.arguments) for one in answer.tool_calls)
    completion_ = (len(answer.text) + calls) // CHARACTERS_A_TOKEN + 1
    return {"prompt_tokens": prompt, "completion_tokens": completion_, "total_tokens": prompt + completion_}


def _calls(answer: Answer) -> list[dict[str, Any]]:
    return [
        {"index": at, "id": f"call_{at}", "type": "function", "function": {"name": one.name, "arguments": ""}}
        for at, one in enumerate(answer.tool_calls)
    ]


def _finish(answer: Answer) -> str:
    return "tool_calls" if answer.tool_calls and answer.finish_reason == "stop" else answer.finish_reason


def completion(model: str, answer: Answer, used: dict[str, int]) -> dict[str, Any]:
    """The whole answer, in OpenAI's shape."""
    message: dict[str, Any] = {"role": "assistant", "content": answer.text or None}
    if answer.tool_calls:
        message["tool_calls"] = _calls(answer)
        for made, one in zip(message["tool_calls"], answer.tool_calls, strict=True):
            made["function"]["arguments"] = one.arguments
    choice = {"index": 0, "message": message, "finish_reason": _finish(answer)}
    return {"id": "chatcmpl-1", "object": "chat.completion", "model": model, "choices": [choice], "usage": used}


def events(model: str, answer: Answer, used: dict[str, int]) -> Iterator[dict[str, Any]]:
    """The same as the payloads of a stream."""
    shape = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": model}

    def event(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        return {**shape, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    yield event({"role": "assistant", "content": ""})
    for piece in _pieces(answer.text):
        yield event({"content": piece})
    for call, one in zip(_calls(answer), answer.tool_calls, strict=True):
        yield event({"tool_calls": [call]})
        for piece in _pieces(one.arguments):
            yield event({"tool_calls": [{"index": call["index"], "function": {"arguments": piece}}]})
    yield event({}, _finish(answer))
    yield {**shape, "choices": [], "usage": used}


def _pieces(text: str) -> list[str]:
    return [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
