"""Knowledge: facts drawn from tables, easy ones as a choice, rarer ones in free words, some joined to each other."""

from collections.abc import Callable

from smarterrouter.domain.intent import Category
from smarterrouter.profiling.drafts import (
    Draft,
    Family,
    Generator,
    Rng,
    choice,
    exact,
    listing,
    number,
    templates,
)
from smarterrouter.profiling.tasks import facts

_ELEMENTS = facts.pairs(facts.ELEMENTS)


def _asked(rng: Rng, rows: list[tuple[str, str]], question: str, *, options: int = 0) -> Draft:
    """The second of a pair for the first; with `options`, as a choice among that many of the same table."""
    key, right = rng.choice(rows)
    others = sorted({value for _, value in rows} - {right})
    wrong = rng.sample(others, max(options - 1, 2))
    if options:
        return choice(rng, question.format(key), right, wrong)
    return exact(question.format(key), right, wrong)


def _turned(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(two, one) for one, two in rows]


def _levels(*made: Callable[[Rng], Draft]) -> Generator:
    return lambda rng, level: made[level](rng)


# Formulas that more than one mineral has are not asked about in this direction.
_SEVERAL = frozenset({"CaCO3", "SiO2", "FeS2", "HgS", "ZnS", "TiO2", "As4S4"})
_NAMED = [(formula, name) for name, formula in facts.pairs(facts.MINERALS) if formula not in _SEVERAL]
# Countries that go by several names are not asked for in free words.
_NAMES = frozenset({"Czechia", "DR Congo", "Ivory Coast", "Myanmar", "Turkey", "North Macedonia"})
_EASY, _HARD = facts.pairs(facts.CAPITALS["easy"]), facts.pairs(facts.CAPITALS["hard"])

capitals = _levels(
    lambda rng: _asked(rng, _EASY, "What is the capital of {}?"),
    lambda rng: _asked(rng, _HARD, "What is the capital of {}?"),
    lambda rng: _asked(rng, _turned(_HARD), "{} is the capital of which country?"),
)
currencies = _levels(
    lambda rng: _asked(rng, facts.pairs(facts.CURRENCIES), "What is the main unit of currency of {}?", options=6),
    lambda rng: _asked(rng, facts.pairs(facts.CURRENCIES), "What is the main unit of currency of {}? One word."),
)
works = _levels(
    lambda rng: _asked(rng, facts.pairs(facts.WORKS["easy"], ";"), "Who wrote {}?", options=4),
    lambda rng: _asked(rng, facts.pairs(facts.WORKS["hard"], ";"), "Who wrote {}?", options=8),
)
art = _levels(
    lambda rng: _asked(rng, facts.pairs(facts.ART, ";"), "Who made the work of art known as {}?", options=6),
)
operas = _levels(
    lambda rng: _asked(rng, facts.pairs(facts.OPERAS, ";"), "Who composed the opera {}?", options=8),
)
minerals = _levels(
    lambda rng: _asked(rng, facts.pairs(facts.MINERALS), "What is the formula of {}?", options=6),
    lambda rng: _asked(rng, _NAMED, "What is the mineral {} called?"),
)
species = _levels(
    lambda rng: _asked(rng, facts.pairs(facts.SPECIES, ";"), "Which animal is {}?", options=6),
    lambda rng: _asked(
        rng, _turned(facts.pairs(facts.SPECIES, ";")), "What is the scientific name of the {} (two words)?"
    ),
)
ports = _levels(
    lambda rng: _asked(rng, facts.pairs(facts.PORTS), "What is the standard port of {}?", options=6),
    lambda rng: _asked(
        rng,
        facts.pairs(facts.PORTS),
        "What is the standard port of {}? Just the number.",
    ),
)
codes = _levels(
    lambda rng: _asked(rng, facts.pairs(facts.CODES), "What is the ISO 3166 two-letter code of {}?", options=5),
    lambda rng: _asked(rng, _turned(facts.pairs(facts.CODES)), "Which country has the ISO 3166 two-letter code {}?"),
)
rivers = _levels(
    lambda rng: _asked(rng, facts.pairs(facts.RIVERS, ";"), "Into which sea does the river {} flow?", options=6),
)


