"""Mathematics: every answer is worked out by the generator."""

import math
from fractions import Fraction
from itertools import product

from smarterrouter.domain.intent import Category
from smarterrouter.profiling.checks import Number
from smarterrouter.profiling.drafts import HOW, Draft, Family, Rng, number, said, templates
from smarterrouter.profiling.tasks.integers import determinant, in_base, legendre


def _share(prompt: str, value: Fraction, wrong: tuple[Fraction, ...] = ()) -> Draft:
    """A question whose answer is a fraction; equal fractions and decimals count."""
    others = [other for other in (*wrong, 1 - value, value / 2, value + Fraction(1, 7)) if other != value]
    return Draft(
        prompt=f"{prompt}\n{HOW} with a reduced fraction such as 3/7.",
        check=Number(float(value), 1e-6),
        answer=said(value),
        wrong=tuple(said(other) for other in others),
        max_tokens=350,
    )


def arithmetic(rng: Rng, level: int) -> Draft:
    """A chain of operations with the usual precedence."""
    terms, biggest = ((3, 12), (5, 60), (7, 400))[level]
    text, value, product_so_far, sign, factors = "", 0, 1, 1, 0
    for place in range(terms):
        factor = rng.randint(2, biggest)
        if 0 < factors < 3 and rng.random() < 0.4:
            text += f" * {factor}"
            product_so_far *= factor
            factors += 1
            continue
        value += sign * product_so_far if place else 0
        sign = rng.choice((1, -1)) if place else 1
        text += f" {'+' if sign > 0 else '-'} {factor}" if place else str(factor)
        product_so_far, factors = factor, 1
    value += sign * product_so_far
    return number(f"Work out {text}.", value, wrong=(value - 10, -value - 1))


def equation(rng: Rng, level: int) -> Draft:
    """A linear equation with a whole solution."""
    x, a, b = rng.randint(-15, 25), rng.randint(2, 9), rng.randint(-30, 30)
    if level == 0:
        return number(f"Solve for x: {a}x + ({b}) = {a * x + b}.", x, wrong=(-x - 1, x + b))
    c = rng.randint(2, 9)
    d = rng.choice([n for n in range(10, 20) if n != a + c])
    right = a * (x - b) + c * x - d * x
    return number(f"Solve for x: {a}(x - ({b})) + {c}x = {d}x + ({right}).", x, wrong=(x - b + 1, -x - 3))


def power(rng: Rng, level: int) -> Draft:
    """A power modulo a number."""
    base, exponent, modulus = (
        (rng.randint(3, 9), rng.randint(20, 60), rng.randint(7, 13))
        if level == 0
        else (rng.randint(12, 60), rng.randint(200, 900), rng.randint(61, 130))
    )
    value = pow(base, exponent, modulus)
    return number(f"What is the remainder when {base}^{exponent} is divided by {modulus}?", value)


def divisors(rng: Rng, level: int) -> Draft:
    """Greatest common divisor, or number of divisors."""
    if level == 0:
        common = rng.randint(12, 60)
        one, two = (common * rng.randint(5, 40) for _ in range(2))
        value = math.gcd(one, two)
        return number(f"What is the greatest common divisor of {one} and {two}?", value, wrong=(value * 2, 1 + value))
    exponents = [rng.randint(1, 4), rng.randint(1, 3), rng.randint(1, 2)]
    primes = rng.sample((2, 3, 5, 7, 11), 3)
    whole = math.prod(prime**times for prime, times in zip(primes, exponents, strict=True))
    value = math.prod(times + 1 for times in exponents)
    return number(f"How many positive divisors does {whole} have?", value, wrong=(sum(exponents), value - 1))


def system(rng: Rng, level: int) -> Draft:
    """Linear equations with whole solutions; one unknown is asked for."""
    size = level + 2
    while True:
        rows = [[rng.choice((-4, -3, -2, -1, 1, 2, 3, 4, 5)) for _ in range(size)] for _ in range(size)]
        if determinant(rows):
            break
    values = [rng.randint(-9, 12) for _ in range(size)]
    names = "xyz"[:size]
    lines = []
    for row in rows:
        left = " + ".join(f"({factor}){name}" for factor, name in zip(row, names, strict=True))
        lines.append(f"{left} = {sum(factor * value for factor, value in zip(row, values, strict=True))}")
    asked = rng.randrange(size)
    return number(
        f"Solve the system and give the value of {names[asked]}:\n" + "\n".join(lines), values[asked], max_tokens=400
    )


