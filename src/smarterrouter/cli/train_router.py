"""`train-router DATA_DIR`: train the router's weights anew, on public data or on your own."""

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from smarterrouter.jobs.training.rows import UnreadableData
from smarterrouter.jobs.training.trainer import train


@click.command("train-router")
@click.argument("data_dir", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("router.npz"),
    show_default=True,
    help="File for the weights; the model card is written beside it.",
)
def train_router(data_dir: Path, out: Path) -> None:
    """Train the router on the JSONL files of DATA_DIR. Takes a minute or two; the same data give the same file."""
    console = Console(highlight=False)
    bars = _Bars(console)
    try:
        with bars.progress:
            result = train(data_dir, out, bars.hear)
    except (UnreadableData, OSError) as error:
        console.print(f"[red]{escape(str(error))}[/red]")
        sys.exit(1)
    size = out.stat().st_size / 1e6
    console.print(f"{escape(str(out))}: {size:.1f} MB, trained on {result.artefact.notes['questions']} questions")
    console.print(f"{escape(str(out.with_suffix('.md')))}: the model card, with a picture ({out.stem}.svg)")


class _Bars:
    """One bar for each step of the work."""

    def __init__(self, console: Console) -> None:
        self.progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
        )
        self._bars: dict[str, TaskID] = {}

    def hear(self, what: str, done: int, total: int) -> None:
        """Move the bar of the step, which begins anew when it comes again."""
        if what not in self._bars:
            self._bars[what] = self.progress.add_task(what, total=total)
        self.progress.update(self._bars[what], completed=done, total=total)
