"""Who defaults from 2019 to 2020, of its own cause or pulled down through its guarantees.

Data card. `make` has one row for each default: party_id, defaulted_on. A firm fails of its own cause with a chance that
grows with leverage, days overdue and youth and depends on industry and month. When a borrower defaults, the guarantees
that are valid on that day are called one to three months later; a firm whose calls exceed its buffer defaults by
contagion (风险传导). Buffers are not what equity says. `truth` has one row for each firm: its yearly chance, buffer,
day and cause, and whose default was the last straw; never for features. A default changes no later table.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from datasets import balance_sheets, firms, guarantee_ties, towns
from datasets.guarantee_structures import COMPANY_EVERY
from datasets.seeds import generator
from datasets.ties import NO_END, days, firm_id, frames
from datasets.world import FIRST_DAY

__all__ = ["MONTHS", "History", "histories", "make", "observed", "true_causes", "truth"]

MONTHS = 24
"""January 2019 to December 2020."""
_NEVER = 10**6
_BASE = 0.0004
_INDUSTRY = np.array([1.0, 1.3, 0.7, 1.0, 1.5, 0.9, 1.4, 0.6, 1.2, 0.8])
_MONTH = np.array([0.9] * 6 + [1.0] * 7 + [1.3, 1.6, 1.6, 1.5, 1.4, 1.3] + [1.1] * 5)
_STARTS = (np.datetime64("2019-01", "M") + np.arange(MONTHS)).astype("datetime64[D]") - np.datetime64(FIRST_DAY, "D")
_STARTS_ON = _STARTS.astype(np.int64)


@dataclass(frozen=True, eq=False)
class History:
    """What befell the firms of one town; arrays of shape (40,)."""

    town: int
    yearly_chance: NDArray[np.float64]
    month: NDArray[np.int64]
    day: NDArray[np.int64]
    is_contagion: NDArray[np.bool_]
    triggered_by: NDArray[np.object_]


@dataclass(frozen=True)
class _Call:
    """A guarantee of a firm of this town, and when and how it would be called."""

    guarantor: int
    borrower_id: str
    amount_fen: int
    begins: int
    ends: int
    lag: int


@dataclass(frozen=True)
class _Due:
    """Guarantees that have been called, and the month in which each is to be paid."""

    waiting: list[tuple[int, _Call]]

    def call(self, calls: list[_Call], month: int, day: int) -> None:
        """Call those of the guarantees that are valid on the day of a default; a day that never comes calls none."""
        if month != _NEVER:
            self.waiting.extend((month + one.lag, one) for one in calls if one.begins <= day <= one.ends)

    def at(self, month: int) -> list[_Call]:
        """Return what is to be paid in a month."""
        return [one for when, one in self.waiting if when == month]


def histories(seed: int) -> Iterator[History]:
    """Go through the towns in order; what happens in a town depends on earlier ones only.

    Examples
    --------
    >>> first = next(histories(7))
    >>> first.town, first.month.shape, bool((first.yearly_chance < 0.5).all())
    (0, (40,), True)
    """
    reach = max(guarantee_ties.REACH, COMPANY_EVERY)
    known: dict[int, History] = {}
    for town in range(towns.MAX_TOWNS):
        known[town] = _town(seed, town, known)
        known.pop(town - reach, None)
        yield known[town]


def _chances(seed: int, town: int) -> NDArray[np.float64]:
    """Monthly chance of failing of one's own cause, products only, so that every machine has the same."""
    drawn, here = firms.draw(seed, towns.MAX_TOWNS), slice(town * towns.FIRMS, (town + 1) * towns.FIRMS)
    sheet = balance_sheets.sheet(seed, town)
    leverage = sheet.leverage / 5_000
    youth = np.where(drawn.founded[here] < 1_200, 1.6, 1.0)
    own: NDArray[np.float64] = np.minimum(
        _BASE
        * leverage
        * leverage
        * leverage
        * (1 + sheet.overdue_days / 15)
        * _INDUSTRY[drawn.industry[here]]
        * youth,
        0.05,
    )
    return own