def matrix(rng: Rng, level: int) -> Draft:
    """A determinant."""
    size = level + 2
    rows = [[rng.randint(-6, 9) for _ in range(size)] for _ in range(size)]
    text = ", ".join(str(row) for row in rows)
    return number(f"What is the determinant of the matrix [{text}]?", determinant(rows), max_tokens=400)


def committee(rng: Rng, level: int) -> Draft:
    """Choosing people under conditions."""
    women, men = rng.randint(5, 9), rng.randint(5, 9)
    size = rng.randint(4, 5)
    if level == 0:
        picked = rng.randint(1, size - 1)
        value = math.comb(women, picked) * math.comb(men, size - picked)
        asked = f"with exactly {picked} women"
    else:
        least = 2
        # Ann and Bob are a woman and a man who will not serve together.
        together = sum(
            math.comb(women - 1, w - 1) * math.comb(men - 1, size - w - 1) for w in range(least, size) if w >= 1
        )
        value = sum(math.comb(women, w) * math.comb(men, size - w) for w in range(least, size + 1)) - together
        asked = (
            f"with at least {least} women, if one of the women (Ann) and one of the men (Bob) refuse to serve together"
        )
    text = f"From {women} women and {men} men a committee of {size} is chosen, {asked}. How many are possible?"
    return number(text, value, wrong=(math.comb(women + men, size),))


def urn(rng: Rng, level: int) -> Draft:
    """Drawing without putting back."""
    red, blue, green = (rng.randint(3, 8) for _ in range(3))
    total = red + blue + green
    text = f"An urn holds {red} red, {blue} blue and {green} green balls."
    if level == 0:
        value = Fraction(red * (red - 1), total * (total - 1))
        return _share(f"{text} Two are drawn without replacement. What is the probability that both are red?", value)
    text += " Three are drawn without replacement. What is the probability of exactly two different colours?"
    triples = math.comb(total, 3)
    same = sum(math.comb(count, 3) for count in (red, blue, green))
    return _share(text, Fraction(triples - same - red * blue * green, triples), (Fraction(triples - same, triples),))


def shop(rng: Rng, level: int) -> Draft:
    """Percentages in a shop; all amounts come out in whole cents."""
    price, discount = rng.randint(4, 40) * 20, rng.choice((10, 15, 20, 25, 30, 40))
    if level == 0:
        value = price * (100 - discount) / 100
        return number(f"A coat costs {price} euros and is reduced by {discount} %. What does it cost now?", value)
    count, tax = rng.randint(3, 9), rng.choice((5, 10, 20))
    value = count * price * (100 - discount) * (100 + tax) / 10_000 - price
    text = (
        f"A lamp costs {price} euros before tax. Someone orders {count} lamps, gets {discount} % off, then {tax} % tax "
        f"is added to the reduced amount, and finally a voucher worth the full price of one lamp before "
        f"tax is taken off. "
        f"How many euros are to be paid?"
    )
    return number(text, round(value, 2), wrong=(round(value + price, 2),))


def tank(rng: Rng, level: int) -> Draft:
    """Filling and emptying at rates that give whole minutes."""
    fill_one, fill_two, drain = rng.randint(6, 12), rng.randint(13, 20), rng.randint(2, 5)
    alone, together = rng.randint(3, 8), rng.randint(10, 40)
    full = fill_one * alone + (fill_one + fill_two - drain) * together
    text = (
        f"A tank of {full} litres is empty. Pipe A brings {fill_one} litres a minute and runs alone for the first "
        f"{alone} minutes. Then pipe B ({fill_two} litres a minute) is opened too, and a leak of {drain} "
        f"litres a minute begins. "
        f"After how many minutes in all is the tank full?"
    )
    return number(text, alone + together, wrong=(together, alone + together + 2))


