"""`FileConfig`: what `smarterrouter.yaml` holds and the environment cannot express."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple, get_args, get_origin

import yaml
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from smarterrouter.settings.group import Group, setting
from smarterrouter.settings.kinds import BaseUrl, Globs, Kind, Positive, Seconds, Secret
from smarterrouter.settings.problems import did_you_mean, explain
from smarterrouter.settings.rules import RulesEntry

_BACKEND_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}|^os\.environ/([A-Za-z_][A-Za-z0-9_]*)$")
_SETTINGS = "settings"
_ROUTING = "routing"


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
    routing: Annotated[RulesEntry, Kind("a mapping of rules and tests")] = setting(
        RulesEntry(), "Your own rules of routing, and tests of them."
    )


class Contents(NamedTuple):
    """What a file said: the parsed part, the settings under `settings:`, and what is wrong."""

    config: FileConfig
    settings: Mapping[str, Any]
    problems: list[str]


class RulesRead(NamedTuple):
    """What a file said under `routing:`, and what is wrong with that part."""

    rules: RulesEntry
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
    problems: list[str] = []
    filled = _mapping(text, title, environment, problems)
    settings = filled.pop(_SETTINGS, None) or {}
    if not isinstance(settings, dict):
        problems.append(f"{title}: settings: must be a mapping of names to values")
        settings = {}
    return Contents(_parsed(filled, title, problems), settings, problems)


def read_rules(text: str, title: str, environment: Mapping[str, str]) -> RulesRead:
    """Parse only what stands under `routing:`; the other parts count when the gateway starts."""
    problems: list[str] = []
    filled = _mapping(text, title, environment, problems, only=_ROUTING)
    return RulesRead(_parsed(filled, title, problems).routing, problems)


def _mapping(
    text: str, title: str, environment: Mapping[str, str], problems: list[str], only: str = ""
) -> dict[Any, Any]:
    """What the file holds, with references to the environment replaced; `only` one of its parts where it is given."""

    def missing(where: str, name: str) -> None:
        problems.append(f"{title}: {where}: the environment has no value for {name}")

    try:
        found = yaml.load(text, _Loader) or {}  # noqa: S506 - _Loader is a SafeLoader
        if isinstance(found, dict):
            wanted = {name: part for name, part in found.items() if not only or name == only}
            return dict(_filled(wanted, "", environment, missing))
        problems.append(f"{title}: must be a mapping with backends, aliases, prices, routing or settings")
    except yaml.MarkedYAMLError as error:
        where = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        problems.append(f"{title}{where}: {error.problem or 'is not valid YAML'}")
    except RecursionError:
        problems.append(f"{title}: contains itself")
    except (yaml.YAMLError, ValueError):
        problems.append(f"{title}: is not valid YAML")
    return {}


def _parsed(filled: dict[Any, Any], title: str, problems: list[str]) -> FileConfig:
    try:
        return FileConfig.model_validate(filled)
    except ValidationError as error:
        problems += [_sentence(title, detail) for detail in error.errors(include_url=False)]
        return FileConfig()
    except RecursionError:
        problems.append(f"{title}: contains itself")
        return FileConfig()


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
    group, field = _at(place)
    if error["type"] == "extra_forbidden":
        known = [*group.model_fields, *([_SETTINGS] if group is FileConfig else [])] if group is not None else []
        return f"{title}: {where}: there is no such name.{did_you_mean(str(place[-1]), known)}"
    if error["type"] == "missing":
        return f"{title}: {where}: is missing"
    return explain(error, f"{title}: {where}" if where else title, field)


def _at(place: list[int | str]) -> tuple[type[Group] | None, FieldInfo | None]:
    """The entry that a place lies in and its member there, as in `backends[0].url` or `prices.gpt*.input_per_million`.

    The member is None where the place is a whole entry, as `backends[0]`, or one of a mapping, as `aliases.a`.
    """
    group: type[Group] | None = FileConfig
    field: FieldInfo | None = None
    several = False
    for part in place:
        if several or group is None:  # a key or a number among several; only a plain list keeps what it is a list of
            several = False
            field = field if group is None and isinstance(part, int) else None
            continue
        field = group.model_fields.get(str(part))
        inner, several = _inside(field)
        group = inner if inner is not None or part != place[-1] else group
    return group, field


def _inside(field: FieldInfo | None) -> tuple[type[Group] | None, bool]:
    """The kind of entry that a member holds, and whether it holds several of them."""
    kind = field.annotation if field is not None else None
    if isinstance(kind, type) and issubclass(kind, Group):
        return kind, False
    inner = next((one for one in get_args(kind) if isinstance(one, type) and issubclass(one, Group)), None)
    return inner, inner is not None and get_origin(kind) in (list, dict)
