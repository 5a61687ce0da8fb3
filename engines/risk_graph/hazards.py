"""How likely a firm fails within a year, from what a bank sees of it: a pooled logistic regression.

Each firm is a row on each of several days, half a year apart, with what was known on the day and whether it defaulted
in the half year after it; all of these half years are over by the day of the case. T. Shumway, "Forecasting bankruptcy
more accurately: a simple hazard model", Journal of Business 74 (2001): such rows make a logistic regression a hazard
model. What it reads: leverage, days overdue, equity and youth. The truth of the province is never read.

Fails in two ways that a bank's own model shares. Defaults by contagion are among those learnt from, so that contagion
is counted a little twice; and with some fifty defaults the chances are rough: compare how good they were afterwards.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from credit_graph.errors import NoDefaultsError
from credit_graph.prediction.history import History, history_of
from credit_graph.prediction.measures import area_under_curve
from credit_graph.prediction.panel import panel
from engines.risk_graph.province import Credit

__all__ = ["HALF_YEAR", "OWN", "Hazards", "features", "hazards"]

OWN = ("leverage", "overdue_days", "equity_fen", "founded_on")
"""What is read of a firm: columns of the table of parties."""

HALF_YEAR = 180
_PERIODS = 3
_YEAR = 365.0
_YOUNG = 3 * _YEAR

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Hazards:
    """Chances of default, and how they were come by.

    Parameters
    ----------
    chance
        Within a year, by party of the graph, shape (n,); 0 for those who are no firm or have defaulted.
    learnt_rows, learnt_defaults
        What it was learnt from.
    later_defaults, later_auc
        How many defaulted in the half year after the day, and how well the chances rank them: the area under the
        curve, 0.5 by chance, NaN if none or all defaulted. Known only afterwards; nothing is chosen by it.
    """

    chance: Floats
    learnt_rows: int
    learnt_defaults: int
    later_defaults: int
    later_auc: float


def hazards(credit: Credit) -> Hazards:
    """Learn from the defaults up to the day, and say how likely each firm that is left defaults within a year.

    Examples
    --------
    >>> from engines.risk_graph.province import credit
    >>> found = hazards(credit(7, 200))
    >>> found.learnt_rows, bool(0 < found.chance.max() < 0.5), found.chance.min().item()
    (600, True, 0.0)
    """
    day, defaults = credit.graph.as_of, credit.tables["defaults"]
    # later defaults are taken out before anything is read
    known = history_of(
        *(credit.tables["parties"], credit.tables["guarantee"]),
        defaults[defaults["defaulted_on"] <= pd.Timestamp(day)],
        own=OWN,
        observed_until=day,
    )
    days = [day - timedelta(days=HALF_YEAR * back) for back in range(_PERIODS, 0, -1)]
    rows = panel(known, days, HALF_YEAR)
    read = np.vstack([features(known, int(when)) for when in np.unique(rows["day"])])
    table, label = read[_places(rows, known.n)], rows["label"].to_numpy(np.int64)
    half = _chances(table, label, features(known, int(rows["day"].max()) + HALF_YEAR))
    chance = 1.0 - (1.0 - half) ** (_YEAR / HALF_YEAR)
    chance[~np.isin(known.kind, ["firm"]) | (known.defaulted_day <= int(rows["label_until"].max()))] = 0.0
    # the history has the order of the table, the graph that of the identifiers
    ours = chance[known.index.get_indexer(pd.Index(credit.graph.ids))]
    return Hazards(ours, len(rows), int(label.sum()), *_later(credit, ours))


def features(known: History, day: int) -> Floats:
    """Return what is known of each party on a day, in days since 1970, shape (n, 4), without gaps.

    Columns: leverage, logarithm of days overdue, logarithm of equity, and whether it is younger than three years. What
    is missing becomes the median of those known.
    """
    leverage, overdue, equity, age = known.own_on(day).T
    with np.errstate(invalid="ignore", divide="ignore"):
        told = np.column_stack([leverage, np.log1p(overdue), np.log(np.maximum(equity, 1.0)), age < _YOUNG])
    return np.column_stack([_filled(column) for column in told.T])


def _filled(column: Floats) -> Floats:
    gap = np.isnan(column)
    return np.where(gap, 0.0 if gap.all() else float(np.median(column[~gap])), column)


def _places(rows: pd.DataFrame, n: int) -> npt.NDArray[np.int64]:
    """Return where the row of each firm on each day stands when the days lie on top of each other."""
    _, period = np.unique(rows["day"].to_numpy(), return_inverse=True)
    return np.asarray(period * n + rows["party"].to_numpy(), np.int64)


def _chances(table: Floats, label: npt.NDArray[np.int64], now: Floats) -> Floats:
    if not 0 < label.sum() < len(label):
        return np.full(len(now), (label.sum() + 0.5) / (len(label) + 1.0))
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(table, label)
    return np.asarray(model.predict_proba(now)[:, 1], np.float64)


def _later(credit: Credit, chance: Floats) -> tuple[int, float]:
    day = pd.Timestamp(credit.graph.as_of)
    when = credit.tables["defaults"].set_index("party_id")["defaulted_on"].reindex(credit.graph.ids)
    fell = ((when > day) & (when <= day + pd.Timedelta(days=HALF_YEAR))).to_numpy(np.bool_)
    asked = chance > 0
    try:
        return int(fell[asked].sum()), area_under_curve(fell[asked], chance[asked])
    except NoDefaultsError:
        return int(fell[asked].sum()), float("nan")
