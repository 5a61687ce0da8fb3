"""The start page itself: what runs, the 37 cases, lessons, results, guide; written from what lies beside it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines import catalogue
from engines.catalogue import Entry
from engines.paper import PaperCase, paper_cases
from engines.report import page as report
from engines.report.embedding import content_policy
from engines.start import durations
from engines.start.running import SMALL
from engines.start.shelf import RESULTS_PAGE, Kept, kept
from engines.start.thumbnails import as_source

__all__ = ["ENGINES", "Card", "Link", "cards", "links", "render_page", "write_page"]

ENGINES: Mapping[str, tuple[str, str]] = {
    "": ("One story through all engines", "一个故事，四个引擎"),
    "fraud": ("Anti-fraud", "反欺诈"),
    "credit_graph": ("Guarantee-chain risk graph", "担保链风险图谱"),
    "ledger": ("Receivables ledger", "应收款账本"),
    "rpa": ("Account-filing bot", "账户备案机器人"),
    "other": ("Others", "其他"),
}
"""Names of the engines in the order in which the page shows them."""

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Card:
    """One case of ours: the entry, its engine, the paper's cases that it shows, how long it takes, what came of it."""

    entry: Entry
    engine: str
    shows: tuple[PaperCase, ...]
    takes: str
    kept: Kept | None
    picture: str

    @property
    def command(self) -> str:
        """What to type for the case at its own size."""
        return f"hexi run {self.entry.name} --open"


@dataclass(frozen=True)
class Link:
    """Something beside the reports: where it is if it is there, and the command that makes it."""

    title: str
    title_zh: str
    what: str
    command: str
    address: str = ""


def cards(folder: Path) -> list[Card]:
    """Return the cases of ours in the order of their engines.

    Examples
    --------
    >>> [one.engine for one in cards(Path("nothere")) if one.entry.name == "receivables"]
    ['ledger']
    """
    entries, taken = catalogue.cases(), durations.read()
    paper = paper_cases(entries.values())
    found = []
    for name, entry in entries.items():
        shows = tuple(one for one in paper if name in one.runs)
        there = kept(folder, name)
        picture = as_source(folder / there.picture) if there and there.picture else ""
        found.append(Card(entry, _engine(entry, shows), shows, taken.shown(name), there, picture))
    return sorted(found, key=lambda one: list(ENGINES).index(one.engine))


def _engine(entry: Entry, shows: tuple[PaperCase, ...]) -> str:
    """Return the engine of a case; empty for the story that walks through all."""
    if entry.name == "province":
        return ""
    own = next((one for one in shows if one.number == entry.paper_case), None)
    return own.engine if own is not None and own.engine else "other"


def links(folder: Path) -> list[Link]:
    """Return what lies beside the reports, with addresses that hold as long as the folders stay where they are."""

    def address(*places: Path) -> str:
        there = next((place for place in places if place.exists()), None)
        return "" if there is None else os.path.relpath(there.resolve(), folder.resolve()).replace(os.sep, "/")

    lessons = (Path("build/lessons/student/index.html"), _ROOT / "build/lessons/student/index.html")
    return [
        Link(
            *("What was measured", "测量结果", "Ours beside others, with losses, and beside physical floors."),
            f"hexi bench page -o {folder / RESULTS_PAGE}",
            address(folder / RESULTS_PAGE),
        ),
        Link(
            *(
                "Lessons",
                "课程",
                "45 to 60 minutes each: a question, the idea by hand, the engine, an attack, exercises.",
            ),
            "hexi lesson build",
            address(*lessons),
        ),
        Link(
            *("Guide", "指南", "Architecture, how to add a part, glossary, data cards, threats, reference."),
            "sphinx-build -b html docs docs/_build/html",
            address(_ROOT / "docs/_build/html/index.html"),
        ),
    ]


def write_page(folder: Path) -> Path:
    """Write the start page into a folder, which is made if it is not there, and return where it is.

    Raises
    ------
    MissingExtraError
        If the extra 'report' is not installed.
    """
    whole = render_page(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return report.write_whole(whole, folder / "index.html")


def render_page(folder: Path) -> str:
    """Return the start page as text.

    Examples
    --------
    >>> page = render_page(Path("nothere"))
    >>> page.count('<tr id="case-'), page.count("not run for this page yet") == len(cards(Path("nothere")))
    (37, True)
    """
    report.require()
    import jinja2
    from markupsafe import Markup

    shown = cards(folder)
    rooms = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader(f"engines.{one}", ".") for one in ("start", "report")]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    script = rooms.get_template("start.js.j2").render()
    style = "\n".join(rooms.get_template(name).render() for name in ("page.css.j2", "start.css.j2"))
    paper = paper_cases(catalogue.cases().values())
    values: dict[str, Any] = {
        "groups": [(ENGINES[name], [one for one in shown if one.engine == name]) for name in ENGINES],
        "paper": paper,
        "running": sum(bool(one.runs) for one in paper),
        "engine_names": ENGINES,
        "taken": durations.read(),
        "links": links(folder),
        "lessons": _lessons(),
        "made": sum(one.kept is not None for one in shown),
        "total": len(shown),
        "small": SMALL,
    }
    return rooms.get_template("start.html.j2").render(
        **values,
        policy=content_policy([script]),
        style=Markup(style),  # noqa: S704  # our own file
        script=Markup(script),  # noqa: S704  # our own file
    )


def _lessons() -> list[Any]:
    from engines.workshop.reading import lessons

    return list(lessons().values())
