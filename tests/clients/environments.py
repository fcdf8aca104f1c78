"""One virtual environment for each client, made on first use, outside the repository.

    environment = environment_of("litellm")       # requirements/litellm.txt; fails the test when it cannot be installed
    environment.python, environment.program("litellm")    # paths inside it

They live under ~/.cache/smarterrouter-clients, or where SMARTERROUTER_CLIENTS_DIR says. A change of the requirements or
of Python makes a new one. Only pip is used: uv does not read pip's configuration, and where that names a smaller build
of torch, uv would miss it.
"""

import fcntl
import functools
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

REQUIREMENTS = Path(__file__).parent / "requirements"
_LAST_LINES = 25
"""Of a failed installation's output, so many lines are shown."""
_COMPLETE = "complete"
"""A file of this name says that the installation has reached its end."""


class Environment(msgspec.Struct, frozen=True):
    """A finished virtual environment."""

    folder: Path

    @property
    def python(self) -> str:
        """Its interpreter."""
        return self.program("python")

    def program(self, name: str) -> str:
        """The path of a program that was installed in it."""
        return str(self.folder / "bin" / name)


@functools.cache
def environment_of(client: str, *first: str) -> Environment:
    """The environment of `client`, whose requirement file is a full list and installed as it stands.

    `first` are requirements that pip may resolve by itself before: torch, whose needs differ from build to build.
    """
    requirements = REQUIREMENTS / f"{client}.txt"
    shelf = shelf_of_environments()
    shelf.mkdir(parents=True, exist_ok=True)
    environment = Environment(shelf / f"{client}-{_mark(requirements, first)}")
    with Path(f"{environment.folder}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test runs at once install once
        if not (environment.folder / _COMPLETE).exists():
            _install(environment, requirements, first)
    return environment


def shelf_of_environments() -> Path:
    """The folder that holds all of them."""
    given = os.getenv("SMARTERROUTER_CLIENTS_DIR", "")  # noqa: TID251 - a matter of the tests, not of the product
    return Path(given).expanduser() if given else Path.home() / ".cache" / "smarterrouter-clients"


def _mark(requirements: Path, first: tuple[str, ...]) -> str:
    """Changes with everything that decides what is installed."""
    parts = [sys.version, *first, requirements.read_text()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _install(environment: Environment, requirements: Path, first: tuple[str, ...]) -> None:
    shutil.rmtree(environment.folder, ignore_errors=True)
    _run(sys.executable, "-m", "venv", str(environment.folder))
    pip = (environment.python, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check")
    if first:
        _run(*pip, *first)
    _run(*pip, "--no-deps", "--requirement", str(requirements))
    (environment.folder / _COMPLETE).touch()


def _run(*command: str) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = (done.stdout + done.stderr).splitlines()[-_LAST_LINES:]
        pytest.fail("\n".join([f"`{' '.join(command)}` failed:", *lines]), pytrace=False)
