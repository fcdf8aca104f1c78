"""JSON documents: made from prose, read, changed and repaired."""

import json
from typing import Any

from smarterrouter.profiling.base import Answer
from smarterrouter.profiling.checks import Json
from smarterrouter.profiling.drafts import Draft, Family, Rng
from smarterrouter.profiling.tasks.people import people
from smarterrouter.profiling.tasks.words import NAMES, THINGS

_JSON = "Reply with the JSON document only."


def document(prompt: str, value: Any, schema: dict[str, Any], wrong: tuple[Any, ...]) -> Draft:
    return Draft(
        prompt=f"{prompt}\n{_JSON}",
        check=Json(schema, value),
        answer=Answer(text=json.dumps(value, ensure_ascii=False)),
        wrong=(*(Answer(text=json.dumps(one)) for one in wrong), Answer(text=json.dumps(value)[:-2])),
        max_tokens=250,
    )


def _record(name: str, age: int, city: str) -> dict[str, Any]:
    return {"name": name, "age": age, "city": city}


_PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}, "city": {"type": "string"}},
    "required": ["name", "age", "city"],
    "additionalProperties": False,
}


def extract(rng: Rng, level: int) -> Draft:
    """Facts from prose into a schema."""
    known = people(rng, (1, 3, 4)[level])
    records = [_record(*one) for one in known]
    prose = " ".join(f"{name}, {age}, has lived in {city} for years." for name, age, city in known)
    if level == 0:
        text = f"{prose}\nWrite this as JSON with the members name, age (a number) and city."
        return document(text, records[0], _PERSON, ([records[0]], {**records[0], "age": str(known[0][1])}))
    if level == 1:
        text = (
            f'{prose}\nWrite this as JSON: {{"people": [...]}}, each with name, age (number) and city, youngest first.'
        )
        value: Any = {"people": sorted(records, key=lambda one: (one["age"], one["name"]))}
        schema = {
            "type": "object",
            "properties": {"people": {"type": "array", "items": _PERSON}},
            "required": ["people"],
        }
        return document(text, value, schema, ({"people": value["people"][::-1] + records[:1]}, records))
    ages = [age for _, age, _ in known]
    value = {
        "count": len(known),
        "oldest": max(known, key=lambda one: (one[1], one[0]))[0] if ages.count(max(ages)) == 1 else None,
        "mean_age": sum(ages) / len(ages),
        "by_city": {city: sorted(n for n, _, c in known if c == city) for city in sorted({c for _, _, c in known})},
        "minors": [],
    }
    text = (
        f"{prose}\nWrite a JSON object with: count; oldest (the name, or null if two are equally old); "
        f"mean_age (a number, "
        f"not rounded); by_city (an object: city to the alphabetical list of names); minors (the list of "
        f"names under 18)."
    )
    return document(text, value, {"type": "object"}, ({**value, "minors": None}, {**value, "mean_age": 1}))


def query(rng: Rng, level: int) -> Draft:
    """Reading and changing a document."""
    known = people(rng, 5)
    records = [_record(*one) for one in known]
    text = f"Data: {json.dumps(records)}\n"
    limit = sorted(age for _, age, _ in known)[2]
    if level == 0:
        value: Any = [one["name"] for one in records if one["age"] >= limit]
        return document(
            f"{text}Give a JSON list of the names of those aged {limit} or more, in the order given.",
            value,
            {},
            (value[1:], records),
        )
    value = [
        {"city": one["city"].upper(), "name": one["name"], "age": one["age"] + 1}
        for one in sorted(records, key=lambda one: str(one["name"]))
        if one["age"] < limit or one["name"] == records[0]["name"]
    ]
    text += (
        f"Apply, in order: remove everyone aged {limit} or more except {records[0]['name']}; add 1 to "
        f"every age; write every "
        f"city in capital letters; sort by name. Give the resulting JSON list."
    )
    return document(text, value, {"type": "array"}, (value[::-1] + value[:1], records))


def repair(rng: Rng, level: int) -> Draft:
    """A document with mistakes in its form."""
    records = [_record(*one) for one in people(rng, 2 + level)]
    value = {"people": records, "open": True, "note": None}
    broken = json.dumps(value).replace('"', "'").replace("true", "True").replace("null", "None")
    if level:
        broken = broken.replace("}, {", "} {").replace("'name'", "name")[:-1] + ","
    return document(
        f"Repair this so that it is valid JSON with the same content: {broken}",
        value,
        {},
        (records, {**value, "note": ""}),
    )


