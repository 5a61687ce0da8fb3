"""Progress bars on the error channel, so that what a command prints stays clean."""

import contextlib
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

__all__ = ["Report", "bars"]

Report = Callable[[str, int, int], None]
"""Called with the name of a step, how much is done, and how much there is."""


@contextlib.contextmanager
def bars(console: Console) -> Iterator[Report]:
    """Show a bar for each step that is reported; nothing is shown where the error channel is no terminal.

    Examples
    --------
    >>> with bars(Console(quiet=True)) as report:
    ...     report("rows", 1, 2)
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def report(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step, total=None)
            # a step that has done nothing yet only shows that it is at work
            progress.update(tasks[step], completed=done, total=total if done else None)

        yield report
