"""OpenAI's messages and tools as Ollama wants them. Source: https://github.com/ollama/ollama/blob/main/docs/api.md."""

from collections.abc import Iterable
from typing import Any

import msgspec

from smarterrouter.errors import CannotHonour
from smarterrouter.wire.chat import ImageUrl, Message, Part, ToolCall

_ROLES = {"developer": "system", "function": "tool"}


class _Function(msgspec.Struct):
    strict: bool | None = None


class _Tool(msgspec.Struct):
    type: str = "function"
    function: _Function | None = None


_tool = msgspec.json.Decoder(_Tool)


def translate(messages: Iterable[Message], notes: set[str]) -> list[dict[str, Any]]:
    """All messages in Ollama's shape; what is left out without changing the meaning is added to `notes`.

    Raise `CannotHonour` for parts that are neither text nor an inline image, and for broken tool call arguments.
    """
    tools: dict[str, str] = {}
    """Name of the tool by id of the call: an OpenAI result names the call, an Ollama result the tool."""
    return [_message(message, tools, notes) for message in messages]


def offered(tools: list[msgspec.Raw], notes: set[str]) -> list[msgspec.Raw]:
    """Function tools, passed on as they came. Raise `CannotHonour` for other kinds."""
    for raw in tools:
        try:
            tool = _tool.decode(raw)
        except msgspec.ValidationError as error:
            raise CannotHonour(f"Ollama cannot read this tool definition: {error}.", param="tools") from None
        if tool.type != "function":
            raise CannotHonour(f"Ollama knows function tools only, not `{tool.type}`.", param="tools")
        if tool.function is not None and tool.function.strict:
            notes.add("tools.function.strict")
    return tools


def _message(message: Message, tools: dict[str, str], notes: set[str]) -> dict[str, Any]:
    text, images = _content(message.content, notes)
    made: dict[str, Any] = {"role": _ROLES.get(message.role, message.role), "content": text}
    if images:
        made["images"] = images
    if thinking := message.reasoning_content or message.reasoning:
        made["thinking"] = thinking
    if message.tool_calls:
        made["tool_calls"] = [_tool_call(call, tools) for call in message.tool_calls]
    if made["role"] == "tool":
        _name_result(made, message, tools)
    elif message.name:
        notes.add("messages.name")
    return made


def _name_result(made: dict[str, Any], message: Message, tools: dict[str, str]) -> None:
    if message.tool_call_id:
        made["tool_call_id"] = message.tool_call_id
    if name := tools.get(message.tool_call_id or "") or message.name:
        made["tool_name"] = name


def _content(content: str | list[Part] | None, notes: set[str]) -> tuple[str, list[str]]:
    """The text and the bare base64 images of a message."""
    if not isinstance(content, list):
        return content or "", []
    texts: list[str] = []
    images: list[str] = []
    for part in content:
        if part.type == "text":
            texts.append(part.text or "")
        elif part.type == "image_url" and part.image_url is not None:
            images.append(_image(part.image_url, notes))
        else:
            raise CannotHonour(f"Ollama does not take message parts of type `{part.type}`.", param="messages")
    return "\n".join(texts), images


def _image(image: ImageUrl | str, notes: set[str]) -> str:
    """The base64 of a data URL. Addresses are refused: fetching them would open the gateway's network to callers."""
    if isinstance(image, ImageUrl):
        if image.detail not in {None, "auto"}:
            notes.add("messages.image_url.detail")
        image = image.url
    head, comma, data = image.partition(",")
    if comma and head[:5].lower() == "data:" and head[-7:].lower() == ";base64":
        return data
    raise CannotHonour(
        "Ollama takes images inside the request only: send a data URL with base64 (data:image/png;base64,...).",
        param="messages",
    )


def _tool_call(call: ToolCall, tools: dict[str, str]) -> dict[str, Any]:
    if call.function is None:
        raise CannotHonour(f"Ollama knows function calls only, not `{call.type}`.", param="messages")
    made: dict[str, Any] = {"function": {"name": call.function.name, "arguments": _arguments(call)}}
    if call.id:
        tools[call.id] = call.function.name
        made["id"] = call.id
    return made


def _arguments(call: ToolCall) -> Any:
    """OpenAI's JSON string as the object that Ollama wants."""
    text = call.function.arguments if call.function is not None else ""
    try:
        arguments = msgspec.json.decode(text) if text.strip() else {}
    except (msgspec.DecodeError, RecursionError):
        arguments = None
    if not isinstance(arguments, dict):
        raise CannotHonour(
            f"The arguments of tool call {call.id or '(no id)'} are not a JSON object.", param="messages"
        )
    return arguments
