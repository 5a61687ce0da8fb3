"""Who defaults next: a ranking of the firms on one day, judged by the half year after it.

Learnt from six earlier days whose half years were over by then; the features of a day read nothing later. Compared are
chance, the firm's own features alone, these with its guarantees, and the cascade of expected calls alone. Defaults by
contagion are judged by themselves as well; that they were is known of a synthetic province only.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from credit_graph.errors import NoDefaultsError, PredictionInputError
from credit_graph.prediction.evaluation import compare
from credit_graph.prediction.history import history_of
from credit_graph.prediction.panel import panel, time_split
from credit_graph.prediction.ranking import DefaultRanker, Prediction
from engines.risk_graph.province import Credit

__all__ = ["HORIZON_DAYS", "SUBJECTS", "Foretold", "foretell"]

HORIZON_DAYS = 180
SUBJECTS = {
    "own": ("own only", "仅自身"),
    "network": ("with guarantees", "含担保"),
    "cascade": ("cascade alone", "仅传导"),
    "chance": ("chance", "随机"),
}
"""What is compared, in the order of the report."""

_LEARNT_FROM = ("2019-03-01", "2019-05-01", "2019-07-01", "2019-09-01", "2019-11-01", "2020-01-01")
_OBSERVED_UNTIL = "2020-12-31"
_OWN = ("equity_fen", "leverage", "overdue_days", "registered_capital_fen", "founded_on")
_RESAMPLES = 200


@dataclass(frozen=True, eq=False)
class Foretold:
    """The ranking and how good it was.

    Parameters
    ----------
    rows
        party_id, label (whether it fell), by_contagion, one for each firm.
    prediction
        Chances of these firms.
    table
        As `credit_graph.prediction.evaluation.compare`.
    learnt_rows, learnt_defaults
        What it was learnt from.
    """

    rows: pd.DataFrame
    prediction: Prediction
    table: pd.DataFrame
    learnt_rows: int
    learnt_defaults: int

    def value(self, defaults: str, measure: str, subject: str) -> "pd.Series[float] | None":
        """Return the row of the table, or None where it was not measured."""
        table = self.table
        found = table[(table["defaults"] == defaults) & (table["measure"] == measure) & (table["subject"] == subject)]
        return found.iloc[0] if len(found) else None


def foretell(credit: Credit, seed: int) -> Foretold | None:
    """Learn, rank and judge; None if too few have defaulted to learn from, or to judge by.

    Parameters
    ----------
    credit
        Tables and day.
    seed
        Of the models and of the resamples.
    """
    tables, day = credit.tables, credit.graph.as_of
    try:
        known = history_of(
            *(tables["parties"], tables["guarantee"], tables["defaults"]), own=_OWN, observed_until=_OBSERVED_UNTIL
        )
        learnt, judged = time_split(panel(known, [*_LEARNT_FROM, day], HORIZON_DAYS), day)
        prediction = DefaultRanker(random_state=seed).fit(known, learnt).predict(known, judged)
        label = judged["label"].to_numpy()
        causes = tables["default_truth"].set_index("party_id")["cause"].reindex(judged["party_id"])
        by_contagion = (causes == "contagion").to_numpy(np.bool_) & (label == 1)
        scores = {
            "own": prediction.own_chance,
            "network": prediction.chance,
            "cascade": prediction.cascade_chance,
            "chance": np.zeros(len(label)),
        }
        table = compare(
            *(label, scores, judged["party"].to_numpy(), np.random.default_rng([seed, 17])),
            contagion=by_contagion if by_contagion.any() else None,
            resamples=_RESAMPLES,
        )
    except (NoDefaultsError, PredictionInputError):
        return None
    rows = judged[["party_id", "label"]].assign(by_contagion=by_contagion)
    return Foretold(rows, prediction, table, len(learnt), int(learnt["label"].sum()))
