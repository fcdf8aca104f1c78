"""Settings for commands: read, or every problem printed and the command ended."""

import sys

from rich.console import Console

from smarterrouter.settings.loading import Loaded, load
from smarterrouter.settings.problems import SettingsError


def settings_or_exit() -> Loaded:
    """The settings; ends the process with status 2 and all problems on screen when they cannot be used."""
    try:
        return load()
    except SettingsError as error:
        console = Console(stderr=True, highlight=False)
        console.print("[bold red]The settings cannot be used:[/bold red]")
        for problem in error.problems:
            console.print(f"  [red]•[/red] {problem}", markup=True)
        console.print(
            "Change them in the environment, .env or smarterrouter.yaml. `smarterrouter generate-env` shows all."
        )
        sys.exit(2)