def multiples(rng: Rng, level: int) -> Draft:
    """Counting with inclusion and exclusion."""
    top, numbers = rng.randint(300, 900), rng.sample((3, 4, 5, 6, 7, 8, 9, 10), level + 2)
    value = sum(any(n % one == 0 for one in numbers) for n in range(1, top + 1))
    if level:
        value = top - value
    listed = ", ".join(map(str, numbers[:-1])) + f" {'nor' if level else 'or'} {numbers[-1]}"
    how = "by neither" if level else "by"
    return number(f"How many whole numbers from 1 to {top} are divisible {how} {listed}?", value, wrong=(top - value,))


def zeros(rng: Rng, level: int) -> Draft:
    """Zeros at the end of a factorial, in base ten or another."""
    n = rng.randint(60, 400)
    if level == 0:
        return number(f"With how many zeros does {n}! end in decimal notation?", legendre(n, 5), wrong=(n // 5,))
    base = rng.choice((12, 18, 20, 45))
    needs = {12: ((2, 2), (3, 1)), 18: ((2, 1), (3, 2)), 20: ((2, 2), (5, 1)), 45: ((3, 2), (5, 1))}[base]
    value = min(legendre(n, prime) // times for prime, times in needs)
    return number(f"With how many zeros does {n}! end when written in base {base}?", value, wrong=(n // base,))


def recurrence(rng: Rng, level: int) -> Draft:
    """A sequence defined by its two last members."""
    p, q, r = rng.randint(1, 3), rng.choice((-2, -1, 1, 2)), rng.randint(-4, 5)
    first, second, n = rng.randint(1, 5), rng.randint(1, 6), (6, 9)[level]
    members = [first, second]
    while len(members) < n:
        members.append(p * members[-1] + q * members[-2] + r * (len(members) + 1 if level else 1))
    tail = f"({r})n" if level else f"({r})"
    text = f"a(1) = {first}, a(2) = {second} and a(n) = {p}a(n-1) + ({q})a(n-2) + {tail} for n > 2. What is a({n})?"
    return number(text, members[-1], wrong=(members[-2],), max_tokens=400)


def polynomial(rng: Rng, level: int) -> Draft:
    """A coefficient of a product of powers."""
    a, b, n = rng.randint(2, 4), rng.choice((-3, -2, -1, 1, 2, 3)), rng.randint(4, 6)
    if level == 0:
        k = rng.randint(2, n - 1)
        value = math.comb(n, k) * a**k * b ** (n - k)
        return number(f"What is the coefficient of x^{k} in ({a}x + ({b}))^{n}?", value, wrong=(math.comb(n, k),))
    c, m = rng.choice((-2, 2, 3)), 3
    left = [math.comb(n, k) * a**k * b ** (n - k) for k in range(n + 1)]
    right = [math.comb(m, k) * c ** (m - k) for k in range(m + 1)]
    k = rng.randint(3, n)
    value = sum(left[i] * right[k - i] for i in range(k + 1) if i <= n and k - i <= m)
    return number(f"What is the coefficient of x^{k} in ({a}x + ({b}))^{n} * (x + ({c}))^{m}?", value, max_tokens=400)


def bases(rng: Rng, level: int) -> Draft:
    """Another base."""
    base, n = (rng.choice((5, 6, 7)), rng.randint(100, 900)) if level == 0 else (rng.choice((7, 9, 11)), 0)
    if level == 0:
        return number(f"Write the decimal number {n} in base {base}.", int(in_base(n, base)))
    one, two = rng.randint(300, 2000), rng.randint(20, 90)
    base = min(base, 9)
    text = f"In base {base}, what is {in_base(one, base)} times {in_base(two, base)}? Write that in base {base} too."
    return number(text, int(in_base(one * two, base)), wrong=(one * two,))


def integral(rng: Rng, level: int) -> Draft:
    """A derivative at a point, or an integral of a polynomial."""
    a, b, c = rng.randint(2, 6), rng.randint(-9, 9), rng.randint(-9, 9)
    if level == 0:
        x = rng.randint(-3, 4)
        value = 3 * a * x * x + 2 * b * x + c
        return number(f"f(x) = {a}x^3 + ({b})x^2 + ({c})x. What is f'({x})?", value, wrong=(value - c - 7,))
    low, high = rng.randint(-2, 0), rng.randint(1, 4)

    def stem(x: int) -> int:
        return a * x**3 + b * x * x + c * x

    text = f"What is the integral of {3 * a}x^2 + ({2 * b})x + ({c}) from x = {low} to x = {high}?"
    return number(text, stem(high) - stem(low), wrong=(stem(high) - stem(low) + 4,))


def paths(rng: Rng, level: int) -> Draft:
    """Lattice paths around blocked crossings."""
    width, height = rng.choice(((4, 3), (5, 3), (4, 4))) if level == 0 else (6, 5)
    cells = [cell for cell in product(range(width + 1), range(height + 1)) if 2 < sum(cell) < width + height - 1]
    blocked = rng.sample(cells, level + 1)
    ways: dict[tuple[int, int], int] = {}
    for x, y in product(range(width + 1), range(height + 1)):
        came = ways.get((x - 1, y), 0) + ways.get((x, y - 1), 0) if x or y else 1
        ways[x, y] = 0 if (x, y) in blocked else came
    text = (
        f"A path goes from (0, 0) to ({width}, {height}) in steps of one to the right or one up. How many such paths "
        f"do not visit any of these points: {', '.join(map(str, blocked))}?"
    )
    return number(text, ways[width, height], wrong=(math.comb(width + height, height),), max_tokens=400)


def dice(rng: Rng, level: int) -> Draft:
    """Sums of dice with different numbers of faces."""
    faces = rng.sample((4, 6, 8, 10), level + 2)
    total = rng.randint(len(faces) + 3, sum(faces) - 3)
    rolls = list(product(*(range(1, face + 1) for face in faces)))
    hits = sum(sum(roll) >= total for roll in rolls)
    text = (
        f"Fair dice with {', '.join(map(str, faces))} faces (numbered from 1) are rolled together, one of each. "
        f"What is the probability that the sum is at least {total}?"
    )
    return _share(text, Fraction(hits, len(rolls)))


def digits(rng: Rng, level: int) -> Draft:
    """Counting numbers by their digits."""
    total, length = rng.randint(9, 18), (3, 4)[level]
    low = rng.randint(11, 49) * 10 ** (length - 2)
    divisor = rng.choice((2, 3, 4, 7)) if level else 1
    value = sum(sum(map(int, str(n))) == total and n % divisor == 0 for n in range(low, 10**length))
    extra = f" and are divisible by {divisor}" if level else ""
    text = f"How many whole numbers from {low} to {10**length - 1} have digits that add up to {total}{extra}?"
    return number(text, value, max_tokens=400)


TEMPLATES = templates(
    Category.MATHEMATICS,
    (
        Family("arithmetic", arithmetic, (-2.0, -0.4, 1.0)),
        Family("equation", equation, (-1.6, 0.0)),
        Family("power", power, (0.3, 1.8)),
        Family("divisors", divisors, (-0.5, 0.3)),
        Family("system", system, (-0.3, 1.2)),
        Family("matrix", matrix, (-1.2, 0.4, 2.0)),
        Family("committee", committee, (-0.1, 1.4)),
        Family("urn", urn, (-0.4, 1.1)),
        Family("shop", shop, (-2.0, 0.2)),
        Family("tank", tank, (0.3,)),
        Family("multiples", multiples, (0.2, 1.5)),
        Family("zeros", zeros, (-0.2, 1.7)),
        Family("recurrence", recurrence, (0.2, 1.4)),
        Family("polynomial", polynomial, (0.5, 1.8)),
        Family("bases", bases, (0.1, 1.9)),
        Family("integral", integral, (-0.6, 0.2)),
        Family("paths", paths, (1.2, 2.4)),
        Family("dice", dice, (0.8, 2.1)),
        Family("digits", digits, (0.9, 2.3)),
    ),
)
"""In the order in which they are shown."""
