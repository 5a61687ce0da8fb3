"""What the page of results shows of each benchmark, as plain values: machine, ratios, pictures, every number."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.contests import FLOOR, PEER, Duel, duels, measurements
from benchmarks.groups import group_of
from benchmarks.growth import Curve, curves
from benchmarks.measurement import SHARE, Measurement
from benchmarks.summary import times_shown
from engines.catalogue import Entry
from engines.report.legible import legible
from engines.result import Picture

__all__ = ["Cell", "Matrix", "Section", "section"]

_BUSY = 1.0
_MOST_BARS = 20


@dataclass(frozen=True)
class Cell:
    """What stands beside ours: the ratio, the other's own value, and how to mark it ("won", "lost" or "floor")."""

    ratio: str
    value: str
    mark: str


@dataclass(frozen=True)
class Matrix:
    """One dataset: the others as columns, and for each row its metric, subject of ours, value of ours, and cells."""

    dataset: str
    others: tuple[str, ...]
    rows: tuple[tuple[str, str, str, tuple[Cell | None, ...]], ...]

    @property
    def has_several(self) -> bool:
        """Whether there is more than one subject of ours, so that each row must say whose it is."""
        return len({ours for _, ours, _, _ in self.rows}) > 1


@dataclass(frozen=True)
class Section:
    """One benchmark on the page; without a record it has only a name, a title and a group."""

    name: str
    group: str
    title: str
    title_zh: str
    about: tuple[tuple[str, str, str], ...] = ()
    busy: str = ""
    note: str = ""
    won: int = 0
    lost: int = 0
    matrices: tuple[Matrix, ...] = ()
    pictures: tuple[Picture, ...] = ()
    curves: tuple[Picture, ...] = ()
    tables: tuple[Mapping[str, Any], ...] = ()

    @property
    def is_recorded(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.about)


def section(entry: Entry, record: Mapping[str, Any] | None) -> Section:
    """Return what is shown of one benchmark.

    Parameters
    ----------
    entry
        As the catalogue has it.
    record
        What was recorded, or None.

    Examples
    --------
    >>> section(Entry("graph", "benchmarks.graph", "Graph", "图"), None).is_recorded
    False
    """
    head = Section(entry.name, group_of(entry.name), entry.title, entry.title_zh)
    if record is None:
        return head
    found = duels(record)
    peers = [one for one in found if one.kind == PEER]
    return replace(
        head,
        about=tuple(_about(record)),
        busy=_busy(record),
        note=legible(record["note"]),
        won=sum(not one.is_loss for one in peers),
        lost=sum(one.is_loss for one in peers),
        matrices=tuple(_matrices(found)),
        pictures=tuple(_pictures(found)),
        curves=tuple(_curve(one, _everybody(found)) for one in curves(record)),
        tables=tuple(_tables(measurements(record))),
    )


