"""Why a rule hit, in a sentence with the event's own values, in English or Chinese.

The sentence is what an analyst reads on an alert and what a branch clerk reads to a customer.
"""

import math
import re
from typing import Final, Literal

from fraud.rules.reference import Event, Value, present
from fraud.rules.rulebook import Rule
from fraud.rules.vocabulary import VOCABULARY

__all__ = ["FIELD_IN_REASON", "explain"]

FIELD_IN_REASON: Final = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""How a reason names a field: `{amount_fen}`."""

_UNKNOWN: Final = {"en": "unknown", "zh": "未知"}
_YUAN: Final = {"en": " yuan", "zh": "元"}
_INFINITE: Final = {"en": "infinite", "zh": "无穷大"}


def explain(rule: Rule, event: Event, lang: Literal["en", "zh"] = "en") -> str:
    """Return the rule's reason with the values of the event, amounts in yuan.

    Parameters
    ----------
    rule
        The rule that hit.
    event
        Value of each field; a missing one is said to be unknown.
    lang
        English or Chinese.

    Examples
    --------
    >>> from fraud.rules.reading import first_rulebook
    >>> rule = first_rulebook()["elderly_new_payee"]
    >>> explain(rule, {"customer_age": 71.0, "amount_fen": 5_000_000})
    'A customer of 71 sends 50,000.00 yuan to a payee for the first time'
    >>> explain(rule, {"customer_age": 71.0, "amount_fen": 5_000_000}, "zh")
    '71 岁客户首次向该收款方转账 50,000.00元'
    """
    text = rule.reason if lang == "en" else rule.reason_zh
    return FIELD_IN_REASON.sub(lambda found: _shown(found[1], present(event.get(found[1])), lang), text)


def _shown(name: str, value: Value, lang: str) -> str:
    if value is None:
        return _UNKNOWN[lang]
    if isinstance(value, str):
        return value
    if math.isinf(value):
        return ("-" if value < 0 else "") + _INFINITE[lang]
    if VOCABULARY.get(name) == "money":
        fen = round(value)
        return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02}{_YUAN[lang]}"
    return f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
