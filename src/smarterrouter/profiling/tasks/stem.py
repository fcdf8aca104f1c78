"""Science and engineering: formulas with drawn numbers, and sequences that follow fixed rules."""

import math

from smarterrouter.domain.intent import Category
from smarterrouter.profiling.drafts import Draft, Family, Rng, exact, listing, measured, number, templates
from smarterrouter.profiling.tasks.chemistry import COMPOUNDS, EQUATIONS, OXIDATION, mass
from smarterrouter.profiling.tasks.codons import CODONS

_G = 9.81
_R = 8.314


def falling(rng: Rng, level: int) -> Draft:
    """Constant acceleration."""
    v, a, t = rng.randint(2, 20), round(rng.uniform(0.5, 4), 1), rng.randint(4, 20)
    if level == 0:
        text = f"A car at {v} m/s accelerates at {a} m/s² for {t} s. How far does it travel in that time?"
        return measured(text, v * t + a * t * t / 2, "m", wrong=(v * t + a * t * t,))
    height, speed, angle = rng.randint(10, 60), rng.randint(12, 40), rng.choice((20, 25, 35, 40, 50))
    up = speed * math.sin(math.radians(angle))
    time = (up + math.sqrt(up * up + 2 * _G * height)) / _G
    text = (
        f"A ball is thrown at {speed} m/s, {angle}° above the horizontal, from a cliff {height} m above the sea. "
        f"Without air resistance and with g = {_G} m/s², how far from the foot of the cliff does it hit the water?"
    )
    level_ground = speed**2 * math.sin(math.radians(2 * angle)) / _G
    return measured(text, speed * math.cos(math.radians(angle)) * time, "m", wrong=(level_ground,))


def circuit(rng: Rng, level: int) -> Draft:
    """Resistors."""
    r = [rng.randint(2, 20) * 10 for _ in range(5)]
    volts = rng.choice((5, 9, 12, 24))
    if level == 0:
        text = f"Resistors of {r[0]} ohm and {r[1]} ohm are in series on {volts} V. What is the current?"
        return measured(text, volts / (r[0] + r[1]), "A", wrong=(volts / r[0], volts * (r[0] + r[1])))
    pair = r[1] * r[2] / (r[1] + r[2])
    if level == 1:
        text = (
            f"A resistor of {r[0]} ohm is in series with a parallel pair of {r[1]} ohm and {r[2]} ohm, on {volts} V. "
            f"What is the current through the {r[1]} ohm resistor of the pair?"
        )
        total = volts / (r[0] + pair)
        return measured(text, total * r[2] / (r[1] + r[2]), "A", wrong=(total, volts / r[1]))
    # Wheatstone bridge by node voltages: left and right nodes are joined by the fifth resistor.
    g = [1 / one for one in r]
    a, b, c = g[0] + g[1] + g[4], -g[4], g[2] + g[3] + g[4]
    left = (volts * g[0] * c - volts * g[2] * b) / (a * c - b * b)
    right = (volts * g[2] * a - volts * g[0] * b) / (a * c - b * b)
    text = (
        f"A bridge on {volts} V: from plus, {r[0]} ohm goes to node L and {r[2]} ohm to node R; to minus, "
        f"{r[1]} ohm goes "
        f"from L and {r[3]} ohm from R; {r[4]} ohm joins L and R. What is the voltage of node L against minus?"
    )
    return measured(text, left, "V", wrong=(right, volts * r[1] / (r[0] + r[1])), max_tokens=400)


def gas(rng: Rng, level: int) -> Draft:
    """The ideal gas."""
    n, volume, celsius = round(rng.uniform(0.5, 4), 2), rng.randint(5, 60), rng.randint(-10, 120)
    text = f"{n} mol of an ideal gas fill {volume} litres at {celsius} °C (R = {_R} J/(mol K), 0 °C = 273.15 K)."
    pressure = n * _R * (celsius + 273.15) / volume
    if level == 0:
        return measured(f"{text} What is the pressure?", pressure, "kPa", wrong=(n * _R * celsius / volume,))
    factor, gamma = round(rng.uniform(1.5, 3), 1), 1.4
    text += (
        f" It is then compressed adiabatically (gamma = {gamma}) to 1/{factor} of its volume. What is the pressure now?"
    )
    return measured(text, pressure * factor**gamma, "kPa", wrong=(pressure * factor,))


