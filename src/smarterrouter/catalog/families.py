"""What must be known about families to read their names: makers, repackers, single sizes, snapshots, other spellings.

Sources: the makers' model cards on https://huggingface.co, their lists of models
(https://platform.openai.com/docs/models, https://docs.anthropic.com/en/docs/about-claude/models,
https://docs.mistral.ai/getting-started/models, https://api-docs.deepseek.com/updates), and https://ollama.com/library
for tags. Words are as `spelling.read` gives them.
"""

from typing import NamedTuple

OWNERS = {
    "meta-llama": "meta", "meta": "meta", "codellama": "meta", "facebook": "meta",
    "qwen": "alibaba", "alibaba": "alibaba", "alibaba-nlp": "alibaba",
    "google": "google", "gemini": "google", "mistralai": "mistral",
    "mistral-community": "mistral", "mistral": "mistral",
    "deepseek-ai": "deepseek", "deepseek": "deepseek", "microsoft": "microsoft", "openai": "openai",
    "anthropic": "anthropic", "coherelabs": "cohere", "cohereforai": "cohere", "cohere": "cohere",
    "nvidia": "nvidia", "01-ai": "01-ai", "thudm": "zhipu", "zai-org": "zhipu", "z-ai": "zhipu", "zai": "zhipu",
    "moonshotai": "moonshot", "minimaxai": "minimax", "minimax": "minimax", "x-ai": "xai", "xai": "xai",
    "amazon": "amazon", "ai21labs": "ai21", "ai21": "ai21", "databricks": "databricks", "snowflake": "snowflake",
    "ibm-granite": "ibm", "ibm": "ibm", "internlm": "internlm", "huggingfacetb": "huggingface", "tiiuae": "tii",
    "allenai": "allenai", "liquidai": "liquid", "tinyllama": "tinyllama", "bigcode": "bigcode",
    "lgai-exaone": "lg", "upstage": "upstage", "stabilityai": "stability", "mosaicml": "mosaicml",
    "eleutherai": "eleutherai", "nexusflow": "nexusflow", "xiaomimimo": "xiaomi", "tencent": "tencent",
    "baidu": "baidu", "cognitivecomputations": "cognitivecomputations", "meetkai": "meetkai",
    "salesforce": "salesforce", "teknium": "teknium", "lmsys": "lmsys", "bytedance-seed": "bytedance",
    "stepfun-ai": "stepfun", "openbmb": "openbmb", "writer": "writer",
}  # fmt: skip
"""Accounts of makers on hubs, and vendor prefixes of gateways: who made a model that is published under them."""

REPACKERS = frozenset({
    "bartowski", "unsloth", "thebloke", "lmstudio-community", "mlx-community", "ggml-org", "mradermacher",
    "quantfactory", "neuralmagic", "redhatai", "nm-testing", "hugging-quants", "casperhansen", "solidrust",
    "turboderp", "gabriellarson", "mungert", "second-state", "nousresearch", "prunaai", "stelterlab", "cortecs",
    "isotr0py", "qwen-gguf", "kaitchup", "parasail-ai", "mgoin", "amd", "intel", "onnx-community",
})  # fmt: skip
"""Accounts that publish other people's models unchanged or quantised. Their own models have names of their own."""

ROUTES = frozenset({
    "openrouter", "bedrock", "vertex_ai", "azure", "azure_ai", "groq", "cerebras", "together_ai", "together",
    "ollama", "library", "fireworks", "fireworks_ai", "accounts", "models", "deepinfra", "novita", "sambanova",
    "perplexity", "replicate", "huggingface", "lmstudio", "vllm", "litellm", "hosted_vllm", "openai_like", "@cf",
    "@hf", "hf", "nvidia_nim", "converse", "invoke", "sagemaker", "watsonx", "models.", "snapshots", "hub",
})  # fmt: skip
"""Path segments that say by which way a model is reached, not which model it is."""

VENDOR_WORDS = frozenset({
    "meta", "nvidia", "amazon", "ai21", "ai21labs", "snowflake", "databricks", "google", "microsoft", "c4ai",
    "zai", "moonshotai", "mistralai", "cohere", "alibaba", "anthropic", "openai", "xai", "ibm", "baidu", "tencent",
    "thudm",
})  # fmt: skip
"""Vendors that some write in front of a model's name and others do not."""

