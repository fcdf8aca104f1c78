import pytest

from smarterrouter.profiling.tasks import facts

SPACED = (facts.CURRENCIES, facts.ELEMENTS, facts.MINERALS, facts.PORTS, facts.CODES, *facts.CAPITALS.values())
MARKED = (facts.ART, facts.OPERAS, facts.SPECIES, facts.RIVERS, *facts.WORKS.values(), *facts.EVENTS.values())


@pytest.mark.parametrize(("text", "mark"), [*((text, " ") for text in SPACED), *((text, ";") for text in MARKED)])
def test_rows_are_whole_and_keys_come_once(text, mark):
    found = facts.pairs(text, mark)
    assert len(found) >= 10
    assert all(one.strip() == one and two.strip() == two and one and two and "|" not in one + two for one, two in found)
    assert len({one for one, _ in found}) == len(found)


def test_elements_stand_at_their_atomic_numbers():
    symbols = [symbol for _, symbol in facts.pairs(facts.ELEMENTS)]
    places = {
        "H": 1,
        "C": 6,
        "Ne": 10,
        "Ca": 20,
        "Fe": 26,
        "Kr": 36,
        "Ag": 47,
        "Xe": 54,
        "La": 57,
        "Yb": 70,
        "Au": 79,
        "Bi": 83,
    }
    assert {symbol: symbols.index(symbol) + 1 for symbol in places} == places
    assert len(symbols) == 83


def test_borders_go_both_ways():
    known = facts.neighbours()
    for country, others in known.items():
        for other in others:
            assert other not in known or country in known[other], (country, other)


def test_presidents():
    names = facts.presidents()
    assert names.index("Abraham Lincoln") == 15
    assert names[20] == "Chester A. Arthur"


def test_formulas_hold_known_elements():
    symbols = {symbol for _, symbol in facts.pairs(facts.ELEMENTS)}
    for _, formula in facts.pairs(facts.MINERALS):
        letters = "".join(letter if letter.isalpha() else " " for letter in formula)
        parts = "".join(f" {letter}" if letter.isupper() else letter for letter in letters).split()
        assert set(parts) <= symbols, formula
