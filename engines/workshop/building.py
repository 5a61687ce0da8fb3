"""`hexi lesson build`: from lessons to a folder for the teacher and one that can be handed to students as it is."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from engines.errors import MissingExtraError
from engines.workshop.notebooks import for_student, for_teacher, written_out
from engines.workshop.pages import index_page, lesson_page, teachers_page
from engines.workshop.reading import Cell, Lesson, cells
from engines.workshop.running import execute

__all__ = ["build", "require"]

_NEEDED = (
    *("altair", "ipykernel", "jinja2", "jupytext", "markdown_it", "nbclient", "nbformat", "pygments"),
    "vl_convert",
)

Progress = Callable[[str, int, int], None]


def require() -> None:
    """Do nothing if lessons can be built; called first, so that nobody waits in vain.

    Raises
    ------
    MissingExtraError
        If a package of the extra 'lessons' is not installed.

    Examples
    --------
    >>> require()
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise MissingExtraError("building lessons", "lessons", missing)


def build(chosen: list[Lesson], known: list[Lesson], folder: Path, progress: Progress) -> list[Path]:
    """Build lessons into a folder and return the files; those of other lessons that are there stay.

    Parameters
    ----------
    chosen
        The lessons to build.
    known
        All lessons: the indexes name those whose pages are in the folder afterwards.
    folder
        Gets `student/` and `teacher/`, each with an index, pages and notebooks.
    progress
        Called with the name of a lesson, how many are done and how many there are.

    Raises
    ------
    LessonError
        If a lesson is not written as lessons are, or a cell of it fails: nothing of it is written then.
    """
    require()
    for audience in ("student", "teacher"):
        (folder / audience).mkdir(parents=True, exist_ok=True)
    written = []
    for at, lesson in enumerate(chosen):
        progress("lessons · 课程", at, len(chosen))
        written += _build_one(lesson, cells(lesson), folder)
    there = [lesson for lesson in known if (folder / "student" / f"{lesson.name}.html").exists()]
    written += _build_indexes([(lesson, cells(lesson)) for lesson in there], folder)
    progress("lessons · 课程", len(chosen), len(chosen))
    return written


def _build_one(lesson: Lesson, parts: list[Cell], folder: Path) -> list[Path]:
    run = execute(lesson, for_teacher(lesson, parts))
    _forget_times(run)
    versions = {"teacher": run, "student": for_student(lesson, parts, run)}
    written = []
    for audience, notebook in versions.items():
        place = folder / audience / lesson.name
        page = lesson_page(lesson, notebook, audience == "teacher")
        written.append(_write(place.with_suffix(".html"), page))
        written.append(_write(place.with_suffix(".ipynb"), written_out(notebook)))
    return written


def _forget_times(notebook: Any) -> None:
    """Take out when each cell ran, so that the same lesson gives the same file."""
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)


def _build_indexes(told: list[tuple[Lesson, list[Cell]]], folder: Path) -> list[Path]:
    entries = [lesson for lesson, _ in told]
    return [
        _write(folder / "student" / "index.html", index_page(entries, teacher=False)),
        _write(folder / "teacher" / "notes.html", teachers_page(told)),
        _write(folder / "teacher" / "index.html", index_page(entries, teacher=True)),
    ]


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