FAMILIES = {
    "llama": "meta", "codellama": "meta", "gemma": "google", "codegemma": "google", "gemini": "google",
    "medgemma": "google", "qwen": "alibaba", "qwq": "alibaba", "qvq": "alibaba", "codeqwen": "alibaba",
    "mistral": "mistral", "mixtral": "mistral", "ministral": "mistral", "magistral": "mistral", "devstral": "mistral",
    "codestral": "mistral", "mathstral": "mistral", "pixtral": "mistral", "voxtral": "mistral",
    "deepseek": "deepseek", "phi": "microsoft", "gpt": "openai", "chatgpt": "openai", "o1": "openai", "o3": "openai",
    "o4": "openai", "claude": "anthropic", "command": "cohere", "aya": "cohere", "nemotron": "nvidia", "yi": "01-ai",
    "glm": "zhipu", "chatglm": "zhipu", "kimi": "moonshot", "minimax": "minimax", "grok": "xai", "nova": "amazon",
    "jamba": "ai21", "dbrx": "databricks", "arctic": "snowflake", "granite": "ibm", "internlm": "internlm",
    "smollm": "huggingface", "falcon": "tii", "olmo": "allenai", "olmoe": "allenai", "tulu": "allenai", "lfm": "liquid",
    "tinyllama": "tinyllama", "starcoder": "bigcode", "exaone": "lg", "solar": "upstage", "stablelm": "stability",
    "mpt": "mosaicml", "athene": "nexusflow", "mimo": "xiaomi", "hunyuan": "tencent", "ernie": "baidu",
    "seed": "bytedance", "step": "stepfun", "minicpm": "openbmb", "palmyra": "writer",
}  # fmt: skip
"""The word that names a family, and who makes it."""

DERIVED_BY = frozenset({
    "hermes", "dolphin", "openhermes", "nous", "eva", "hanami", "stheno", "calme", "homer", "vicuna", "wizardlm",
    "zephyr", "openchat", "starling", "orca", "tulu", "chimera", "athene", "deephermes", "abliterated",
    "uncensored", "sorcererlm", "whiterabbitneo", "distill", "nemotron", "functionary", "xlam", "firefunction",
    "llava",
})  # fmt: skip
"""Words that make a name one of a derived model, however many words of its parent stand beside them."""

BARE_IS_BASE = (
    ("llama", ("", "1", "2", "3", "3.1", "3.2")), ("codellama", None), ("gemma", None), ("codegemma", None),
    ("mistral", ("0.1", "0.2", "0.3")), ("mixtral", None), ("qwen", ("", "1.5", "2", "2.5")), ("yi", None),
    ("falcon", None), ("deepseek", ("2",)), ("internlm", None), ("olmo", None), ("olmoe", None), ("smollm", ("", "2")),
    ("jamba", ("0.1",)), ("starcoder", None), ("mpt", None), ("tinyllama", None), ("stablelm", None),
)  # fmt: skip
"""Families (and versions) whose maker publishes the untuned model under the bare name and adds a word for the tuned."""


class Single(NamedTuple):
    """A model of one size: whether a name writes it or not says nothing."""

    words: frozenset[str]
    versions: tuple[str, ...] | None
    """None: any."""
    size: float
    also: tuple[float, ...] = ()
    """Other numbers that are written for the same size, in billions."""


def _single(words: str, versions: str | None, size: float, *also: float) -> Single:
    return Single(frozenset(words.split()), None if versions is None else tuple(versions.split()), size, also)


SINGLES = (
    _single("phi", "4", 14, 14.7), _single("phi thinking", "4", 14, 14.7), _single("phi mini", "4", 3.8, 4),
    _single("phi mini", "3.5", 3.8, 4), _single("phi mini 4k", "3", 3.8, 4), _single("phi mini 128k", "3", 3.8, 4),
    _single("phi medium 4k", "3", 14), _single("phi medium 128k", "3", 14), _single("phi", "2", 2.7),
    _single("qwq", "", 32), _single("qwq preview", "", 32), _single("qvq preview", "", 72), _single("llama", "3.3", 70),
    _single("mistral nemo", "", 12), _single("mathstral", None, 7), _single("codestral", "", 22),
    _single("codestral", "0.1", 22), _single("pixtral", "", 12), _single("pixtral large", "", 124),
    _single("command r", "", 35), _single("command r plus", "", 104), _single("command a", "", 111),
    _single("command r7b", "", 7, 8), _single("athene", "2", 72), _single("smollm", "3", 3),
    _single("tinyllama", None, 1.1), _single("deepseek", "3", 671, 685), _single("deepseek", "3.1", 671, 685),
    _single("deepseek", "3.2", 671, 685), _single("deepseek thinking", "3.1", 671, 685),
    _single("deepseek r1", "", 671, 685), _single("deepseek", "2", 236), _single("deepseek", "2.5", 236),
    _single("deepseek coder", "2", 236), _single("deepseek coder lite", "2", 16, 15.7),
    _single("deepseek lite", "2", 16, 15.7),
    _single("kimi k2", None, 1000), _single("kimi k2.5", None, 1000), _single("kimi k2 thinking", None, 1000),
    _single("glm", "4.5", 355), _single("glm", "4.6", 355), _single("glm", "4.7", 355), _single("glm air", "4.5", 106),
    _single("glm flash", "4.7", 30), _single("minimax m2", None, 230), _single("minimax m2.1", None, 230),
    _single("minimax m2.5", None, 230), _single("dbrx", None, 132), _single("llama scout", "4", 109, 17),
    _single("llama maverick", "4", 400, 17), _single("devstral small", None, 24), _single("magistral small", None, 24),
    _single("nemotron nano", "3", 30), _single("nemotron super", "3", 120), _single("qwen next", "3", 80),
    _single("qwen next thinking", "3", 80), _single("qwen coder next", "3", 80), _single("mistral small", "3", 24),
    _single("mistral small", "3.1", 24), _single("mistral small", "3.2", 24), _single("mistral large", "3", 675),
)  # fmt: skip

