"""Benchmark columns: one name for each published number, the unit it has, and which categories it speaks for."""

from msgspec import Struct

from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Unit


class Column(Struct, frozen=True):
    """One kind of published number."""

    name: str
    unit: Unit
    categories: tuple[Category, ...] = ()
    """What it speaks for; empty for numbers that are no measure of quality."""


_P, _E, _I = Unit.PERCENT, Unit.ELO, Unit.INDEX
_C = Category

COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (
        Column("mmlu", _P, (_C.KNOWLEDGE,)),
        Column("mmlu_pro", _P, (_C.KNOWLEDGE, _C.STEM)),
        Column("gpqa", _P, (_C.STEM,)),
        Column("gpqa_diamond", _P, (_C.STEM,)),
        Column("arc_challenge", _P, (_C.STEM,)),
        Column("truthfulqa", _P, (_C.KNOWLEDGE,)),
        Column("simpleqa", _P, (_C.KNOWLEDGE,)),
        Column("hellaswag", _P, (_C.LOGIC,)),
        Column("winogrande", _P, (_C.LOGIC,)),
        Column("bbh", _P, (_C.LOGIC,)),
        Column("musr", _P, (_C.LOGIC,)),
        Column("zebralogic", _P, (_C.LOGIC,)),
        Column("gsm8k", _P, (_C.MATHEMATICS,)),
        Column("math", _P, (_C.MATHEMATICS,)),
        Column("math_500", _P, (_C.MATHEMATICS,)),
        Column("math_lvl_5", _P, (_C.MATHEMATICS,)),
        Column("aime", _P, (_C.MATHEMATICS,)),
        Column("aime_2025", _P, (_C.MATHEMATICS,)),
        Column("humaneval", _P, (_C.CODE,)),
        Column("humaneval_plus", _P, (_C.CODE,)),
        Column("mbpp", _P, (_C.CODE,)),
        Column("mbpp_plus", _P, (_C.CODE,)),
        Column("livecodebench", _P, (_C.CODE,)),
        Column("swe_bench_verified", _P, (_C.CODE,)),
        Column("aider_polyglot", _P, (_C.CODE,)),
        Column("scicode", _P, (_C.CODE, _C.STEM)),
        Column("bfcl", _P, (_C.TOOLS,)),
        Column("tau_bench", _P, (_C.TOOLS,)),
        Column("ifeval", _P, (_C.INSTRUCTIONS,)),
        Column("ifbench", _P, (_C.INSTRUCTIONS,)),
        Column("multi_if", _P, (_C.INSTRUCTIONS,)),
        Column("arena_hard", _P, (_C.CHAT,)),
        Column("alpaca_eval", _P, (_C.CHAT,)),
        Column("mt_bench", _I, (_C.CHAT,)),
        Column("arena_elo", _E, (_C.CHAT,)),
        Column("livebench", _I, ()),
        Column("livebench_reasoning", _I, (_C.LOGIC,)),
        Column("livebench_coding", _I, (_C.CODE,)),
        Column("livebench_mathematics", _I, (_C.MATHEMATICS,)),
        Column("livebench_if", _I, (_C.INSTRUCTIONS,)),
        Column("aa_intelligence_index", _I, ()),
        Column("aa_coding_index", _I, (_C.CODE,)),
        Column("aa_math_index", _I, (_C.MATHEMATICS,)),
        Column("general", _I, ()),
        Column("reasoning", _I, (_C.LOGIC,)),
        Column("coding", _I, (_C.CODE,)),
        Column("context_tokens", Unit.TOKENS),
        Column("tokens_per_second", Unit.TOKENS_PER_SECOND),
        Column("first_token_seconds", Unit.SECONDS),
        Column("price_input", Unit.DOLLARS_PER_MILLION),
        Column("price_output", Unit.DOLLARS_PER_MILLION),
    )
}
"""By name. A new published number needs a line here before a source may give it."""