def lookup(rng: Rng, level: int) -> Draft:
    """One value deep inside a document."""
    names, shelves = rng.sample(NAMES, 4), rng.sample(THINGS, 3)
    tree = {name: {shelf: [rng.randint(1, 99) for _ in range(3)] for shelf in rng.sample(shelves, 3)} for name in names}
    name, shelf, place = rng.choice(names), rng.choice(shelves), rng.randrange(3)
    if level == 0:
        value: Any = {"value": tree[name][shelf][place]}
        ask = f'Give {{"value": ...}} with what stands at the path {name}.{shelf}[{place}], counting from 0.'
        return document(
            f"Data: {json.dumps(tree)}\n{ask}", value, {}, ({"value": value["value"] + 1}, [value["value"]])
        )
    value = {shelf: sum(max(tree[name][shelf]) for name in names) for shelf in sorted(shelves)}
    ask = (
        "For each kind of thing, add up the largest number that each person has for it. Give one object: thing to sum."
    )
    wrong = ({key: number + 1 for key, number in value.items()}, [*value.values()])
    return document(f"Data: {json.dumps(tree)}\n{ask}", value, {}, wrong)


def merge(rng: Rng, level: int) -> Draft:
    """A merge patch (RFC 7396): null removes, objects merge, everything else replaces."""
    names = rng.sample(THINGS, 5)
    target: dict[str, Any] = {name: rng.randint(1, 99) for name in names[:3]}
    target["inner"] = {names[3]: rng.randint(1, 9), names[4]: [1, 2]}
    patch: dict[str, Any] = {names[0]: None, names[1]: rng.randint(100, 199)}
    if level:
        patch["inner"] = {names[4]: [rng.randint(3, 9)], names[3]: None, "extra": {"deep": None, "kept": True}}
    text = (
        f"Apply the JSON merge patch (RFC 7396) to the target.\nTarget: {json.dumps(target)}\nPatch: "
        f"{json.dumps(patch)}"
    )
    return document(text, merged(target, patch), {}, ({**target, **patch}, target))


def merged(target: Any, patch: Any) -> Any:
    """The target after the patch, as RFC 7396 says it."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def triage(rng: Rng, level: int) -> Draft:
    """Rules about cases, the answer in fixed words."""
    amount, days, member = rng.randint(5, 300), rng.randint(0, 60), rng.random() < 0.5
    opened = rng.random() < 0.5
    limit = 45 if member and level else 30
    if days > limit:
        decision, refund = "reject", 0.0
    elif opened:
        decision, refund = ("voucher", amount * 0.5) if level and amount > 100 else ("refund", amount * 0.8)
    else:
        decision, refund = "refund", float(amount)
    rules = (
        "Returns within 30 days are accepted, later ones rejected (refund 0). "
        "Unopened goods are refunded in full, opened ones with 80 %."
    )
    if level:
        rules += " Members have 45 days. Opened goods that cost more than 100 euros get a voucher over 50 % instead."
    case = (
        f"A {'member' if member else 'customer who is not a member'} returns "
        f"{'opened' if opened else 'unopened'} goods "
        f"that cost {amount} euros after {days} days."
    )
    value = {"decision": decision, "refund": refund}
    schema = {
        "type": "object",
        "properties": {"decision": {"enum": ["refund", "voucher", "reject"]}, "refund": {"type": "number"}},
        "required": ["decision", "refund"],
        "additionalProperties": False,
    }
    how = 'Give {"decision": "refund" or "voucher" or "reject", "refund": euros}; a voucher counts as its value.'
    return document(
        f"{rules}\n{case}\n{how}", value, schema, ({**value, "refund": refund + 5}, {**value, "decision": "accept"})
    )


FAMILIES = (
    Family("extract", extract, (-1.8, 0.1, 1.2)),
    Family("query", query, (0.1, 1.1)),
    Family("repair", repair, (-0.8, 0.2)),
    Family("lookup", lookup, (-1.0, 1.0)),
    Family("merge", merge, (0.3, 1.3)),
    Family("triage", triage, (-0.6, 0.4)),
)
"""Levels grow with what has to be combined."""
