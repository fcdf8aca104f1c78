"""`load`: process environment, `.env.local`, `.env` and `smarterrouter.yaml`, in this order, to `Settings`."""

import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from dotenv.parser import parse_stream
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from smarterrouter.settings import file, pending
from smarterrouter.settings.group import Group, is_blank
from smarterrouter.settings.groups import GROUPS, PREFIX, SETTINGS, Files, Settings
from smarterrouter.settings.problems import SettingsError, did_you_mean, explain
from smarterrouter.settings.rules import RulesEntry
from smarterrouter.settings.urls import anchored

ENV_FILE = "ROUTER_ENV_FILE"
CONFIG_FILE = "ROUTER_CONFIG_FILE"
ALIASES = {"ROUTER_MODEL_CAPABILITY_PATTERNS": "ROUTER_MODALITY_CUSTOM_PATTERNS"}
"""Other names that are read as well; where both are given, the second counts."""
_RENAMED = {
    "ROUTER_CORS_ALLOWED_ORIGINS": "ROUTER_CORS_ORIGINS",
    "ROUTER_PROFILE_CONCURRENCY": "ROUTER_PROFILE_PARALLEL_COUNT",
    "ROUTER_DEFAULT_EMBEDDING_MODEL": "ROUTER_EMBED_MODEL",
    "ROUTER_EMBEDDINGS_MODEL": "ROUTER_EMBED_MODEL",
}
"""Names that older guides show and nothing ever read."""


class Loaded(NamedTuple):
    """The settings, and sentences for the start log about what was ignored."""

    settings: Settings
    warnings: tuple[str, ...]


class _Findings(NamedTuple):
    problems: list[str]
    warnings: list[str]


def load(environment: Mapping[str, str] | None = None, directory: Path | None = None) -> Loaded:
    """Read all settings. Raise `SettingsError` with every problem at once.

    `environment` stands for the process environment, `directory` for the current one; both are for tests.
    """
    process = os.environ if environment is None else environment  # noqa: TID251 - the one place where it is read
    findings = _Findings([], [])
    start = (directory or Path.cwd()).absolute()
    env_file = _path_from(process, ENV_FILE, start / ".env", start)
    values = _values(env_file, process, findings)
    config_file = _path_from(values, CONFIG_FILE, start / "smarterrouter.yaml", start)
    for name, path in ((ENV_FILE, env_file), (CONFIG_FILE, config_file)):
        if values.get(name) and not path.exists():
            findings.problems.append(f"{name}: there is no file {path}")
    contents = _config_file(config_file, values, findings)
    given = {**_from_file(contents.settings, config_file.name, findings), **_ours(values, findings)}
    home = next((path.parent for path in (env_file, config_file) if path.is_file()), start)
    return _build(given, contents.config, home, Files(env_file, config_file), findings)


def reread_rules(files: Files, environment: Mapping[str, str] | None = None) -> file.RulesRead:
    """What `routing:` in smarterrouter.yaml says now. Nothing else is read again; a file that is gone is a problem."""
    if not files.config_file.is_file():
        return file.RulesRead(RulesEntry(), [f"{files.config_file.name}: there is no file {files.config_file}"])
    process = os.environ if environment is None else environment  # noqa: TID251 - as above
    findings = _Findings([], [])
    values = _values(files.env_file, process, findings)
    found = file.read_rules(_text(files.config_file, findings), files.config_file.name, values)
    return file.RulesRead(found.rules, [*findings.problems, *found.problems])


