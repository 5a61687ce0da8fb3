"""Communities of confirmed frauds: who was paid, on which devices, and who else is there (已确认欺诈的扩散).

Victims tie thieves together: each was robbed once, by the same payee or from the same device. An account that only
paid is a victim and no member for the lists, unless all that it ever did was done on the ring's own devices, as by
the accounts that a farm opens. What very many share ties nobody.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fraud.rings.clues import Clue
from fraud.rings.communities import Node, communities
from fraud.rings.sharing import SHARED
from fraud.rings.transfers import payer_column

__all__ = ["clues_of_frauds"]

Texts = NDArray[np.object_]
_LARGEST = 60
"""Nodes of a community before it is cut."""


@dataclass(frozen=True, eq=False)
class _Table:
    """Columns as arrays of text with None for missing; the rows that are confirmed frauds."""

    payer: Texts
    payee: Texts
    things: Mapping[str, Texts]
    frauds: NDArray[np.int64]


def clues_of_frauds(frame: pd.DataFrame, is_fraud: NDArray[np.bool_]) -> Iterator[Clue]:
    """Yield the communities of the confirmed frauds of a table; `is_fraud` is of shape (rows,).

    Examples
    --------
    >>> from fraud.rings.sample import payments
    >>> frame = payments()
    >>> found, = clues_of_frauds(frame, frame["payee_id"].isin(["R1", "R2", "R3", "R4"]).to_numpy())
    >>> sorted(found.accounts - found.victims), found.things
    (['R1', 'R2', 'R3', 'R4'], (('device', 'D9'),))
    """
    table = _Table(
        _texts(payer_column(frame)),
        _texts(frame["payee_id"]) if "payee_id" in frame else np.full(len(frame), None, object),
        {column: _texts(frame[column]) for column in SHARED if column in frame},
        np.flatnonzero(is_fraud),
    )
    if not len(table.frauds):
        return
    users = {column: _users(table, column) for column in table.things}
    found = communities(_edges(table, users), _LARGEST)
    rate = len(table.frauds) / len(frame)
    for nodes in found:
        clue = _clue(table, nodes, users, rate, len(found))
        if clue is not None:
            yield clue


def _texts(column: "pd.Series[str]") -> Texts:
    values = column.astype("object")
    return values.where(values.notna(), None).to_numpy(object)


def _users(table: _Table, column: str) -> dict[str, set[str]]:
    """Return the accounts of each thing that was used in a fraud."""
    things = table.things[column]
    found: dict[str, set[str]] = {thing: set() for thing in things[table.frauds] if thing is not None}
    for row in np.flatnonzero(pd.Series(things).isin(list(found)).to_numpy()).tolist():
        if table.payer[row] is not None:
            found[things[row]].add(table.payer[row])
    return found


def _edges(table: _Table, users: Mapping[str, Mapping[str, set[str]]]) -> Iterator[tuple[Node, Node, float]]:
    for row in table.frauds.tolist():
        payer, payee = table.payer[row], table.payee[row]
        hub: Node = ("account", payer if payee is None else payee)
        if payer is not None:
            yield ("account", payer), hub, 1.0
        for column, things in table.things.items():
            name, _, most = SHARED[column]
            shared = len(users[column].get(things[row], ()))
            if things[row] is not None and 1 < shared <= most and hub[1] is not None:
                yield (name, things[row]), hub, 1.0 / math.log2(1 + shared)


def _clue(
    table: _Table, nodes: tuple[Node, ...], users: Mapping[str, Mapping[str, set[str]]], rate: float, tests: int
) -> Clue | None:
    from scipy.stats import binom

    accounts = {value for kind, value in nodes if kind == "account"}
    things = tuple(node for node in nodes if node[0] != "account")
    names = {SHARED[column][0]: column for column in table.things}
    rows = _rows(table, accounts, things, names)
    frauds = np.intersect1d(rows, table.frauds)
    if not len(frauds):
        return None
    paid = {table.payee[row] for row in frauds.tolist()} - {None}
    for kind, value in things:
        accounts |= users[names[kind]][value]
    strangers = _pay_elsewhere(table, accounts, things, names)
    victims = {one for one in accounts if one not in paid and one in strangers}
    score = -float(binom.logsf(len(frauds) - 1, len(rows), rate)) / math.log(10) - math.log10(tests)
    count, using = len(frauds), ", ".join(f"{kind} {value}" for kind, value in things[:3])
    english = f"{count} of {len(rows)} payments to {len(paid)} payees are known frauds"
    chinese = f"向 {len(paid)} 个收款人的 {len(rows)} 笔中有 {count} 笔已确认"
    return Clue(
        "confirmed",
        score,
        frozenset(accounts),
        tuple(int(row) for row in frauds),
        things,
        frozenset(victims),
        f"confirmed fraud: {english}" + (f", from {using}" if using else ""),
        f"已确认欺诈：{chinese}" + (f"，使用 {using}" if using else ""),
    )


def _rows(table: _Table, accounts: set[str], things: tuple[Node, ...], names: Mapping[str, str]) -> NDArray[np.int64]:
    """Return the rows that pay to one of the accounts or use one of the things."""
    chosen = pd.Series(table.payee).isin(list(accounts)).to_numpy()
    for kind in {kind for kind, _ in things}:
        wanted = [value for one, value in things if one == kind]
        chosen = chosen | pd.Series(table.things[names[kind]]).isin(wanted).to_numpy()
    return np.flatnonzero(chosen)


def _pay_elsewhere(table: _Table, accounts: set[str], things: tuple[Node, ...], names: Mapping[str, str]) -> set[str]:
    """Return the accounts that have also paid without the ring's things, or of which no things are known."""
    wanted = np.flatnonzero(pd.Series(table.payer).isin(list(accounts)).to_numpy())
    known = {(kind, value) for kind, value in things}
    elsewhere = set()
    for row in wanted.tolist():
        used = {(kind, table.things[column][row]) for kind, column in names.items()}
        if not used & known:
            elsewhere.add(table.payer[row])
    return elsewhere