def _calls(rng: np.random.Generator, seed: int, town: int) -> dict[tuple[int, int], list[_Call]]:
    """Return for each borrower, a town and a number there, what its default would call from this town."""
    found: dict[tuple[int, int], list[_Call]] = {}
    for tie in guarantee_ties.ties(seed, town):
        part, lag = int(rng.integers(40, 101)), int(rng.integers(1, 4))
        if tie.from_id.startswith("F"):
            one = _Call(int(tie.from_id[5:]), tie.to_id, tie.amount_fen * part // 100, tie.begins, tie.ends, lag)
            found.setdefault((int(tie.to_id[1:5]), int(tie.to_id[5:])), []).append(one)
    return found


def _town(seed: int, town: int, known: dict[int, History]) -> History:
    rng = generator(seed, "defaults", town)
    chance = _chances(seed, town)
    fails = rng.random((MONTHS, towns.FIRMS)) < _MONTH[:, None] * chance
    in_month = rng.integers(0, 28, towns.FIRMS)
    calls, due = _calls(rng, seed, town), _Due([])
    for (where, borrower), some in calls.items():
        if where in known:
            due.call(some, int(known[where].month[borrower]), int(known[where].day[borrower]))
    buffer, called = balance_sheets.sheet(seed, town).buffer_fen, np.zeros(towns.FIRMS, np.int64)
    month, triggered_by = np.full(towns.FIRMS, _NEVER), np.full(towns.FIRMS, None, object)
    for now in range(MONTHS):
        for one in due.at(now):
            called[one.guarantor] += one.amount_fen
            # each later call overwrites: what stands there when the buffer is gone is the last straw
            if month[one.guarantor] == _NEVER:
                triggered_by[one.guarantor] = one.borrower_id
        for firm in np.flatnonzero((fails[now] | (called > buffer)) & (month == _NEVER)).tolist():
            month[firm] = now
            due.call(calls.get((town, firm), []), now, int(_STARTS_ON[now] + in_month[firm]))
    fell = month < _NEVER
    is_contagion = fell & ~fails[np.minimum(month, MONTHS - 1), np.arange(towns.FIRMS)]
    triggered_by[~is_contagion] = None
    day = np.where(fell, _STARTS_ON[np.minimum(month, MONTHS - 1)] + in_month, NO_END)
    return History(town, chance * (_MONTH.sum() / 2), month, day, is_contagion, triggered_by)


def make(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Return the first n defaults, town by town; see the data card above.

    Examples
    --------
    >>> frame = next(make(3, seed=7))
    >>> list(frame.columns), set(frame["defaulted_on"].dt.year) <= {2019, 2020}
    (['party_id', 'defaulted_on'], True)
    """
    walk = histories(seed)
    return frames(n, seed, lambda _, some: observed([next(walk) for _ in some]))


def observed(found: list[History]) -> pd.DataFrame:
    """Return the defaults of some towns: party_id, defaulted_on.

    Examples
    --------
    >>> len(observed([next(histories(7))])) <= 40
    True
    """
    rows = [
        (firm_id(one.town, firm), int(one.day[firm]))
        for one in found
        for firm in np.flatnonzero(one.month < _NEVER).tolist()
    ]
    return pd.DataFrame(
        {
            "party_id": pd.Series([row[0] for row in rows], dtype="str"),
            "defaulted_on": days([row[1] for row in rows]),
        }
    )


def truth(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Return the truth about the first n firms: yearly chance, buffer, day, cause (own, contagion) and last straw.

    Examples
    --------
    >>> frame = next(truth(40, seed=7))
    >>> list(frame.columns)
    ['party_id', 'own_yearly_chance', 'buffer_fen', 'defaulted_on', 'cause', 'triggered_by']
    """
    walk = histories(seed)
    return frames(n, seed, lambda seed, some: true_causes(seed, [next(walk) for _ in some]))


def true_causes(seed: int, found: list[History]) -> pd.DataFrame:
    """Return the truth about the firms of some towns, see `truth`.

    Examples
    --------
    >>> true_causes(7, [next(histories(7))])["party_id"].iloc[-1]
    'F00000039'
    """
    parts = [_truth(seed, one) for one in found]
    return pd.concat(parts, ignore_index=True) if parts else _truth(seed, next(histories(seed))).head(0)


def _truth(seed: int, one: History) -> pd.DataFrame:
    fell = one.month < _NEVER
    cause = np.where(one.is_contagion, "contagion", "own")
    return pd.DataFrame(
        {
            "party_id": pd.Series([firm_id(one.town, firm) for firm in range(towns.FIRMS)], dtype="str"),
            "own_yearly_chance": one.yearly_chance,
            "buffer_fen": balance_sheets.sheet(seed, one.town).buffer_fen,
            "defaulted_on": days(one.day.tolist()),
            "cause": pd.Series(cause, dtype="str").where(fell),
            "triggered_by": pd.Series(one.triggered_by, dtype="str"),
        }
    )
