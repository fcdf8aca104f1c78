"""Tools and JSON: calling functions with the right arguments; see `documents` for the rest."""

import json
from datetime import date, timedelta
from typing import Any

from smarterrouter.domain.intent import Category
from smarterrouter.profiling.base import Answer, ToolCall
from smarterrouter.profiling.checks import Call, ToolCalls
from smarterrouter.profiling.drafts import Draft, Family, Rng, templates
from smarterrouter.profiling.tasks import documents
from smarterrouter.profiling.tasks.toolbox import TOOLS, tool
from smarterrouter.profiling.tasks.words import CITIES, NAMES, THINGS


def _made(*calls: Call) -> Answer:
    return Answer(tool_calls=tuple(ToolCall(call.name, json.dumps(call.arguments)) for call in calls))


def _changed(call: Call) -> Call:
    """The same call with its first argument spoilt."""
    name, value = next(iter(call.arguments.items()))
    return Call(call.name, {**call.arguments, name: f"{value}?" if isinstance(value, str) else [value]})


def _calling(
    prompt: str,
    calls: tuple[Call, ...],
    offered: tuple[dict[str, Any], ...],
    *,
    before: tuple[dict[str, Any], ...] = (),
) -> Draft:
    wrong = (_made(_changed(calls[0]), *calls[1:]), _made(*calls, calls[0]), Answer(text="I have done that."))
    return Draft(prompt, ToolCalls(calls), _made(*calls), wrong, max_tokens=200, before=before, tools=offered)


def select(rng: Rng, level: int) -> Draft:
    """One of several tools."""
    made = rng.choice(TOOLS)
    prompt, call = made.ask(rng)
    others = [other.definition for other in rng.sample([one for one in TOOLS if one is not made], (2, 5, 8)[level])]
    offered = [made.definition, *others]
    rng.shuffle(offered)
    return _calling(prompt, (call,), tuple(offered))


def parallel(rng: Rng, level: int) -> Draft:
    """Several calls at once."""
    chosen = rng.sample(TOOLS, (2, 4)[level])
    asked = [one.ask(rng) for one in chosen]
    others = [one.definition for one in TOOLS if one not in chosen][: 4 * level]
    offered = [*(one.definition for one in chosen), *others]
    rng.shuffle(offered)
    prompt = "Do all of this now, with one tool call for each: " + " Also: ".join(text for text, _ in asked)
    return _calling(prompt, tuple(call for _, call in asked), tuple(offered))


def refrain(rng: Rng, level: int) -> Draft:
    """Nothing to call, or something to ask first."""
    offered = tuple(one.definition for one in rng.sample(TOOLS, 4))
    if level == 0:
        one, two = rng.randint(3, 40), rng.randint(3, 40)
        text = f"What is {one} plus {two}? Call a tool only if you need one; none is needed to answer in a sentence."
        mention = (str(one + two),)
        wrong: tuple[Answer, ...] = (_made(Call(offered[0]["function"]["name"])), Answer(text=str(one + two + 1000)))
        return Draft(text, ToolCalls(mention=mention), Answer(text=f"It is {one + two}."), wrong, tools=offered)
    name, city = rng.choice(NAMES), rng.choice(CITIES)
    booking = tool("book_table", "Book a table in a restaurant.", city="string", guests="integer", time="string")
    system = "Never guess arguments of a tool. When one is missing, ask for it in one short question."
    given, missing, words = rng.choice(
        (
            (f"for 4 people in {city}", "time", ("time", "when", "o'clock")),
            (f"in {city} at 19:30", "guests", ("many", "guests", "people", "persons", "number")),
            ("for 6 people at 20:00", "city", ("city", "where", "location", "town")),
        )
    )
    call = Call("book_table", {"city": city, "guests": 2, "time": "19:00"})
    text = f"Hi, {name} here. Please book a table {given}."
    right = Answer(text=f"Which {missing} should I use ({words[0]})?")
    return Draft(
        text,
        ToolCalls(mention=words),
        right,
        (_made(call), Answer(text="Done!")),
        system=system,
        tools=(booking, *offered),
    )


