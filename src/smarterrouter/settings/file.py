"""`FileConfig`: what `smarterrouter.yaml` holds and the environment cannot express."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple

import yaml
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from smarterrouter.settings.group import Group, setting
from smarterrouter.settings.kinds import BaseUrl, Globs, Kind, Positive, Seconds, Secret
from smarterrouter.settings.problems import did_you_mean, explain

_BACKEND_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}|^os\.environ/([A-Za-z_][A-Za-z0-9_]*)$")
_SETTINGS = "settings"


def _backend_name(name: str) -> str:
    if not _BACKEND_NAME.fullmatch(name):
        raise ValueError("must consist of letters, digits, dots, dashes and underscores: it begins the names of models")
    return name


def _headers(found: dict[str, SecretStr]) -> dict[str, SecretStr]:
    for name, value in found.items():
        if not _HEADER.fullmatch(name) or not value.get_secret_value().isprintable():
            raise ValueError("has a name or value that no HTTP header may have")
    return found


def _as_list(value: Any) -> Any:
    if isinstance(value, str | list):
        return [value] if isinstance(value, str) else value
    raise ValueError("must be a model or a list of models")


def _not_empty(found: list[str]) -> list[str]:
    if not found or not all(item.strip() for item in found):
        raise ValueError("must name at least one model")
    return found


class BackendEntry(Group):
    """One place that serves models."""

    name: Annotated[str, Kind("a short name"), AfterValidator(_backend_name)] = Field(
        description="Short name of your choice; it begins the names of the models."
    )
    kind: Annotated[str, Kind("a kind of backend, such as ollama, llama.cpp, openai, vllm")] = Field(
        description="What it is: ollama, llama.cpp, local, or a vendor or server that speaks OpenAI's protocol."
    )
    url: BaseUrl | None = setting(None, "Its address; vendors have one already.")
    api_key: Secret | None = setting(None, "Its key.")
    prefix: str = setting("", "Text put before every model name that is sent to it.")
    include: Globs = setting((), "Use only models whose names match one of these; empty means all.")
    exclude: Globs = setting((), "Never use models whose names match one of these.")
    headers: Annotated[dict[str, SecretStr], Kind("a mapping of header names to values"), AfterValidator(_headers)] = (
        setting({}, "Further request headers.")
    )
    timeout_seconds: Seconds | None = setting(None, "Longest wait for it; unset, ROUTER_GENERATION_TIMEOUT counts.")
    context_tokens: Positive | None = setting(None, "Most tokens that one request may take there.")


class PriceEntry(Group):
    """What a million tokens cost, in US dollars."""

    input_per_million: float = setting(0.0, "US dollars for a million tokens of prompts.", ge=0)
    output_per_million: float = setting(0.0, "US dollars for a million tokens of answers.", ge=0)


def _unique(found: list[BackendEntry]) -> list[BackendEntry]:
    names = [entry.name.lower() for entry in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"has several entries with the name {twice[0]!r}")
    return found


Alias = Annotated[list[str], BeforeValidator(_as_list), AfterValidator(_not_empty)]


class FileConfig(Group):
    """The optional YAML file."""

    backends: Annotated[list[BackendEntry], Kind("a list of backends"), AfterValidator(_unique)] = setting(
        [], "All backends, where one is not enough."
    )
    aliases: Annotated[dict[str, Alias], Kind("a mapping of names to models")] = setting(
        {}, "Further names of models; several models behind one name are tried in turn."
    )
    prices: Annotated[dict[str, PriceEntry], Kind("a mapping of patterns to prices")] = setting(
        {}, "Prices of models whose names match a pattern."
    )


_ENTRIES: dict[str, type[Group]] = {"backends": BackendEntry, "prices": PriceEntry}


class Contents(NamedTuple):
    """What a file said: the parsed part, the settings under `settings:`, and what is wrong."""

    config: FileConfig
    settings: Mapping[str, Any]
    problems: list[str]


class _Loader(yaml.SafeLoader):
    """Refuses a key that is written twice: YAML would drop the first silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen and key.value != "<<":
                raise yaml.MarkedYAMLError(problem=f"{key.value!r} is written twice", problem_mark=key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def read(text: str, title: str, environment: Mapping[str, str]) -> Contents:
    """Parse the file named `title`; `${NAME}` and `os.environ/NAME` are taken from `environment`."""
    try:
        found = yaml.load(text, _Loader)  # noqa: S506 - _Loader is a SafeLoader
    except yaml.MarkedYAMLError as error:
        where = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        return Contents(FileConfig(), {}, [f"{title}{where}: {error.problem or 'is not valid YAML'}"])
    except (yaml.YAMLError, RecursionError, ValueError):
        return Contents(FileConfig(), {}, [f"{title}: is not valid YAML"])
    if not isinstance(found, dict | None):
        return Contents(FileConfig(), {}, [f"{title}: must be a mapping with backends, aliases, prices or settings"])
    try:
        return _parse(found or {}, title, environment)
    except RecursionError:
        return Contents(FileConfig(), {}, [f"{title}: contains itself"])


def _parse(found: dict[Any, Any], title: str, environment: Mapping[str, str]) -> Contents:
    problems: list[str] = []

    def missing(where: str, name: str) -> None:
        problems.append(f"{title}: {where}: the environment has no value for {name}")

    filled = _filled(found, "", environment, missing)
    settings = filled.pop(_SETTINGS, None) or {}
    if not isinstance(settings, dict):
        problems.append(f"{title}: settings: must be a mapping of names to values")
        settings = {}
    try:
        return Contents(FileConfig.model_validate(filled), settings, problems)
    except ValidationError as error:
        problems += [_sentence(title, detail) for detail in error.errors(include_url=False)]
        return Contents(FileConfig(), settings, problems)


def _filled(value: Any, where: str, environment: Mapping[str, str], missing: Callable[[str, str], None]) -> Any:
    """`value` with every reference to the environment replaced; `missing` hears of those that have no value."""
    if isinstance(value, dict):
        return {
            key: _filled(item, f"{where}.{key}" if where else str(key), environment, missing)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_filled(item, f"{where}[{index}]", environment, missing) for index, item in enumerate(value)]
    if not isinstance(value, str):
        return value

    def replace(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if not environment.get(name):
            missing(where, name)
        return environment.get(name, "")

    return _REFERENCE.sub(replace, value)


def _sentence(title: str, error: ErrorDetails) -> str:
    place = [part for part in error["loc"] if part != "[key]"]
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")
    fields = _fields_at(place)
    if error["type"] == "extra_forbidden":
        known = [*fields, _SETTINGS] if len(place) == 1 else list(fields)
        return f"{title}: {where}: there is no such name.{did_you_mean(str(place[-1]), known)}"
    if error["type"] == "missing":
        return f"{title}: {where}: is missing"
    return explain(error, f"{title}: {where}" if where else title, _field_at(place, fields))


def _fields_at(place: list[int | str]) -> dict[str, FieldInfo]:
    if len(place) > 1:
        return _ENTRIES[str(place[0])].model_fields if str(place[0]) in _ENTRIES else {}
    return FileConfig.model_fields


def _field_at(place: list[int | str], fields: dict[str, FieldInfo]) -> FieldInfo | None:
    depth = 2 if len(place) > 1 else 0  # backends[0].url, prices.gpt*.input_per_million
    return fields.get(str(place[depth])) if len(place) > depth else None
