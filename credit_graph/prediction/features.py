"""What a firm's guarantees say of its future on one day: features of its partners and of theirs.

Borrowers are those whom a firm stands for: their default is called from it. Guarantors are those who stand for it:
their distress takes its loans away, and says something of the company it keeps. Both are followed for two ties. Names:
`borrowers_mean_leverage`, `guarantors2_largest_leverage` (2: partners of partners), `borrowers_recent` (defaults with
decay), `given_over_buffer`, `recent_calls_over_buffer`, `expected_calls_over_buffer`, `cascade_chance`, `core`.

Nothing of what is later than the day may change anything: guarantees come from `History.guarantees_on` and
`History.called_by`, and a default after the day counts as none. Published work on China's loans finds mutual pairs
risky but closed triads rather stable: so circles are columns for the model to weigh and never a verdict.

References
----------
Cheng, Tu, Ma, Niu and Zhang (2019), "Risk Assessment for Networked-guarantee Loans Using High-order Graph Attention
Representation", IJCAI: the same neighbourhoods, weighed by attention in place of aggregates.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from credit_graph.errors import PredictionInputError
from credit_graph.graph import Layer
from credit_graph.kernels.cores import core_numbers
from credit_graph.kernels.rows import simple, undirected
from credit_graph.kernels.strong import strong_components
from credit_graph.prediction.expected_calls import cascade_chances, decayed, over_buffer
from credit_graph.prediction.history import Floats, History, Int64
from credit_graph.prediction.neighbours import Rows, distinct_ties, over_partners, over_walks, returning

__all__ = ["HALF_LIFE_DAYS", "Day", "call_features", "day_of_history", "network_features", "own_features"]

HALF_LIFE_DAYS = 60.0
"""After so many days a default weighs half: banks call within weeks or months."""

Columns = dict[str, Floats]


@dataclass(frozen=True, eq=False)
class Day:
    """What is known on one day, for all parties.

    Parameters
    ----------
    guarantees
        Those valid on the day.
    called
        Those that were valid when their borrower defaulted, up to the day.
    own_names, own
        Names and values of the own features, shape (n, k), NaN where missing.
    buffer_fen
        What each can pay on calls, NaN where unknown, shape (n,).
    days_since_default
        Negative for those who have not defaulted, int64 of shape (n,).
    """

    guarantees: Layer
    called: Layer
    own_names: Sequence[str]
    own: Floats
    buffer_fen: Floats
    days_since_default: Int64

    @property
    def n(self) -> int:
        """Number of parties."""
        return len(self.buffer_fen)


def day_of_history(history: History, day: int) -> Day:
    """Return what was known on a day, in days since 1970."""
    fell = history.defaulted_day
    return Day(
        history.guarantees_on(day),
        history.called_by(day),
        history.own_names,
        history.own_on(day),
        history.buffer_fen,
        np.where(fell <= day, day - fell, -1),
    )


def own_features(day: Day) -> pd.DataFrame:
    """Return the own features, one row for each party, columns `own_...`."""
    return pd.DataFrame(day.own, columns=[f"own_{name}" for name in day.own_names])


def network_features(day: Day, half_life_days: float = HALF_LIFE_DAYS) -> pd.DataFrame:
    """Return what the guarantees say without a model of default, one row for each party.

    Examples
    --------
    >>> from credit_graph.graph import layer
    >>> ties, none = layer("guarantee", [0], [1], n=2, amount_fen=[300]), layer("guarantee", [], [], n=2)
    >>> day = Day(ties, none, ["leverage"], np.array([[0.2], [0.8]]), np.array([600.0, 5.0]), np.array([-1, -1]))
    >>> network_features(day)[["borrowers", "borrowers_mean_leverage", "given_over_buffer", "core"]]
       borrowers  borrowers_mean_leverage  given_over_buffer  core
    0        1.0                      0.8                0.5   1.0
    1        0.0                      NaN                0.0   1.0
    """
    recent = decayed(day.days_since_default, half_life_days)
    down = distinct_ties(day.guarantees, day.n)
    back, up = returning(down), down.T.tocsr()
    found: Columns = {}
    for name, ties in (("borrowers", down), ("guarantors", up)):
        found |= _partners(name, ties, day, recent, back)
    given, largest = _sums(down), _largest(down)
    found["given_fen"], found["given_over_buffer"] = given, over_buffer(given, day.buffer_fen)
    found["largest_over_buffer"] = over_buffer(largest, day.buffer_fen)
    found["received_fen"] = _sums(up)
    found["called_over_buffer"] = over_buffer(_sums(distinct_ties(day.called, day.n)), day.buffer_fen)
    found["recent_calls_over_buffer"] = over_buffer(_pending(day, recent), day.buffer_fen)
    return pd.DataFrame(found | _position(day.guarantees, back))


def call_features(day: Day, chance: Floats, half_life_days: float = HALF_LIFE_DAYS) -> pd.DataFrame:
    """Return the expected calls, given the chance of default of each party alone, one row for each party.

    Parameters
    ----------
    day
        What is known.
    chance
        Between 0 and 1, shape (n,); 0 where there is no model of a party. What is given for those that have defaulted
        is not read.
    half_life_days
        After which a default weighs half.

    Raises
    ------
    PredictionInputError
        If a chance is missing or outside 0 to 1.

    Examples
    --------
    >>> from credit_graph.graph import layer
    >>> ties, none = layer("guarantee", [0], [1], n=2, amount_fen=[300]), layer("guarantee", [], [], n=2)
    >>> day = Day(ties, none, [], np.zeros((2, 0)), np.array([600.0, 5.0]), np.array([-1, -1]))
    >>> call_features(day, np.array([0.0, 0.1]))["expected_calls_over_buffer"].tolist()
    [0.05, 0.0]
    """
    try:
        given = np.asarray(chance, np.float64)
    except (TypeError, ValueError):
        given = np.full(0, np.nan)
    if given.shape != (day.n,) or not ((given >= 0) & (given <= 1)).all():
        raise PredictionInputError(f"chance must hold a number between 0 and 1 for each of the {day.n} parties")
    recent = decayed(day.days_since_default, half_life_days)
    sound = day.days_since_default < 0
    own, pending, buffer = np.where(sound, given, 0.0), _pending(day, recent), day.buffer_fen
    ties = distinct_ties(day.guarantees, day.n)
    whole = cascade_chances(ties, own, np.where(sound, buffer, np.nan), pending).chance
    # a single call never does more harm than to use up the buffer
    capped = ties.copy()
    limit = np.repeat(np.maximum(np.nan_to_num(buffer, nan=np.inf), 1.0), np.diff(ties.indptr))
    capped.data = np.minimum(ties.data / limit, 1.0)
    return pd.DataFrame(
        {
            "chance_alone": own,
            "expected_calls_over_buffer": over_buffer(ties @ own + pending, buffer),
            "expected_hits": capped @ own,
            "cascade_calls_over_buffer": over_buffer(ties @ whole + pending, buffer),
            "cascade_chance": whole,
        }
    )


def _partners(name: str, ties: Rows, day: Day, recent: Floats, back: Floats) -> Columns:
    fell = (day.days_since_default >= 0).astype(np.float64)
    values = np.column_stack([day.own, fell, recent])
    one, two, k = over_partners(ties, values), over_walks(ties, values, back), len(day.own_names)
    found = {name: one.count, f"{name}2": two.count}
    for hops, of in (("", one), ("2", two)):
        found[f"{name}{hops}_defaulted"] = of.total[:, k]
        found[f"{name}{hops}_recent"] = of.total[:, k + 1]
        for place, own in enumerate(day.own_names):
            found[f"{name}{hops}_sum_{own}"] = of.total[:, place]
            found[f"{name}{hops}_mean_{own}"] = of.mean[:, place]
            found[f"{name}{hops}_largest_{own}"] = of.largest[:, place]
    return found


def _position(guarantees: Layer, back: Floats) -> Columns:
    rows = simple(guarantees.out.start, guarantees.out.to)
    label = strong_components(*rows)
    size = np.bincount(label, minlength=len(label))[label].astype(np.float64)
    return {
        "mutual_partners": back,
        "circle_size": size,
        "in_circle": (size > 1).astype(np.float64),
        "core": core_numbers(*undirected(*rows)).astype(np.float64),
    }


def _pending(day: Day, recent: Floats) -> Floats:
    return np.asarray(distinct_ties(day.called, day.n) @ recent, np.float64)


def _sums(ties: Rows) -> Floats:
    return np.asarray(ties.sum(axis=1), np.float64).ravel()


def _largest(ties: Rows) -> Floats:
    return np.asarray(ties.max(axis=1).toarray(), np.float64).ravel() if ties.nnz else np.zeros(ties.shape[0])
