"""What the name of a model suggests: tables over the words of a name."""

import re

from smarterrouter.domain.intent import Category

_WORDS = re.compile(r"[a-z]+\d*")

_CODER = {
    Category.CODE: 1.0,
    Category.TOOLS: 0.3,
    Category.INSTRUCTIONS: -0.5,
    Category.STEM: -0.4,
    Category.KNOWLEDGE: -0.6,
    Category.CHAT: -0.8,
}
_REASONER = {
    Category.MATHEMATICS: 0.8,
    Category.LOGIC: 1.0,
    Category.STEM: 0.6,
    Category.CODE: 0.3,
    Category.CHAT: -0.4,
}
_MATHEMATICIAN = {
    Category.MATHEMATICS: 1.0,
    Category.LOGIC: 0.3,
    Category.STEM: 0.3,
    Category.CHAT: -0.8,
    Category.KNOWLEDGE: -0.4,
}
_WRITER = {Category.CHAT: 1.0, Category.CODE: -0.3, Category.MATHEMATICS: -0.3}
_GENERAL = {Category.KNOWLEDGE: 0.3, Category.INSTRUCTIONS: 0.3, Category.CHAT: 0.3}
_CALLER = {Category.TOOLS: 1.0}
_PHYSICIAN = {Category.STEM: 0.6, Category.CODE: -0.5, Category.CHAT: -0.3}
_EYES = {Category.CODE: -0.2, Category.MATHEMATICS: -0.2}
_BASE = {Category.CHAT: -0.6, Category.INSTRUCTIONS: -0.8, Category.TOOLS: -0.8}

SUGGESTS: dict[str, dict[Category, float]] = {
    **dict.fromkeys(
        ("coder", "code", "coding", "codellama", "codegemma", "codeqwen", "starcoder", "codestral"), _CODER
    ),
    **dict.fromkeys(("devstral", "codegeex", "wizardcoder", "deepcoder", "sqlcoder", "codex", "swe", "codeup"), _CODER),
    **dict.fromkeys(
        ("r1", "qwq", "reasoning", "reasoner", "thinking", "think", "o1", "o3", "o4", "magistral"), _REASONER
    ),
    **dict.fromkeys(("deepscaler", "marco", "openthinker", "smallthinker"), _REASONER),
    **dict.fromkeys(("math", "mathstral", "wizardmath", "numina", "deepseekmath", "metamath"), _MATHEMATICIAN),
    **dict.fromkeys(("dolphin", "creative", "writer", "story", "storyteller", "roleplay", "mythomax", "poet"), _WRITER),
    **dict.fromkeys(("llama", "mistral", "gemma", "phi", "qwen", "granite", "gpt", "claude", "gemini"), _GENERAL),
    **dict.fromkeys(("functionary", "firefunction", "hermes", "tool", "tools", "xlam", "command"), _CALLER),
    **dict.fromkeys(("med", "meditron", "medllama", "medgemma", "biomistral", "medical"), _PHYSICIAN),
    **dict.fromkeys(("vl", "llava", "vision", "moondream", "minicpm", "pixtral", "bakllava"), _EYES),
    **dict.fromkeys(("base", "pt"), _BASE),
}
"""Word of a name (without the number at its end) to what it suggests, -1 to 1 per category."""

_SMALL = {"mini": 4.0, "nano": 10.0, "tiny": 10.0, "lite": 4.0, "small": 3.0, "flash": 2.0, "haiku": 3.0, "micro": 10.0}
"""Word of a name to how many times smaller than usual it says the model is."""


def words_of(name: str) -> set[str]:
    """The words of a model's name, each with and without its last number: `starcoder2` also gives `starcoder`."""
    words = _WORDS.findall(name.lower())
    return {*words, *(word.rstrip("0123456789") for word in words)}


def suggestion(name: str, category: Category) -> float:
    """What the words of the name suggest for the category, added up, -1 to 1; 0 when they say nothing."""
    said = sum(SUGGESTS[word].get(category, 0.0) for word in sorted(words_of(name) & SUGGESTS.keys()))
    return max(-1.0, min(said, 1.0))


def smallness(name: str) -> float:
    """How many times smaller than usual the name says the model is; 1 when it does not say."""
    return max((_SMALL[word] for word in words_of(name) & _SMALL.keys()), default=1.0)
