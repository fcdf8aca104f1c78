import re
from fractions import Fraction
from itertools import product
from math import comb, factorial, gcd

import pytest

from smarterrouter.profiling.tasks import mathematics
from smarterrouter.profiling.tasks.integers import determinant

BY_ID = {template.id.removeprefix("mathematics/"): template for template in mathematics.TEMPLATES}


def asked(name):
    for seed in range(20):
        sample = BY_ID[name].sample(seed)
        text = sample.task.messages[-1]["content"]
        yield text, [int(n) for n in re.findall(r"-?\d+", text)], sample.answer.text.removeprefix("Answer: ")


@pytest.mark.parametrize("name", ["arithmetic-1", "arithmetic-2", "arithmetic-3"])
def test_arithmetic_is_what_python_makes_of_it(name):
    for text, _, answer in asked(name):
        assert eval(re.search(r"Work out (.*)\.", text)[1]) == int(answer)


@pytest.mark.parametrize("name", ["equation-1", "equation-2", "system-1"])
def test_equations_have_one_solution(name):
    for text, _, answer in asked(name):
        unknown = re.search(r"value of (\w)", text)
        sides = [line.split(": ")[-1].split(".")[0].split("=") for line in text.splitlines() if "=" in line]
        codes = [f"({left})-({right})" for left, right in sides]
        codes = [compile(re.sub(r"(\d|\))(?=[xyz(])", r"\1*", code), "x", "eval") for code in codes]
        names = "xyz"[: len(codes)]
        worlds = (dict(zip(names, values, strict=True)) for values in product(range(-16, 30), repeat=len(names)))
        found = [world for world in worlds if all(eval(code, {}, world) == 0 for code in codes)]
        assert [world[unknown[1] if unknown else "x"] for world in found] == [int(answer)]


def test_three_equations_by_cramers_rule():
    for text, _, answer in asked("system-2"):
        rows = [list(map(int, re.findall(r"-?\d+", line))) for line in text.splitlines()[1:4]]
        place = "xyz".index(re.search(r"value of (\w)", text)[1])
        whole = determinant([row[:3] for row in rows])
        changed = determinant([[*row[:place], row[3], *row[place + 1 : 3]] for row in rows])
        assert whole * int(answer) == changed


@pytest.mark.parametrize("name", ["power-1", "power-2"])
def test_powers(name):
    for _, (base, exponent, modulus, *_), answer in asked(name):
        value = 1
        for _ in range(exponent):
            value = value * base % modulus
        assert value == int(answer)


def test_divisors():
    for _, (one, two, *_), answer in asked("divisors-1"):
        assert gcd(one, two) == int(answer)
    for _, (whole, *_), answer in asked("divisors-2"):
        small = [n for n in range(1, int(whole**0.5) + 1) if whole % n == 0]
        assert 2 * len(small) - (small[-1] ** 2 == whole) == int(answer)


def test_urns_by_counting_draws():
    for _, (red, blue, green, *_), answer in asked("urn-2"):
        balls = ["r"] * red + ["b"] * blue + ["g"] * green
        hits = sum(
            len({balls[i], balls[j], balls[k]}) == 2 for i in range(len(balls)) for j in range(i) for k in range(j)
        )
        assert Fraction(hits, comb(len(balls), 3)) == Fraction(answer)


@pytest.mark.parametrize(("name", "wanted"), [("multiples-1", True), ("multiples-2", False)])
def test_multiples(name, wanted):
    for _, (_, top, *numbers), answer in asked(name):
        assert sum(any(n % one == 0 for one in numbers) is wanted for n in range(1, top + 1)) == int(answer)


def test_zeros_by_writing_the_factorial():
    for _, (n, *rest), answer in asked("zeros-2"):
        value, base, count = factorial(n), rest[-1], 0
        while value % base == 0:
            value, count = value // base, count + 1
        assert count == int(answer)


def test_paths_by_walking_them_all():
    for text, _, answer in asked("paths-1"):
        width, height = (int(n) for n in re.search(r"to \((\d+), (\d+)\)", text).groups())
        blocked = {tuple(map(int, pair)) for pair in re.findall(r"\((\d+), (\d+)\)", text.split("points:")[1])}

        def walk(x, y, width=width, height=height, blocked=blocked):
            if (x, y) in blocked or x > width or y > height:
                return 0
            return 1 if (x, y) == (width, height) else walk(x + 1, y) + walk(x, y + 1)

        assert walk(0, 0) == int(answer)


def test_other_bases():
    for _, (_, *rest), answer in asked("bases-2"):
        text = re.findall(r"\d+", " ".join(map(str, rest)))
        assert text
        assert set(answer) <= set("012345678")
    for _, (n, base), answer in asked("bases-1"):
        assert int(answer, base) == n


def test_digits():
    for text, (low, high, total, *rest), answer in asked("digits-2"):
        assert "divisible" in text
        wanted = [n for n in range(low, high + 1) if sum(map(int, str(n))) == total and n % rest[0] == 0]
        assert len(wanted) == int(answer)
