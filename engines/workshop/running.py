"""Running a lesson: in this process, cell by cell, as a trial; or as a notebook in a kernel of its own.

A trial goes the student's way, so that every cell is proved to run without solutions; at each exercise the solution is
tried besides, on a copy of the names. One pass so shows both versions to be sound.
"""

import contextlib
import io
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines.workshop.errors import LessonFailedError
from engines.workshop.reading import Cell, Lesson, cells
from engines.workshop.solutions import has_solution, with_solutions, without_solutions

__all__ = ["Trial", "execute", "trial"]

_SECONDS = 600


@dataclass(frozen=True)
class Trial:
    """What a lesson printed, for each exercise without and with its solution, and everywhere else.

    Parameters
    ----------
    open
        What each exercise's cell printed without its solution.
    solved
        What it printed with its solution.
    shown
        What the other cells printed.
    """

    open: tuple[str, ...]
    solved: tuple[str, ...]
    shown: tuple[str, ...]


def trial(lesson: Lesson) -> Trial:
    """Run a lesson in this process, in an empty temporary folder.

    Raises
    ------
    LessonFailedError
        If a cell raises an error; it names the part and the cell's first line.
    """
    names: dict[str, Any] = {"__name__": "__main__", "__doc__": lesson.title}
    open_, solved, shown = [], [], []
    with _elsewhere():
        for cell in cells(lesson):
            if cell.kind != "code":
                continue
            if has_solution(cell.source):
                right = with_solutions(cell.source, lesson.name)
                solved.append(_printed(lesson, cell, right, dict(names)))
                open_.append(_printed(lesson, cell, without_solutions(cell.source, lesson.name), names))
            else:
                shown.append(_printed(lesson, cell, cell.source, names))
    return Trial(tuple(open_), tuple(solved), tuple(shown))


@contextlib.contextmanager
def _elsewhere() -> Iterator[None]:
    """Work in a temporary folder: what a lesson writes by mistake is gone afterwards."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="hexi-lesson-") as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def _printed(lesson: Lesson, cell: Cell, source: str, names: dict[str, Any]) -> str:
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(source, f"{lesson.name} ({cell.part})", "exec"), names)  # noqa: S102  # a lesson of ours is what is run
    except Exception as error:
        first = next(iter(source.splitlines()), "")
        raise LessonFailedError(
            lesson.name, f"in '{cell.part}', the cell {first!r} raised {type(error).__name__}: {error}"
        ) from error
    return printed.getvalue()


def execute(lesson: Lesson, notebook: Any) -> Any:
    """Run a notebook in a kernel of its own and return it with its outputs.

    Parameters
    ----------
    lesson
        The notebook's lesson, for the refusal.
    notebook
        An `nbformat.NotebookNode`; it is changed.

    Raises
    ------
    LessonFailedError
        If a cell raises an error, or takes ten minutes.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError
    from traitlets.config import Config

    # what goes to the kernel and back is nobody else's on this machine
    settings = Config({"KernelManager": {"transport_encryption": "auto"}})
    with tempfile.TemporaryDirectory(prefix="hexi-lesson-") as folder:
        room = {"metadata": {"path": folder}}
        client = NotebookClient(
            notebook,
            timeout=_SECONDS,
            startup_timeout=_SECONDS,
            kernel_name="python3",
            resources=room,
            config=settings,
        )
        try:
            return client.execute()
        except CellExecutionError as error:
            raise LessonFailedError(lesson.name, f"a cell raised {error.ename}: {error.evalue}") from None
        except CellTimeoutError:
            raise LessonFailedError(lesson.name, f"a cell took more than {_SECONDS} seconds") from None
