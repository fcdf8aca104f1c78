"""Known OpenAI-compatible vendors and servers: one row each.

A row says where a vendor is and which request members it is known to refuse, to ignore or to name differently, after
the vendor's own API reference. `changes_meaning` says which of them may not be left out silently.
"""

from msgspec import Struct, field


class Vendor(Struct, frozen=True):
    """What is special about one OpenAI-compatible server. The defaults describe a plain one."""

    url: str = ""
    """Public base address; empty for servers that people run themselves."""
    source: str = ""
    """Where the facts of this row come from."""
    local: bool = False
    """Runs on hardware of the user's own."""
    lacks: frozenset[str] = frozenset()
    """Request members that it refuses or ignores."""
    renames: dict[str, str] = field(default_factory=dict)
    """Members that it knows under another name."""
    single_choice: bool = False
    """Gives one choice only, whatever `n` says."""
    tokenize: str = ""
    """Path of an endpoint, from the server's root, that counts the tokens of a chat request."""


_MEANING = frozenset({"response_format", "logit_bias", "logprobs", "top_logprobs", "tools", "functions", "stop"})


def changes_meaning(member: str) -> bool:
    """Would the answer be another thing, not only a slightly different one, without this member?"""
    return member in _MEANING


VENDORS: dict[str, Vendor] = {
    "compatible": Vendor(local=True),  # any other server that speaks OpenAI's protocol
    "vllm": Vendor(
        "", "https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html", local=True, tokenize="/tokenize"
    ),
    "sglang": Vendor("", "https://docs.sglang.ai/basic_usage/openai_api.html", local=True),
    "tgi": Vendor("", "https://huggingface.co/docs/text-generation-inference/messages_api", local=True),
    "lmstudio": Vendor("", "https://lmstudio.ai/docs/app/api/endpoints/openai", local=True),
    "llamafile": Vendor("", "https://github.com/mozilla-ai/llamafile", local=True),
    "localai": Vendor("", "https://localai.io", local=True),
    "litellm": Vendor("", "https://docs.litellm.ai/docs/simple_proxy"),
    "openai": Vendor("https://api.openai.com/v1", "https://platform.openai.com/docs/api-reference"),
    "openrouter": Vendor("https://openrouter.ai/api/v1", "https://openrouter.ai/docs/api-reference"),
    "groq": Vendor(
        "https://api.groq.com/openai/v1",
        "https://console.groq.com/docs/openai",
        lacks=frozenset({"logit_bias", "logprobs", "top_logprobs"}),
        single_choice=True,
    ),
    "mistral": Vendor(
        "https://api.mistral.ai/v1",
        "https://docs.mistral.ai/api",
        lacks=frozenset(
            {"logit_bias", "logprobs", "top_logprobs", "stream_options", "user", "store", "service_tier", "metadata"}
        ),
        renames={"max_completion_tokens": "max_tokens", "seed": "random_seed"},
    ),
    "anthropic": Vendor(
        "https://api.anthropic.com/v1",
        "https://docs.anthropic.com/en/api/openai-sdk",
        lacks=frozenset(
            {
                *("logit_bias", "logprobs", "top_logprobs", "response_format", "prediction", "presence_penalty"),
                *("frequency_penalty", "seed", "service_tier", "audio", "store", "user", "modalities"),
                *("metadata", "reasoning_effort"),
            }
        ),
        single_choice=True,
    ),
    "google": Vendor(
        "https://generativelanguage.googleapis.com/v1beta/openai", "https://ai.google.dev/gemini-api/docs/openai"
    ),
    "deepseek": Vendor("https://api.deepseek.com/v1", "https://api-docs.deepseek.com"),
    "together": Vendor("https://api.together.xyz/v1", "https://docs.together.ai/docs/openai-api-compatibility"),
    "fireworks": Vendor("https://api.fireworks.ai/inference/v1", "https://docs.fireworks.ai"),
    "cerebras": Vendor("https://api.cerebras.ai/v1", "https://inference-docs.cerebras.ai/resources/openai"),
    "xai": Vendor("https://api.x.ai/v1", "https://docs.x.ai/docs/api-reference"),
    "nvidia": Vendor("https://integrate.api.nvidia.com/v1", "https://docs.api.nvidia.com/nim/reference/llm-apis"),
}
