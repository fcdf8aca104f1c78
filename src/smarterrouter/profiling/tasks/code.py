"""Code: functions to write (see `functions`), and programs to read."""

from smarterrouter.domain.intent import Category
from smarterrouter.profiling.drafts import Draft, Family, Rng, literal, number, templates
from smarterrouter.profiling.tasks import functions
from smarterrouter.profiling.tasks.bugs import BUGS
from smarterrouter.profiling.tasks.words import THINGS


def loop(rng: Rng, level: int) -> Draft:
    """What a loop leaves in a variable."""
    start, times, factor, modulus, add = (rng.randint(*span) for span in ((1, 9), (3, 5), (2, 5), (7, 23), (1, 9)))
    times += 3 * level
    x, y = start, 0
    for i in range(times):
        if (x + i) % 2 == 0:
            x = x * factor + add
            y += i * level
        else:
            x = x % modulus + i
    lines = [f"x, y = {start}, 0", f"for i in range({times}):", "    if (x + i) % 2 == 0:"]
    lines += [
        f"        x = x * {factor} + {add}",
        f"        y += i * {level}",
        "    else:",
        f"        x = x % {modulus} + i",
        "print(x + y)",
    ]
    return _printed(lines, x + y)


def _printed(lines: list[str], value: int) -> Draft:
    program = "\n".join(lines)
    return number(f"What does this Python program print?\n```python\n{program}\n```", value, max_tokens=350)


def alias(rng: Rng, level: int) -> Draft:
    """Lists that are the same list, and lists that are not."""
    first = [rng.randint(1, 9) for _ in range(3)]
    more, index, factor = rng.randint(10, 30), rng.randrange(3), rng.randint(2, 5)
    a = list(first)
    b, c = a, a[:]
    b.append(more)
    c[index] *= factor
    lines = [f"a = {first}", "b = a", "c = a[:]", f"b.append({more})", f"c[{index}] *= {factor}"]
    if level == 0:
        return _printed([*lines, "print(sum(a) * len(c) + c[-1])"], sum(a) * len(c) + c[-1])
    d = [c] * 2 + [a]
    d[0].append(factor)
    a = [*a, index]
    d[2][0] += more
    lines += ["d = [c] * 2 + [a]", f"d[0].append({factor})", f"a = a + [{index}]", f"d[2][0] += {more}"]
    lines.append("print(sum(map(sum, d)) + sum(a) - sum(b))")
    return _printed(lines, sum(map(sum, d)) + sum(a) - sum(b))


def slices(rng: Rng, level: int) -> Draft:
    """Cutting a text."""
    word = "".join(rng.sample(THINGS, 2))
    low, step = rng.randint(1, 4), rng.choice((2, 3))
    if level == 0:
        code, right = f'print("{word}"[{low}::{step}])', word[low::step]
    else:
        code, right = (
            f'print("{word}"[-{low}:{low}:-{step}] + "{word}"[:-{step * 2}:3])',
            word[-low:low:-step] + word[: -step * 2 : 3],
        )
    text = f"What does this Python program print?\n```python\n{code}\n```"
    return literal(text, right, (right[::-1] + "a", right[:-1]), max_tokens=(60, 200)[level])


def recursion(rng: Rng, level: int) -> Draft:
    """What a recursive function returns."""
    a, b, n = rng.randint(2, 4), rng.randint(1, 6), rng.randint(5, 7) + 2 * level

    def value(m: int) -> int:
        if m < 2:
            return b
        if level and m % 3 == 0:
            return value(m - 3) - m
        return a * value(m - 2) + value(m - 1 - level) % 7

    lines = ["def f(m):", "    if m < 2:", f"        return {b}"]
    lines += ["    if m % 3 == 0:", "        return f(m - 3) - m"] if level else []
    lines += [f"    return {a} * f(m - 2) + f(m - {1 + level}) % 7", f"print(f({n}))"]
    return _printed(lines, value(n))


def bug(rng: Rng, level: int) -> Draft:
    """Which line is wrong."""
    text, right, places = rng.choice(BUGS[level])
    lines = right.splitlines()
    place, wrong = rng.choice(places)
    before = lines[place - 1]
    lines[place - 1] = before[: len(before) - len(before.lstrip())] + wrong
    name = "".join(rng.choice("fghk") for _ in range(2))
    numbered = "\n".join(f"{row}: {line}" for row, line in enumerate(lines, 1)).replace("NAME", name)
    ask = f"The function `{name}` should {text}, but one line is wrong.\n{numbered}\nWhich line is wrong?"
    others = [row for row in range(2, len(lines) + 1) if row != place][:2]
    return number(ask, place, wrong=others, max_tokens=(60, 300)[level])


TEMPLATES = templates(
    Category.CODE,
    (
        *functions.FAMILIES,
        Family("loop", loop, (-0.2, 0.7, 1.5)),
        Family("alias", alias, (0.2, 1.7)),
        Family("slices", slices, (0.4, 1.8)),
        Family("recursion", recursion, (0.6, 1.4)),
        Family("bug", bug, (-0.6, 0.5)),
    ),
)
"""In the order in which they are shown."""
