"""One decision from an event, its features and the circumstances: what the live engine, a shadow and a replay share.

It reads no clock and keeps no state but the capacity that is passed in, so that the same arguments give the same record
bit by bit.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from fraud.engine.capacity import Capacity
from fraud.engine.lists import ListEntry
from fraud.engine.record import Decision, Explanation
from fraud.engine.setting import Setting
from fraud.engine.snooze import Snooze
from fraud.engine.verdict import BLOCK, HOLD, Verdict, judge

__all__ = ["Circumstances", "decide_event"]

Explain = Callable[[Setting, Mapping[str, Any], Decision], Explanation]


class Circumstances(NamedTuple):
    """What a decision depends on besides the event, its features and the setting.

    `now` is when it is made (seconds since 1970, local time); `lists` is the version of the lists; `why` says why no
    model is asked, and is empty if one is.
    """

    now: int
    entries: tuple[ListEntry, ...] = ()
    snoozes: tuple[Snooze, ...] = ()
    lists: str = ""
    why: str = ""
    arm: str = "champion"
    marks: tuple[str, ...] = ()
    shadow: Mapping[str, Any] | None = None


def decide_event(
    setting: Setting,
    event: Mapping[str, Any],
    known: tuple[str, int, int],
    features: npt.NDArray[np.float64],
    around: Circumstances,
    capacity: Capacity | None,
    explain: Explain,
) -> Decision:
    """Decide one event.

    Parameters
    ----------
    setting
        What decides.
    event, known
        The event, and its id, second and amount, as `fraud.engine.events.check_event` returns them.
    features
        Float64 of shape (features,); they are copied.
    around
        The circumstances.
    capacity
        Of the analysts; it is changed if a hold was wanted. None is without end.
    explain
        Makes the reasons when they are asked for.
    """
    amount = known[2]
    hits = setting.rules.event_hits(event, features)
    probability, why = None, around.why
    if not why:
        probability, why = _ask(setting, features, hits)
    silencer, snoozed, list_floor, grey_floor = _said(around, amount)
    rule_floor, silenced = _demanded(setting, hits, silencer, snoozed)
    verdict = judge(setting.lines, probability, amount, list_floor, rule_floor, grey_floor, silencer)
    price = 0.0
    if verdict.wanted == HOLD and capacity is not None:
        if verdict.benefit > 0:
            price = capacity.price(around.now)
            if price:
                floors = (list_floor, rule_floor, grey_floor)
                verdict = judge(setting.lines, probability, amount, *floors, silencer, price)
        capacity.take(around.now, verdict.benefit, verdict.action == HOLD)
    fields = _fields(setting, known, around, verdict)
    # Twice as fast as the constructor of a frozen class, which sets each field by a call of its own.
    made = object.__new__(Decision)
    made.__dict__.update(
        fields,
        probability=probability,
        hits=tuple([setting.ids[at] for at in hits]),
        silenced=silenced,
        price=price,
        values=features.tobytes(),
        degraded=probability is None,
        why=why,
        explain=lambda decision: explain(setting, event, decision),
    )
    return made


def _fields(setting: Setting, known: tuple[str, int, int], around: Circumstances, verdict: Verdict) -> dict[str, Any]:
    """Return the fields of a decision that are known before anybody was asked, and the verdict's."""
    rulebook, model, costs, schema = setting.names
    return {
        "event_id": known[0],
        "occurred_at": known[1],
        "amount_fen": known[2],
        "decided_at": around.now,
        "action": verdict.action,
        "demanded_by": verdict.demanded_by,
        "wanted": verdict.wanted,
        "benefit": verdict.benefit,
        "entries": tuple([entry.id for entry in around.entries]),
        "snoozes": tuple([snooze.id for snooze in around.snoozes]),
        "lists": around.lists,
        "arm": around.arm,
        "marks": around.marks,
        "shadow": around.shadow,
        "rulebook": rulebook,
        "model": model,
        "costs": costs,
        "schema": schema,
    }


def _ask(setting: Setting, features: npt.NDArray[np.float64], hits: tuple[int, ...]) -> tuple[float | None, str]:
    """Return the model's probability, or why there is none: a payment is judged even when the model is not well."""
    if setting.scorer is None:
        return None, "no model"
    try:
        probability = setting.scorer(features, hits)
    except Exception as error:  # whatever a model raises, rules and lists decide, and say so
        return None, f"the model failed: {type(error).__name__}"
    if not 0.0 <= probability <= 1.0:
        return None, f"the model returned {probability}"
    return probability, ""


def _said(around: Circumstances, amount: int) -> tuple[str, frozenset[str], int, int]:
    """Return who silences (white, snooze), the rules snoozed by name, and the floors of black and grey entries."""
    if not around.entries and not around.snoozes:
        return "", frozenset(), 0, 0
    floors = {"black": 0, "grey": 0, "white": 0}
    silencer = ""
    for entry in around.entries:
        floors[entry.colour] = max(floors[entry.colour], entry.demands)
        if entry.colour == "white" and (entry.most_fen is None or amount <= entry.most_fen):
            silencer = "white"
    if not silencer and any(not snooze.rules for snooze in around.snoozes):
        silencer = "snooze"
    named = frozenset(rule for snooze in around.snoozes for rule in snooze.rules)
    return silencer, named, floors["black"], floors["grey"]


def _demanded(
    setting: Setting, hits: tuple[int, ...], silencer: str, snoozed: frozenset[str]
) -> tuple[int, tuple[str, ...]]:
    """Return the least action that the rules demand, and the rules that were silenced."""
    floor = 0
    silenced = []
    for at in hits:
        demand = setting.demands[at]
        if demand < BLOCK and (silencer or (snoozed and setting.ids[at] in snoozed)):
            silenced.append(setting.ids[at])
        elif demand > floor:
            floor = demand
    return floor, tuple(silenced)
