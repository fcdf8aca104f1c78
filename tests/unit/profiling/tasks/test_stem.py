import math
import re

import pytest

from smarterrouter.profiling.tasks import stem

BY_ID = {template.id.removeprefix("stem/"): template for template in stem.TEMPLATES}


def asked(name):
    for seed in range(20):
        task = BY_ID[name].make(seed)
        text = task.messages[0]["content"]
        yield text, [float(n) for n in re.findall(r"-?\d+\.?\d*", text)], task.check


def test_motion_by_small_steps():
    for _, (v, a, t, *_), check in asked("motion-1"):
        steps = 20_000
        way = sum((v + a * t * (k + 0.5) / steps) * t / steps for k in range(steps))
        assert way == pytest.approx(check.value, rel=1e-6)


def test_throws_by_small_steps():
    for _, (speed, angle, height, g, *_), check in asked("motion-2"):
        x, y, time = 0.0, height, 0.0
        up, along, step = speed * math.sin(math.radians(angle)), speed * math.cos(math.radians(angle)), 1e-3
        while y > 0:
            time += step
            x, y = along * time, height + up * time - g * time * time / 2
        assert x == pytest.approx(check.value, rel=2e-3)


def test_bridges_keep_kirchhoffs_law():
    for _, (volts, r0, r2, r1, r3, r4, *_), check in asked("circuit-3"):
        left = check.value
        # The current into L decides the voltage of R; then the currents at R have to add up to nothing.
        through = (volts - left) / r0 - left / r1
        right = left - through * r4
        assert (volts - right) / r2 + through == pytest.approx(right / r3, abs=1e-9)


def test_collisions_keep_momentum_and_energy():
    for _, (a, u, b, w, *_), check in asked("collision-2"):
        second = check.value
        first = (a * u - b * w - b * second) / a
        assert a * first**2 + b * second**2 == pytest.approx(a * u * u + b * w * w)
        assert second != pytest.approx(-w)


def test_crosses_by_counting_offspring():
    for text, _, check in asked("cross-2"):
        mother, father = re.search(r"crossed: (\w+) x (\w+);", text).groups()
        share = 1.0
        for place in range(0, len(mother), 2):
            letter = mother[place].upper()
            kinds = [one + two for one in mother[place : place + 2] for two in father[place : place + 2]]
            dominant = f"dominant trait of {letter}" in text
            share *= sum((letter in kind) is dominant for kind in kinds) / 4
        assert share == pytest.approx(check.value)


def test_floats_by_the_machine():
    import struct

    for text, _, check in asked("bits-2"):
        pattern = re.search(r"pattern ([01 ]+) \(", text)[1].replace(" ", "")
        assert struct.unpack(">f", int(pattern, 2).to_bytes(4, "big"))[0] == check.value


def test_orbits_and_decay_go_back():
    for _, (far, *_), check in asked("orbit-1"):
        assert check.value ** (2 / 3) == pytest.approx(far)
    for _, (share, half, *_), check in asked("decay-2"):
        assert 100 * 0.5 ** (check.value / half) == pytest.approx(share)
