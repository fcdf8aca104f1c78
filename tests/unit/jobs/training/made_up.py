"""Made-up rows: models of known ability, questions whose words say how hard they are."""

import random

from smarterrouter.jobs.training.rows import Row

EASY, HARD = "simple plain little ordinary", "intricate nested recursive adversarial"


def rows(count: int = 240, seed: int = 1) -> list[Row]:
    """Half easy, half hard; five models from weak to strong answer all of them."""
    rng = random.Random(seed)
    found = []
    for number in range(count):
        hard = number % 2
        words = rng.choices((HARD if hard else EASY).split(), k=4) + rng.choices(
            ("the", "of", "a", "in", "sum", "list"), k=4
        )
        rng.shuffle(words)
        scores = {
            f"m{ability}": float(rng.random() < 1 / (1 + 2.7 ** -(ability - 2 - (2 if hard else -2))))
            for ability in range(5)
        }
        found.append(Row(f"q{number}", "mine", f"mine/{number % 3}", " ".join(words), scores, "mit", "code"))
    return found