def molar(rng: Rng, level: int) -> Draft:
    """Molar masses and the limiting reagent."""
    if level == 0:
        formula, parts = rng.choice(COMPOUNDS)
        grams = rng.randint(10, 300)
        text = f"How many moles are {grams} g of {formula}?"
        return measured(text, grams / mass(parts), "mol", wrong=(grams / (mass(parts) + 16),))
    equation, left, right = rng.choice(EQUATIONS)
    (a, x, x_parts), (b, y, y_parts) = left
    c, z, z_parts = right
    x_grams, y_grams = rng.randint(10, 90), rng.randint(10, 90)
    runs = min(x_grams / mass(x_parts) / a, y_grams / mass(y_parts) / b)
    other = max(x_grams / mass(x_parts) / a, y_grams / mass(y_parts) / b)
    text = f"{equation}. How many grams of {z} can be made at most from {x_grams} g of {x} and {y_grams} g of {y}?"
    return measured(text, runs * c * mass(z_parts), "g", wrong=(other * c * mass(z_parts),))


def solution(rng: Rng, level: int) -> Draft:
    """Dilution and acidity."""
    if level == 0:
        strong, weak, volume = rng.randint(2, 12), round(rng.uniform(0.1, 1.5), 2), rng.randint(100, 900)
        text = f"How many millilitres of a {strong} mol/l solution are needed to make {volume} ml of {weak} mol/l?"
        return measured(text, weak * volume / strong, "ml", wrong=(strong * volume / weak,))
    pka, acid, base = round(rng.uniform(3.5, 9), 2), rng.randint(5, 60), rng.randint(5, 60)
    added = rng.randint(1, 4)
    text = (
        f"A buffer holds {acid} mmol of a weak acid (pKa {pka}) and {base} mmol of its conjugate base. "
        f"{added} mmol of HCl "
        f"are added. What is the pH?"
    )
    value = pka + math.log10((base - added) / (acid + added))
    return measured(text, value, "", wrong=(value + 0.9, pka + math.log10((acid + added) / (base - added)) + 0.5))


def decay(rng: Rng, level: int) -> Draft:
    """Half-life."""
    half, start = rng.randint(3, 30), rng.randint(40, 900)
    if level == 0:
        times = rng.randint(2, 6)
        text = f"An isotope has a half-life of {half} days. How much is left of {start} mg after {half * times} days?"
        return measured(text, start / 2**times, "mg", wrong=(start / times,))
    share = round(rng.uniform(0.05, 0.9), 2)
    text = (
        f"A sample still has {share * 100:.0f} % of an isotope whose half-life is {half} days. How many days old is it?"
    )
    return measured(text, half * math.log2(1 / round(share, 2)), "", wrong=(half * (1 - share) * 2,))


def lens(rng: Rng, level: int) -> Draft:
    """Thin lenses."""
    focal, away = rng.randint(5, 20), rng.randint(45, 80)
    image = focal * away / (away - focal)
    if level == 0:
        text = (
            f"An object stands {away} cm in front of a thin converging lens of focal length {focal} cm. How far behind "
        )
        return measured(f"{text}the lens is its image?", image, "cm", wrong=(focal * away / (away + focal),))
    second, gap = rng.randint(5, 15), rng.randint(60, 120)
    text = (
        f"An object stands {away} cm in front of a thin converging lens (focal length {focal} cm); a "
        f"second converging lens "
        f"(focal length {second} cm) stands {gap} cm behind the first. How far behind the second lens is "
        f"the final image?"
    )
    return measured(text, second * (gap - image) / (gap - image - second), "cm", wrong=(image,))


def cross(rng: Rng, level: int) -> Draft:
    """Mendel's ratios; genes are independent."""
    genes = level + 2
    letters = rng.sample("ABCDEG", genes)
    mother = [rng.choice((2, 1, 1, 0)) for _ in letters]
    father = [1 if dose != 1 else rng.choice((1, 0)) for dose in mother]
    wanted = [rng.random() < 0.5 for _ in letters]
    top, bottom = 1, 1
    for one, two, dominant in zip(mother, father, wanted, strict=True):
        recessive = (2 - one) * (2 - two)
        if recessive in (0, 4) or not dominant:
            top, bottom = top * (recessive or 4), bottom * 4
        else:
            top, bottom = top * (4 - recessive), bottom * 4
    spelled = [
        "".join({2: x + x, 1: x + x.lower(), 0: x.lower() * 2}[dose] for x, dose in zip(letters, doses, strict=True))
        for doses in (mother, father)
    ]
    shown = [
        f"the {'dominant' if dominant or not (2 - one) * (2 - two) else 'recessive'} trait of {letter}"
        for letter, dominant, one, two in zip(letters, wanted, mother, father, strict=True)
    ]
    text = (
        f"Two plants are crossed: {spelled[0]} x {spelled[1]}; the genes are independent, capital letters "
        f"dominant. What "
        f"share of the offspring shows {', '.join(shown)}? Give a decimal number from 0 to 1."
    )
    return measured(text, top / bottom, "", wrong=(1 - top / bottom,) if 2 * top != bottom else (0.11,))


