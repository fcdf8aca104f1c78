"""The command group; commands load when called, so that `--help` is instant."""

import importlib
from typing import Any

import click

from smarterrouter import __version__
from smarterrouter.settings.threads import one_thread

COMMANDS = {
    "serve": ("smarterrouter.cli.serve", "serve", "Start the gateway."),
    "check": ("smarterrouter.cli.check", "check", "Check settings, backends and the database."),
    "models": ("smarterrouter.cli.models", "models", "List the models that can be reached, with what is known."),
    "route": ("smarterrouter.cli.route", "route", "Explain which model would answer a prompt. Nothing is generated."),
    "replay": (
        "smarterrouter.cli.replay",
        "replay",
        "Decide recorded requests again, as they were or by another policy.",
    ),
    "experiments": (
        "smarterrouter.cli.experiments",
        "experiments",
        "Compare the arms of a split by the answers that users rated.",
    ),
    "profile": ("smarterrouter.cli.profile", "profile", "Measure what models can do, by tasks that are checked."),
    "train-router": ("smarterrouter.cli.train_router", "train_router", "Train the router's weights on your own data."),
    "generate-env": ("smarterrouter.cli.generate_env", "generate_env", "Write a commented .env with every setting."),
    "db": ("smarterrouter.cli.database", "database", "Look after the database."),
}
"""Name to module, attribute and the sentence of `--help`."""


class Lazy(click.Group):
    """A group that imports a command when it is used, not when it is listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order in which people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="smarterrouter")
def group() -> None:
    """SmarterRouter: one address for all your language models."""


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line; `arguments` are for tests."""
    one_thread()
    return group(args=arguments, prog_name="smarterrouter")


if __name__ == "__main__":
    main()