RELEASES = {
    ("mistral small", "3"): "2501", ("mistral small", "3.1"): "2503", ("mistral small", "3.2"): "2506",
    ("mistral medium", "3"): "2505", ("mistral medium", "3.1"): "2508", ("mistral large", "3"): "2512",
    ("magistral small", "1"): "2506", ("magistral small", "1.1"): "2507", ("magistral small", "1.2"): "2509",
    ("magistral medium", "1"): "2506", ("magistral medium", "1.1"): "2507", ("magistral medium", "1.2"): "2509",
    ("devstral small", "1"): "2505", ("devstral small", "1.1"): "2507", ("codestral", "0.1"): "2405",
}  # fmt: skip
"""Releases that their maker names by a version and by a month: the month is what we keep."""

RELEASE_SIZES = {
    ("mistral small", "2409"): 22, ("mistral small", "2501"): 24, ("mistral small", "2503"): 24,
    ("mistral small", "2506"): 24, ("mistral large", "2407"): 123, ("mistral large", "2411"): 123,
    ("mistral large", "2512"): 675, ("magistral small", "2506"): 24, ("magistral small", "2507"): 24,
    ("magistral small", "2509"): 24, ("devstral small", "2505"): 24, ("devstral small", "2507"): 24,
    ("codestral", "2405"): 22,
}  # fmt: skip
"""The one size of a dated release, which some write and others do not."""

SNAPSHOTS = {
    ("gpt 4o", ""): ("20240513", "20240806", "20241120"),
    ("gpt 4o mini", ""): ("20240718",),
    ("chatgpt 4o", ""): ("20240808", "20240903", "20241120", "20250129", "20250326"),
    ("gpt", "4"): ("20230314", "20230613", "20231106", "20240125"),
    ("gpt turbo", "4"): ("20231106", "20240125", "20240409"),
    ("gpt turbo", "3.5"): ("20230301", "20230613", "20231106", "20240125"),
    ("gpt", "4.1"): ("20250414",), ("gpt mini", "4.1"): ("20250414",), ("gpt nano", "4.1"): ("20250414",),
    ("gpt", "5"): ("20250807",), ("gpt mini", "5"): ("20250807",), ("gpt nano", "5"): ("20250807",),
    ("o1", ""): ("20241217",), ("o1 preview", ""): ("20240912",), ("o1 mini", ""): ("20240912",),
    ("o3", ""): ("20250416",), ("o3 mini", ""): ("20250131",), ("o4 mini", ""): ("20250416",),
    ("claude sonnet", "3.5"): ("20240620", "20241022"),
    ("claude haiku", "3.5"): ("20241022",), ("claude sonnet", "3.7"): ("20250219",),
    ("claude opus", "3"): ("20240229",), ("claude sonnet", "3"): ("20240229",), ("claude haiku", "3"): ("20240307",),
    ("grok", "4"): ("20250709",), ("grok", "2"): ("20240813", "20241212"),
    ("deepseek", "3"): ("20241226", "20250324"), ("deepseek r1", ""): ("20250120", "20250528"),
    ("deepseek", "2"): ("20240506", "20240628"), ("deepseek", "2.5"): ("20240905", "20241210"),
    ("deepseek coder", "2"): ("20240614", "20240724"),
    ("mistral nemo", ""): ("2407",), ("ministral", ""): ("2410",), ("pixtral", ""): ("2409",),
    ("pixtral large", ""): ("2411",), ("codestral", ""): ("2405", "2501", "2508"),
    ("mistral small", ""): ("2402", "2409", "2501", "2503", "2506"), ("mistral medium", ""): ("2312", "2505", "2508"),
    ("mistral large", ""): ("2402", "2407", "2411", "2512"),
    ("magistral small", ""): ("2506", "2507", "2509"), ("devstral small", ""): ("2505", "2507", "2512"),
    ("ministral", "3"): ("2512",), ("mistral large", "3"): ("2512",),
    ("command r", ""): ("2403", "2408"), ("command r plus", ""): ("2404", "2408"),
    ("command a", ""): ("2503",), ("command r7b", ""): ("2412",), ("command a thinking", ""): ("2508",),
    ("glm", "4"): ("0414",), ("kimi k2", ""): ("0711", "0905"),
}  # fmt: skip
"""Dated snapshots by words and version. With one, the undated name means it; with several, it means none of them."""