def _about(record: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    """Yield name, Chinese name and value of all that a number's reader must know."""
    machine, changed = record["machine"], record["changed_files"]
    memory = str(machine["memory"]).removesuffix(" kB")
    size = f"{int(memory) / 1e6:.0f} GB" if memory.isdigit() else memory
    commit = (record["commit"] or "none")[:10]
    yield "measured", "测量时间", record["date"].replace("T", " ")[:16]
    yield "commit", "提交", f"{commit} with {changed} changed files" if changed else commit
    yield "machine", "机器", f"{machine['processor']}, {machine['cores']} cores, {size}, {machine['system']}"
    before = record.get("load_before")
    loads = [f"{one:.2f}" for one in (before, record["load"]) if one is not None]
    yield "load before, after", "前后负载", ", ".join(loads)
    yield "versions", "版本", ", ".join(f"{name} {value}" for name, value in record["versions"].items())


def _busy(record: Mapping[str, Any]) -> str:
    """Say so if the processor was wanted by more than it can serve before the run began."""
    before = record.get("load_before") or 0.0
    if before <= _BUSY:
        return ""
    return f"The machine was busy when this began (load {before:.2f} for each core): trust the ratios, not the seconds."


def _matrices(found: Sequence[Duel]) -> Iterable[Matrix]:
    for dataset in dict.fromkeys(one.dataset for one in found):
        here = [one for one in found if one.dataset == dataset]
        others = tuple(dict.fromkeys(one.other for one in sorted(here, key=lambda one: one.kind == FLOOR)))
        rows = []
        for metric, ours in dict.fromkeys((one.metric, one.ours) for one in here):
            duel = {one.other: one for one in here if (one.metric, one.ours) == (metric, ours)}
            shown = next((one.ours_shown for one in duel.values() if one.ours_shown), "")
            rows.append((metric, ours, shown, tuple(_cell(duel.get(other)) for other in others)))
        yield Matrix(dataset, others, tuple(rows))


def _cell(duel: Duel | None) -> Cell | None:
    if duel is None:
        return None
    mark = "floor" if duel.kind == FLOOR else "lost" if duel.is_loss else "won"
    return Cell(times_shown(duel.times), duel.other_shown, mark)


def _pictures(found: Sequence[Duel]) -> Iterable[Picture]:
    from engines.measured.pictures import nearness_bars, ratio_dots

    # how well and how fast differ by powers of ten: one axis would press the former together
    everybody = _everybody(found)
    parts = dict.fromkeys((one.dataset, one.unit == SHARE) for one in found if one.kind == PEER)
    for dataset, is_share in parts:
        here = [one for one in found if one.dataset == dataset and one.kind == PEER and (one.unit == SHARE) == is_share]
        several = len({one.ours for one in here}) > 1
        said = (", quality" if is_share else ", cost") if (dataset, not is_share) in parts else ""
        yield Picture(
            f"{dataset}{said}: ours beside the others",
            "与其他实现对比",
            "",
            lambda here=here, several=several: ratio_dots(here, everybody, several),  # type: ignore[misc]  # bound at once
        )
    floors = [one for one in found if one.kind == FLOOR and "ceiling" not in one.other]
    if len(floors) > _MOST_BARS:  # of many sizes the largest
        floors = [one for one in floors if one.ours == floors[-1].ours]
    if floors:
        names = [_floor_name(one, floors) for one in floors]
        yield Picture("Ours beside its floors", "与下限对比", "", lambda: nearness_bars(floors, names))


def _floor_name(duel: Duel, floors: Sequence[Duel]) -> str:
    """Return what a bar says: what is the same for all bars is left out, unless there is but one."""
    parts = {"dataset": duel.dataset, "metric": duel.metric, "ours": duel.ours, "other": duel.other}
    several = {part for part in parts if len({getattr(one, part) for one in floors}) > 1}
    said = {part: text for part, text in parts.items() if part in several or part == "metric" or len(floors) == 1}
    other = said.pop("other", "")
    return " / ".join(filter(None, (" · ".join(said.values()), other)))


def _everybody(found: Sequence[Duel]) -> list[str]:
    return list(dict.fromkeys(one.other for one in found if one.kind == PEER))


def _curve(curve: Curve, everybody: Sequence[str]) -> Picture:
    import pandas as pd

    from engines.measured.pictures import growth_lines

    points = pd.DataFrame(curve.points, columns=["line", "size", "value"])
    return Picture(curve.about, "", "", lambda: growth_lines(points, curve.of, curve.unit, curve.ours, everybody))


def _tables(found: Sequence[Measurement]) -> Iterable[Mapping[str, Any]]:
    for dataset in dict.fromkeys(one.dataset for one in found):
        here = {(one.subject, one.metric): one.shown for one in found if one.dataset == dataset}
        metrics = list(dict.fromkeys(metric for _, metric in here))
        subjects = dict.fromkeys(subject for subject, _ in here)
        rows = [[subject, *(here.get((subject, metric), "") for metric in metrics)] for subject in subjects]
        yield {"dataset": dataset, "columns": ["subject · 对象", *metrics], "rows": rows}
