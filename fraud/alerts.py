"""The payments with the highest scores, kept with all that is needed to explain them.

A stream is not kept, so what an officer will want to see of an alert is put aside while it passes: the payment, its
features, and which rules hit.
"""

import numpy as np
import pandas as pd

from fraud.reasons import Reason, contributions, explain, reasons, rule_reason
from fraud.rules import Rulebook
from fraud.scorers import RULE_PREFIX, Blend

__all__ = ["AlertBook"]


class AlertBook:
    """Keeps the `most` payments with the highest scores; of equal scores the earlier one."""

    def __init__(self, rulebook: Rulebook, most: int = 2_000) -> None:
        self._rulebook = rulebook
        self._most = most
        self.payments = pd.DataFrame()
        self.features = pd.DataFrame()

    def add(self, scored: pd.DataFrame, chunk: pd.DataFrame, features: pd.DataFrame) -> None:
        """Take in judged rows: their scores, the payments as they came, and features with hits; all in one order."""
        extra = [name for name in chunk.columns if name not in scored.columns]
        rows = pd.concat([scored, chunk[extra].astype(object).set_axis(scored.index)], axis=1)
        best = rows["score"].nlargest(self._most).index
        table = features.set_axis(scored.index)
        if len(self.payments):
            payments = pd.concat([self.payments, rows.loc[best]], ignore_index=True)
            kept = pd.concat([self.features, table.loc[best]], ignore_index=True)
        else:
            payments, kept = rows.loc[best].reset_index(drop=True), table.loc[best].reset_index(drop=True)
        top = payments["score"].nlargest(self._most).index
        self.payments = payments.loc[top].reset_index(drop=True)
        self.features = kept.loc[top].reset_index(drop=True)

    def explain(self, scorer: object, reference: "pd.Series[float]", places: list[int]) -> list[list[Reason]]:
        """Return the reasons of the alerts at some places of the book, the strongest first.

        Parameters
        ----------
        scorer
            The fitted scorer.
        reference
            What is usual, see `fraud.reasons.reference_values`.
        places
            Positions in `payments`.
        """
        features = self.features.iloc[places]
        raised = _raised(scorer, features, reference)
        explained = []
        for number, place in enumerate(places):
            row = pd.Series(features.loc[place], dtype=np.float64)
            payment = self.payments.loc[place]
            event = {str(name): value for name, value in (*row.items(), *payment.items())}
            hit = [rule for rule in self._rulebook.rules if event[f"{RULE_PREFIX}{rule.id}"] == 1]
            by_rule = [rule_reason(rule, event) for rule in hit]
            explained.append(reasons(by_rule, pd.Series(raised.to_numpy()[number], raised.columns), row))
        return explained


def _raised(scorer: object, features: pd.DataFrame, reference: "pd.Series[float]") -> pd.DataFrame:
    """Return what each feature added to each row: exactly for a blend, one at a time for a stranger's scorer."""
    plain = [name for name in features.columns if not name.startswith(RULE_PREFIX)]
    if not isinstance(scorer, Blend):
        return contributions(scorer, features, reference, {name: [name] for name in plain})
    names = [str(name) for name in features.columns]
    added = [explain(scorer, row, names).contributions for row in features.to_numpy(np.float64)]
    return pd.DataFrame(np.reshape(added, (len(features), len(names))), features.index, names)[plain]