def hardy(rng: Rng, level: int) -> Draft:
    """Hardy-Weinberg equilibrium."""
    affected, size = rng.randint(2, 90), rng.choice((1000, 2000, 5000, 10_000))
    q = math.sqrt(affected / size)
    text = (
        f"In a population in Hardy-Weinberg equilibrium {affected} of {size} people have a recessive "
        f"condition. What share "
        f"of the whole population are carriers without it? Give a decimal number from 0 to 1."
    )
    return measured(text, 2 * q * (1 - q), "", wrong=(q, 1 - q * q))


def heat(rng: Rng, level: int) -> Draft:
    """Mixing warm and cold."""
    one, two, hot, cold = rng.randint(100, 900), rng.randint(100, 900), rng.randint(60, 95), rng.randint(5, 25)
    if level == 0:
        value = (one * hot + two * cold) / (one + two)
        text = f"{one} g of water at {hot} °C are mixed with {two} g at {cold} °C. What temperature in °C results?"
        return measured(text, value, "", wrong=((hot + cold) / 2 + 3,))
    ice = rng.randint(20, 60)
    value = (one * 4.18 * hot - ice * (334 + 2.1 * 10)) / ((one + ice) * 4.18)
    text = (
        f"{ice} g of ice at -10 °C are put into {one} g of water at {hot} °C, insulated. With 2.1 J/(g K) "
        f"for ice, 334 J/g "
        f"for melting and 4.18 J/(g K) for water, what temperature in °C results?"
    )
    return measured(text, value, "", wrong=((one * hot - ice * 10) / (one + ice),))


def collision(rng: Rng, level: int) -> Draft:
    """Momentum."""
    a, b, u, w = rng.randint(2, 12), rng.randint(2, 12), rng.randint(4, 15), rng.randint(1, 9)
    text = f"A {a} kg cart moving at {u} m/s to the right meets a {b} kg cart moving at {w} m/s to the left."
    if level == 0:
        value = (a * u - b * w) / (a + b)
        text += " They stick together. What is their velocity in m/s afterwards (right is positive)?"
        return measured(text, value, "m/s", wrong=((a * u + b * w) / (a + b), value + 2))
    value = ((b - a) * -w + 2 * a * u) / (a + b)
    text += " The collision is elastic. What is the velocity of the second cart in m/s afterwards (right is positive)?"
    return measured(text, value, "m/s", wrong=((a * u - b * w) / (a + b), value + 3))


def protein(rng: Rng, level: int) -> Draft:
    """From DNA to amino acids."""
    codons = [codon for codon in CODONS if CODONS[codon] != "Stop"]
    picked = [rng.choice(codons) for _ in range((3, 5)[level])]
    acids = [CODONS[codon] for codon in picked]
    messenger = "".join(picked)
    if level == 0:
        text = f"Which amino acids does the mRNA 5'-{messenger}-3' code for, read from its first base?"
    else:
        template = messenger.translate(str.maketrans("ACGU", "TGCA"))
        text = f"The template strand of a gene is 3'-{template}-5'. Which amino acids does it code for, in order?"
    return listing(f"{text} Give three-letter codes.", acids)


