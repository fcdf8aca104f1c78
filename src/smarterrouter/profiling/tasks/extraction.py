"""Finding things in a text, most of them in a long one."""

from collections.abc import Sequence

from smarterrouter.profiling.base import LONG_CONTEXT
from smarterrouter.profiling.drafts import Draft, Family, Rng, listing, number
from smarterrouter.profiling.tasks.people import people
from smarterrouter.profiling.tasks.words import CITIES, NAMES, THINGS

_FILLER = (
    "The {thing} was moved to the store in {city} on the usual day.",
    "{name} wrote a short note about the {thing} and left before noon.",
    "Nobody in {city} had asked for another {thing}, so it stayed where it was.",
    "The meeting about the {thing} was short, and {name} took the minutes.",
    "A letter from {city} came late because {name} had the wrong address.",
)


def _story(rng: Rng, sentences: int, inserted: Sequence[str]) -> str:
    lines = [
        rng.choice(_FILLER).format(thing=rng.choice(THINGS), city=rng.choice(CITIES), name=rng.choice(NAMES))
        for _ in range(sentences)
    ]
    for place, text in zip(sorted(rng.sample(range(1, sentences), len(inserted))), inserted, strict=True):
        lines[place] = text
    return " ".join(lines)


def needle(rng: Rng, level: int) -> Draft:
    """One fact in a long text, among others that look alike."""
    names = rng.sample(NAMES, 6)
    codes = rng.sample(range(1000, 9999), 6)
    facts = [f"The locker of {name} opens with the code {code}." for name, code in zip(names, codes, strict=True)]
    text = _story(rng, (60, 160, 300)[level], facts[: (1, 4, 6)[level]])
    return number(f"{text}\n\nWhat is the code of the locker of {names[0]}?", codes[0], wrong=codes[1:3], max_tokens=60)


def chain(rng: Rng, level: int) -> Draft:
    """Facts that have to be put together or added up, far apart in a long text."""
    names, cities = rng.sample(NAMES, 6), rng.sample(CITIES, 6)
    counts = [rng.randint(11, 98) for _ in names]
    if level == 0:
        facts = [f"The parcel for {name} is kept in {city}." for name, city in zip(names, cities, strict=True)]
        facts += [f"Everything kept in {city} is on shelf {count}." for city, count in zip(cities, counts, strict=True)]
        rng.shuffle(facts)
        return number(
            f"{_story(rng, 150, facts)}\n\nOn which shelf is the parcel for {names[0]}?", counts[0], max_tokens=80
        )
    facts = [
        f"{name} delivered {count} crates to {cities[place % 2]}."
        for place, (name, count) in enumerate(zip(names, counts, strict=True))
    ]
    value = sum(counts[::2])
    text = f"{_story(rng, 200, facts)}\n\nHow many crates were delivered to {cities[0]} in all?"
    return number(text, value, wrong=(sum(counts), sum(counts[1::2])), max_tokens=150)


def pick(rng: Rng, level: int) -> Draft:
    """Things of one kind out of a text."""
    known = people(rng, (3, 5)[level])
    mails = [f"{name.lower()}@{city.lower()}.example" for name, _, city in known]
    text = " ".join(
        f"{name} can be reached at {mail} or by telephone under {rng.randint(100, 999)}-{age}{rng.randint(10, 99)}."
        for (name, age, _), mail in zip(known, mails, strict=True)
    )
    if level == 0:
        return listing(f"{text}\nList the e-mail addresses in the order in which they occur.", mails)
    kept = sorted(mails, reverse=True)
    return listing(f"{text}\nList the e-mail addresses in reverse alphabetical order.", kept)


_LONG = frozenset({LONG_CONTEXT})

FAMILIES = (
    Family("needle", needle, (-2.0, -1.2, -0.4), _LONG),
    Family("chain", chain, (0.1, 1.3), _LONG),
    Family("pick", pick, (-1.6, -0.2)),
)
"""Levels grow with the length of the text."""
