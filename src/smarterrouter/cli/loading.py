"""Settings for commands: read, or every problem printed and the command ended."""

import sys
from collections.abc import Iterable
from typing import NoReturn

from rich.console import Console
from rich.markup import escape

from smarterrouter.settings.loading import Loaded, load
from smarterrouter.settings.problems import SettingsError


def settings_or_exit() -> Loaded:
    """The settings; ends the process with status 2 and all problems on screen when they cannot be used."""
    try:
        return load()
    except SettingsError as error:
        leave(error.problems)


def leave(problems: Iterable[str]) -> NoReturn:
    """Print all problems of the settings and end the process with status 2."""
    console = Console(stderr=True, highlight=False)
    console.print("[bold red]The settings cannot be used:[/bold red]")
    for problem in problems:
        console.print(f"  [red]•[/red] {escape(problem)}")
    console.print("Change them in the environment, .env or smarterrouter.yaml. `smarterrouter generate-env` shows all.")
    sys.exit(2)