def overlaid(settings: Settings, path: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """`settings` with what the file at `path` says laid over them, as if nothing else had said it.

    Rules, aliases and prices are those of the file. Raise `SettingsError` with every problem.
    """
    process = os.environ if environment is None else environment  # noqa: TID251 - as above
    findings = _Findings([], [])
    if not path.is_file():
        raise SettingsError([f"there is no file {path}"])
    env_file = settings.files.env_file if settings.files is not None else settings.home / ".env"
    contents = _config_file(path, _values(env_file, process, findings), findings)
    given = _from_file(contents.settings, path.name, findings)
    touched = {
        name: kind for name, kind in GROUPS.items() if any(PREFIX + one.upper() in given for one in kind.model_fields)
    }
    now = {PREFIX + name.upper(): value for group in touched for name, value in getattr(settings, group)}
    changed = {name: _group(kind, {**now, **given}, findings) for name, kind in touched.items()}
    if findings.problems:
        raise SettingsError(findings.problems)
    return settings.model_copy(update={**changed, "file": contents.config})


def _values(env_file: Path, process: Mapping[str, str], findings: _Findings) -> dict[str, str]:
    """Everything that is set by name; the process wins over the file that ends in `.local`, and that over the other."""
    layers = [_env_file(path, findings) for path in (env_file, env_file.with_name(env_file.name + ".local"))]
    return {name: value for layer in (*layers, process) for name, value in layer.items()}


def _build(given: Mapping[str, Any], config: file.FileConfig, home: Path, files: Files, findings: _Findings) -> Loaded:
    groups = {name: _anchored(_group(kind, given, findings), home) for name, kind in GROUPS.items()}
    if findings.problems:
        raise SettingsError(findings.problems)
    set_names = frozenset(name for name, value in given.items() if not is_blank(value))
    facts = {"file": config, "set_names": set_names, "home": home, "files": files}
    settings = Settings.model_validate({**groups, **facts})
    return Loaded(settings, (*findings.warnings, *pending.warnings(set_names)))


def _group(kind: type[Group], given: Mapping[str, Any], findings: _Findings) -> Group:
    """The group with what was given of it, or with its defaults after noting the problems."""
    names = {name: PREFIX + name.upper() for name in kind.model_fields}
    try:
        return kind.model_validate({name: given[full] for name, full in names.items() if full in given})
    except ValidationError as error:
        findings.problems.extend([_sentence(detail) for detail in error.errors(include_url=False)])
        return kind()


def _sentence(error: ErrorDetails) -> str:
    name = PREFIX + str(error["loc"][0]).upper() if error["loc"] else ""
    return explain(error, name, SETTINGS[name].field if name else None)


def _anchored(group: Group, home: Path) -> Group:
    """Relative paths start at `home`, wherever the process was started."""
    changes: dict[str, Any] = {name: home / value for name, value in group if isinstance(value, Path)}
    changes |= {name: anchored(value, home) for name, value in group if name == "database_url"}
    return group.model_copy(update=changes) if changes else group


def _path_from(values: Mapping[str, str], name: str, default: Path, start: Path) -> Path:
    given = values.get(name, "").strip()
    return start / given if given else default


def _env_file(path: Path, findings: _Findings) -> dict[str, str]:
    """The lines of an env file. Nothing in it is expanded: a dollar sign stays one."""
    found: dict[str, str] = {}
    for line in parse_stream(io.StringIO(_text(path, findings))):
        if line.error:
            findings.warnings.append(f"{path.name}, line {line.original.line}: is not NAME=value and is ignored")
        elif line.key:
            found[line.key] = line.value or ""
    return found


def _config_file(path: Path, values: Mapping[str, str], findings: _Findings) -> file.Contents:
    contents = file.read(_text(path, findings), path.name, values)
    findings.problems.extend(contents.problems)
    return contents


def _text(path: Path, findings: _Findings) -> str:
    """The text of a file; empty when there is none."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, UnicodeDecodeError) as error:
        findings.problems.append(f"{path.name}: cannot be read ({type(error).__name__})")
        return ""


def _from_file(settings: Mapping[str, Any], title: str, findings: _Findings) -> dict[str, Any]:
    """The part of the YAML file that holds ordinary settings; here an unknown name is a problem."""
    found: dict[str, Any] = {}
    for key, value in settings.items():
        name = PREFIX + str(key).upper().removeprefix(PREFIX)
        name = ALIASES.get(name, name)
        if name in SETTINGS:
            found[name] = value
        else:
            hint = did_you_mean(str(key).lower(), [known.removeprefix(PREFIX).lower() for known in SETTINGS])
            findings.problems.append(f"{title}: settings.{key}: there is no such setting.{hint}")
    return found


def _ours(values: Mapping[str, str], findings: _Findings) -> dict[str, str]:
    """Those of `values` that are settings, in upper case; a name in capitals wins over the same in small letters."""
    ours = {name.upper(): values[name] for name in sorted(values, reverse=True) if name.upper().startswith(PREFIX)}
    found = {name: value for name, value in ours.items() if name in SETTINGS}
    for other, name in ALIASES.items():
        if other in ours:
            found.setdefault(name, ours[other])
    for name in sorted(ours.keys() - SETTINGS.keys() - ALIASES.keys() - {ENV_FILE, CONFIG_FILE}):
        findings.warnings.append(f"{name} is not a setting and is ignored.{_hint(name)}")
    return found


def _hint(name: str) -> str:
    doubled = name.removeprefix(PREFIX)
    right = _RENAMED.get(name) or (doubled if doubled in SETTINGS else None)
    return f" Did you mean {right}?" if right else did_you_mean(name, SETTINGS)
