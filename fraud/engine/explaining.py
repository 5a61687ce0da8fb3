"""The reasons of a decision: rules that hit with their texts filled in, and what moved the model.

Attributions are those of `fraud.scorers.additive`, or of the scorer's own `taken_apart(row)`: with "base" they add up
to the log-odds. They take milliseconds, and are made of alerts alone. A score that cannot be taken apart says so among
the reasons, because an alert must be written down whatever its model is.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import numpy as np

from fraud.engine.record import Decision, Explanation
from fraud.engine.setting import Setting
from fraud.reasons import Reason, rule_reason
from fraud.scorers import RULE_PREFIX
from fraud.wording import worded

__all__ = ["explain"]

_MOST_FEATURES: Final = 4


def explain(setting: Setting, event: Mapping[str, Any], decision: Decision) -> Explanation:
    """Return why this was decided.

    Parameters
    ----------
    setting
        What decided.
    event
        The event, as it was when it was decided.
    decision
        The decision; only its hits, features and action are read.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from fraud.engine.training import shipped_costs
    >>> from fraud.rules import first_rulebook
    >>> setting = Setting.of(first_rulebook(), None, shipped_costs(), ())
    >>> hit = SimpleNamespace(hits=("sim_swap_new_device",), is_alert=True, probability=None, features=np.zeros(0))
    >>> explain(setting, {"sim_age_days": 1, "amount_fen": 2_000_000}, hit).reasons[0].text
    'The SIM was changed 1 days ago; ...
    """
    is_attributed = decision.is_alert and decision.probability is not None
    if not decision.hits and not is_attributed:
        return Explanation((), {})
    values = dict(zip(setting.feature_names, decision.features.tolist(), strict=True))
    seen = {**values, **event}
    by_rule = [rule_reason(setting.rule_of[rule_id], seen) for rule_id in decision.hits]
    by_rule.sort(key=lambda reason: (-reason.strength, reason.code))
    attributed: dict[str, float] = {}
    if is_attributed:
        try:
            attributed = _attributed(setting, values, decision.hits)
        except Exception as error:  # whatever a stranger's model raises, and it is told
            by_rule.append(Reason("model", f"score not taken apart: {error}", f"评分无法分解：{error}", 0.0))
    raised = sorted((-strength, name) for name, strength in attributed.items() if strength > 0 and name in values)
    by_model = [Reason(name, *worded(name, values[name]), -falling) for falling, name in raised[:_MOST_FEATURES]]
    return Explanation((*by_rule, *by_model), attributed)


def _attributed(setting: Setting, values: Mapping[str, float], hits: tuple[str, ...]) -> dict[str, float]:
    from fraud.scorers.additive import taken_apart

    model = setting.model
    if model is None:
        return {}
    hit = {f"{RULE_PREFIX}{rule_id}" for rule_id in hits}
    row = np.array([values[name] if name in values else float(name in hit) for name in model.names])
    base, shares = getattr(model.model, "taken_apart", partial(taken_apart, model.model))(row)
    named = zip(("base", *model.names), (float(base), *shares.tolist()), strict=True)
    return {name: value for name, value in named if value != 0.0}
