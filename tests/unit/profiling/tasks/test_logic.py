import re
from datetime import date, timedelta
from itertools import product

from smarterrouter.profiling.tasks import logic

BY_ID = {template.id.removeprefix("logic/"): template for template in logic.TEMPLATES}


def asked(name):
    for seed in range(20):
        sample = BY_ID[name].sample(seed)
        yield sample.task.messages[-1]["content"], sample.answer.text.removeprefix("Answer: ")


def test_formulas_are_what_python_makes_of_them():
    for name in ("formula-2", "formula-3"):
        for text, answer in asked(name):
            code = re.search(r"is this true: (.*)\?", text)[1].replace(" xor ", " != ")
            rows = product((True, False), repeat=4)
            assert sum(value(code, dict(zip("ABCD", row, strict=True))) for row in rows) == int(answer)


def value(code, row):
    """Evaluates inside out by replacing, which is another way than the generator's."""
    text = code
    for name, holds in row.items():
        text = re.sub(rf"\b{name}\b", "1" if holds else "0", text)
    while not re.fullmatch("[01]", text):
        before = text
        text = re.sub(r"not ([01])", lambda m: str(1 - int(m[1])), text)
        text = re.sub(
            r"\(([01]) (and|or|!=) ([01])\)",
            lambda m: str(int({"and": m[1] == m[3] == "1", "or": "1" in (m[1], m[3]), "!=": m[1] != m[3]}[m[2]])),
            text,
        )
        assert text != before
    return text == "1"


def test_days_by_the_calendar():
    start = date(2024, 1, 1)
    for text, answer in asked("days-1"):
        today = next(start + timedelta(days=n) for n in range(7) if f"{start + timedelta(days=n):%A}" in text)
        gone = int(re.search(r"in (\d+) days", text)[1])
        assert f"{today + timedelta(days=gone):%A}" == answer


def test_walks_with_complex_numbers():
    for name in ("walk-1", "walk-2", "walk-3"):
        for text, answer in asked(name):
            place, facing = 0, 1j
            for step in re.search(r"do this: (.*)\. Give", text)[1].split("; "):
                if step.startswith("turn"):
                    facing *= {"turn left": 1j, "turn right": -1j, "turn around": -1}[step]
                else:
                    length = int(re.search(r"\d+", step)[0])
                    place += facing * (-length if "backwards" in step else length)
            side = {1j: "north", -1j: "south", 1: "east", -1: "west"}[facing]
            assert answer == f"{int(place.real)}, {int(place.imag)}, {side}"


def test_swaps_are_followed():
    for text, answer in asked("swaps-3"):
        holds = dict(re.findall(r"(\w+) has the (\w+ \w+)", text))
        for one, two in re.findall(r"(\w+) and (\w+) swap", text):
            holds[one], holds[two] = holds[two], holds[one]
        assert holds[re.search(r"does (\w+) have", text)[1]] == answer


def test_liars_have_one_world():
    for text, answer in asked("liars-1"):
        claims = re.findall(r'(\w+) says: "(.*)"', text)
        people = [name for name, _ in claims]
        worlds = [
            who
            for kinds in product((True, False), repeat=3)
            for who in [dict(zip(people, kinds, strict=True))]
            if all(who[name] == true(claim, who) for name, claim in claims)
        ]
        assert len(worlds) == 1
        asked_for = re.search(r"what is (\w+)\?", text)[1]
        assert answer == f"{sum(worlds[0].values())}, {'knight' if worlds[0][asked_for] else 'liar'}"


def true(claim, who):
    names = [name for name in who if name in claim]
    if "same kind" in claim:
        return len({who[name] for name in names}) == 1
    if "At least" in claim:
        return not all(who[name] for name in names)
    return not who[names[0]]


def test_shortest_ways_by_trying_all():
    for text, answer in asked("network-1"):
        roads = {frozenset((one, two)): int(length) for one, two, length in re.findall(r"(\w)-(\w) (\d+)", text)}
        start, end = re.search(r"from (\w) to (\w)", text).groups()

        def far(at, seen, roads=roads, end=end):
            if at == end:
                return 0
            ways = [
                length + far(next(iter(road - {at})), seen | {at})
                for road, length in roads.items()
                if at in road and not road & seen
            ]
            return min(ways, default=10**9)

        assert far(start, frozenset()) == int(answer)
