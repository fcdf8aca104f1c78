"""What the documents say is so: links, names and addresses in them are checked against the code."""

import importlib
import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import click
import pytest

import smarterrouter
from smarterrouter import errors
from smarterrouter.api.admin import application
from smarterrouter.api.routes import data_routes, routes
from smarterrouter.backends.vendors import VENDORS
from smarterrouter.bootstrap import build
from smarterrouter.cli.main import COMMANDS, group
from smarterrouter.observability.metrics import reference
from smarterrouter.routing.signals.registry import default_signals
from smarterrouter.routing.weights import RoutingWeights
from smarterrouter.settings.groups import SETTINGS
from smarterrouter.settings.loading import ALIASES, CONFIG_FILE, ENV_FILE, load
from smarterrouter.settings.words import written

CHECKOUT = Path(__file__).parents[2]
SOURCE = CHECKOUT / "src" / "smarterrouter"
DOCUMENTS = sorted([*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md")])
IDS = [str(path.relative_to(CHECKOUT)) for path in DOCUMENTS]
MISSPELLED_ON_PURPOSE = {"ROUTER_OLAMA_URL"}
MADE_AT_RUN_TIME = {"smarterrouter.yaml"}
each_document = pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)


def code_of(path: Path) -> Iterator[str]:
    """Every line of code in a document: fenced blocks line by line, and what stands between backticks."""
    fenced = False
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif fenced:
            yield line
        else:
            yield from re.findall(r"`([^`]+)`", line)


def prose_of(path: Path) -> str:
    """A document without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)


def anchors_of(path: Path) -> set[str]:
    """The anchors of a document's headings, as the usual forges make them."""
    titles = re.findall(r"^#+ (.+)$", prose_of(path), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def rows_of(path: Path, heading: str) -> list[list[str]]:
    """The cells of the table whose first column is called `heading`."""
    table = re.search(rf"^\| {heading} \|.*\n\|[-|]+\n((?:\|.*\n)+)", path.read_text(encoding="utf-8"), flags=re.M)
    assert table, f"{path.name} has no table {heading}"
    lines = table[1].splitlines()
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


@each_document
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose_of(path)):
        if target.startswith(("http://", "https://")):
            continue
        name, _, anchor = target.partition("#")
        page = (path.parent / name).resolve() if name else path
        assert page.exists(), target
        assert not anchor or anchor in anchors_of(page), target


@each_document
def test_every_make_target_exists(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(encoding="utf-8"), flags=re.M))
    named = {word for code in code_of(path) for word in re.findall(r"\bmake ([a-z][a-z-]*)", code.split("#")[0])}
    assert named <= targets


@each_document
def test_every_setting_exists(path: Path) -> None:
    named = set(re.findall(r"ROUTER_[A-Z][A-Z0-9_]*[A-Z0-9]", path.read_text(encoding="utf-8")))
    assert named <= SETTINGS.keys() | ALIASES.keys() | {ENV_FILE, CONFIG_FILE} | MISSPELLED_ON_PURPOSE


@each_document
def test_every_default_beside_a_setting_is_its_default(path: Path) -> None:
    for name, number in re.findall(
        r"`(ROUTER_[A-Z_]+)` \(([\d,]+)(?: characters)?\)", path.read_text(encoding="utf-8")
    ):
        assert number.replace(",", "") == written(SETTINGS[name].field), name


def check_command(words: list[str]) -> None:
    """Raise unless the words after `smarterrouter` are a command with its options."""
    command: click.Command = group
    for word in words:
        if word.startswith("--"):
            options = {option for parameter in command.params for option in parameter.opts} | {"--help", "--version"}
            assert word in options, word
        elif isinstance(command, click.Group):
            found = command.get_command(click.Context(command), word)
            assert found is not None, word
            command = found


@each_document
def test_every_command_exists(path: Path) -> None:
    for code in code_of(path):
        for line in re.findall(r"(?:^|[ /])smarterrouter ((?:-?[\w-]+ ?)+)", code):
            check_command(line.split())


def test_every_command_is_in_the_readme() -> None:
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"`smarterrouter {name}" not in readme] == []


def test_the_readme_begins_with_the_two_commands() -> None:
    first_screen = (CHECKOUT / "README.md").read_text(encoding="utf-8").splitlines()[:25]
    commands = [line.split("#")[0].strip() for line in first_screen if line.startswith("make ")]
    assert commands == ["make run", "make test"]


def own_addresses(admin: Any, outer: list[Any]) -> tuple[set[str], set[str]]:
    """Every path that is served, and those of them that people are to know."""
    described = set(admin.openapi()["paths"])
    served = {route.path for route in [*outer, *admin.routes] if hasattr(route, "path")} | described
    known = {route.path for route in outer if route.path} | described
    return {plain(path) for path in served}, {plain(path) for path in known}


def plain(path: str) -> str:
    return path.replace(":path}", "}")


async def test_the_readme_lists_every_address(tmp_path: Path) -> None:
    house = build(load({}, tmp_path).settings)
    admin = application.create(house.services)
    served, known = own_addresses(admin, routes(house.services, data_routes(house.services), admin))
    cells = " ".join(row[0] for row in rows_of(CHECKOUT / "README.md", "Address"))
    listed = set(re.findall(r"(?:GET|POST|PUT|DELETE) (/[^`]*)`", cells))
    assert listed <= served
    assert known <= listed
    await house.stop()


