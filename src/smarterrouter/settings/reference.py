"""Writes what is generated from the settings: `ENV_DEFAULT` and the reference page."""

from collections.abc import Callable, Iterator
from pathlib import Path

from pydantic.fields import FieldInfo

from smarterrouter.settings.file import BackendEntry, FileConfig, PriceEntry
from smarterrouter.settings.group import Group
from smarterrouter.settings.groups import GROUPS, SETTINGS, Setting
from smarterrouter.settings.pending import PENDING
from smarterrouter.settings.rules import ExpectEntry, RuleEntry, RulesEntry, TestEntry, WhenEntry
from smarterrouter.settings.strategies import StrategyEntry
from smarterrouter.settings.words import allowed, written

_TEMPLATE_HEAD = """\
# SmarterRouter: every setting with its default.
#
# Copy this file to .env and remove the # in front of the lines that you change. Nothing has to be changed:
# without any setting the gateway looks for model servers on this machine and serves what it finds.
#
# Lists are written a,b or ["a","b"]. Blank numbers, switches, lists and addresses mean the default.
# Variables of the process win over .env.local, that wins over .env, and that over smarterrouter.yaml.
# What can be set in smarterrouter.yaml (several backends, aliases, prices, rules): docs/reference/settings.md
"""

_PAGE_HEAD = """\
# Settings

This page is generated: `make generate` writes it, `make check` fails when it is stale.

Nothing has to be set. Each setting is an environment variable. Values are read from these places; the first that has a
name wins:

1. the environment of the process,
2. `.env.local`,
3. `.env`, or the file that `ROUTER_ENV_FILE` names (then with `.local` after its name for place 2),
4. `settings:` in `smarterrouter.yaml`, or in the file that `ROUTER_CONFIG_FILE` names.

- Lists are written `a, b` or `["a", "b"]`, mappings as JSON.
- A blank number, switch, choice, list, address or key means the default; blank text means empty text.
- Nothing is expanded in env files: a dollar sign is a dollar sign.
- Relative paths, also those in `sqlite:///` addresses, start at the folder that holds the env file, or else the YAML
  file, or else at the folder in which the gateway was started.
- Unknown `ROUTER_` names are reported at the start, with the nearest right name. All mistakes are reported at once.
- Names marked *later* are read and checked, but their feature is still to come.
"""

_FILE_HEAD = """\
## smarterrouter.yaml

An optional file for what single variables cannot express. In every text `${NAME}` is replaced by that variable, and a
value that is `os.environ/NAME` as a whole as well; a variable that is missing or blank is an error. Unknown names are
errors.

```yaml
backends:
  - name: workstation
    kind: ollama
    url: http://192.168.1.20:11434
    exclude: ["*q2_*"]
  - name: groq
    kind: groq
    api_key: ${GROQ_API_KEY}
aliases:
  fast: workstation/llama3.2:3b
  smart: [groq/openai/gpt-oss-120b, workstation/qwen3:32b]
prices:
  "groq/*": {input_per_million: 0.15, output_per_million: 0.6}
routing:
  rules:
    - name: private
      when: {header: private}
      allow: ["workstation/*"]
  tests:
    - {prompt: "Write a parser for CSV files in Rust.", expect: code}
settings:
  port: 11436
  log_format: json
```
"""


def env_template() -> str:
    """The text of `ENV_DEFAULT`. Every setting is a comment, so copying it to `.env` changes nothing."""
    return "\n".join([_TEMPLATE_HEAD, *(_template_group(name, group) for name, group in GROUPS.items())])


def settings_page() -> str:
    """The text of the reference page, in Markdown."""
    groups = (_page_group(name, group) for name, group in GROUPS.items())
    return "\n".join([_PAGE_HEAD, *groups, _FILE_HEAD, *_page_file()])


GENERATED: dict[str, Callable[[], str]] = {"ENV_DEFAULT": env_template, "docs/reference/settings.md": settings_page}
"""Path in a checkout to what makes its text."""


def stale(checkout: Path) -> list[str]:
    """The generated files of `checkout` that are missing or differ from what would be written now."""
    return [name for name, make in GENERATED.items() if not _is(checkout / name, make())]


def refresh(checkout: Path) -> None:
    """Write every generated file of `checkout`."""
    for name, make in GENERATED.items():
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_text(make(), encoding="utf-8", newline="\n")


def _is(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()


def _title(group: type[Group]) -> str:
    return (group.__doc__ or "").strip().splitlines()[0].rstrip(".")


def _members(name: str) -> tuple[list[Setting], list[Setting]]:
    """The settings of a group that work now, and those that come later."""
    found = [one for one in SETTINGS.values() if one.group == name]
    return [one for one in found if one.name not in PENDING], [one for one in found if one.name in PENDING]


def _template_group(name: str, group: type[Group]) -> str:
    now, later = _members(name)
    lines = [f"# ===== {_title(group)} ====="]
    lines += [line for one in now for line in _template_lines(one)]
    if later:
        lines.append("# Comes later: these are read and checked, but have no effect yet.")
    lines += [line for one in later for line in _template_lines(one)]
    return "\n".join(lines) + "\n"


def _template_lines(one: Setting) -> Iterator[str]:
    yield f"# {one.field.description} ({allowed(one.field, brief=True)})"
    yield f"#{one.name}={written(one.field)}"


def _page_group(name: str, group: type[Group]) -> str:
    now, later = _members(name)
    rows = [_row(one.name, one.field) for one in now]
    rows += [_row(one.name, one.field, f" *Later, with {PENDING[one.name]}.*") for one in later]
    return _table(f"## {_title(group)}", "Name", rows)


def _page_file() -> Iterator[str]:
    parts: dict[str, type[Group]] = {
        "### At the top": FileConfig,
        "### Each of `backends`": BackendEntry,
        "### Each of `prices`": PriceEntry,
        "### In `routing`": RulesEntry,
        "### Each of `routing.rules`": RuleEntry,
        "### In `when` of a rule": WhenEntry,
        "### Each of `routing.tests`": TestEntry,
        "### In `expect` of a test": ExpectEntry,
        "### Each of `routing.strategies`": StrategyEntry,
    }
    for heading, kind in parts.items():
        yield _table(heading, "Name", [_row(name, field) for name, field in kind.model_fields.items()])


def _table(heading: str, first: str, rows: list[str]) -> str:
    return "\n".join([heading, "", f"| {first} | Default | Allowed | Meaning |", "|---|---|---|---|", *rows, ""])


def _row(name: str, field: FieldInfo, remark: str = "") -> str:
    default = "*required*" if field.is_required() else _code(written(field))
    meaning = _escaped(field.description or "") + remark
    return f"| `{name}` | {default} | {_escaped(allowed(field, brief=True))} | {meaning} |"


def _code(text: str) -> str:
    return f"`{text}`" if text else "*none*"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*")