def spread(rng: Rng, level: int) -> Draft:
    """Statistics."""
    values = [rng.randint(2, 40) for _ in range(6)]
    mean = sum(values) / 6
    squares = sum((value - mean) ** 2 for value in values)
    if level == 0:
        text = f"What is the sample standard deviation (n - 1) of {', '.join(map(str, values))}?"
        return measured(text, math.sqrt(squares / 5), "", wrong=(math.sqrt(squares / 6), squares / 5))
    ill, hit, alarm = rng.randint(1, 8), rng.randint(80, 99), rng.randint(2, 12)
    text = (
        f"{ill} in 1000 people have a disease. A test finds {hit} % of the ill and wrongly reports {alarm} "
        f"% of the healthy. "
        f"It is positive twice in a row for the same person (independent results). What is the probability that this "
        f"person is ill? Give a decimal number from 0 to 1."
    )
    right, false = ill * (hit / 100) ** 2, (1000 - ill) * (alarm / 100) ** 2
    once = ill * hit / (ill * hit + (1000 - ill) * alarm)
    return measured(text, right / (right + false), "", wrong=(once, hit / 100))


def orbit(rng: Rng, level: int) -> Draft:
    """Kepler's third law."""
    far = round(rng.uniform(2.1, 19), 1)
    text = f"A body circles a star of the mass of the Sun at a mean distance of {far} astronomical units."
    if level == 0:
        return measured(f"{text} What is its period?", far**1.5, "years", wrong=(far**2, far ** (2 / 3)))
    heavy = rng.choice((2.0, 3.0, 4.5))
    text = (
        f"A body circles a star of {heavy} solar masses with a period of {far} years. What is its mean distance in AU?"
    )
    return measured(text, (heavy * far**2) ** (1 / 3), "", wrong=(far ** (2 / 3), heavy * far))


def nernst(rng: Rng, level: int) -> Draft:
    """A cell away from standard conditions."""
    zinc, copper = rng.randint(2, 99) / 1000, rng.choice((0.5, 0.8, 1.5, 2.0))
    value = 1.10 - 0.05916 / 2 * math.log10(zinc / copper)
    text = (
        f"A cell Zn | Zn2+ ({zinc} mol/l) || Cu2+ ({copper} mol/l) | Cu has a standard voltage of 1.10 V. "
        f"What voltage does "
        f"it have at 25 °C?"
    )
    # One percent of a volt is as much as the whole effect: the distance of wrong answers is kept above that.
    return measured(text, value, "V", wrong=(1.10 - 0.05916 / 2 * math.log(zinc / copper), 0.9))


def bits(rng: Rng, level: int) -> Draft:
    """Numbers in a computer."""
    if level == 0:
        value = rng.randint(1, 127)
        text = f"Which decimal number is the 8-bit two's complement pattern {256 - value:08b}?"
        return number(text, -value, wrong=(256 - value, value))
    exponent, fraction = rng.randint(126, 136), rng.randrange(8)
    pattern = f"{rng.choice('01')} {exponent:08b} {fraction:03b}{'0' * 20}"
    sign = -1 if pattern[0] == "1" else 1
    found = sign * (1 + fraction / 8) * 2.0 ** (exponent - 127)
    text = f"Which number is the IEEE 754 single precision pattern {pattern} (sign, exponent, fraction)?"
    return number(text, found, wrong=(-found, found * 2))


def oxidation(rng: Rng, level: int) -> Draft:
    """The oxidation number of the central atom."""
    element, compound, value = rng.choice(OXIDATION)
    signed = f"{value:+d}"
    text = f"What is the oxidation number of {element} in {compound}? Write it with its sign."
    return exact(text, signed, (f"{-value:+d}", f"{value + 1:+d}"), accept=(str(value),) if value > 0 else ())


TEMPLATES = templates(
    Category.STEM,
    (
        Family("motion", falling, (-0.9, 1.1)),
        Family("circuit", circuit, (-1.2, 0.4, 2.0)),
        Family("gas", gas, (-0.4, 0.8)),
        Family("molar", molar, (-0.3, 1.0)),
        Family("solution", solution, (-0.6, 0.9)),
        Family("decay", decay, (-1.0, 0.2)),
        Family("lens", lens, (0.1, 1.4)),
        Family("cross", cross, (0.3, 1.1)),
        Family("hardy", hardy, (0.2,)),
        Family("heat", heat, (-0.1, 1.0)),
        Family("collision", collision, (0.0, 1.0)),
        Family("protein", protein, (0.4, 1.5)),
        Family("spread", spread, (0.3, 1.3)),
        Family("orbit", orbit, (0.2, 0.8)),
        Family("nernst", nernst, (1.2,)),
        Family("bits", bits, (-0.2, 1.2)),
        Family("oxidation", oxidation, (-0.1,)),
    ),
)
"""In the order in which they are shown."""
