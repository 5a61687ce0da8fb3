"""The ledger's own refusals: the story's receivables are played on a real ledger, which refuses what may not be done.

Maker and checker of each party sign each step; the contracts say whether it holds. A second pledge of what is pledged
(重复质押) is refused whoever tries it: the ring's shells, and honest clerks who register twice by mistake.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from datasets import lending
from engines.progress import Report
from engines.province.papers import rows_of
from engines.province.signs import Sign, signs_of
from engines.province.story import Story
from engines.receivables.calls import Moment, call_of, moment
from engines.receivables.membership import consortium
from engines.receivables.running import Running
from ledger.auditor import verify
from ledger.contracts.fragments import fragment_id
from ledger.node import Receipt, Refusal

__all__ = ["LEVELS", "Outcome", "Playing", "played", "pledged"]

LEVELS = (
    ("nothing refused", "无拒绝"),
    ("another step refused", "其他步骤被拒绝"),
    ("owes a receivable whose second pledge was refused", "应收款被重复质押（债务人）"),
    ("tried to pledge what is pledged", "试图重复质押"),
)
_OPENING_HOUR = 9 * 3_600
_FOUNDED = pd.Timestamp("2020-06-29")


@dataclass(frozen=True, eq=False)
class Outcome:
    """One step and the ledger's answer."""

    step: dict[str, Any]
    answer: Receipt | Refusal

    @property
    def is_refused(self) -> bool:
        """Whether the contracts refused it."""
        return isinstance(self.answer, Refusal)

    @property
    def is_second_pledge(self) -> bool:
        """Whether it was a pledge that the ledger refused."""
        return self.is_refused and self.step["action"] == "pledge"


@dataclass(frozen=True, eq=False)
class Playing:
    """What became of every step, and whether the ledger holds when an auditor works it out again."""

    outcomes: tuple[Outcome, ...]
    holds: bool
    entries: int


def played(story: Story, progress: Report) -> Playing:
    """Found a ledger, let the members in, play all steps in order, and audit the whole."""
    promises = story.tables["promises"].set_index("receivable_id", drop=False)
    steps = rows_of(story.tables["steps"])
    named = {row[name] for row in steps for name in ("by_id", "to_id")} | {*promises["obligor_id"]}
    parties = sorted(one for one in named if one.startswith("F"))
    rng, banks = np.random.default_rng([story.seed, 61]), [row[0] for row in lending.BANKS]
    members = consortium(rng, banks, parties, moment(_FOUNDED))
    known: dict[str, dict[str, Any]] = promises.to_dict("index")  # type: ignore[assignment]  # columns are text
    with tempfile.TemporaryDirectory(prefix="hexi-province-") as folder:
        running = Running(Path(folder) / "story.ledger", members)
        running.let_in(lambda *_: None)
        lots: dict[str, list[str]] = {}
        outcomes = []
        for place, step in enumerate(steps):
            running.now = max(running.now, moment(step["on"]) + _OPENING_HOUR)
            mine = lots.setdefault(step["receivable_id"], [])
            outcomes.append(_step(running, step, known[step["receivable_id"]], mine))
            if place % 50 == 0 or place + 1 == len(steps):
                progress("ledger · 账本", place + 1, len(steps))
        running.close()
        audit = verify(running.path, ledger=members.ledger)
    return Playing(tuple(outcomes), audit.holds, audit.entries)


def _step(running: Running, step: dict[str, Any], promise: dict[str, Any], lots: list[str]) -> Outcome:
    before = dict(running.node.state.records("fragments"))
    call, arguments, by = call_of(Moment(step, promise, lots, before, running.now), running.members)
    answer = running.submit(call, arguments, by)
    if isinstance(answer, Receipt):
        made = [name for name, _ in running.node.state.records("fragments") if name not in before]
        lots += [fragment_id(answer.id, place) for place in range(len(made))]
    return Outcome(step, answer)


def pledged(story: Story, playing: Playing) -> Sign:
    """Return what the ledger says of each firm."""
    promises = story.tables["promises"].set_index("receivable_id")
    level: dict[str, int] = {}
    score: dict[str, float] = {}
    words: dict[str, str] = {}
    ties: set[frozenset[str]] = set()
    for one in playing.outcomes:
        if not one.is_refused:
            continue
        firm, name = one.step["by_id"], one.step["receivable_id"]
        obligor = str(promises.loc[name, "obligor_id"])
        parties = {firm: 3, obligor: 2} if one.is_second_pledge else {firm: 1}
        for party, reached in parties.items():
            if reached > level.get(party, 0):
                level[party] = reached
                words[party] = f"{' · '.join(LEVELS[reached])} ({name})"
            score[party] = score.get(party, 0.0) + 1.0
        ties |= {frozenset(parties)} if one.is_second_pledge else set()
    return signs_of(story, "pledges", LEVELS, level, score, words, ties)
