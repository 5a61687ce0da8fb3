"""Faults of forms: labels that read otherwise, stand elsewhere, wrap their field, or have been exchanged.

What a form sends is named by its fields and not touched: only what people see is changed, as a release of the system
would. Exchanged labels are the worst of it: each field is found, each is unique, and both are wrong.
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

    Examples
    --------
    >>> shown = labels_of(["a", "b"], {"a": "甲", "b": "乙"}, {}, [("a", "b")], Faults(plan={"labels_swapped": (1,)}))
    >>> shown.text
    {'a': '乙', 'b': '甲'}
    """
    text, order = {name: labels[name] for name in names}, tuple(names)
    if faults.strikes("label_changed"):
        text |= {name: synonym for name, synonym in synonyms.items() if name in text}
    if faults.strikes("label_moved"):
        order = (*order[1::2], *order[::2])
    if faults.strikes("labels_swapped"):
        pair = next((pair for pair in swaps if set(pair) <= set(names)), None)
        if pair is not None:
            text[pair[0]], text[pair[1]] = text[pair[1]], text[pair[0]]
    wrapped = frozenset(names) if faults.strikes("label_wrapped") else frozenset()
    return Labels(order, text, wrapped, faults.strikes("layout_changed"))
