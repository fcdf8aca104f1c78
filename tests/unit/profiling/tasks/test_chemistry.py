import re

import pytest

from smarterrouter.profiling.tasks.chemistry import COMPOUNDS, EQUATIONS, MASSES, mass


def atoms(formula):
    """Reads a formula with brackets and a crystal's water: another way than the table."""
    total = {}
    for part in formula.split("·"):
        factor, body = re.fullmatch(r"(\d*)(.*)", part).groups()
        while group := re.search(r"\((\w+)\)(\d*)", body):
            body = body.replace(group[0], group[1] * int(group[2] or 1))
        for element, count in re.findall(r"([A-Z][a-z]?)(\d*)", body):
            total[element] = total.get(element, 0) + int(count or 1) * int(factor or 1)
    return total


@pytest.mark.parametrize(("formula", "parts"), COMPOUNDS)
def test_compounds_are_what_their_formulas_say(formula, parts):
    assert atoms(formula) == parts
    assert set(parts) <= set(MASSES)


def test_known_molar_masses():
    known = dict(COMPOUNDS)
    assert mass(known["NaCl"]) == pytest.approx(58.44, abs=0.01)
    assert mass(known["H2SO4"]) == pytest.approx(98.07, abs=0.02)
    assert mass(known["C6H12O6"]) == pytest.approx(180.16, abs=0.01)


@pytest.mark.parametrize(("equation", "left", "right"), EQUATIONS)
def test_equations_are_balanced(equation, left, right):
    sides = []
    for side in equation.split("->"):
        total = {}
        for term in side.split("+"):
            factor, formula = re.fullmatch(r"\s*(\d*) ?(\S+)\s*", term).groups()
            for element, count in atoms(formula).items():
                total[element] = total.get(element, 0) + count * int(factor or 1)
        sides.append(total)
    assert sides[0] == sides[1]
    for factor, formula, parts in (*left, right):
        assert atoms(formula) == parts
        assert (f"{factor} {formula}" if factor > 1 else formula) in equation
