"""What good models of 8 billion parameters reach on benchmarks of which no answers are at hand: data, no code.

They are Llama 3.1 8B, Gemma 2 9B and Qwen 2.5 7B in their makers' and the benchmarks' own reports of 2024 and 2025,
rounded. They fix where ability 0 is; an error of five points moves a model by about 0.2 logits, all models alike.
Read by `priors.py` and the bench only.
"""

from msgspec import Struct


class Level(Struct, frozen=True):
    """The scale of one benchmark, all in its own numbers."""

    usual: float
    """What a good model of 8 billion parameters reaches."""
    floor: float = 0.0
    """What guessing reaches."""
    ceiling: float = 100.0
    """What nobody surpasses."""
    spread: float = 1.5
    """Sd of the difficulty of its tasks, in logits."""


LEVELS: dict[str, Level] = {
    "mmlu": Level(69, floor=25),
    "mmlu_pro": Level(44, floor=10),
    "gpqa": Level(31, floor=25),
    "gpqa_diamond": Level(32, floor=25),
    "arc_challenge": Level(82, floor=25),
    "truthfulqa": Level(55, floor=25),
    "simpleqa": Level(4),
    "hellaswag": Level(80, floor=25),
    "winogrande": Level(76, floor=50),
    "bbh": Level(60, floor=20),
    "musr": Level(40, floor=30),
    "zebralogic": Level(12),
    "gsm8k": Level(84),
    "math": Level(51),
    "math_500": Level(51),
    "math_lvl_5": Level(30),
    "aime": Level(4, spread=2.0),
    "aime_2025": Level(3, spread=2.0),
    "humaneval": Level(72),
    "humaneval_plus": Level(66),
    "mbpp": Level(70),
    "mbpp_plus": Level(59),
    "livecodebench": Level(15, spread=2.0),
    "swe_bench_verified": Level(2, spread=2.0),
    "aider_polyglot": Level(3, spread=2.0),
    "scicode": Level(8, spread=2.0),
    "bfcl": Level(55),
    "tau_bench": Level(12),
    "ifeval": Level(75),
    "ifbench": Level(25),
    "multi_if": Level(52),
    "arena_hard": Level(25),
    "alpaca_eval": Level(25),
    "mt_bench": Level(80),
    "livebench": Level(28),
    "livebench_reasoning": Level(22),
    "livebench_coding": Level(22),
    "livebench_mathematics": Level(25),
    "livebench_if": Level(55),
    "aa_intelligence_index": Level(12),
    "aa_coding_index": Level(8),
    "aa_math_index": Level(12),
    "reasoning": Level(50),
    "coding": Level(50),
}
ELO_AT_ZERO = 1190.0
"""Arena rating of good models of 8 billion parameters."""
ELO_PER_LOGIT = 75.0
"""A step of one logit of ability in the arena: from 8 to 70 billion parameters, 1.1 logits, it is about 80 points."""
