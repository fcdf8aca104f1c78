import subprocess
import sys

import pytest
from click.testing import CliRunner

from smarterrouter import __version__
from smarterrouter.cli.main import COMMANDS, group, main

HEAVY = ("uvicorn", "fastapi", "sqlalchemy", "aiohttp", "pydantic", "rich", "starlette")


def test_help_lists_every_command_with_a_sentence():
    said = CliRunner().invoke(group, ["--help"])
    assert said.exit_code == 0
    for name, (_, _, sentence) in COMMANDS.items():
        assert name in said.output
        assert sentence.split()[-1] in said.output


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_can_be_loaded_and_explains_itself(name):
    said = CliRunner().invoke(group, [name, "--help"])
    assert said.exit_code == 0
    assert said.output.startswith(f"Usage: smarterrouter {name}") or f" {name} " in said.output


def test_an_unknown_command_is_refused():
    said = CliRunner().invoke(group, ["nonsense"])
    assert said.exit_code == 2
    assert "nonsense" in said.output


def test_the_version_is_the_packages():
    assert CliRunner().invoke(group, ["--version"]).output == f"smarterrouter, version {__version__}\n"


def test_main_takes_arguments_for_tests(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert __version__ in capsys.readouterr().out


def test_help_imports_nothing_heavy(tmp_path):
    code = (
        "import runpy, sys\n"
        "sys.argv = ['smarterrouter', '--help']\n"
        "try: runpy.run_module('smarterrouter', run_name='__main__')\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    said = subprocess.check_output([sys.executable, "-c", code], cwd=tmp_path, text=True)
    assert said.splitlines()[-1] == "[]"
    assert "Start the gateway." in said


def test_w23_the_package_runs_under_its_own_name(tmp_path):
    said = subprocess.check_output([sys.executable, "-m", "smarterrouter", "--version"], cwd=tmp_path, text=True)
    assert said == f"smarterrouter, version {__version__}\n"
