"""Lessons as pages that need nothing else: no script, no font and no style from elsewhere.

A lesson's page is made from its notebook after it was run. Letters are large, since it is read from a projector; it
follows the light or dark setting of the system, and pictures stay on white.
"""

import html
from functools import cache
from pathlib import Path
from typing import Any

from engines.workshop.reading import NOTES, PARTS, Cell, Lesson

__all__ = ["index_page", "lesson_page", "teachers_page"]

_TEMPLATES = Path(__file__).with_name("templates")
_KINDS = ("text/html", "image/svg+xml", "text/plain")


def lesson_page(lesson: Lesson, notebook: Any, teacher: bool) -> str:
    """Return one lesson as a page.

    Parameters
    ----------
    lesson
        Its head.
    notebook
        Of `engines.workshop.notebooks`, after it was run.
    teacher
        Whether it is the teacher's.
    """
    shown = [_shown(cell) for cell in notebook.cells]
    return _filled("lesson.html.j2", lesson=lesson, cells=shown, teacher=teacher, parts=_clock(lesson))


def index_page(entries: list[Lesson], teacher: bool) -> str:
    """Return the list of lessons as a page, each with its page and its notebook."""
    return _filled("index.html.j2", lessons=entries, teacher=teacher)


def teachers_page(entries: list[tuple[Lesson, list[Cell]]]) -> str:
    """Return the teacher's page: order, timings, what usually goes wrong, what to say, and the discussions' answers."""
    told = [{"lesson": lesson, "clock": _clock(lesson), "notes": _notes(cells)} for lesson, cells in entries]
    return _filled("teacher.html.j2", told=told, whole=sum(lesson.whole for lesson, _ in entries))


def _notes(cells: list[Cell]) -> list[dict[str, str]]:
    notes = []
    for cell in cells:
        if not cell.teacher:
            continue
        head, _, rest = cell.source.partition("\n")
        kind = head.removeprefix("### ")
        english, chinese = PARTS[cell.part]
        title = f"{english}: {kind.lower()} · {chinese}：{NOTES[kind]}"
        notes.append({"title": title, "text": _markdown().render(rest)})
    return notes


def _clock(lesson: Lesson) -> list[dict[str, Any]]:
    begin, clock = 0, []
    for at, (part, (english, chinese)) in enumerate(PARTS.items(), 1):
        end = begin + lesson.minutes[part]
        clock.append({"at": at, "name": english, "name_zh": chinese, "begin": begin, "end": end})
        begin = end
    return clock


def _shown(cell: Any) -> dict[str, Any]:
    tags = cell.metadata.get("tags", [])
    if cell.cell_type == "markdown":
        head = cell.source.partition("\n")[0]
        anchor = head[3 : head.index(".")] if head.startswith("## ") and "." in head else ""
        return {"kind": "prose", "html": _markdown().render(cell.source), "tags": tags, "anchor": anchor}
    outputs = [made for output in cell.outputs if (made := _output(output))]
    return {"kind": "code", "html": _coloured(cell.source), "tags": tags, "outputs": outputs}


def _output(output: Any) -> str:
    if output.output_type == "stream":
        return f"<pre>{html.escape(output.text.rstrip())}</pre>" if output.name == "stdout" else ""
    for kind in _KINDS:
        if kind in output.get("data", {}):
            text = str(output.data[kind])
            return f"<pre>{html.escape(text)}</pre>" if kind == "text/plain" else text
    return ""


@cache
def _markdown() -> Any:
    from markdown_it import MarkdownIt

    # what somebody writes as HTML into a lesson is shown as text
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.add_render_rule("fence", lambda _self, tokens, at, *_: _coloured(tokens[at].content))
    return reader


def _coloured(source: str) -> str:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    coloured: str = highlight(source, PythonLexer(), HtmlFormatter(cssclass="code"))
    return coloured


@cache
def _colours() -> str:
    """Return the style of code, for light and for dark."""
    from pygments.formatters import HtmlFormatter

    light = HtmlFormatter(style="default").get_style_defs(".code")
    dark = HtmlFormatter(style="github-dark").get_style_defs(".code")
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}"


def _filled(template: str, **given: Any) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    room = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined)
    text: str = room.get_template(template).render(colours=_colours(), **given)
    return text
