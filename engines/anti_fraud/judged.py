"""What the two sources of the anti-fraud case have in common: an evaluation, and what is known about its rows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

import fraud
from engines.progress import Report
from fraud.costs import CostTable, read_costs
from fraud.evaluation import Evaluation

__all__ = ["Judged", "counting", "shipped_costs"]


@dataclass(frozen=True, eq=False)
class Judged:
    """An evaluation with the number of rows of its source, the truth where it is known, and notes for the reader.

    `truth` has one row for each fraud among the judged payments: transaction_id, typology, typology_zh.
    """

    evaluation: Evaluation
    costs: CostTable
    rows: int
    sample: pd.DataFrame
    truth: pd.DataFrame | None = None
    notes: tuple[str, ...] = ()
    refused: dict[str, int] = field(default_factory=dict)


def shipped_costs() -> CostTable:
    """Return the table of costs that comes with the engine.

    Examples
    --------
    >>> shipped_costs().block.share_lost < 0.1
    True
    """
    path = Path(fraud.__file__).parent / "policies" / "costs.toml"
    return read_costs(path.read_text(encoding="utf-8"))


def counting(progress: Report, total: int) -> Callable[[str, int], None]:
    """Turn the engine's steps (rows just done) into the bar's (rows done so far, of all)."""
    done = 0

    def step(name: str, rows: int) -> None:
        nonlocal done
        if name == "rows":
            done += rows
            progress("features, rules, scores · 特征、规则、评分", done, total)
        else:
            progress("learning · 训练模型", min(rows, 1), 1)

    return step
