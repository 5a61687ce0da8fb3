"""A lesson as a notebook: for the teacher with solutions and the teacher's cells, for students without.

The outputs come from one run in a kernel; a student's notebook has those of all cells but the exercises.
"""

import copy
from typing import Any

from engines.workshop.reading import ENGINES, NOTES, PARTS, Cell, Lesson
from engines.workshop.solutions import has_solution, with_solutions, without_solutions

__all__ = ["for_student", "for_teacher", "title_page", "written_out"]


def for_teacher(lesson: Lesson, parts: list[Cell]) -> Any:
    """Return the whole lesson as a notebook that was not run yet; the cells' metadata say what they are."""
    form = _form()
    made = [_prose(title_page(lesson))]
    for cell in parts:
        if cell.kind == "prose":
            made.append(_prose(_headed(lesson, cell), tags=["teacher"] if cell.teacher else []))
        else:
            tags = ["exercise"] if has_solution(cell.source) else []
            made.append(form.new_code_cell(with_solutions(cell.source, lesson.name), metadata={"tags": tags}))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = form.new_notebook(cells=made, metadata={"kernelspec": kernel, "title": lesson.title})
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"{lesson.name[:2]}-{number:03d}"  # not drawn at random, so that equal lessons are equal files
    return notebook


def for_student(lesson: Lesson, parts: list[Cell], run: Any) -> Any:
    """Return what students get of a teacher's notebook: no solutions, none of the teacher's cells.

    Parameters
    ----------
    lesson, parts
        The lesson and its cells, as `for_teacher` got them.
    run
        What that returned, after it was run.
    """
    made = copy.deepcopy(run)
    for cell, given in zip(parts, made.cells[1:], strict=True):
        if cell.kind == "code" and has_solution(cell.source):
            given["source"] = without_solutions(cell.source, lesson.name)
            given["outputs"], given["execution_count"] = [], None
    made.cells = [cell for cell in made.cells if "teacher" not in cell.metadata.get("tags", [])]
    return made


def written_out(notebook: Any) -> str:
    """Return a notebook as the text of its file."""
    text: str = _form().writes_json(notebook)
    return text + "\n"


def title_page(lesson: Lesson) -> str:
    """Return the first cell of a lesson: title, what it is for, and how long its parts take.

    Examples
    --------
    >>> from engines.workshop.reading import lessons
    >>> title_page(next(iter(lessons().values()))).startswith("# 1 · ")
    True
    """
    rows = [
        f"| {at}. {english} · {chinese} | {lesson.minutes[part]} min |"
        for at, (part, (english, chinese)) in enumerate(PARTS.items(), 1)
    ]
    extras = ",".join(("lessons", *lesson.needs))
    return "\n".join(
        [
            f"# {lesson.number} · {lesson.title}",
            f"**{lesson.title_zh}** · engine: {lesson.engine} · {ENGINES[lesson.engine]}",
            "",
            lesson.about,
            "",
            f"| {lesson.whole} minutes · 分钟 | |",
            "|---|---:|",
            *rows,
            "",
            f"Needs · 需要: `pip install -e '.[{extras}]'`, and a little pandas.",
        ]
    )


def _headed(lesson: Lesson, cell: Cell) -> str:
    """Return prose; the heading of a part gets its number, Chinese name and minutes, a note its Chinese name."""
    head, _, rest = cell.source.partition("\n")
    if cell.teacher:
        return f"{head} · {NOTES[head.removeprefix('### ')]}\n{rest}"
    english, chinese = PARTS.get(cell.part, ("", ""))
    if not head.startswith(f"## {english}") or not english:
        return cell.source
    order = list(PARTS)
    at = order.index(cell.part)
    begin = sum(lesson.minutes[part] for part in order[:at])
    subtitle = head.removeprefix(f"## {english}")
    clock = f"{begin}–{begin + lesson.minutes[cell.part]} min"
    return f"## {at + 1}. {english} · {chinese}{subtitle} ({clock})\n{rest}"


def _form() -> Any:
    """Return what makes notebooks and cells; it comes without types."""
    import nbformat.v4

    return nbformat.v4


def _prose(source: str, tags: list[str] | None = None) -> Any:
    return _form().new_markdown_cell(source, metadata={"tags": tags or []})
