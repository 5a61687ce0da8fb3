"""New rules mined from frauds that every rule has missed, each tried on later rows before anybody sees it.

Rows are in time order and fall into three parts: those that are searched, a gap as long as the delay of labels, and
later ones that decide. What is found on the first part is simplified, written with round thresholds in the language of
rules, and tried as it is written on the last part. Only what surely is of use there is proposed: its precision must lie
above the break-even of the costs, and above `least_lift` times the share of fraud among all missed rows, with all tried
ones together at 95 % (Bonferroni), the alerts of one customer counted together. On labels without meaning this proposes
nothing, in all but 5 of 100 cases at the most, however many were looked at before.
"""

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from fraud.costs import ActionCost, CostTable
from fraud.errors import RuleCareInputError
from fraud.features.catalogue import FEATURES
from fraud.rulecare.examples import changed, shown
from fraud.rulecare.hits import Ints
from fraud.rulecare.intervals import clopper_pearson, clustered
from fraud.rulecare.proposal import Evidence, Proposal
from fraud.rulecare.search import Target, search, simplified
from fraud.rulecare.terms import Terms, terms_of
from fraud.rules.evaluate import evaluate
from fraud.rules.rulebook import ACTIONS
from fraud.rules.syntax import And, Node, fields_of, write
from fraud.schema import column
from fraud.split import TimeSplit
from fraud.wording import worded

__all__ = ["LEVEL", "Mined", "Missed", "parts_of", "propose"]

LEVEL: Final = 0.95
"""How sure all that is proposed together is to be right."""

_LEAST_CUSTOMERS: Final = 3  # what happens to fewer is their story, not a pattern
_EPOCH: Final = np.datetime64(0, "s")
_KNOWN: Final = frozenset(feature.name for feature in FEATURES)

Columns: TypeAlias = Mapping[str, Any] | pd.DataFrame
Bools: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Missed:
    """The rows that mining reads, in time order, all arrays of shape (rows,).

    Parameters
    ----------
    columns
        Fields of the vocabulary: raw columns and features.
    label
        int8: 1 fraud, 0 honest, -1 not known.
    is_hit
        Booleans: some rule hits the row, so that it is not missed.
    amount_fen, seconds
        int64: amounts, and times since 1970, rising.
    customer
        int64: number of the customer, or of whatever belongs together.

    Raises
    ------
    RuleCareInputError
        If the arrays are not of one length, or times fall.
    """

    columns: Columns
    label: npt.NDArray[np.int8]
    is_hit: Bools
    amount_fen: Ints
    seconds: Ints
    customer: Ints

    def __post_init__(self) -> None:
        """Refuse arrays that do not fit together."""
        for name in ("label", "is_hit", "amount_fen", "customer"):
            if getattr(self, name).shape != self.seconds.shape:
                raise RuleCareInputError(f"{name} must have one entry for each of {len(self.seconds)} rows.")
        if (np.diff(self.seconds) < 0).any():
            raise RuleCareInputError("seconds must not fall: the rows are in time order.")


@dataclass(frozen=True)
class Mined:
    """What mining has brought: proposals, how many conjunctions were looked at, and which were tried and refused."""

    proposals: tuple[Proposal, ...]
    looked_at: int
    refused: tuple[tuple[str, Evidence], ...]


