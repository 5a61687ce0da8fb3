"""Playing: the province's steps, day by day, as signed transactions on a ledger in a file.

Whoever takes a step signs it, and the ledger says whether it holds. What may not be done is tried like anything else:
its signatures are good, and it is the contracts that refuse it. A part (lot) of the tables is a fragment on the ledger.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from datasets import lending, receivables
from datasets.ties import firm_id
from datasets.towns import FIRMS, towns_for
from engines.progress import Report
from engines.receivables.calls import Moment, call_of, moment
from engines.receivables.membership import Consortium, consortium
from engines.receivables.running import Running
from ledger.contracts.fragments import fragment_id
from ledger.node import Receipt, Refusal
from ledger.state import Record

__all__ = ["Event", "Played", "play"]

_OPENING_HOUR = 9 * 3_600
_FOUNDED = pd.Timestamp("2020-06-29")
_Fragments = dict[str, Record]


class Event(NamedTuple):
    """One step and what became of it.

    Parameters
    ----------
    step
        The row of `datasets.receivables.steps`.
    kind
        Its truth: what may not be done or only looks so; empty for an ordinary step.
    answer
        The ledger's.
    price_fen
        What was paid for a discount, 0 for other steps.
    made, spent
        Fragments that came into being, with their records, and the names of those that went.
    locked
        Fragments of this receivable that are pledged after it.
    """

    step: dict[str, Any]
    kind: str
    answer: Receipt | Refusal
    price_fen: int
    made: _Fragments
    spent: tuple[str, ...]
    locked: frozenset[str]


@dataclass(eq=False)
class Played:
    """A ledger in a file, closed, and all that led to it.

    Parameters
    ----------
    path
        The file.
    members
        Who took part.
    promises
        Rows of `datasets.receivables.make` by receivable.
    events
        In order.
    checkpoints
        The operator's, by the number of the step after which a member kept it.
    state
        Records at the end, by space.
    """

    path: Path
    members: Consortium
    promises: pd.DataFrame
    events: list[Event] = field(default_factory=list)
    checkpoints: list[bytes] = field(default_factory=list)
    state: dict[str, dict[str, Record]] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)


class _Table:
    """Which fragment each lot of the tables is, and what was there at the last look."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.lots: dict[str, list[str]] = {}
        self.fragments: _Fragments = {}

    def look(self, receivable: str) -> tuple[_Fragments, tuple[str, ...], frozenset[str]]:
        """Return which fragments came and went since the last look, and which of a receivable are locked."""
        now = dict(self.running.node.state.records("fragments"))
        made = {name: record for name, record in now.items() if name not in self.fragments}
        spent = tuple(name for name in self.fragments if name not in now)
        self.fragments = now
        mine = [name for name, record in now.items() if record["receivable"] == receivable and "lock" in record]
        return made, spent, frozenset(mine)


def play(path: Path, seed: int, firms: int, progress: Report) -> Played:
    """Found a ledger and play the receivables of the first firms' towns on it.

    Parameters
    ----------
    path
        A file that is not there yet.
    seed
        Seed of the province, and of all keys.
    firms
        Number of firms, rounded up to whole towns of forty.
    progress
        Called with the name of a step, how much is done and how much there is.
    """
    some = range(towns_for(firms, FIRMS))
    promises = receivables.of_towns(seed, some).set_index("receivable_id", drop=False)
    steps = receivables.steps_of_towns(seed, some).sort_values(["on", "step_id"], kind="stable")
    truth = receivables.truth_of_towns(seed, some).set_index("step_id")["kind"].to_dict()
    members = consortium(
        np.random.default_rng([seed, 41]),
        [row[0] for row in lending.BANKS],
        _firms_in(promises, steps, some),
        moment(_FOUNDED),
    )
    played = Played(path, members, promises)
    running = Running(path, members)
    running.let_in(progress)
    table = _Table(running)
    rows: list[dict[str, Any]] = steps.to_dict("records")  # type: ignore[assignment]  # columns are named by text
    known: dict[str, dict[str, Any]] = promises.to_dict("index")  # type: ignore[assignment]  # as above
    for place, step in enumerate(rows):
        running.now = max(running.now, moment(step["on"]) + _OPENING_HOUR)
        played.events.append(_step(table, step, known[step["receivable_id"]], truth.get(step["step_id"], "")))
        if place % 50 == 49:
            played.checkpoints.append(running.last_checkpoint())
        progress("steps · 流转", place + 1, len(rows))
    state = running.node.state
    played.state = {space: dict(state.records(space)) for space in state.spaces()}
    played.refusals = dict(running.node.refusals)
    running.close()
    return played


def _firms_in(promises: pd.DataFrame, steps: pd.DataFrame, some: range) -> list[str]:
    """Return the firms that take part in something, in order."""
    named = {*promises["obligor_id"], *promises["holder_id"], *steps["by_id"], *steps["to_id"]}
    return [name for town in some for name in (firm_id(town, number) for number in range(FIRMS)) if name in named]


def _step(table: _Table, step: dict[str, Any], promise: dict[str, Any], kind: str) -> Event:
    lots = table.lots.setdefault(step["receivable_id"], [])
    now = Moment(step, promise, lots, table.fragments, table.running.now)
    call, arguments, by = call_of(now, table.running.members)
    answer = table.running.submit(call, arguments, by)
    made, spent, locked = table.look(step["receivable_id"])
    if isinstance(answer, Receipt):
        lots += [fragment_id(answer.id, place) for place in range(len(made))]
    paid = arguments["price"] if call == "discounts.discount" and isinstance(answer, Receipt) else 0
    return Event(step, kind, answer, paid, made, spent, locked)
