"""Transfers between accounts in which some wash money, with the honest habits that look the same.

Data card. One row for each transfer in time order: transaction_id (0, 1, 2, ...), occurred_at, customer_id (the
payer's account once more, since each holder has one), account_id, payee_id, amount_fen, channel, kind. One account for
40 transfers. Accounts pay regular partners (few are paid by many), now and then a stranger (`strangers`). Shapes of
`datasets.laundering_patterns` are played by accounts with habits like everybody's; for each shape that washes money
there are `look_alikes` that do not. `by_day` cuts times to the day, as simulators in steps do. Truth is
apart (`truth`). All invented: a score on this table says nothing about a bank; only comparisons on it do.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from datasets.errors import OutOfRangeError
from datasets.laundering_patterns import PATTERNS
from datasets.quantiles import factors
from datasets.seeds import generator

__all__ = ["make", "truth"]

_FIRST = np.datetime64("2020-01-01", "s")
_DAYS = 200
_DAY = 86_400
_FEWEST_ROWS = 500
"""From so many rows on there is a ring at least."""
_ROWS_FOR_A_RING = 2_500

Table = dict[str, NDArray[np.int64]]


def make(
    n: int, seed: int, strangers: float = 0.05, by_day: bool = False, look_alikes: int = 3, acquainted: float = 0.0
) -> Iterator[pd.DataFrame]:
    """Make n transfers in time order; see the data card above.

    Parameters
    ----------
    n
        Number of rows, 0 to 20 million; all are held in memory.
    seed
        Seed, 0 or more.
    strangers
        Share of the ordinary transfers that go to anybody, 0 to 1.
    by_day
        Whether times are whole days.
    look_alikes
        Honest episodes for each ring that washes money.
    acquainted
        Share of the pairs in episodes that also pay each other ordinarily, 0 to 1: members who know each other.

    Raises
    ------
    OutOfRangeError
        If a number is out of range.

    Examples
    --------
    >>> frame = next(make(3_000, seed=7))
    >>> len(frame), bool(frame["occurred_at"].is_monotonic_increasing), bool((frame["amount_fen"] > 0).all())
    (3000, True, True)
    """
    table = _table(n, seed, strangers, by_day, look_alikes, acquainted)
    labels = np.array([f"W{code:07d}" for code in range(_accounts(n))], object)
    yield pd.DataFrame(
        {
            "transaction_id": np.arange(n),
            "occurred_at": _FIRST + table["second"].astype("timedelta64[s]"),
            "customer_id": labels[table["payer"]],
            "account_id": labels[table["payer"]],
            "payee_id": labels[table["payee"]],
            "amount_fen": table["amount"],
            "channel": "mobile",
            "kind": "transfer",
        }
    )


def truth(
    n: int, seed: int, strangers: float = 0.05, by_day: bool = False, look_alikes: int = 3, acquainted: float = 0.0
) -> Iterator[pd.DataFrame]:
    """Make the truth about these transfers: transaction_id, episode_id, typology, is_laundering; ordinary are absent.

    Examples
    --------
    >>> known = next(truth(10_000, seed=7))
    >>> known.groupby("is_laundering")["episode_id"].nunique().tolist()
    [12, 4]
    """
    table = _table(n, seed, strangers, by_day, look_alikes, acquainted)
    played = np.flatnonzero(table["episode"] >= 0)
    pattern = table["pattern"][played]
    names = np.array([one.name for one in PATTERNS], object)
    yield pd.DataFrame(
        {
            "transaction_id": played,
            "episode_id": table["episode"][played],
            "typology": names[pattern],
            "is_laundering": np.array([one.is_laundering for one in PATTERNS])[pattern].astype(np.int8),
        }
    )


def _accounts(n: int) -> int:
    return max(n // 40, 40)


@lru_cache(maxsize=2)
def _table(n: int, seed: int, strangers: float, by_day: bool, look_alikes: int, acquainted: float) -> Table:
    if not 0 <= n <= 20_000_000:
        raise OutOfRangeError(f"n is {n:,}, but this table has 0 to 20,000,000 rows")
    if not 0 <= strangers <= 1:
        raise OutOfRangeError(f"strangers is {strangers}, but a share is 0 to 1")
    episodes = _episodes(n, seed, look_alikes)
    kept = {name: column[:n] for name, column in episodes.items()}
    known = kept["payer"] * _accounts(n) + kept["payee"]
    known = np.unique(known)[generator(seed, "laundering", "acquainted").random(len(np.unique(known))) < acquainted]
    ordinary = _ordinary(n - len(kept["payer"]), _accounts(n), seed, strangers, known)
    table = {name: np.concatenate([ordinary[name], kept[name]]) for name in ordinary}
    if by_day:
        table["second"] = table["second"] // _DAY * _DAY
    # rows of one time stand in an order that says nothing: chance, not "episodes last"
    order = np.lexsort((generator(seed, "laundering", "order").random(n), table["second"]))
    return {name: column[order] for name, column in table.items()}


def _ordinary(size: int, accounts: int, seed: int, strangers: float, known: NDArray[np.int64]) -> Table:
    rng = generator(seed, "laundering", "ordinary")
    relations = accounts * 4
    payer = rng.integers(0, accounts, relations)
    # the square of a uniform number makes some accounts a hundred times as popular as others
    popular = (rng.random(relations) ** 2 * accounts).astype(np.int64) * 7_919 % accounts
    payee = np.where(rng.random(relations) < 0.5, popular, rng.integers(0, accounts, relations))
    payee = np.where(payee == payer, (payee + 1) % accounts, payee)
    payer[: len(known)], payee[: len(known)] = np.divmod(known, accounts)
    period = np.array([1, 2, 3, 7, 7, 7, 14, 30])[rng.integers(0, 8, relations)]
    base = 8_000 * factors(1.4)[rng.integers(0, 1024, relations)] // 1000
    is_fixed = rng.random(relations) < 0.3
    ticket = np.searchsorted(np.cumsum(420 // period), rng.integers(0, int((420 // period).sum()), size), side="right")
    turn = (rng.random(size) * (_DAYS // period[ticket])).astype(np.int64)
    second = turn * period[ticket] * _DAY + rng.integers(0, _DAY, size)
    amount = base[ticket] * np.where(is_fixed[ticket], 1000, factors(0.6)[rng.integers(0, 1024, size)]) // 1000
    is_stranger = rng.random(size) < strangers
    stranger = (payer[ticket] + rng.integers(1, accounts, size)) % accounts
    return {
        "second": second,
        "payer": payer[ticket],
        "payee": np.where(is_stranger, stranger, payee[ticket]),
        "amount": np.maximum(amount // 100 * 100, 100),
        "episode": np.full(size, -1),
        "pattern": np.full(size, -1),
    }


def _episodes(n: int, seed: int, look_alikes: int) -> Table:
    rng = generator(seed, "laundering", "episodes")
    washing = [code for code, one in enumerate(PATTERNS) if one.is_laundering]
    honest = [code for code, one in enumerate(PATTERNS) if not one.is_laundering]
    rings = max(n // _ROWS_FOR_A_RING, min(n // _FEWEST_ROWS, 1))
    chosen = [washing[k % len(washing)] for k in range(rings)]
    chosen += [honest[k % len(honest)] for k in range(rings * look_alikes)]
    rows: list[tuple[int, ...]] = []
    for episode, code in enumerate(chosen):
        one = PATTERNS[code]
        members = int(rng.integers(one.members[0], one.members[1] + 1))
        who = rng.choice(_accounts(n), members, replace=False)
        base = 20_000 * int(factors(1.2)[rng.integers(0, 1024)]) // 1000
        length = int(rng.integers(one.days[0], one.days[1] + 1)) * _DAY
        start = int(rng.integers(0, _DAYS * _DAY - length))
        for payer, payee, at, amount in one.act(rng, members, base):
            second = start + int(at * (length - 1))
            rows.append((second, int(who[payer]), int(who[payee]), max(amount, 100), episode, code))
    columns = np.array(rows, np.int64).reshape(-1, 6).T
    return dict(zip(("second", "payer", "payee", "amount", "episode", "pattern"), columns, strict=True))
