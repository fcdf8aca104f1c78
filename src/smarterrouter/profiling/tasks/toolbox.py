"""The tools that tasks offer, and sentences that ask for each of them."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from smarterrouter.profiling.checks import Call
from smarterrouter.profiling.drafts import Rng
from smarterrouter.profiling.tasks.words import CITIES, NAMES, THINGS


def tool(name: str, description: str, /, **parameters: Any) -> dict[str, Any]:
    """A tool in OpenAI's shape. A parameter is a type with an optional description, a list, or an object."""
    schema = {"type": "object", "properties": {key: _schema(value) for key, value in parameters.items()}}
    function = {"name": name, "description": description, "parameters": {**schema, "required": list(parameters)}}
    return {"type": "function", "function": function}


def _schema(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        properties = {key: _schema(inner) for key, inner in value.items()}
        return {"type": "object", "properties": properties, "required": list(value)}
    if isinstance(value, list):
        return {"type": "array", "items": _schema(value[0])}
    if isinstance(value, tuple):
        return {"type": "string", "enum": list(value)}
    kind, _, description = str(value).partition(": ")
    return {"type": kind, **({"description": description} if description else {})}


class Asked(Struct, frozen=True):
    """A tool and how to ask for it."""

    definition: dict[str, Any]
    ask: Callable[[Rng], tuple[str, Call]]


def _weather(rng: Rng) -> tuple[str, Call]:
    city, days = rng.choice(CITIES), rng.randint(2, 9)
    return f"What will the weather be like in {city} over the next {days} days?", Call(
        "get_forecast", {"city": city, "days": days}
    )


def _message(rng: Rng) -> tuple[str, Call]:
    name, thing = rng.choice(NAMES), rng.choice(THINGS)
    text = f"the {thing} has arrived"
    return f'Send {name} a message that says "{text}".', Call("send_message", {"recipient": name, "text": text})


def _timer(rng: Rng) -> tuple[str, Call]:
    minutes = rng.randint(3, 50)
    return f"Set a timer for {minutes} minutes.", Call("set_timer", {"seconds": minutes * 60})


def _convert(rng: Rng) -> tuple[str, Call]:
    amount, (one, two) = rng.randint(20, 900), rng.sample(("USD", "EUR", "JPY", "CHF", "SEK"), 2)
    call = Call("convert_currency", {"amount": amount, "from_currency": one, "to_currency": two})
    return f"How much are {amount} {one} in {two}?", call


def _train(rng: Rng) -> tuple[str, Call]:
    one, two = rng.sample(CITIES, 2)
    hour = rng.randint(13, 22)
    text = f"Find me a train from {one} to {two} that leaves after {hour - 12} in the afternoon."
    return text, Call("search_trains", {"origin": one, "destination": two, "earliest": f"{hour}:00"})


def _light(rng: Rng) -> tuple[str, Call]:
    room, share = rng.choice(("kitchen", "bedroom", "office", "garage")), rng.randint(1, 9) * 10
    return f"Dim the light in the {room} to {share} percent.", Call(
        "set_light", {"room": room, "brightness": share / 100}
    )


def _stock(rng: Rng) -> tuple[str, Call]:
    thing, count = rng.choice(THINGS), rng.randint(3, 90)
    text = f"Take {count} pieces of the article {thing} out of stock; they were broken."
    return text, Call("change_stock", {"article": thing, "difference": -count})


def _ticket(rng: Rng) -> tuple[str, Call]:
    name, (word, level) = rng.choice(NAMES), rng.choice((("urgent", "high"), ("not important", "low")))
    text = f"Open a ticket for {name}; it is {word}. Subject: broken {rng.choice(THINGS)}."
    subject = text.partition("Subject: ")[2].rstrip(".")
    return text, Call("open_ticket", {"assignee": name, "priority": level, "subject": subject})


def _sum(rng: Rng) -> tuple[str, Call]:
    numbers = [rng.randint(2, 99) for _ in range(4)]
    return f"Use the tool to get the mean of {', '.join(map(str, numbers))}.", Call(
        "aggregate", {"numbers": numbers, "operation": "mean"}
    )


TOOLS = (
    Asked(tool("get_forecast", "Weather of the coming days.", city="string", days="integer"), _weather),
    Asked(
        tool("send_message", "Send a text to a person.", recipient="string", text="string: exactly as quoted"), _message
    ),
    Asked(tool("set_timer", "Start a timer.", seconds="integer"), _timer),
    Asked(
        tool("convert_currency", "Convert money.", amount="number", from_currency="string", to_currency="string"),
        _convert,
    ),
    Asked(
        tool(
            "search_trains", "Find trains.", origin="string", destination="string", earliest="string: 24 hours, HH:MM"
        ),
        _train,
    ),
    Asked(tool("set_light", "Set a light.", room="string: lower case", brightness="number: from 0 to 1"), _light),
    Asked(
        tool("change_stock", "Book a change of stock.", article="string", difference="integer: negative when less"),
        _stock,
    ),
    Asked(
        tool("open_ticket", "Open a ticket.", assignee="string", priority=("low", "normal", "high"), subject="string"),
        _ticket,
    ),
    Asked(
        tool("aggregate", "Compute over numbers.", numbers=["number"], operation=("sum", "mean", "max", "min")), _sum
    ),
)
"""No two of them could serve the same request."""