def elements(rng: Rng, level: int) -> Draft:
    """Symbols, numbers, and sums of numbers."""
    if level == 0:
        return _asked(rng, _ELEMENTS, "What is the chemical symbol of {}?", options=5)
    place = rng.randrange(20, len(_ELEMENTS))
    name = _ELEMENTS[place][0]
    if level == 1:
        others = [_ELEMENTS[place - 1][0], _ELEMENTS[(place + 1) % len(_ELEMENTS)][0]]
        accept = {"aluminium": "aluminum", "caesium": "cesium", "sulfur": "sulphur"}.get(name, name)
        return exact(f"Which element has the atomic number {place + 1}?", name, others, accept=(accept,))
    two, three = (rng.randrange(len(_ELEMENTS)) for _ in range(2))
    text = f"Add the atomic numbers of {name}, {_ELEMENTS[two][0]} and {_ELEMENTS[three][0]}. What is the sum?"
    return number(text, place + two + three + 3, max_tokens=150)


def years(rng: Rng, level: int) -> Draft:
    """When something happened."""
    year, event = rng.choice(facts.pairs(facts.EVENTS["hard" if level else "easy"], ";"))
    return number(
        f"Which year belongs to this event: {event}?", int(year), wrong=(int(year) - 1, int(year) + 10), max_tokens=60
    )


def sequence(rng: Rng, level: int) -> Draft:
    """Events in order; the table holds no two of the same year."""
    rows = rng.sample(facts.pairs(facts.EVENTS["hard" if level else "easy"], ";"), 4)
    letters = {event: letter for letter, (_, event) in zip("ABCD", rows, strict=True)}
    listed = "; ".join(f"{letter}: {event}" for event, letter in letters.items())
    right = [letters[event] for _, event in sorted(rows)]
    return listing(f"Give the letters of these events, the earliest first. {listed}.", right, max_tokens=60)


def borders(rng: Rng, level: int) -> Draft:
    """Land borders."""
    known = facts.neighbours()
    if level == 0:
        country = rng.choice(sorted(known))
        value = len(known[country])
        return number(f"With how many countries does {country} share a land border?", value, max_tokens=150)
    one = rng.choice([name for name in sorted(known) if not _NAMES & set(known[name])])
    return listing(f"List all countries with a land border with {one}.", known[one], ordered=False, max_tokens=100)


def presidents(rng: Rng, level: int) -> Draft:
    """Who came before and after."""
    names = facts.presidents()
    place = rng.randrange(2, len(names) - 2)
    if level == 0:
        text = f"Who was the next person to become president of the United States after {names[place]}?"
        return exact(text, names[place + 1], (names[place - 1], names[place + 2]))
    text = f"As which president of the United States is {names[place]} counted (1st, 2nd, ...)? Just the number."
    return number(text, place + 1, wrong=(place, place + 2), max_tokens=60)


def joined(rng: Rng, level: int) -> Draft:
    """Two facts in a row."""
    capitals_of = dict(_EASY + _HARD)
    if level == 0:
        rows = [(country, coin) for country, coin in facts.pairs(facts.CURRENCIES) if country in capitals_of]
        country, coin = rng.choice(rows)
        others = [other for _, other in facts.pairs(facts.CURRENCIES) if other != coin][:3]
        text = f"What is the currency of the country whose capital is {capitals_of[country]}? One word."
        return exact(text, coin, others)
    rows = [
        (country, code)
        for country, code in facts.pairs(facts.CODES)
        if country in facts.neighbours() or country in capitals_of
    ]
    country, code = rng.choice(rows)
    letters = sorted({ord(letter) - 64 for letter in code})
    text = (
        f"Take the ISO 3166 two-letter code of {country}. Which places in the alphabet do its letters have "
        f"(A is 1), added up?"
    )
    value = sum(ord(letter) - 64 for letter in code)
    return number(text, value, wrong=(letters[0],), max_tokens=150)


TEMPLATES = templates(
    Category.KNOWLEDGE,
    (
        Family("capitals", capitals, (-2.5, -0.6, -0.4)),
        Family("currencies", currencies, (-0.9, 0.2)),
        Family("works", works, (-2.2, 0.4)),
        Family("art", art, (-0.2,)),
        Family("operas", operas, (0.3,)),
        Family("minerals", minerals, (0.3, 1.2)),
        Family("species", species, (-0.1, 0.9)),
        Family("ports", ports, (-1.0, 0.1)),
        Family("codes", codes, (-0.8, 0.2)),
        Family("rivers", rivers, (0.2,)),
        Family("elements", elements, (-1.8, 0.5, 1.0)),
        Family("years", years, (-1.2, 0.8)),
        Family("sequence", sequence, (0.2, 1.5)),
        Family("borders", borders, (0.6, 0.9)),
        Family("presidents", presidents, (0.0, 0.3)),
        Family("joined", joined, (0.5, 0.6)),
    ),
)
"""In the order in which they are shown."""