FROZEN = {("claude sonnet", "3.5"): "20241022", ("claude haiku", "3.5"): "20241022", ("claude opus", "3"): "20240229"}
"""Lines that their maker has ended: `-latest` means this snapshot for good."""

MOVED_TAGS = frozenset(
    {"qwen3:4b", "qwen3:30b", "qwen3:235b", "deepseek-r1:latest", "deepseek-r1:8b", "deepseek-r1:671b"}
)
"""Ollama tags that were pointed at another model later: what an installed one holds, its name cannot say."""

OLLAMA_MEANS = {
    "llama4": "llama4:scout", "llama4:16x17b": "llama4:scout", "llama4:128x17b": "llama4:maverick",
    "gemma3n": "gemma3n:e4b", "gemma4": "gemma4:e4b", "gpt-oss": "gpt-oss:20b", "mixtral": "mixtral:8x7b",
    "dolphin-mixtral": "dolphin-mixtral:8x7b", "nous-hermes2-mixtral": "nous-hermes2-mixtral:8x7b",
    "deepseek-v2:16b": "deepseek-v2-lite", "deepseek-coder-v2:16b": "deepseek-coder-v2-lite",
    "deepseek-coder-v2:latest": "deepseek-coder-v2-lite", "deepseek-v2:latest": "deepseek-v2-lite",
    "deepseek-r1:1.5b": "deepseek-r1-distill-qwen-1.5b", "deepseek-r1:7b": "deepseek-r1-distill-qwen-7b",
    "deepseek-r1:14b": "deepseek-r1-distill-qwen-14b", "deepseek-r1:32b": "deepseek-r1-distill-qwen-32b",
    "deepseek-r1:70b": "deepseek-r1-distill-llama-70b", "mistral-small:24b": "mistral-small-2501",
    "mistral-small:22b": "mistral-small-2409", "phi3:14b": "phi3:medium", "phi3:3.8b": "phi3:mini", "phi3": "phi3:mini",
    "phi3.5": "phi3.5-mini", "phi3.5:3.8b": "phi3.5-mini", "mistral": "mistral:7b-instruct-v0.3",
    "mistral:7b": "mistral:7b-instruct-v0.3", "mistral:instruct": "mistral:7b-instruct-v0.3",
    "mistral:7b-instruct": "mistral:7b-instruct-v0.3", "nemotron": "llama3.1-nemotron:70b",
    "nemotron:70b": "llama3.1-nemotron:70b", "codestral:22b": "codestral-2405", "codestral:latest": "codestral-2405",
    "deepseek-coder:6.7b": "deepseek-coder:6.7b-instruct",
    "zephyr": "zephyr-7b-beta", "zephyr:7b": "zephyr-7b-beta", "olmo2:7b": "olmo-2-1124-7b-instruct",
    "olmo2:13b": "olmo-2-1124-13b-instruct", "hermes3": "hermes-3-llama-3.1-8b", "hermes3:8b": "hermes-3-llama-3.1-8b",
    "hermes3:3b": "hermes-3-llama-3.2-3b", "hermes3:70b": "hermes-3-llama-3.1-70b",
    "dolphin3": "dolphin3.0-llama3.1-8b", "dolphin3:8b": "dolphin3.0-llama3.1-8b",
    "llama3.2-vision": "llama3.2-vision:11b", "tinyllama": "tinyllama:1.1b-chat",
}  # fmt: skip
"""Ollama's short tags in a spelling that says which model they are, without quantisation."""
