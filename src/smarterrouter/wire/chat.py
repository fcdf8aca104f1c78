"""OpenAI chat and text completion shapes: requests as we read them, answers as we write them.

Source: https://platform.openai.com/docs/api-reference/chat. Only what the
gateway looks at is typed; the rest stays raw.
"""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field

from smarterrouter.wire.texts import Texts, check_one_kind

Temperature = Annotated[float, Meta(ge=0, le=2)]
Probability = Annotated[float, Meta(ge=0, le=1)]
Penalty = Annotated[float, Meta(ge=-2, le=2)]
Count = Annotated[int, Meta(ge=1, le=128)]
Tokens = Annotated[int, Meta(ge=-1, le=2**31)]
Role = Literal["system", "developer", "user", "assistant", "tool", "function"]
Effort = Annotated[str, Meta(max_length=32)]


class ImageUrl(Struct, gc=False):
    """Where an image is: a data URL or an address."""

    url: str
    detail: str | None = None


class Part(Struct, gc=False):
    """One part of a message. Other kinds than text and image_url are relayed untouched."""

    type: str
    text: str | None = None
    image_url: ImageUrl | str | None = None


class FunctionCall(Struct, gc=False):
    """A function and its arguments as a JSON string."""

    name: str = ""
    arguments: str = ""


class ToolCall(Struct, gc=False):
    """One call that the assistant asked for."""

    id: str = ""
    type: str = "function"
    function: FunctionCall | None = None
    index: int | None = None


class Message(Struct, gc=False):
    """One message of the conversation."""

    role: Role
    content: str | list[Part] | None = None
    name: str | None = None
    tool_calls: list[ToolCall] | None = None
    tool_call_id: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None


class ResponseFormat(Struct, gc=False):
    """text, json_object, or json_schema with its schema."""

    type: str
    json_schema: Any = None


class StreamOptions(Struct, gc=False):
    """Does the caller want the usage chunk?"""

    include_usage: bool | None = None


class ChatRequest(Struct, gc=False):
    """A typed view of a chat request. Sampling members are validated here and relayed as they came."""

    messages: Annotated[list[Message], Meta(min_length=1)]
    model: str | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    tools: list[Raw] | None = None
    tool_choice: Any = None
    parallel_tool_calls: bool | None = None
    functions: list[Raw] | None = None
    function_call: Any = None
    response_format: ResponseFormat | None = None
    max_tokens: Tokens | None = None
    max_completion_tokens: Tokens | None = None
    n: Count | None = None
    temperature: Temperature | None = None
    top_p: Probability | None = None
    presence_penalty: Penalty | None = None
    frequency_penalty: Penalty | None = None
    seed: int | None = None
    stop: str | list[str] | None = None
    logit_bias: dict[str, float] | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, Meta(ge=0, le=20)] | None = None
    user: str | None = None
    reasoning_effort: Effort | None = None

    @property
    def answer_tokens(self) -> int:
        """How many tokens the caller asks for at most; 0 when not said."""
        return max(self.max_completion_tokens or self.max_tokens or 0, 0)

    @property
    def wants_json(self) -> bool:
        """Did the caller ask for JSON output?"""
        return self.response_format is not None and self.response_format.type in {"json_object", "json_schema"}

    @property
    def wants_tools(self) -> bool:
        """Did the caller offer tools and not forbid their use?"""
        return bool(self.tools or self.functions) and self.tool_choice != "none"

    @property
    def wants_usage(self) -> bool:
        """Did the caller ask for a usage chunk?"""
        return self.stream_options is not None and bool(self.stream_options.include_usage)


class CompletionRequest(Struct, gc=False):
    """A typed view of a legacy text completion request."""

    prompt: Texts
    model: str | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    suffix: str | None = None
    max_tokens: Tokens | None = None
    n: Count | None = None
    best_of: Count | None = None
    temperature: Temperature | None = None
    top_p: Probability | None = None
    presence_penalty: Penalty | None = None
    frequency_penalty: Penalty | None = None
    seed: int | None = None
    stop: str | list[str] | None = None
    logprobs: Annotated[int, Meta(ge=0, le=20)] | None = None
    echo: bool | None = None
    logit_bias: dict[str, float] | None = None
    user: str | None = None

    def __post_init__(self) -> None:
        check_one_kind(self.prompt)

    @property
    def wants_usage(self) -> bool:
        """Did the caller ask for a usage chunk?"""
        return self.stream_options is not None and bool(self.stream_options.include_usage)


class Usage(Struct, gc=False):
    """Token counts."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0


class Delta(Struct, omit_defaults=True, gc=False):
    """What one chunk adds. `tool_calls` and `reasoning_content` only where there are some."""

    role: str | UnsetType = UNSET
    content: str | UnsetType | None = UNSET
    reasoning_content: str | UnsetType = UNSET
    tool_calls: list[dict[str, Any]] | UnsetType = UNSET


class ChunkChoice(Struct, gc=False):
    """One choice of a chunk."""

    index: int = 0
    delta: Delta = field(default_factory=Delta)
    logprobs: Any = None
    finish_reason: str | None = None


class ChatChunk(Struct, gc=False):
    """One event of a streamed chat completion."""

    id: str
    created: int
    model: str
    choices: list[ChunkChoice]
    object: str = "chat.completion.chunk"
    usage: Usage | UnsetType = UNSET


class AnswerMessage(Struct, gc=False):
    """The assistant's message in a whole answer."""

    role: str = "assistant"
    content: str | None = None
    reasoning_content: str | UnsetType = UNSET
    tool_calls: list[dict[str, Any]] | UnsetType = UNSET


class Choice(Struct, gc=False):
    """One choice of a whole answer."""

    index: int
    message: AnswerMessage
    logprobs: Any = None
    finish_reason: str | None = None


class ChatCompletion(Struct, gc=False):
    """A whole chat answer."""

    id: str
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    object: str = "chat.completion"


class SeenChoice(Struct, gc=False):
    """What accounting reads of a choice."""

    finish_reason: str | None = None


class SeenAnswer(Struct, gc=False):
    """What accounting reads of a relayed answer: is it one, and what did it use?"""

    choices: list[SeenChoice] | None = None
    data: Raw | UnsetType = UNSET
    """Vectors, in an embeddings answer."""
    usage: Usage | None = None
    error: Any = None
