"""The simple tests that new rules are put together from: a field against a round number, or one of some categories.

A category is tried alone and in groups: its words in the order in which fraud is commoner among them, the first two,
three or four of them. That order contains the best group for a single split (Breiman et al., Classification and
Regression Trees, 1984, theorem 4.5). Identifiers are never tested: a rule that names a customer is a list entry.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from fraud.rulecare.thresholds import round_thresholds
from fraud.rules.syntax import Comparison, Field, Membership, Node, Number, Text
from fraud.rules.vocabulary import VOCABULARY
from fraud.schema import Kind

__all__ = ["Terms", "pack", "terms_of"]

_MOST_WORDS: Final = 12
_LARGEST_GROUP: Final = 4


@dataclass(frozen=True, eq=False)
class Terms:
    """Simple tests, their field and side, and which of two samples each is true for.

    `on_frauds` is boolean of shape (terms, frauds); `on_honest` the same of the honest rows, packed in bits of 64.
    """

    nodes: tuple[Node, ...]
    sides: tuple[str, ...]
    on_frauds: npt.NDArray[np.bool_]
    on_honest: npt.NDArray[np.uint64]


def terms_of(
    columns: Mapping[str, Any] | pd.DataFrame, frauds: npt.NDArray[np.int64], honest: npt.NDArray[np.int64]
) -> Terms:
    """Return every simple test that is true for some of the frauds and not for all of both.

    Parameters
    ----------
    columns
        Fields of the vocabulary; others, identifiers and times are passed over.
    frauds, honest
        Rows of the two samples.

    Examples
    --------
    >>> columns = {"channel": ["web", "web", "atm", "pos"]}
    >>> found = terms_of(columns, np.array([0, 1]), np.array([2, 3]))
    >>> found.nodes, found.on_frauds.tolist(), found.on_honest.tolist()
    ((Comparison(operator='==', left=Field(name='channel'), right=Text(value='web')),), [[True, True]], [[0]])
    """
    nodes: list[Node] = []
    sides: list[str] = []
    seen: list[npt.NDArray[np.bool_]] = []
    packed: list[npt.NDArray[np.uint64]] = []
    for name, kind in VOCABULARY.items():
        if name not in columns or kind in ("identifier", "time"):
            continue
        for node, side, bad, good in _terms(name, kind, pd.Series(columns[name]), frauds, honest):
            if bad.any() and not (bad.all() and good.all()):
                nodes.append(node)
                sides.append(side)
                seen.append(bad)
                packed.append(pack(good))
    words = -(-len(honest) // 64)
    return Terms(
        tuple(nodes),
        tuple(sides),
        np.array(seen, bool).reshape(len(nodes), len(frauds)),
        np.array(packed, np.uint64).reshape(len(nodes), words),
    )


Term = tuple[Node, str, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]


def _terms(
    name: str, kind: Kind, column: "pd.Series[Any]", frauds: npt.NDArray[np.int64], honest: npt.NDArray[np.int64]
) -> Iterator[Term]:
    if kind == "category":
        yield from _of_words(name, column.iloc[frauds], column.iloc[honest])
        return
    values = column.to_numpy(np.float64, na_value=np.nan)
    bad, good = values[frauds], values[honest]
    whole = kind == "money" or bool((bad[np.isfinite(bad)] == np.round(bad[np.isfinite(bad)])).all())
    cuts = round_thresholds(name, kind, bad)
    if set(np.unique(bad[~np.isnan(bad)])) <= {0.0, 1.0} and np.isin(good[~np.isnan(good)], (0.0, 1.0)).all():
        for value in (0, 1):
            yield Comparison("==", Field(name), Number(value)), name, bad == value, good == value
        return
    for cut in cuts:
        number = Number(int(cut) if whole or cut == int(cut) else float(cut), in_yuan=kind == "money")
        yield Comparison(">=", Field(name), number), f"{name} >=", bad >= cut, good >= cut
        yield Comparison("<=", Field(name), number), f"{name} <=", bad <= cut, good <= cut


def _of_words(name: str, bad: "pd.Series[Any]", good: "pd.Series[Any]") -> Iterator[Term]:
    among_bad, among_good = (sample.dropna().astype(str).value_counts() for sample in (bad, good))
    words = list(among_bad.index[:_MOST_WORDS])
    words.sort(key=lambda word: (-among_bad[word] / (among_bad[word] + among_good.get(word, 0) + 1), word))
    bad_text, good_text = bad.astype(object), good.astype(object)
    for word in words:
        yield Comparison("==", Field(name), Text(word)), name, _is_in(bad_text, [word]), _is_in(good_text, [word])
    for size in range(2, min(_LARGEST_GROUP, len(words) - 1) + 1):
        group = sorted(words[:size])
        node = Membership(Field(name), tuple(map(Text, group)))
        yield node, name, _is_in(bad_text, group), _is_in(good_text, group)


def _is_in(values: "pd.Series[Any]", words: list[str]) -> npt.NDArray[np.bool_]:
    return np.asarray(values.isin(words).to_numpy(), bool)


def pack(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint64]:
    """Return booleans as bits of 64-bit words, zeros behind the last.

    Examples
    --------
    >>> pack(np.array([True, False, True])).tolist()
    [5]
    """
    padded = np.zeros(-(-len(mask) // 64) * 64, bool)
    padded[: len(mask)] = mask
    return np.packbits(padded, bitorder="little").view(np.uint64)
