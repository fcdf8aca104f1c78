"""Sizes that a name does not spell out: mixtures of experts, models sold by a nickname, defaults of bare names.

Billions of parameters, as the makers' model cards on https://huggingface.co and https://ollama.com/library state them.
Patterns are for canonical names (see `names.canonical`) and match whole words.
"""

from typing import NamedTuple

from smarterrouter.catalog.names import tokens


class Experts(NamedTuple):
    """Parameters of a mixture of experts, in billions."""

    total: float
    active: float


MIXTURES = tuple(
    (tokens(pattern), Experts(total, active))
    for pattern, total, active in (
        (r"llama4.*-scout|llama4-scout|llama4-16x17b", 109, 17),
        (r"llama4.*-maverick|llama4-maverick|llama4-128x17b", 400, 17),
        (r"gpt-oss(?:-safeguard)?-20b", 20.9, 3.6),
        (r"gpt-oss(?:-safeguard)?-120b", 116.8, 5.1),
        (r"qwen1[.-]5-moe", 14.3, 2.7),
        (r"qwen2-57b", 57.4, 14),
        (r"qwen3(?:-coder|-vl|-omni)?-30b", 30.5, 3.3),
        (r"qwen3(?:-vl)?-235b", 235, 22),
        (r"qwen3-coder-480b", 480, 35),
        (r"qwen3-next-80b|qwen3-coder-next", 80, 3),
        (r"qwen3\.5-35b", 35, 3),
        (r"qwen3\.5-122b", 122, 10),
        (r"qwen3\.5-397b", 397, 17),
        (r"deepseek-v3(?:\.[12])?|deepseek-r1-(?:0528|zero)|deepseek-r1-671b", 671, 37),
        (r"deepseek-v4-pro", 1600, 49),
        (r"deepseek-v4-flash", 284, 13),
        (r"deepseek(?:-coder)?-v2-lite|deepseek(?:-coder)?-v2-16b", 15.7, 2.4),
        (r"deepseek(?:-coder)?-v2-236b|deepseek-v2\.5", 236, 21),
        (r"deepseek-moe-16b", 16.4, 2.8),
        (r"kimi-k2(?:\.[56])?|kimi-k2-thinking", 1000, 32),
        (r"kimi-vl", 16, 2.8),
        (r"kimi-linear", 48, 3),
        (r"glm4\.[56]-air|glm4\.[56]v(?!-flash)", 106, 12),
        (r"glm4\.7-flash", 30, 3),
        (r"glm4\.[567](?!v|-(?:air|airx|flash|x))", 355, 32),
        (r"glm5(?:\.1)?", 744, 40),
        (r"minimax-m2(?:\.[157])?", 230, 10),
        (r"minimax-(?:m1|text)", 456, 45.9),
        (r"dbrx", 132, 36),
        (r"snowflake-arctic-instruct", 480, 17),
        (r"jamba[\d.]*-mini[\d.]*|jamba-v0\.1", 52, 12),
        (r"jamba[\d.]*-large[\d.]*", 398, 94),
        (r"hunyuan-a13b", 80, 13),
        (r"hunyuan-large", 389, 52),
        (r"olmoe", 6.9, 1.3),
        (r"jetmoe", 8.5, 2.2),
        (r"phi3\.5-moe", 41.9, 6.6),
        (r"granite3[\d.]*-moe-1b", 1.3, 0.4),
        (r"granite3[\d.]*-moe-3b", 3.3, 0.8),
        (r"granite4(?:\.0)?-(?:h-)?tiny", 7, 1),
        (r"granite4(?:\.0)?-(?:h-)?small", 32, 9),
        (r"nemotron3-nano", 31.6, 3.6),
        (r"nemotron3-super", 120, 12),
        (r"solar-open", 102, 12),
        (r"step3\.5-flash", 196, 11),
        (r"mimo-v2-flash", 309, 15),
        (r"mistral-small4", 119, 6.6),
        (r"mistral-large3|mistral-large-2512", 675, 41),
        (r"ling-1t|ring-1t", 1000, 50),
        (r"gemma4-26b", 25.2, 3.8),
        (r"gemma4-e2b", 5.1, 2.3),
        (r"gemma4-e4b", 8.0, 4.5),
        (r"gemma3n-e2b", 5, 2),
        (r"gemma3n-e4b", 8, 4),
        (r"nomic-embed-text-v2", 0.475, 0.305),
    )
)
"""Gemma's E models are listed too: they keep part of their parameters out of the calculation of each token."""

EXPERTS_BY_COUNT = {
    (8, 7.0): Experts(46.7, 12.9),
    (8, 22.0): Experts(141, 39),
    (16, 17.0): Experts(109, 17),
    (128, 17.0): Experts(400, 17),
}
"""What `8x7b` really means: experts share attention and embeddings, so it is less than the product."""

