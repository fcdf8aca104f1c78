"""The house for commands: built, or the reason printed and the command ended."""

import click

from smarterrouter.access.admin_key import AdminKeyUnusable
from smarterrouter.bootstrap import House, build
from smarterrouter.cli.loading import leave
from smarterrouter.errors import StoreUnavailable
from smarterrouter.settings.loading import Loaded
from smarterrouter.settings.problems import SettingsError


def house_or_exit(loaded: Loaded) -> House:
    """Everything built from these settings; ends the process with status 2 when it cannot be, and says why."""
    try:
        return build(loaded.settings, loaded.warnings)
    except SettingsError as error:
        leave(error.problems)
    except (AdminKeyUnusable, StoreUnavailable) as error:
        leave([str(error)])


def tell_key(house: House) -> None:
    """Print the admin key if building the house has made one: it cannot be read again."""
    if (fresh := house.services.admin_key.fresh) is not None:
        click.echo(f"  Admin key (shown only now): {click.style(fresh, fg='yellow', bold=True)}", err=True)
