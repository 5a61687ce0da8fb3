"""The province as a source of the anti-fraud case: labelled payments, and the truth kept apart."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pandas as pd

from datasets import transactions, truth
from datasets.scenarios import SCENARIOS
from datasets.world import DAYS, FIRST_DAY
from engines.anti_fraud.judged import Judged, counting, shipped_costs
from engines.progress import Report
from fraud.evaluation import evaluate
from fraud.rules import full_rulebook
from fraud.schema import LABEL
from fraud.split import judged_share, time_split

__all__ = ["evaluate_province"]

_SAMPLE_ROWS = 1_500


def evaluate_province(seed: int, size: int, base_rate: float, progress: Report) -> Judged:
    """Make payments, learn from the earlier ones and judge the later ones.

    Raises
    ------
    OutOfRangeError
        If seed, size or base rate is out of range.
    TooFewRowsError
        If there are too few payments to learn from.
    """
    first = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day)
    split, costs = time_split(first, first + timedelta(days=DAYS), judged_share(size)), shipped_costs()
    frauds: list[pd.DataFrame] = []
    head: list[pd.DataFrame] = []

    def chunks() -> Iterator[pd.DataFrame]:
        for part in transactions.stream(size, seed, base_rate):
            known = truth.truth_of(part)
            frauds.append(known[known["is_fraud"] == 1])
            frame = transactions.frame_of(part).assign(**{LABEL: truth.labels_of(part)})
            head.append(frame.head(_SAMPLE_ROWS)) if not head else None
            yield frame

    columns = (*transactions.COLUMNS, LABEL)
    evaluation = evaluate(chunks(), columns, split, full_rulebook(), costs, seed, counting(progress, size))
    names_zh = {scenario.name: scenario.name_zh for scenario in SCENARIOS}
    listed = pd.concat(frauds, ignore_index=True)[["transaction_id", "typology"]]
    listed = listed[listed["transaction_id"].isin(evaluation.scored["transaction_id"])]
    listed = listed.assign(typology_zh=listed["typology"].map(names_zh))
    return Judged(evaluation, costs, size, head[0], listed)
