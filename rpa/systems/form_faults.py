"""Faults of forms: labels that read otherwise, stand elsewhere, wrap their field, or have been exchanged.

What a form sends is named by its fields and not touched: only what people see is changed, as a release of the system
would. Exchanged labels are the worst of it: each field is found, each is unique, and both are wrong. They
are exchanged in pairs, another pair each time; a form that has none of the pairs has no occasion for it.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rpa.systems.faults import Faults

__all__ = ["Labels", "labels_of"]


class Labels(NamedTuple):
    """How a form is shown: order of its fields, text of each label, which labels wrap, and whether it is a grid."""

    order: tuple[str, ...]
    text: Mapping[str, str]
    wrapped: frozenset[str]
    is_grid: bool


def labels_of(
    names: Sequence[str],
    labels: Mapping[str, str],
    synonyms: Mapping[str, str],
    swaps: Sequence[tuple[str, str]],
    faults: Faults,
    path: str = "",
) -> Labels:
    """Return how a form is shown on this occasion.

    Parameters
    ----------
    names
        Of the fields, in order.
    labels, synonyms
        Text of each label, and how some read otherwise.
    swaps
        Pairs whose labels may be exchanged.
    path
        Of the request.

    Examples
    --------
    >>> shown = labels_of(["a", "b"], {"a": "甲", "b": "乙"}, {}, [("a", "b")], Faults(plan={"labels_swapped": (1,)}))
    >>> shown.text
    {'a': '乙', 'b': '甲'}
    """
    text, order = {name: labels[name] for name in names}, tuple(names)
    if faults.strikes("label_changed", path):
        text |= {name: synonym for name, synonym in synonyms.items() if name in text}
    if faults.strikes("label_moved", path):
        order = (*order[1::2], *order[::2])
    pairs = [pair for pair in swaps if set(pair) <= set(names)]
    if pairs and faults.strikes("labels_swapped", path):
        one, other = pairs[(faults.struck["labels_swapped"] - 1) % len(pairs)]
        text[one], text[other] = text[other], text[one]
    wrapped = frozenset(names) if faults.strikes("label_wrapped", path) else frozenset()
    return Labels(order, text, wrapped, faults.strikes("layout_changed", path))