def propose(
    missed: Missed,
    split: TimeSplit,
    costs: CostTable,
    *,
    rulebook: str = "",
    action: str = "step_up",
    most: int = 8,
    width: int = 20,
    depth: int = 4,
    least_frauds: int = 6,
    most_alerts: float = 0.002,
    least_lift: float = 2.0,
    owner: str = "rule care",
) -> Mined:
    """Search the earlier rows for rules, try them on the later ones, and return those that surely pay.

    Parameters
    ----------
    missed
        The rows.
    split
        Which of them are searched and which decide (`fraud.split.time_split`).
    costs
        What the actions cost.
    rulebook
        Name and version of the rules that missed the frauds, for the record.
    action
        What a hit of the new rule is to demand.
    most
        Largest number of rules that are tried; each is searched for among the frauds that those before it leave.
    width, depth, least_frauds
        See `fraud.rulecare.search`.
    most_alerts
        Share of the honest rows that a new rule may disturb.
    least_lift
        How much likelier fraud must be among its alerts than among all that was missed.
    owner
        Who is to look after the rules.

    Raises
    ------
    RuleCareInputError
        If the action is unknown or only evidence.

    Examples
    --------
    >>> from datetime import datetime
    >>> from fraud.engine.training import shipped_costs
    >>> days, honest = [datetime(1970, 1, day) for day in (1, 2, 3, 4)], np.zeros(4, np.int8)
    >>> missed = Missed({}, honest, np.zeros(4, bool), np.full(4, 100), np.arange(4) * 86_400, np.arange(4))
    >>> propose(missed, TimeSplit(*days), shipped_costs())  # where nothing was missed nothing is proposed
    Mined(proposals=(), looked_at=0, refused=())
    """
    if action not in ACTIONS[1:]:
        raise RuleCareInputError(f"action must be one of {', '.join(ACTIONS[1:])}, not {action!r}.")
    entry = costs.actions[ACTIONS.index(action)]
    learn, later = parts_of(missed, split)
    candidates, looked_at = _candidates(missed, learn, entry, (most, width, depth, least_frauds), most_alerts)
    level = 1 - (1 - LEVEL) * 2 / max(len(candidates), 1)  # two-sided, of which the lower end decides
    proposals, refused = [], []
    for condition in candidates:
        hit = evaluate(condition, _fields(missed.columns, condition))
        learnt, held_out = (_evidence(missed, part, hit, entry, max(level, 0.0)) for part in (learn, later))
        break_even = _break_even(learnt, entry)
        enough = max(break_even, least_lift * held_out.missed_frauds / max(held_out.rows, 1))
        is_sure = held_out.precision_low > enough and held_out.customers >= _LEAST_CUSTOMERS
        if not is_sure or held_out.benefit_fen <= 0:
            refused.append((write(condition), held_out))
            continue
        rows = np.flatnonzero(learn & hit & (missed.label == 1))
        evidence = (learnt, held_out, break_even, looked_at, len(candidates), rulebook)
        proposals.append(_proposal(condition, missed.columns, rows.tolist(), action, owner, evidence))
    return Mined(tuple(proposals), looked_at, tuple(refused))


def parts_of(missed: Missed, split: TimeSplit) -> tuple[Bools, Bools]:
    """Return which rows are searched and which decide: known labels, not hit, before and after the gap.

    Examples
    --------
    >>> from datetime import datetime
    >>> days = [datetime(1970, 1, day) for day in (1, 2, 3, 4)]  # searched, gap, deciding, end
    >>> label, seconds = np.array([1, 0, 0, -1], np.int8), np.arange(4) * 86_400
    >>> missed = Missed({}, label, np.zeros(4, bool), np.full(4, 100), seconds, np.arange(4))
    >>> [np.flatnonzero(part).tolist() for part in parts_of(missed, TimeSplit(*days))]
    [[0], [2]]
    """
    seconds = [int((np.datetime64(at, "s") - _EPOCH).astype(np.int64)) for at in (split.learn_until, split.judge_from)]
    is_open = ~missed.is_hit & (missed.label >= 0)
    return is_open & (missed.seconds < seconds[0]), is_open & (missed.seconds >= seconds[1])


