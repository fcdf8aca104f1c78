"""Which names stand for which capabilities: one row each, for backends that do not say.

Sources: the makers' model cards and API pages, and the capability tags of https://ollama.com/library. Patterns are for
canonical names (see `names.canonical`) and match whole words, so `mini` does not speak for `gemini`.
"""

import re
from typing import NamedTuple

from smarterrouter.catalog.names import tokens


class Row(NamedTuple):
    """A name has the capability when it matches `says` and not `unless`."""

    says: re.Pattern[str]
    unless: re.Pattern[str] | None = None

    def speaks_for(self, text: str) -> bool:
        """Does this row give its capability to the canonical name `text`?"""
        return self.says.search(text) is not None and (self.unless is None or self.unless.search(text) is None)


RANKS = tokens(r"rerank[\d.]*|reranker[\d.]*|rerankqa|cross-encoder|ms-marco")
"""They order documents for a question: neither chat nor embeddings."""

EMBEDS = tokens(
    r"embed\d*|embeddings?\d*|embedder|embedqa|embedcode|embeddinggemma",
    r"nomic|mxbai|bge|e5|gte|gtr|minilm|mpnet|labse|simcse|splade|colbert|llm2vec|linq-embed",
    r"text-(?:similarity|search)|paraphrase|sentence-t5|instructor-(?:base|large|xl)|stella-(?:en|base|large)",
    r"uae-large|jina-clip|voyage[\d.]*",
)

DOES_NOT_CHAT = tokens(
    r"whisper[\d.]*|\w*whisper|tts[\d.]*|xtts|parler|chattts|cosyvoice\d*|kokoro|bark|piper|orpheus|parakeet|speech\d*",
    r"transcribe|transcription|asr|realtime|musicgen|lyria|music",
    r"dall-e\d*|image[\d.]*|stable-diffusion[\d.]*|sdxl|sd[\d.]+|flux[\d.]*|imagen[\d.]*|kandinsky|recraft",
    r"sora[\d.]*|veo[\d.]*|wan2\.\d|cogvideox?|hunyuanvideo",
    r"clip|siglip\d*|(?:al|distil|modern|sci|bio|hu)?bert|roberta|moderation|aqa",
    r"davinci-\d+|babbage-\d+|gpt3\.5-turbo-instruct",
)
"""Speech, images, moderation, masked language models and text completion only."""

ONLY_BY_NAME = tokens(
    r"guard\d*|nemoguard|wildguard|polyguard|qwen3guard|guardian|shieldgemma|safeguard|draft|eagle\d*|speculator",
    r"functiongemma|base|text(?=$|-q\d|-fp16|-latest)",
)
"""Classifiers of safety, parts of a bigger arrangement, models without instruction training."""

VISION = (
    Row(tokens(r"vision|vl\d?|vlm\d?|multimodal|ocr|olmocr|vqa|qwen[\d.]*-?vl|qwen[\d.]*-omni|qvq|qwen3\.5")),
    Row(tokens(r"\w*llava[\d.]*|pixtral|moondream\d*|minicpm-[vo][\d.]*|bunny|cogvlm\d*|idefics\d*|molmo\d*|internvl[\d.]*")),
    Row(tokens(r"smolvlm\d*|glm4[\d.]*v|ovis[\d.]*|fuyu|nvlm|vila[\d.]*|kimi-vl|kimi-k2\.[56]|paligemma\d*|aria|step3")),
    Row(tokens(r"gemma3"), unless=tokens(r"1b|270m|text")),
    Row(tokens(r"gemma3n|gemma4|medgemma[\d.]*"), unless=tokens(r"text")),
    Row(tokens(r"llama4")),
    Row(tokens(r"(?:chat)?gpt4o|gpt4-turbo|gpt4\.1|gpt4\.5|gpt5[\d.]*"),
        unless=tokens(r"audio|search|turbo-preview")),
    Row(tokens(r"o1|o3|o4-mini"), unless=tokens(r"o1-mini|o1-preview|o3-mini")),
    Row(tokens(r"claude3[\d.]*|claude[4-9][\d.]*|claude-(?:opus|sonnet|haiku)[\d.]*")),
    Row(tokens(r"gemini[\d.]*"), unless=tokens(r"gemini1\.0")),
    Row(tokens(r"mistral-small(?:3\.[12]|4|-25\d\d)|mistral-medium(?:3[\d.]*|-25\d\d)|mistral-large(?:3|-2512)"),
        unless=tokens(r"mistral-small-2501")),
    Row(tokens(r"ministral3|magistral-(?:small|medium)-2509|devstral-small2|grok4[\d.]*|nova-(?:lite|pro|premier)")),
)  # fmt: skip

