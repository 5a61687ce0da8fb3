"""What a case returns: a headline, numbers beside the paper's, checks, tables, pictures and networks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["Check", "Film", "Frame", "Network", "Number", "Picture", "Result", "Table"]


@dataclass(frozen=True)
class Number:
    """One figure: its name in English and Chinese, our value as text, and the paper's where there is one."""

    name: str
    name_zh: str
    value: str
    paper: str = ""
    note: str = ""


@dataclass(frozen=True)
class Check:
    """One thing that the case promises; a check that did not pass makes the command exit with 1."""

    name: str
    name_zh: str
    passed: bool
    detail: str = ""


@dataclass(frozen=True)
class Table:
    """A small table of text, with a title in English and Chinese."""

    title: str
    title_zh: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Picture:
    """A chart: `draw` returns its Vega-Lite specification, and is called only when a page is made."""

    title: str
    title_zh: str
    caption: str
    draw: Callable[[], dict[str, Any]]


@dataclass(frozen=True)
class Network:
    """A picture of who is tied to whom: `draw` returns what `engines.report.networks.describe` makes of a view.

    Like a chart, it is drawn only when a page is made.
    """

    title: str
    title_zh: str
    caption: str
    draw: Callable[[], dict[str, Any]]


@dataclass(frozen=True)
class Frame:
    """One picture of a filmstrip: what it shows in English and Chinese, and the picture itself, PNG or JPEG."""

    title: str
    title_zh: str
    picture: bytes


@dataclass(frozen=True)
class Film:
    """A filmstrip: pictures of pages in the order in which they were seen; drawn only on a page."""

    title: str
    title_zh: str
    caption: str
    frames: tuple[Frame, ...]


@dataclass(frozen=True)
class Result:
    """All that a case has to say; the report in the terminal, in JSON and in HTML is made from it alone."""

    case: str
    title: str
    title_zh: str
    paper_case: str
    headline: str
    headline_zh: str
    seed: int
    size: int
    source: str
    numbers: tuple[Number, ...] = ()
    checks: tuple[Check, ...] = ()
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()
    notes: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()
    films: tuple[Film, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)
