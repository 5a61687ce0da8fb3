"""Who stands where beside whom: every comparison that a record allows, as `contests.toml` says.

A ratio is always "how many times as good as the other": above 1 ours is ahead, below 1 it is behind, whether more or
less of the metric is better. Beside a floor, which does the least that can be done, ours can only be behind, and the
ratio says how near it comes. Both numbers are of one record, so of one run on one machine.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.measurement import Measurement

__all__ = ["FLOOR", "PEER", "Duel", "duels", "measurements", "plan"]

PEER, FLOOR = "peer", "floor"

_FILE = Path(__file__).with_name("contests.toml")


@dataclass(frozen=True)
class Duel:
    """One number of ours beside the same number of another.

    Parameters
    ----------
    benchmark, dataset, metric
        What was measured.
    ours, other
        The two subjects.
    kind
        `PEER`, or `FLOOR` for who does the least that can be done.
    times
        How many times as good as the other ours is; positive.
    ours_shown, other_shown
        Both values as people read them; empty where the record holds only their ratio.
    unit
        Of both.
    """

    benchmark: str
    dataset: str
    metric: str
    ours: str
    other: str
    kind: str
    times: float
    ours_shown: str = ""
    other_shown: str = ""
    unit: str = ""

    @property
    def is_loss(self) -> bool:
        """Whether ours is behind a peer; to be behind a floor is no loss."""
        return self.kind == PEER and self.times < 1

    @property
    def place(self) -> tuple[str, str, str, str, str]:
        """What makes it the same comparison in another record."""
        return self.benchmark, self.dataset, self.metric, self.ours, self.other


@cache
def plan() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Return what `contests.toml` says, by the kind of its tables.

    Examples
    --------
    >>> sorted(plan())
    ['contest', 'curve', 'given', 'within']
    """
    found: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return found


def measurements(record: Mapping[str, Any]) -> list[Measurement]:
    """Return the measurements of a record.

    Examples
    --------
    >>> row = {"dataset": "d", "subject": "ours", "metric": "p50", "value": 4.0, "unit": "µs"}
    >>> measurements({"measurements": [row]})[0].shown
    '4.00 µs'
    """
    return [Measurement(**row) for row in record["measurements"]]


def duels(record: Mapping[str, Any], rules: Mapping[str, Sequence[Mapping[str, Any]]] | None = None) -> list[Duel]:
    """Return all comparisons that a record allows, in the order of its rows.

    Parameters
    ----------
    record
        As `benchmarks.recording.read_record` returns it; of its head only `benchmark` is read.
    rules
        What to compare; by default `plan()`.

    Examples
    --------
    >>> rows = [("ours", 4.0), ("CEL in Rust", 335.0)]
    >>> rows = [{"dataset": "one event", "subject": s, "metric": "p50", "value": v, "unit": "µs"} for s, v in rows]
    >>> [(one.other, one.times, one.is_loss) for one in duels({"benchmark": "fraud-rules", "measurements": rows})]
    [('CEL in Rust', 83.75, False)]
    """
    name, rows, said = record["benchmark"], measurements(record), rules or plan()
    found = [one for rule in said.get("contest", ()) if rule["benchmark"] == name for one in _contest(rule, rows)]
    found += [one for rule in said.get("within", ()) if rule["benchmark"] == name for one in _within(rule, rows)]
    found += [one for rule in said.get("given", ()) if rule["benchmark"] == name for one in _given(rule, rows)]
    return found


def _any(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _more_is_better(rule: Mapping[str, Any], metric: str) -> bool | None:
    """Say which way a metric goes; None if the rule does not speak of it."""
    if _any(metric, rule.get("more", ())):
        return True
    return False if _any(metric, rule.get("less", ())) else None


def _contest(rule: Mapping[str, Any], rows: Sequence[Measurement]) -> Iterator[Duel]:
    ours, floors, aside = rule["ours"], rule.get("floors", ()), rule.get("aside", ())
    table: dict[tuple[str, str], list[Measurement]] = {}
    for row in rows:
        if fnmatchcase(row.dataset, rule["dataset"]):
            table.setdefault((row.dataset, row.metric), []).append(row)
    for (_, metric), values in table.items():
        is_more = _more_is_better(rule, metric)
        if is_more is None:
            continue
        present = [one for one in values if one.value > 0]
        others = [one for one in present if not _any(one.subject, (*ours, *aside))]
        for mine in (one for one in present if _any(one.subject, ours)):
            for other in others:
                kind = FLOOR if _any(other.subject, floors) else PEER
                yield _duel(rule["benchmark"], mine, other, other.subject, kind, is_more)


def _within(rule: Mapping[str, Any], rows: Sequence[Measurement]) -> Iterator[Duel]:
    here = [row for row in rows if fnmatchcase(row.dataset, rule["dataset"]) and row.value > 0]
    here = [row for row in here if fnmatchcase(row.subject, rule["subject"])]
    floors = [row for row in here if _any(row.metric, rule["floors"])]
    for mine in here:
        if mine not in floors and _any(mine.metric, rule["metrics"]):
            for floor in floors:
                if floor.subject == mine.subject:
                    yield _duel(rule["benchmark"], mine, floor, rule.get("other", floor.metric), FLOOR, False)


def _given(rule: Mapping[str, Any], rows: Sequence[Measurement]) -> Iterator[Duel]:
    for row in rows:
        is_more = _more_is_better(rule, row.metric)
        is_meant = fnmatchcase(row.dataset, rule["dataset"]) and fnmatchcase(row.subject, rule["subject"])
        if not is_meant or is_more is None or row.value <= 0:
            continue
        times = row.value if is_more else 1 / row.value
        behind = [one for one in rows if (one.dataset, one.metric) == (row.dataset, rule.get("of", {}).get(row.metric))]
        mine = next((one.shown for one in behind if one.subject == row.subject), "")
        other = next((one.shown for one in behind if fnmatchcase(one.subject, rule["floor"])), "")
        yield Duel(rule["benchmark"], row.dataset, row.metric, row.subject, rule["other"], FLOOR, times, mine, other)


def _duel(benchmark: str, mine: Measurement, other: Measurement, name: str, kind: str, is_more: bool) -> Duel:
    times = mine.value / other.value if is_more else other.value / mine.value
    return Duel(
        benchmark, mine.dataset, mine.metric, mine.subject, name, kind, times, mine.shown, other.shown, mine.unit
    )