def nested(rng: Rng, level: int) -> Draft:
    """Arguments with objects and lists in them."""
    things = rng.sample(THINGS, 2 + level)
    counts = [rng.randint(1, 40) for _ in things]
    name, city = rng.choice(NAMES), rng.choice(CITIES)
    number = rng.randint(1, 180)
    items = [{"article": thing, "quantity": count} for thing, count in zip(things, counts, strict=True)]
    address: dict[str, Any] = {"street": "Harbour Road", "number": number, "city": city}
    order = tool(
        "place_order",
        "Order goods. Leave out what was not asked for.",
        customer="string",
        items=[{"article": "string", "quantity": "integer"}],
        address={"street": "string", "number": "integer", "city": "string"},
        **({"options": {"gift": "boolean", "express": "boolean"}} if level else {}),
    )
    listed = " and ".join(f"{count} of the article {thing}" for thing, count in zip(things, counts, strict=True))
    text = f"{name} orders {listed}, to Harbour Road {number} in {city}."
    arguments: dict[str, Any] = {"customer": name, "items": items, "address": address}
    if level:
        # The last article is doubled after the fact: the call must carry the final state.
        items[-1]["quantity"] = counts[-1] * 2
        text += f" Wait, make that twice as many of {things[-1]}. It is a gift, but it is not urgent: no express."
        arguments["options"] = {"gift": True, "express": False}
    return _calling(text, (Call("place_order", arguments),), (order,))


def dated(rng: Rng, level: int) -> Draft:
    """Dates that have to be worked out."""
    today = date(2031, 1, 1) + timedelta(days=rng.randrange(300))
    name = rng.choice(NAMES)
    event = tool(
        "add_event", "Add an event to the calendar.", title="string", date="string: YYYY-MM-DD", minutes="integer"
    )
    hours = rng.randint(1, 4)
    if level == 0:
        ahead = rng.randint(2, 40)
        when, day = f"in {ahead} days", today + timedelta(days=ahead)
    else:
        weeks, weekday = rng.randint(2, 5), rng.randrange(7)
        ahead = (weekday - today.weekday() - 1) % 7 + 1 + 7 * (weeks - 1)
        day = today + timedelta(days=ahead)
        ordinal = {2: "second", 3: "third", 4: "fourth", 5: "fifth"}[weeks]
        when = f"on the {ordinal} {day:%A} after today"
    text = (
        f"Today is {today:%A}, {today.isoformat()}. Add an event with the title {name} {when}. It takes "
        f"{hours} and a half hours."
    )
    call = Call("add_event", {"title": name, "date": day.isoformat(), "minutes": hours * 60 + 30})
    return _calling(text, (call,), (event,))


def follow(rng: Rng, level: int) -> Draft:
    """The next call after a result, or after an error."""
    name, customer = rng.choice(NAMES), f"C-{rng.randint(1000, 9999)}"
    find = tool("find_customer", "Find a customer by name.", name="string")
    bill = tool("create_invoice", "Write an invoice. amount is in cents.", customer_id="string", amount="integer")
    euros = rng.randint(12, 400)
    ask = {"role": "user", "content": f"Write an invoice over {euros} euros for {name}."}
    called = {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "id": "call_1",
                "type": "function",
                "function": {"name": "find_customer", "arguments": json.dumps({"name": name})},
            }
        ],
    }
    found: Any = {"customer_id": customer, "name": name}
    if level:
        blocked = f"C-{rng.randint(1000, 9999)}"
        found = [
            {"customer_id": blocked, "name": name, "status": "closed"},
            {"customer_id": customer, "name": name, "status": "active", "discount_percent": 10},
        ]
    result = {"role": "tool", "tool_call_id": "call_1", "content": json.dumps(found)}
    cents = euros * 100 if level == 0 else euros * 90
    text = "Go on." if level == 0 else "Go on; use the active account and take its discount off."
    call = Call("create_invoice", {"customer_id": customer, "amount": cents})
    return _calling(text, (call,), (find, bill), before=(ask, called, result))


TEMPLATES = templates(
    Category.TOOLS,
    (
        Family("select", select, (-1.6, -1.0, -0.5)),
        Family("parallel", parallel, (0.2, 1.2)),
        Family("refrain", refrain, (0.3, 0.8)),
        Family("nested", nested, (-0.5, 0.9)),
        Family("dated", dated, (0.2, 1.6)),
        Family("follow", follow, (0.4, 1.3)),
        *documents.FAMILIES,
    ),
)
"""In the order in which they are shown."""