TOOLS = (
    Row(tokens(r"gpt4o|gpt4[\d.]*|gpt5[\d.]*|gpt3\.5-turbo|gpt-oss"), unless=tokens(r"audio|vision-preview|search")),
    Row(tokens(r"o1|o3|o3-mini|o4-mini"), unless=tokens(r"o1-mini|o1-preview")),
    Row(tokens(r"claude3[\d.]*|claude[4-9][\d.]*|claude-(?:opus|sonnet|haiku)[\d.]*")),
    Row(tokens(r"gemini[\d.]*"), unless=tokens(r"gemini1\.0")),
    Row(tokens(r"mistral-(?:large|medium|small|nemo)[\d.]*|ministral\d*|magistral|devstral\d*")),
    Row(tokens(r"pixtral-large|mixtral-8x22b")),
    Row(tokens(r"llama3\.[123]|llama3-[123]|llama4|llama3-groq"), unless=tokens(r"vision")),
    Row(tokens(r"qwen2|qwen2\.5"), unless=tokens(r"vl|math|prm")),
    Row(tokens(r"qwen3[\d.]*|qwq|qwen-(?:max|plus|turbo)")),
    Row(tokens(r"command-r|command-r7b|command-a|hermes[34]|hermes2-pro|firefunction[\w.]*|functionary|xlam")),
    Row(tokens(r"granite3[\d.]*|granite4[\d.]*|nemotron[\d.]*|smollm[23]|phi4-mini|lfm2[\d.]*|cogito|athene-v2")),
    Row(tokens(r"deepseek-(?:v3[\d.]*|v4|chat|r1-0528)|glm4[\d.]*v?|glm5[\d.]*|kimi-k2[\d.]*|kimi-latest")),
    Row(tokens(r"gemma4|seed-oss|exaone4[\d.]*|hunyuan-a13b|grok[234][\d.]*|nova-(?:micro|lite|pro|premier)")),
    Row(tokens(r"step3[\d.]*|minimax-m[12][\d.]*|jamba[\d.]+")),
)  # fmt: skip

THINKING = (
    Row(tokens(r"thinking|reasoning|reasoner|think|r1|deepseek-r1|qwq|qvq|marco-o1|openthinker\d*|exaone-deep|smallthinker"),
        unless=tokens(r"no-think|non-thinking|non-reasoning|nothink")),
    Row(tokens(r"qwen3"), unless=tokens(r"instruct|coder|embedding|reranker")),
    Row(tokens(r"qwen3\.5|gpt-oss|o1|o1-mini|o1-preview|o3|o3-mini|o4-mini|gpt5[\d.]*"), unless=tokens(r"gpt5-chat")),
    Row(tokens(r"magistral|deepscaler|cogito|seed-oss|smollm3|gemma4|minimax-m[12][\d.]*|kimi-k2\.[56]")),
    Row(tokens(r"deepseek-(?:v3\.[12]|v4)|glm4\.[567]v?|glm5[\d.]*|glm-z1|grok4[\d.]*|grok3-mini")),
    Row(tokens(r"gemini(?:2\.5|3[\d.]*)|claude3[.-]7|claude[4-9][\d.]*|claude-(?:opus|sonnet|haiku)[4-9][\d.]*"),
        unless=tokens(r"image|tts")),
)  # fmt: skip