@each_document
def test_every_metric_exists(path: Path) -> None:
    named = set(re.findall(r"smarterrouter_[a-z_]+[a-z]", path.read_text(encoding="utf-8")))
    assert named <= set(re.findall(r"smarterrouter_[a-z_]+[a-z]", reference()))


def kinds(kind: type[errors.GatewayError]) -> Iterator[type[errors.GatewayError]]:
    """An error class and all below it."""
    yield kind
    for below in kind.__subclasses__():
        yield from kinds(below)


def test_the_table_of_errors_is_complete() -> None:
    table = rows_of(CHECKOUT / "docs/guides/troubleshooting.md", "Status")
    told = {(int(status), code) for status, codes, _ in table for code in re.findall(r"`(\w+)`", codes)}
    mine = [kind for kind in kinds(errors.GatewayError) if kind.__module__ == errors.__name__]
    real = {(kind.status, kind.code) for kind in mine}
    assert told <= real
    silent = {errors.BackendRefused, errors.NotFound, errors.Forbidden, errors.StoreUnavailable}
    assert {(kind.status, kind.code) for kind in mine if kind not in silent} <= told


def test_every_vendor_is_named() -> None:
    guide = (CHECKOUT / "docs/guides/backends.md").read_text(encoding="utf-8")
    assert [kind for kind in VENDORS if f"`{kind}`" not in guide] == []


def test_the_table_of_signals_is_complete() -> None:
    table = rows_of(CHECKOUT / "docs/guides/routing.md", "Signal")
    told = {(re.findall(r"`(\w+)`", row[0])[0], float(row[1]), "(live)" in row[0]) for row in table}
    weighed = default_signals(RoutingWeights())
    assert told == {(one.signal.name, one.weight, one.signal.live) for one in weighed}


def places(name: str) -> list[Path]:
    """The files that a name in a document may mean."""
    return [*SOURCE.glob(name), *CHECKOUT.glob(name), *(SOURCE.rglob(name) if "/" not in name else ())]


@each_document
def test_every_file_exists(path: Path) -> None:
    code = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    for name in re.findall(r"`([\w./*-]+\.(?:py|toml|md|yaml|txt))[`:]", code):
        assert name in MADE_AT_RUN_TIME or places(name), name


def member(file: str, dotted: str) -> Any:
    """What `Class.method` is in a source file."""
    found: Any = importlib.import_module("smarterrouter." + file.removesuffix(".py").replace("/", "."))
    for name in dotted.split("."):
        found = found.__dict__[name] if name in vars(found) else getattr(found, name)
    return found


@each_document
def test_every_name_in_a_file_exists(path: Path) -> None:
    text = prose_of(path).replace("\n", " ")
    for file, dotted in re.findall(r"`([\w/]+\.py): (\w+(?:\.\w+)*)`", text):
        if dotted != "Catalog.current":  # set when a catalog is made
            member(file, dotted)


def test_the_path_of_a_request_exists() -> None:
    for _, file, functions, _ in rows_of(CHECKOUT / "ARCHITECTURE.md", "#"):
        for dotted in re.findall(r"`([\w.]+)`", functions):
            member(file.strip("`"), dotted)


def test_every_decision_has_its_number_its_parts_and_its_line() -> None:
    pages = sorted((CHECKOUT / "docs/decisions").glob("[0-9]*.md"))
    index = (CHECKOUT / "docs/decisions/README.md").read_text(encoding="utf-8")
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert re.findall(r"^## (.+)$", text, flags=re.M) == ["Context", "Decision", "Consequences"], page.name
        title = text.splitlines()[0].removeprefix(f"# {page.name[:4]}. ")
        assert f"| [{page.name[:4]}]({page.name}) | {title} |" in index


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(line for extra in extras for line in extra)]
    names = [re.split(r"[\[><=;]", line)[0].strip() for line in wanted]
    page = (CHECKOUT / "docs/decisions/0012-libraries.md").read_text(encoding="utf-8")
    assert [name for name in names if not re.search(rf"\b{re.escape(name)}\b", page)] == []


def test_there_is_one_version_number() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in project["project"]
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"]["path"] == "src/smarterrouter/__init__.py"
    shown = r'SmarterRouter (\d+\.\d+\.\d+)|"version":\s?"(\d+\.\d+\.\d+)"'
    for path in DOCUMENTS:
        for found in re.findall(shown, path.read_text(encoding="utf-8")):
            assert smarterrouter.__version__ in found, path.name


FORBIDDEN = [
    *("pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com/registry"),
    *("/ro" + "ot/", "/wo" + "rk/", "/Us" + "ers/"),
]
"""Package hosts, and paths of the machines on which this was written."""


def own_files(folder: Path, ignored: list[str]) -> Iterator[Path]:
    """Every file below `folder` that belongs to the project: what `.gitignore` names is left out."""
    for path in sorted(folder.iterdir()):
        if path.name == ".git" or any(fnmatch(path.name, pattern.rstrip("/")) for pattern in ignored):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from own_files(path, ignored)
        elif path.is_file():
            yield path


def test_no_file_names_a_package_host_or_a_machine() -> None:
    ignored = (CHECKOUT / ".gitignore").read_text(encoding="utf-8").split()
    for path in own_files(CHECKOUT, ignored):
        text = path.read_bytes().decode(errors="ignore")
        assert [word for word in FORBIDDEN if word in text] == [], path


@each_document
def test_lines_are_short(path: Path) -> None:
    if path.parent.name == "reference":
        return  # generated
    lines = [line for line in prose_of(path).splitlines() if not line.startswith("|")]
    assert [line for line in lines if len(line) > 120] == []
