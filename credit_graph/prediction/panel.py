"""Rows to learn from: each firm on each of several days, and whether it defaults soon after.

A firm is in the rows of a day if it has not defaulted by then (a default on the day itself is known). The label is
whether it does so within the horizon: from the next day to the day of the horizon, included. A day whose horizon is
longer than what has been observed has no labels and is refused.

The split by time leaves a gap: what is learnt from a day is known only when its horizon is over. With a horizon of 180
days and the first test on 1 July, the last training day is in early January. Whoever learns from days in between lets
the future in, by labels that no bank could have had.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
import pandas as pd

from credit_graph.errors import PredictionInputError
from credit_graph.prediction.history import History, day_number

__all__ = ["candidates", "checked_horizon", "panel", "time_split"]


def candidates(history: History, as_of: date | str, kinds: Sequence[str] = ("firm",)) -> pd.DataFrame:
    """Return who can still default on a day.

    Parameters
    ----------
    history
        What is known.
    as_of
        The day.
    kinds
        Kinds of parties that are asked about.

    Returns
    -------
    pandas.DataFrame
        party_id, as_of (date), party (number in the history) and day (since 1970).

    Raises
    ------
    AsOfError
        If it is not a date.

    Examples
    --------
    >>> from credit_graph.prediction.history import history_of
    >>> firms = pd.DataFrame({"party_id": ["A", "B"], "kind": "firm", "name": None, "equity_fen": [500, 700]})
    >>> columns = ["from_id", "to_id", "amount_fen", "valid_from", "valid_to", "source"]
    >>> fell = pd.DataFrame({"party_id": ["B"], "defaulted_on": ["2024-06-01"]})
    >>> known = history_of(firms, pd.DataFrame(columns=columns), fell, own=[], observed_until="2024-12-31")
    >>> candidates(known, "2024-05-31")["party_id"].tolist(), candidates(known, "2024-06-01")["party_id"].tolist()
    (['A', 'B'], ['A'])
    """
    day = day_number(as_of)
    who = np.flatnonzero((history.defaulted_day > day) & np.isin(history.kind, list(kinds)))
    when = pd.Timestamp("1970-01-01") + pd.Timedelta(days=day)
    return pd.DataFrame({"party_id": history.ids[who], "as_of": when, "party": who, "day": day})


def panel(
    history: History, days: Iterable[date | str], horizon_days: int, kinds: Sequence[str] = ("firm",)
) -> pd.DataFrame:
    """Return the candidates of several days with their labels.

    Parameters
    ----------
    history, kinds
        As `candidates`.
    days
        The days, ascending or not, none of them twice.
    horizon_days
        How far the label looks ahead.

    Returns
    -------
    pandas.DataFrame
        As `candidates`, and label_until (last day that the label looks at, since 1970) and label (0 or 1).

    Raises
    ------
    PredictionInputError
        If there is no day, a day is given twice, the horizon is not a whole number above 0, or it reaches beyond what
        has been observed.
    AsOfError
        If a day is not a date.

    Examples
    --------
    >>> from credit_graph.prediction.history import history_of
    >>> firms = pd.DataFrame({"party_id": ["A", "B"], "kind": "firm", "name": None, "equity_fen": [500, 700]})
    >>> columns = ["from_id", "to_id", "amount_fen", "valid_from", "valid_to", "source"]
    >>> fell = pd.DataFrame({"party_id": ["B"], "defaulted_on": ["2024-06-01"]})
    >>> known = history_of(firms, pd.DataFrame(columns=columns), fell, own=[], observed_until="2024-12-31")
    >>> panel(known, ["2024-01-01", "2024-04-01"], horizon_days=90)[["party_id", "day", "label"]].values.tolist()
    [['A', 19723, 0], ['B', 19723, 0], ['A', 19814, 0], ['B', 19814, 1]]
    """
    asked = list(days)
    numbers = [day_number(day) for day in asked]
    if not numbers or len(set(numbers)) < len(numbers):
        raise PredictionInputError(f"days holds {len(numbers)} days; give one or more, none of them twice")
    checked_horizon(horizon_days)
    last = max(numbers) + horizon_days
    if last > history.observed_until:
        raise PredictionInputError(
            f"defaults are known for {history.observed_until - max(numbers)} days after the last of the days, but "
            f"horizon_days is {horizon_days}; give earlier days or a shorter horizon"
        )
    rows = pd.concat([candidates(history, day, kinds) for day in asked], ignore_index=True)
    until = rows["day"].to_numpy() + horizon_days
    soon = history.defaulted_day[rows["party"].to_numpy()] <= until
    return rows.assign(label_until=until, label=soon.astype(np.int64))


def checked_horizon(horizon_days: int) -> int:
    """Return the horizon if it is a whole number of days above 0.

    Raises
    ------
    PredictionInputError
        If not.

    Examples
    --------
    >>> checked_horizon(180)
    180
    """
    if isinstance(horizon_days, bool) or not isinstance(horizon_days, int | np.integer) or horizon_days < 1:
        raise PredictionInputError(f"horizon_days is {horizon_days!r}; give a whole number of days above 0")
    return int(horizon_days)


def time_split(rows: pd.DataFrame, test_from: date | str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return rows to learn from and rows to be judged on, with the gap of the horizon between them.

    Training rows are those whose label was known on the first test day; test rows those from that day on; the rest is
    in neither.

    Parameters
    ----------
    rows
        As `panel` returns them.
    test_from
        From which day on rows are for the test.

    Raises
    ------
    PredictionInputError
        If one of the two would be empty.

    Examples
    --------
    >>> rows = pd.DataFrame({"day": [0, 60, 100], "label_until": [90, 150, 190], "label": [0, 1, 0]})
    >>> learnt, judged = time_split(rows, "1970-04-11")
    >>> learnt["day"].tolist(), judged["day"].tolist()
    ([0], [100])
    """
    judged = rows[rows["day"] >= day_number(test_from)]
    learnt = rows[rows["label_until"] <= (judged["day"].min() if len(judged) else -np.inf)]
    if not len(judged) or not len(learnt):
        raise PredictionInputError(
            f"test_from is {test_from}, which leaves {len(learnt)} rows to learn from and {len(judged)} to judge; "
            "choose it at least one horizon after the first day, and not after the last one"
        )
    return learnt.reset_index(drop=True), judged.reset_index(drop=True)
