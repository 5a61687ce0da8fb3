"""Rings made of clues: which belong together, what each member does, and how strong it all is."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fraud.rings.clues import Clue
from fraud.rings.ring import Evidence, Member, Ring
from fraud.rings.sharing import SHARED
from fraud.rings.transfers import payer_column

__all__ = ["assemble", "group"]

_DISCOUNT = 0.5
"""Each further clue counts half as much as the one before: they speak of the same deeds."""
_SHARE = 0.5
"""A clue joins a ring that holds so large a part of its accounts."""


def group(clues: Iterable[Clue]) -> list[list[Clue]]:
    """Put clues together that share two accounts or more, and at least half of the weaker one's.

    Examples
    --------
    >>> def clue(score, names):
    ...     return Clue("cycle", score, frozenset(names), ())
    >>> [len(some) for some in group([clue(5, "abc"), clue(3, "bcx"), clue(2, "cyz")])]
    [2, 1]
    """
    ranked = sorted(clues, key=lambda one: (-one.suspicion, one.kind, sorted(one.accounts)))
    groups: list[list[Clue]] = []
    members: list[set[str]] = []
    of: defaultdict[str, set[int]] = defaultdict(set)
    for one in ranked:
        near = {place for account in one.accounts for place in of[account]}
        shared = [(len(one.accounts & members[place]), -place) for place in near]
        count, place = max(shared, default=(0, 0))
        if count >= max(2, _SHARE * len(one.accounts)):
            groups[-place].append(one)
            members[-place] |= one.accounts
            chosen = -place
        else:
            chosen = len(groups)
            groups.append([one])
            members.append(set(one.accounts))
        for account in one.accounts:
            of[account].add(chosen)
    return groups


def assemble(clues: list[Clue], frame: pd.DataFrame, is_fraud: NDArray[np.bool_]) -> list[Ring]:
    """Return the rings of some clues, the strongest first; `frame` is the table that the clues' rows point into.

    Examples
    --------
    >>> from fraud.rings.finding import clues_of
    >>> from fraud.rings.sample import payments
    >>> frame = payments()
    >>> is_fraud = np.zeros(len(frame), bool)
    >>> clues, _ = clues_of(frame, is_fraud, window_days=10)
    >>> [one.kind for one in assemble(clues, frame, is_fraud)[0].evidence][:1]
    ['cycle']
    """
    if not clues:
        return []
    times = pd.to_datetime(frame["occurred_at"], unit="s" if frame["occurred_at"].dtype.kind == "i" else None)
    seen = _Seen(
        payer_column(frame).to_numpy(object),
        frame["payee_id"].astype("object").to_numpy(),
        frame["amount_fen"].to_numpy(np.int64),
        times.to_numpy("datetime64[s]"),
    )
    rows_of = _rows_of_things(frame, clues)
    rings = [_ring(some, seen, rows_of, is_fraud) for some in group(clues)]
    return sorted(rings, key=lambda ring: (-ring.score, ring.id))


class _Seen:
    """The columns of the table that rings quote."""

    def __init__(
        self,
        payer: NDArray[np.object_],
        payee: NDArray[np.object_],
        amount_fen: NDArray[np.int64],
        time: NDArray[np.datetime64],
    ) -> None:
        self.payer, self.payee, self.amount_fen, self.time = payer, payee, amount_fen, time

    def when(self, rows: Iterable[int]) -> tuple[datetime, datetime]:
        """Return the first and the last time of some rows."""
        times = self.time[list(rows)]
        return times.min().item(), times.max().item()


def _rows_of_things(frame: pd.DataFrame, clues: list[Clue]) -> dict[tuple[str, str], list[int]]:
    wanted = {thing for one in clues for thing in one.things}
    found: dict[tuple[str, str], list[int]] = {thing: [] for thing in wanted}
    for column, (name, _, _) in SHARED.items():
        values = {value for kind, value in wanted if kind == name}
        if column in frame and values:
            text = frame[column].astype("object")
            for row in np.flatnonzero(text.isin(values).to_numpy()).tolist():
                found[name, str(text.iloc[row])].append(row)
    return found


def _ring(
    clues: list[Clue], seen: _Seen, rows_of: dict[tuple[str, str], list[int]], is_fraud: NDArray[np.bool_]
) -> Ring:
    evidence = tuple(_evidence(one, seen, rows_of) for one in clues)
    rows = sorted({row for one in evidence for row in one.rows})
    flow_rows = sorted({row for one in clues for row in one.rows})
    members = _members(clues, seen, rows_of, flow_rows)
    names = sorted(one.value for one in members if one.kind == "account")
    start, end = seen.when(rows)
    return Ring(
        id="R" + hashlib.sha256("\n".join([*names, start.isoformat()]).encode()).hexdigest()[:10],
        score=sum(one.suspicion * _DISCOUNT**place for place, one in enumerate(clues)),
        members=members,
        evidence=evidence,
        rows=tuple(rows),
        flows=_flows(seen, flow_rows),
        amount_fen=int(seen.amount_fen[flow_rows].sum()),
        start=start,
        end=end,
        confirmed=int(is_fraud[rows].sum()),
    )


def _evidence(clue: Clue, seen: _Seen, rows_of: dict[tuple[str, str], list[int]]) -> Evidence:
    rows = clue.rows or tuple(row for thing in clue.things for row in rows_of[thing])
    things = tuple(value for _, value in clue.things)
    amount = int(seen.amount_fen[list(rows)].sum())
    members = (*sorted(clue.accounts), *things)
    return Evidence(clue.kind, clue.suspicion, clue.sentence, clue.sentence_zh, members, *seen.when(rows), amount, rows)


def _flows(seen: _Seen, rows: list[int]) -> tuple[tuple[str, str, int, int], ...]:
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for row in rows:
        if isinstance(seen.payee[row], str) and isinstance(seen.payer[row], str):
            pair = (seen.payer[row], seen.payee[row])
            total, count = found.get(pair, (0, 0))
            found[pair] = (total + int(seen.amount_fen[row]), count + 1)
    return tuple((*pair, *found[pair]) for pair in sorted(found))


def _members(
    clues: list[Clue], seen: _Seen, rows_of: dict[tuple[str, str], list[int]], flow_rows: list[int]
) -> tuple[Member, ...]:
    accounts = sorted({account for one in clues for account in one.accounts})
    victims = frozenset().union(*(one.victims for one in clues))
    paid: defaultdict[str, int] = defaultdict(int)
    received: defaultdict[str, int] = defaultdict(int)
    own: defaultdict[str, list[int]] = defaultdict(list)
    for row in flow_rows:
        paid[str(seen.payer[row])] += int(seen.amount_fen[row])
        received[str(seen.payee[row])] += int(seen.amount_fen[row])
        own[str(seen.payer[row])].append(row)
        own[str(seen.payee[row])].append(row)
    made = []
    for account in accounts:
        mine = [one for one in clues if account in one.accounts]
        rows = own[account] or [row for one in mine for thing in one.things for row in rows_of[thing]]
        part = _part(paid[account], received[account], account in victims)
        strongest = max(one.suspicion for one in mine)
        times = seen.when(rows or [row for one in mine for row in one.rows])
        made.append(Member("account", account, part, strongest, *times, paid[account], received[account]))
    for thing in sorted({thing for one in clues for thing in one.things}):
        strongest = max(one.suspicion for one in clues if thing in one.things)
        made.append(Member(*thing, "shared", strongest, *seen.when(rows_of[thing])))
    return tuple(made)


def _part(paid_fen: int, received_fen: int, is_victim: bool) -> str:
    if is_victim:
        return "victim"
    if received_fen:
        return "passes on" if paid_fen else "collector"
    return "payer" if paid_fen else "user"
