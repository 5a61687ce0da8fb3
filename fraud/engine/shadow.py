"""Champion and challenger (冠军与挑战者): a new setting decides in the shadow of the old, or for a share of customers.

Whoever is in the shadow decides on the same features without effect, and what it would have done is recorded with the
decision. Which arm a payment belongs to hangs on a hash of the customer alone: the same customer is always in the same
arm, a larger share only adds customers, and the salt of another trial mixes them anew. The analysts' slots are one and
belong to who decides; so wishes are compared, the actions without regard to capacity.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from fraud.costs import ACTIONS
from fraud.engine.explaining import explain
from fraud.engine.judging import Circumstances, decide_event
from fraud.engine.record import Decision
from fraud.engine.setting import Setting
from fraud.errors import EngineMismatchError

__all__ = ["Comparison", "Shadow", "arm_of", "compare", "shadowed"]

_PARTS = 10_000


def arm_of(value: str, share: float, salt: str = "") -> str:
    """Return "challenger" for this share of all values, "champion" for the others.

    Parameters
    ----------
    value
        Of the entity, such as the customer's number.
    share
        0 to 1, in steps of a ten-thousandth.
    salt
        Name of the trial.

    Examples
    --------
    >>> sum(arm_of(f"C{number}", 0.1) == "challenger" for number in range(10_000))
    996
    """
    digest = hashlib.blake2b(f"{salt}:{value}".encode(), digest_size=8).digest()
    return "challenger" if int.from_bytes(digest) % _PARTS < round(share * _PARTS) else "champion"


@dataclass(frozen=True, eq=False)
class Shadow:
    """A challenger beside the champion.

    Parameters
    ----------
    challenger
        What it decides by.
    share
        Share of the customers (0 to 1) whose payments it decides with effect; 0 leaves it in the shadow.
    column, salt
        Column whose value says which arm a payment is in, and the name of the trial.

    Raises
    ------
    EngineMismatchError
        If the share is outside 0 to 1.
    """

    challenger: Setting
    share: float = 0.0
    column: str = "customer_id"
    salt: str = ""

    def __post_init__(self) -> None:
        """Refuse a share that is none."""
        if not 0.0 <= self.share <= 1.0:
            raise EngineMismatchError(f"share is {self.share}; it must be from 0 to 1")

    def beside(
        self,
        champion: Setting,
        event: Mapping[str, Any],
        known: tuple[str, int, int],
        features: npt.NDArray[np.float64],
        around: Circumstances,
    ) -> tuple[Setting, Circumstances]:
        """Return who decides this event, and the circumstances with its arm and what the other would have done."""
        decides, other, arm = champion, self.challenger, "champion"
        if self.share and arm_of(str(event.get(self.column)), self.share, self.salt) == "challenger":
            decides, other, arm = other, champion, "challenger"
        return decides, around._replace(arm=arm, shadow=shadowed(other, event, known, features, around))


def shadowed(
    setting: Setting,
    event: Mapping[str, Any],
    known: tuple[str, int, int],
    features: npt.NDArray[np.float64],
    around: Circumstances,
) -> dict[str, Any]:
    """Return what a setting would do with an event, as it is recorded beside the decision that has effect.

    Examples
    --------
    >>> from fraud.engine.training import shipped_costs
    >>> from fraud.rules import first_rulebook
    >>> setting, event = Setting.of(first_rulebook(), None, shipped_costs(), ()), {"customer_id": "C1", "amount_fen": 9}
    >>> shadowed(setting, event, ("T1", 0, 9), np.zeros(0), Circumstances(0))["action"]
    0
    >>> shadowed(None, event, ("T1", 0, 9), np.zeros(0), Circumstances(0))  # a broken challenger stops no payment
    {'failed': "AttributeError: ...
    """
    try:
        made = decide_event(setting, event, known, features, around, None, explain)
    except Exception as error:  # whatever goes wrong in the shadow, the payment must not wait for it
        return {"failed": f"{type(error).__name__}: {error}"[:200]}
    kept = ("action", "demanded_by", "probability", "rulebook", "model", "costs", "why")
    return {name: getattr(made, name) for name in kept} | {"hits": list(made.hits)}


@dataclass
class Comparison:
    """How champion and challenger differ over some decisions.

    `pairs` counts (champion's wish, challenger's wish) by the names of actions; `arms` the decisions of each arm;
    `differing` the ids of the first events on which they parted; `failed` the times the shadow could not decide; `only`
    the hits of rules that only one of them made, by arm and rule; `caught` and `disturbed` the frauds and the good
    payments that each would not have let pass, of those whose label is known.
    """

    decisions: int = 0
    failed: int = 0
    arms: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    only: Counter[tuple[str, str]] = field(default_factory=Counter)
    differing: list[str] = field(default_factory=list)
    largest_gap: float = 0.0
    caught: Counter[str] = field(default_factory=Counter)
    disturbed: Counter[str] = field(default_factory=Counter)

    @property
    def agreement(self) -> float:
        """Share of the compared decisions on which both wished the same; 1 if none was compared."""
        total = sum(self.pairs.values())
        return sum(count for (one, other), count in self.pairs.items() if one == other) / total if total else 1.0


def compare(decisions: Iterable[Decision], labels: Mapping[str, bool] | None = None, most: int = 1_000) -> Comparison:
    """Compare what champion and challenger wished, over decisions that had both.

    Parameters
    ----------
    decisions
        In any order; those without a shadow are left out.
    labels
        Whether an event was fraud, by its id, as far as it is known.
    most
        How many ids of differing events are kept.

    Examples
    --------
    >>> compare([]).agreement
    1.0
    """
    found = Comparison()
    for decision in decisions:
        if decision.shadow is None:
            continue
        found.decisions += 1
        found.arms[decision.arm] += 1
        if "failed" in decision.shadow:
            found.failed += 1
            continue
        _add(found, decision, decision.shadow, most, (labels or {}).get(decision.event_id))
    return found


def _add(found: Comparison, decision: Decision, shadow: Mapping[str, Any], most: int, label: bool | None) -> None:
    own: dict[str, Any] = {"action": decision.wanted, "probability": decision.probability, "hits": decision.hits}
    one, two = (own, dict(shadow)) if decision.arm == "champion" else (dict(shadow), own)
    found.pairs[ACTIONS[one["action"]], ACTIONS[two["action"]]] += 1
    if one["action"] != two["action"] and len(found.differing) < most:
        found.differing.append(decision.event_id)
    if label is not None:
        counted = found.caught if label else found.disturbed
        counted.update(arm for arm, wish in (("champion", one), ("challenger", two)) if wish["action"])
    for rule in set(one["hits"]) ^ set(two["hits"]):
        found.only["champion" if rule in one["hits"] else "challenger", rule] += 1
    if one["probability"] is not None and two["probability"] is not None:
        gap = abs(one["probability"] - two["probability"])
        found.largest_gap = max(found.largest_gap, gap)
