"""Things that several accounts share (共用设备、IP、手机号): worth as much as they are rare.

Two people of a family share a phone, a hundred students an address of the network. How many accounts a thing has is
held against how many such things have: the number beyond the first is geometric with the mean of its kind, so a fifth
account on one phone says much and a fifth on one address says nothing. What is shared by very many is a place (a
campus, a branch's tablet, a carrier's gateway) and says nothing at all.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fraud.rings.transfers import IntArray, payer_column, seconds_of

__all__ = ["SHARED", "Use", "sharing_scores", "uses_of"]

SHARED: dict[str, tuple[str, str, int]] = {
    "device_id": ("device", "设备", 200),
    "phone": ("phone", "手机号", 20),
    "ip": ("address", "IP 地址", 40),
}
"""Columns of shared things: what they are called, and with how many accounts they are places."""


@dataclass(frozen=True, eq=False)
class Use:
    """Who used what: one row for each account and each thing of one column, int64 of shape (uses,).

    `account` and `thing` are positions in `accounts` and `things`; `first` and `last` are seconds since 1970.
    """

    column: str
    accounts: NDArray[np.object_]
    things: NDArray[np.object_]
    account: IntArray
    thing: IntArray
    first: IntArray
    last: IntArray

    @property
    def shared_by(self) -> IntArray:
        """Number of accounts of each thing."""
        return np.bincount(self.thing, minlength=len(self.things))


def uses_of(frame: pd.DataFrame) -> Iterator[Use]:
    """Yield who used what for each column of `SHARED` that the table has.

    Examples
    --------
    >>> from fraud.rings.sample import payments
    >>> use, = uses_of(payments())
    >>> use.column, dict(zip(use.things, use.shared_by.tolist()))
    ('device_id', {'D0': 4, 'D9': 5, 'D4': 1})
    """
    codes, accounts = pd.factorize(payer_column(frame).to_numpy(object))
    second = seconds_of(frame["occurred_at"])
    for column in SHARED:
        if column not in frame.columns:
            continue
        thing_of, things = pd.factorize(frame[column].astype("object").to_numpy())
        known = np.flatnonzero((thing_of >= 0) & (codes >= 0))
        if not len(known):
            continue
        key = codes[known].astype(np.int64) * len(things) + thing_of[known]
        order = np.argsort(key, kind="stable")
        start = np.flatnonzero(np.diff(key[order], prepend=-1))
        one = known[order[start]]
        times = second[known][order]
        yield Use(
            column,
            np.asarray(accounts, object),
            np.asarray(things, object),
            codes[one].astype(np.int64),
            thing_of[one].astype(np.int64),
            np.minimum.reduceat(times, start),
            np.maximum.reduceat(times, start),
        )


def sharing_scores(shared_by: IntArray, most: int) -> NDArray[np.float64]:
    """Return for each thing minus the decimal logarithm of how many as crowded ones chance would give.

    Examples
    --------
    >>> sharing_scores(np.array([1] * 90 + [2] * 9 + [8]), 40)[[0, 90, 99]].round(1).tolist()
    [-2.0, -1.0, 5.3]
    """
    counted = shared_by[(shared_by > 0) & (shared_by <= most)]
    score = np.full(len(shared_by), -math.inf)
    if not len(counted):
        return score
    # the largest is left out of the mean that it is held against
    beyond = (float((counted - 1).sum()) - float(counted.max() - 1) + 1.0) / len(counted)
    decay = math.log10(beyond / (1.0 + beyond))
    is_thing = (shared_by > 0) & (shared_by <= most)
    score[is_thing] = -(shared_by[is_thing] - 1) * decay - math.log10(len(counted))
    return score
