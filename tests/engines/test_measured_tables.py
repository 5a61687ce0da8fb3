"""What `hexi bench` shows on a screen: tables that are never wider than it, with whole words and numbers."""

import io

import pytest
from rich.console import Console

from benchmarks.measurement import Measurement
from engines import catalogue
from engines.words import measuring

SUBJECTS = ("ours: rules + trees", "a forest of a rather long name", "chance (floor)")
METRICS = ("average precision", "recall at 0.1%", "recall at 1%", "value at 1%", "card precision at 100", "fit")


def shown(monkeypatch: pytest.MonkeyPatch, width: int) -> str:
    said = io.StringIO()
    monkeypatch.setattr(measuring, "OUT", Console(file=said, width=width))
    measured = [
        Measurement("province", subject, metric, row + column / 8, "s")
        for row, subject in enumerate(SUBJECTS)
        for column, metric in enumerate(METRICS)
    ]
    measuring._show_measured(catalogue.Entry("fraud", "benchmarks.fraud", "Scorers", "评分器", ""), measured)
    return said.getvalue()


@pytest.mark.parametrize(("width", "tables"), [(60, 3), (80, 2), (200, 1)])
def test_a_narrow_screen_gets_more_tables_and_no_broken_word(
    monkeypatch: pytest.MonkeyPatch, width: int, tables: int
) -> None:
    said = shown(monkeypatch, width)
    assert max(len(line) for line in said.splitlines()) <= width
    words = said.split()
    for word in ("average", "precision", "recall", "0.1%", "card", "fit"):
        assert word in words
    for subject in SUBJECTS:
        assert said.count(subject) == tables
    assert said.count("province") == 1