NICKNAMES = tuple(
    (tokens(pattern), total)
    for pattern, total in (
        (r"phi3(?:\.5)?-mini", 3.8),
        (r"phi3-small", 7),
        (r"phi3-medium", 14),
        (r"phi3(?:\.5)?-vision", 4.2),
        (r"phi4-mini", 3.8),
        (r"phi4-multimodal", 5.6),
        (r"phi4", 14.7),
        (r"phi2", 2.7),
        (r"phi1[.-]5", 1.3),
        (r"command-r7b", 7),
        (r"command-r-plus", 104),
        (r"command-r-08-2024", 32),
        (r"command-r-v01", 35),
        (r"command-a(?:-03-2025)?", 111),
        (r"pixtral-large", 124),
        (r"mistral-nemo", 12),
        (r"mistral-large-24(?:07|11)", 123),
        (r"mistral-small-2409", 22),
        (r"mistral-small-25\d\d|mistral-small3(?:\.[12])?", 24),
        (r"magistral-small|devstral-small[\d.]*", 24),
        (r"devstral2", 123),
        (r"mathstral", 7),
        (r"qwq", 32),
        (r"qvq", 72),
        (r"athene-v2", 72),
        (r"smollm3", 3),
        (r"tinyllama|tinydolphin", 1.1),
        (r"granite4(?:\.0)?-(?:h-)?micro", 3),
        (r"minicpm-[vo]2[.-]6", 8),
        (r"moondream2", 1.9),
        (r"llava-llama3", 8),
        (r"llava-phi3", 3.8),
        (r"mxbai-embed-large", 0.335),
        (r"nomic-embed-text", 0.137),
        (r"embeddinggemma", 0.3),
        (r"bge-m3", 0.567),
        (r"bge-large", 0.335),
        (r"bge-base", 0.109),
        (r"bge-small", 0.033),
        (r"multilingual-e5-large", 0.56),
        (r"multilingual-e5-base", 0.278),
        (r"multilingual-e5-small", 0.118),
        (r"e5-large", 0.335),
        (r"e5-base", 0.109),
        (r"e5-small", 0.033),
        (r"all-minilm-l6", 0.023),
        (r"all-minilm-l12", 0.033),
        (r"all-mpnet-base", 0.109),
        (r"snowflake-arctic-embed2|snowflake-arctic-embed-l-v2\.0", 0.568),
        (r"paraphrase-multilingual", 0.278),
        (r"gpt2-xl", 1.5),
        (r"stories260k", 0.00026),
        (r"stories15m", 0.015),
        (r"stories42m", 0.042),
        (r"stories110m", 0.11),
    )
)
"""Dense models whose names carry no number of parameters."""

_DENSE_DEFAULTS = {
    "aya": 8, "aya-expanse": 8, "bakllava": 7, "codegemma": 7, "codellama": 7, "codeqwen": 7, "codestral": 22,
    "cogito": 8, "command-r": 35, "deepcoder": 14, "deepscaler": 1.5, "deepseek-coder": 1.3, "deepseek-llm": 7,
    "devstral": 24, "dolphin-llama3": 8, "dolphin-mistral": 7, "dolphin3": 8, "exaone-deep": 7.8, "exaone3.5": 7.8,
    "falcon": 7, "falcon3": 7, "gemma": 7, "gemma2": 9, "gemma3": 4, "glm4": 9, "granite-code": 3, "hermes3": 8,
    "internlm2": 7, "llama2": 7, "llama3": 8, "llama3.1": 8, "llama3.2": 3, "llama3.2-vision": 11, "llama3.3": 70,
    "llava": 7, "magistral": 24, "marco-o1": 7, "minicpm-v": 8, "mistral": 7, "mistral-openorca": 7, "moondream": 1.8,
    "nemotron": 70, "nemotron-mini": 4, "neural-chat": 7, "olmo2": 7, "openchat": 7, "openhermes": 7, "openthinker": 7,
    "orca-mini": 3, "phi": 2.7, "phi3": 3.8, "phi3.5": 3.8, "qwen": 4, "qwen2": 7, "qwen2.5": 7, "qwen2.5-coder": 7,
    "qwen2.5vl": 7, "qwen3": 8, "qwen3-vl": 8, "reflection": 70, "smollm": 1.7, "smollm2": 1.7,
    "snowflake-arctic-embed": 0.335, "solar": 10.7, "stablelm2": 1.6, "starcoder2": 3, "starling-lm": 7, "tulu3": 8,
    "vicuna": 7, "wizardlm2": 7,
    "yi": 6, "zephyr": 7,
}  # fmt: skip
_MIXED_DEFAULTS = {
    "deepseek-coder-v2": Experts(15.7, 2.4), "deepseek-v2": Experts(15.7, 2.4), "dolphin-mixtral": Experts(46.7, 12.9),
    "gemma3n": Experts(8, 4), "gemma4": Experts(8.0, 4.5), "gpt-oss": Experts(20.9, 3.6), "llama4": Experts(109, 17),
    "mixtral": Experts(46.7, 12.9), "nous-hermes2-mixtral": Experts(46.7, 12.9),
}  # fmt: skip
DEFAULTS = {name: Experts(size, size) for name, size in _DENSE_DEFAULTS.items()} | _MIXED_DEFAULTS
"""What Ollama serves for a name without a tag. Names that mean another model elsewhere (`deepseek-r1`) are not here."""
