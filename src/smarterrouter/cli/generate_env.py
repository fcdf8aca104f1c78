"""`generate-env`: writes a commented `.env`, and checks or rewrites what is generated from the settings."""

import sys
from pathlib import Path

import click

from smarterrouter.settings import reference


@click.command("generate-env")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path(".env"),
    show_default=True,
    help="File to write.",
)
@click.option("--overwrite", is_flag=True, help="Replace the file if it is there already.")
@click.option("--check", is_flag=True, help="Write nothing; fail if a generated file of this checkout is stale.")
@click.option("--refresh", is_flag=True, help="Rewrite the generated files of this checkout instead.")
def generate_env(output: Path, *, overwrite: bool, check: bool, refresh: bool) -> None:
    """Write every setting with its default and meaning, ready to be changed."""
    if check:
        _check(Path())
    elif refresh:
        reference.refresh(Path())
        click.echo(f"Wrote {' and '.join(reference.GENERATED)}.")
    else:
        write(output, overwrite=overwrite)
        click.echo(f"Wrote {output}. Every line is a comment: remove the # where you change something.")


def write(output: Path, *, overwrite: bool) -> None:
    """Write the template. Raise `click.ClickException` when the file exists, or cannot be written.

    A new file is readable by its owner alone: keys will stand in it.
    """
    if output.exists() and not overwrite:
        raise click.ClickException(f"{output} is there already; --overwrite replaces it.")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.touch(mode=0o600)
        output.write_text(reference.env_template(), encoding="utf-8", newline="\n")
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror}.") from error


def _check(checkout: Path) -> None:
    found = reference.stale(checkout)
    if found:
        click.echo(f"Stale: {', '.join(found)}. `make generate` writes them anew.", err=True)
        sys.exit(1)
    click.echo("The generated files are fresh.")
