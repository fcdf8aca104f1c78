"""Tables on narrow terminals: tighter, with folded cells, and without the columns that people miss least."""

from collections.abc import Collection, Mapping, Sequence

from rich.console import Console
from rich.table import Column, Table

_ROOM = 10_000
"""Columns of a terminal on which nothing has to be folded."""
_NAME = 16
"""A name that has so much room is readable; a longer one is folded before another column goes."""


def fitted(
    table: Table, console: Console, least: Sequence[str], *, words: Collection[str] = (), short: Mapping[str, str] = {}
) -> Table:
    """`table` as it is where there is room, or nobody's terminal; else as much of it as can be read.

    Its first column holds names. Columns that are empty go first, then those of `least`, in its order. Cells below the
    headings `words` are folded between words; `short` are headings for want of room.
    """
    if not console.is_terminal or _needs(table, console) <= console.width:
        return table
    empty = [str(column.header) for column in table.columns if not any(column.cells)]
    for count in range(len(least) + 1):
        narrow = _narrow(table, [*empty, *least[:count]], words, short)
        if _needs(narrow, console) <= console.width:
            break
    _widen(narrow, console)
    return narrow


def _needs(table: Table, console: Console) -> int:
    """The width at which nothing has to be folded that need not be."""
    return console.measure(table, options=console.options.update(max_width=_ROOM)).maximum


def _narrow(table: Table, without: Collection[str], words: Collection[str], short: Mapping[str, str]) -> Table:
    """A copy without some columns and with no more space between the others than a line."""
    kept = [column for column in table.columns if column.header not in without]
    narrow = Table(
        title=table.title,
        title_justify=table.title_justify,
        caption=table.caption,
        caption_justify=table.caption_justify,
        padding=0,
        show_edge=False,
    )
    for place, column in enumerate(kept):
        heading = str(column.header)
        most = _NAME if place == 0 else _longest_word(column) if heading in words else None
        narrow.add_column(
            short.get(heading, heading), justify=column.justify, overflow="fold", max_width=most, no_wrap=most is None
        )
    for cells in zip(*(column.cells for column in kept), strict=True):
        narrow.add_row(*cells)
    return narrow


def _longest_word(column: Column) -> int:
    return max(len(word) for cell in (column.header, *column.cells) for word in str(cell).split() or [""])


def _widen(table: Table, console: Console) -> None:
    """Give the room that is left to the names, and then to other folded columns."""
    for column in table.columns:
        least = column.max_width
        column.max_width = None if least is not None else column.max_width
        if least is not None and (over := _needs(table, console) - console.width) > 0:
            widest = max(len(str(cell)) for cell in (column.header, *column.cells))
            column.max_width = max(least, widest - over)