def _candidates(
    missed: Missed, learn: Bools, entry: ActionCost, bounds: tuple[int, int, int, int], most_alerts: float
) -> tuple[list[Node], int]:
    most, width, depth, least = bounds
    frauds, honest = np.flatnonzero(learn & (missed.label == 1)), np.flatnonzero(learn & (missed.label == 0))
    if len(frauds) < least or not len(honest):
        return [], 0
    terms, amounts = terms_of(missed.columns, frauds, honest), missed.amount_fen[frauds].astype(np.float64)
    is_open, found, looked_at = np.ones(len(frauds), bool), [], 0

    def saves(picked: Any, value: Any, wrong: Any) -> Any:
        good = entry.handling_fen + entry.friction_fen
        return value * (1 - entry.share_lost) - picked * entry.handling_fen - wrong * good

    alike = np.full(len(frauds), amounts.mean())
    for number in range(most):
        # By turns a fraud counts with its amount and as much as any other; else thefts of small sums are not reached.
        weights = alike if number % 2 else amounts
        target = Target(terms, weights, is_open, len(honest), int(len(honest) * most_alerts), saves)
        best, looked = search(target, width=width, depth=depth, least_frauds=least)
        looked_at += looked
        if best is None:
            break
        kept = simplified(target, best).terms
        found.append(_condition(kept, terms))
        is_open = is_open & ~terms.on_frauds[list(kept)].all(axis=0)
    return found, looked_at


def _condition(places: Sequence[int], terms: Terms) -> Node:
    nodes = tuple(terms.nodes[place] for place in sorted(places))
    return And(nodes) if len(nodes) > 1 else nodes[0]


def _fields(columns: Columns, condition: Node) -> dict[str, Any]:
    return {name: columns[name] for name in fields_of(condition)}


def _evidence(missed: Missed, part: Bools, hit: Bools, entry: ActionCost, level: float) -> Evidence:
    rows = np.flatnonzero(part & hit)
    is_fraud = missed.label[rows] == 1
    low, high = clopper_pearson(*clustered(is_fraud, missed.customer[rows]), level)
    value = int(missed.amount_fen[rows][is_fraud].sum())
    good = int((~is_fraud).sum()) * (entry.handling_fen + entry.friction_fen)
    saved = round(value * (1 - entry.share_lost)) - int(is_fraud.sum()) * entry.handling_fen
    return Evidence(
        rows=int(part.sum()),
        alerts=len(rows),
        frauds=int(is_fraud.sum()),
        missed_frauds=int((missed.label[part] == 1).sum()),
        customers=len(np.unique(missed.customer[rows][is_fraud])),
        precision=float(is_fraud.mean()) if len(rows) else 0.0,
        precision_low=float(low),
        precision_high=float(high),
        level=level,
        value_fen=value,
        benefit_fen=saved - good,
    )


def _break_even(learnt: Evidence, entry: ActionCost) -> float:
    amount = learnt.value_fen / max(learnt.frauds, 1)
    gain = (1 - entry.share_lost) * amount + entry.friction_fen
    return min(1.0, (entry.handling_fen + entry.friction_fen) / gain) if gain else 1.0


def _proposal(
    condition: Node, columns: Columns, rows: list[int], action: str, owner: str, evidence: tuple[Any, ...]
) -> Proposal:
    when = write(condition)
    meanings = [_meaning(name) for name in fields_of(condition)]
    shorter = when.replace(" and ", "\nand ")
    hits = shown(condition, columns, rows)
    return Proposal(
        id=f"mined_{hashlib.sha256(when.encode()).hexdigest()[:10]}",
        when=shorter,
        title=f"Pattern of missed frauds: {', '.join(meaning for meaning, _ in meanings)}",
        title_zh=f"漏报欺诈模式：{'、'.join(meaning for _, meaning in meanings)}",
        action=action,
        severity=3,
        reason="; ".join(_reasons(condition, meanings, 0)),
        reason_zh="；".join(_reasons(condition, meanings, 1)),
        tags=("mined",),
        owner=owner,
        hits=tuple(hits),
        misses=tuple(changed(condition, hits[0])),
        **dict(
            zip(("learnt", "held_out", "break_even", "looked_at", "tested", "rulebook"), evidence, strict=True),
        ),
    )


def _meaning(name: str) -> tuple[str, str]:
    names = (name, f"{name}_code")  # the catalogue has a category under the name of its number
    both = next((worded(known, math.nan) for known in names if known in _KNOWN), None)
    return both or (column(name).meaning, column(name).meaning_zh)


def _reasons(condition: Node, meanings: list[tuple[str, str]], language: int) -> Iterator[str]:
    for name, meaning in zip(fields_of(condition), meanings, strict=True):
        yield f"{meaning[language]}: {{{name}}}"
