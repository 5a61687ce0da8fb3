"""Reading a lesson: its head by syntax alone, its cells by jupytext, and whether it has all that a lesson has.

The head is read without running anything, so that `hexi lesson list` starts at once and needs no extra.
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engines.errors import UnknownNameError
from engines.workshop.errors import LessonError

__all__ = ["ENGINES", "FOLDER", "NOTES", "PARTS", "Cell", "Lesson", "cells", "choose", "lessons", "read_head"]

PARTS = {
    "question": ("The question", "银行的问题"),
    "by hand": ("By hand", "手算"),
    "engine": ("The engine", "引擎"),
    "break it": ("Break it", "攻破它"),
    "exercises": ("Exercises", "练习"),
    "discussion": ("Discussion", "讨论"),
}
"""The six parts of a lesson in order: heading in English and Chinese."""

ENGINES = {"fraud": "反欺诈", "graph": "风险图谱", "ledger": "账本", "rpa": "备案机器人", "all": "全部引擎"}
"""What a lesson may be about."""

NOTES = {"Goes wrong": "常见错误", "Say": "要点", "Answers": "参考答案"}
"""How a teacher's cell begins: its heading of the third level, in English and Chinese."""

FOLDER = Path(__file__).resolve().parents[1] / "lessons"
_FILE = re.compile(r"(\d\d)_([a-z0-9_]+)\.py")
_LEAST_MINUTES, _MOST_MINUTES = 45, 60


@dataclass(frozen=True)
class Lesson:
    """The head of a lesson: what its first lines say of it."""

    name: str
    path: Path
    title: str
    about: str
    title_zh: str
    engine: str
    needs: tuple[str, ...]
    minutes: Mapping[str, int] = field(hash=False)

    @property
    def number(self) -> int:
        """Its place in the order."""
        return int(self.name[:2])

    @property
    def whole(self) -> int:
        """Its length in minutes."""
        return sum(self.minutes.values())


@dataclass(frozen=True)
class Cell:
    """One cell: prose or code, the part that it stands in, and whether only the teacher sees it."""

    kind: str
    source: str
    part: str = ""
    teacher: bool = False


def lessons(folder: Path = FOLDER) -> dict[str, Lesson]:
    """Return the heads of all lessons by name, in their order.

    Examples
    --------
    >>> next(iter(lessons().values())).engine
    'fraud'
    """
    return {path.stem: read_head(path) for path in sorted(folder.glob("*.py")) if _FILE.fullmatch(path.name)}


def choose(known: Mapping[str, Lesson], names: list[str]) -> list[Lesson]:
    """Return the lessons that are asked for, by number, topic or whole name; all of them if none is named.

    Raises
    ------
    UnknownNameError
        If there is no such lesson.

    Examples
    --------
    >>> [lesson.number for lesson in choose(lessons(), ["1", "02"])]
    [1, 2]
    """
    by_word: dict[str, Lesson] = {}
    for name, lesson in known.items():
        words = (name, name[:2], str(lesson.number), name[3:])
        by_word |= {spelled: lesson for word in words for spelled in (word, word.replace("_", "-"))}
    for name in names:
        if name not in by_word:
            raise UnknownNameError("lesson", name, list(known))
    return list(dict.fromkeys(by_word[name] for name in names)) if names else list(known.values())


def read_head(path: Path) -> Lesson:
    """Return the head of one lesson.

    Raises
    ------
    LessonError
        If something is missing in it or is not of the form that `engines/lessons/README.md` asks for.
    """
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise LessonError(path.stem, f"line {error.lineno} is no Python: {error.msg}") from None
    title, _, about = (ast.get_docstring(tree) or "").partition("\n")
    said = _constants(tree)
    if not title.strip() or not about.strip():
        raise LessonError(path.stem, "it begins with no docstring of a title, an empty line and a paragraph")
    for name, kind in (("TITLE_ZH", str), ("ENGINE", str), ("NEEDS", tuple), ("MINUTES", dict)):
        if not isinstance(said.get(name), kind):
            raise LessonError(path.stem, f"{name} is {said.get(name)!r}, but must be a {kind.__name__} in its head")
    if said["ENGINE"] not in ENGINES:
        raise LessonError(path.stem, f"ENGINE is {said['ENGINE']!r}, but must be one of {', '.join(ENGINES)}")
    _check_minutes(path.stem, said["MINUTES"])
    return Lesson(
        name=path.stem,
        path=path,
        title=title.strip().rstrip("."),
        about=about.strip(),
        title_zh=said["TITLE_ZH"],
        engine=said["ENGINE"],
        needs=said["NEEDS"],
        minutes=said["MINUTES"],
    )


def _check_minutes(name: str, minutes: Mapping[str, Any]) -> None:
    if list(minutes) != list(PARTS):
        raise LessonError(name, f"MINUTES are of {list(minutes)}, but must be of {list(PARTS)}, in this order")
    whole = sum(minutes.values())
    if not _LEAST_MINUTES <= whole <= _MOST_MINUTES:
        raise LessonError(name, f"MINUTES make {whole}, but must make {_LEAST_MINUTES} to {_MOST_MINUTES}")


def _constants(tree: ast.Module) -> dict[str, Any]:
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id.isupper():
            try:
                found[node.targets[0].id] = ast.literal_eval(node.value)
            except ValueError:
                continue  # a constant of the lesson's own, which is computed
    return found


def cells(lesson: Lesson) -> list[Cell]:
    """Return the cells of a lesson behind its head, each with the part that it stands in.

    Raises
    ------
    LessonError
        If its six parts are not all there, in their order, or a teacher's cell has none of its headings.
    """
    import jupytext

    found: list[Cell] = []
    part = ""
    opened = []
    read = jupytext.reads(lesson.path.read_text(encoding="utf-8"), fmt="py:percent").cells
    for cell in read[1:]:
        kind = "code" if cell.cell_type == "code" else "prose"
        teacher = "teacher" in cell.metadata.get("tags", [])
        for source in [cell.source] if kind == "code" else _at_parts(cell.source):
            if source.startswith("## "):
                part = _part(lesson, source.splitlines()[0])
                opened.append(part)
            if teacher:
                _check_note(lesson, source)
            found.append(Cell(kind, source, part, teacher))
    if opened != list(PARTS):
        raise LessonError(lesson.name, f"its parts are {opened}, but must be {list(PARTS)}")
    return found


def _at_parts(prose: str) -> list[str]:
    """Return prose cut before each heading that opens a part, so that a part begins with a cell."""
    return [piece.strip() for piece in re.split(r"(?m)^(?=## )", prose) if piece.strip()]


def _check_note(lesson: Lesson, source: str) -> None:
    head = source.partition("\n")[0]
    if head.removeprefix("### ") not in NOTES:
        known = ", ".join(f"### {name}" for name in NOTES)
        raise LessonError(lesson.name, f"a teacher's cell begins with {head!r}, but must with one of {known}")


def _part(lesson: Lesson, heading: str) -> str:
    for part, (english, _) in PARTS.items():
        if re.fullmatch(rf"## {english}(: .+)?", heading):
            return part
    known = ", ".join(f"## {english}" for english, _ in PARTS.values())
    raise LessonError(lesson.name, f"the heading {heading!r} opens none of its parts ({known})")
