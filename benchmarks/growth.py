"""What grows with a size: the curves that a record holds, as `contests.toml` says under [[curve]].

A number in the name of a dataset or of a subject is its size. Where a subject is not the size, each is a line and each
metric a curve of its own; where the subject's name is the size, the metrics are the lines.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from benchmarks.contests import measurements, plan
from benchmarks.measurement import Measurement

__all__ = ["Curve", "curves"]

_SIZE = "{size}"


@dataclass(frozen=True)
class Curve:
    """One picture's worth of points: (line, size, value) in the order of the record.

    Parameters
    ----------
    benchmark, about
        The benchmark, and what is measured: a metric, or a dataset with several metrics as lines.
    of, unit
        What the size counts, and the unit of the values.
    points
        Of which line, at which size, which value.
    ours
        The lines that are ours.
    """

    benchmark: str
    about: str
    of: str
    unit: str
    points: tuple[tuple[str, float, float], ...]
    ours: tuple[str, ...] = ()


def curves(record: Mapping[str, Any]) -> list[Curve]:
    """Return the curves of a record; one that would have fewer than two sizes is left out.

    Examples
    --------
    >>> names, keys = ("10 firms, CPU time", "100 firms, CPU time"), ("dataset", "subject", "metric", "value", "unit")
    >>> rows = [dict(zip(keys, (name, "ours", "PageRank", 2.0, "ms"))) for name in names]
    >>> [(one.about, one.points) for one in curves({"benchmark": "graph", "measurements": rows})]
    [('PageRank', (('ours', 10.0, 2.0), ('ours', 100.0, 2.0)))]
    """
    rows = measurements(record)
    found = []
    for rule in plan()["curve"]:
        if rule["benchmark"] == record["benchmark"]:
            found += _by_metric(rule, rows) if _SIZE in rule["dataset"] else _by_size(rule, rows)
    return [one for one in found if len({size for _, size, _ in one.points}) >= 2]


def _size(pattern: str, name: str) -> float | None:
    """Return the number that stands in a name where the pattern has {size}; None if the name is another."""
    parts = [re.escape(part).replace(r"\*", ".*") for part in pattern.split(_SIZE)]
    found = re.fullmatch(r"([\d,]+)".join(parts), name)
    return float(found[1].replace(",", "")) if found else None


def _by_metric(rule: Mapping[str, Any], rows: Sequence[Measurement]) -> list[Curve]:
    found: dict[tuple[str, str], list[tuple[str, float, float]]] = {}
    for row in rows:
        size = _size(rule["dataset"], row.dataset)
        is_meant = size is not None and fnmatchcase(row.subject, rule["subject"]) and row.value > 0
        if is_meant and size is not None and any(fnmatchcase(row.metric, one) for one in rule["metrics"]):
            found.setdefault((row.metric, row.unit), []).append((row.subject, size, row.value))
    return [
        Curve(
            *(rule["benchmark"], metric, rule["of"], unit, tuple(points)),
            ours=tuple(dict.fromkeys(line for line, _, _ in points if line.startswith("ours"))),
        )
        for (metric, unit), points in found.items()
    ]


def _by_size(rule: Mapping[str, Any], rows: Sequence[Measurement]) -> list[Curve]:
    found: dict[tuple[str, str], list[tuple[str, float, float]]] = {}
    for row in rows:
        size = _size(rule["subject"], row.subject)
        is_meant = size is not None and fnmatchcase(row.dataset, rule["dataset"]) and row.value > 0
        if is_meant and size is not None and any(fnmatchcase(row.metric, one) for one in rule["metrics"]):
            found.setdefault((row.dataset, row.unit), []).append((row.metric, size, row.value))
    return [
        Curve(
            *(rule["benchmark"], dataset, rule["of"], unit, tuple(points)),
            ours=tuple(dict.fromkeys(line for line, _, _ in points if "floor" not in line)),
        )
        for (dataset, unit), points in found.items()
    ]
