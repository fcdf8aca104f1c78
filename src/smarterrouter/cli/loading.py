"""Settings for commands: read, or every problem printed and the command ended.

Printed by click, like all that the server says: rich would stay in its memory for the sake of five lines.
"""

import sys
from collections.abc import Iterable
from typing import NoReturn

import click

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
    click.secho("The settings cannot be used:", fg="red", bold=True, err=True)
    for problem in problems:
        click.echo(f"  {click.style('•', fg='red')} {problem}", err=True)
    click.echo(
        "Change them in the environment, .env or smarterrouter.yaml. `smarterrouter generate-env` shows all.", err=True
    )
    sys.exit(2)
