"""How strongly each kind of tie carries bad news, and the graph of the strongest ways between neighbours.

The strengths are data (`credit_graph/policies/ties.toml`), one for each direction of each kind. Where two parties are
tied more than once, the strongest tie counts: on a path one step is taken by one tie.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from credit_graph.errors import TiePolicyError
from credit_graph.graph import KINDS, Graph

__all__ = ["TieRule", "TieRules", "Ways", "house_ties", "parse_ties", "ways"]

WORDS = ("word_forward_zh", "word_forward_en", "word_backward_zh", "word_backward_en")


@dataclass(frozen=True)
class TieRule:
    """How one kind of tie is walked, see the comments of `policies/ties.toml`."""

    forward: float
    backward: float
    word_forward_zh: str
    word_forward_en: str
    word_backward_zh: str
    word_backward_en: str
    by_share: bool = False
    half_hops: int = 2


@dataclass(frozen=True)
class TieRules:
    """The rules of all kinds; a kind that is left out is not walked.

    Raises
    ------
    TiePolicyError
        If a kind is unknown, a strength is not between 0 and 1, or another field is impossible.
    """

    rules: Mapping[str, TieRule]
    most_sharing: int = 50
    never_through: tuple[str, ...] = ("bank",)

    def __post_init__(self) -> None:
        """Refuse rules that say something impossible."""
        if not isinstance(self.most_sharing, int) or isinstance(self.most_sharing, bool) or self.most_sharing < 2:
            raise TiePolicyError(f"most_sharing is {self.most_sharing!r}; give a whole number of at least 2")
        wrong = [kind for kind in self.never_through if kind not in ("firm", "person", "bank", "attribute")]
        if wrong:
            raise TiePolicyError(f"never_through names {wrong[0]!r}; a party is a firm, person, bank or attribute")
        for kind, rule in self.rules.items():
            _check(kind, rule)


@dataclass(frozen=True, eq=False)
class Ways:
    """The strongest way from each party to each neighbour, sorted by (tail, head).

    Parameters
    ----------
    start
        Where each party's ways begin, int64 of shape (n + 1,).
    tail, head
        From whom to whom, int32 of shape (m,).
    strength
        float64 of shape (m,), above 0 and at most 1.
    half_hops
        int8 of shape (m,).
    kind
        Position in `KINDS` of the tie, int8 of shape (m,).
    is_forward
        Whether it is walked from the tie's tail to its head, bool of shape (m,).
    is_dead_end
        Parties that a path may only begin or end at, bool of shape (n,).
    """

    start: npt.NDArray[np.int64]
    tail: npt.NDArray[np.int32]
    head: npt.NDArray[np.int32]
    strength: npt.NDArray[np.float64]
    half_hops: npt.NDArray[np.int8]
    kind: npt.NDArray[np.int8]
    is_forward: npt.NDArray[np.bool_]
    is_dead_end: npt.NDArray[np.bool_]

    def between(self, tail: int, head: int) -> int:
        """Return the position of the way from one party to a neighbour."""
        first, last = int(self.start[tail]), int(self.start[tail + 1])
        return first + int(np.searchsorted(self.head[first:last], head))


def parse_ties(text: str) -> TieRules:
    """Read the strengths from the text of a TOML table.

    Raises
    ------
    TiePolicyError
        If the text is not TOML, or a field is missing, unknown or impossible.

    Examples
    --------
    >>> parse_ties("[tie.control]")
    Traceback (most recent call last):
    credit_graph.errors.TiePolicyError: the tie 'control' lacks or does not know the field 'backward'
    """
    try:
        table: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TiePolicyError(f"the strengths of ties are not a TOML table: {error}") from error
    rows, limits = table.pop("tie", None), {"most_sharing", "never_through"}
    if not isinstance(rows, dict) or not all(isinstance(row, dict) for row in rows.values()) or set(table) - limits:
        raise TiePolicyError(f"the table has {sorted(table)}; it must have [tie.KIND], and may have {sorted(limits)}")
    may = set(TieRule.__dataclass_fields__)
    for kind, row in rows.items():
        wrong = sorted((may - {"by_share", "half_hops"} - set(row)) | (set(row) - may))
        if wrong:
            raise TiePolicyError(f"the tie {kind!r} lacks or does not know the field {wrong[0]!r}")
    through = table.get("never_through", ["bank"])
    if not isinstance(through, list):
        raise TiePolicyError(f"never_through is {through!r}; give a list of kinds of parties")
    return TieRules({kind: TieRule(**row) for kind, row in rows.items()}, table.get("most_sharing", 50), tuple(through))


@cache
def house_ties() -> TieRules:
    """Return the strengths that come with the library, `credit_graph/policies/ties.toml`.

    Examples
    --------
    >>> house_ties().rules["control"].forward
    0.95
    """
    return parse_ties((resources.files("credit_graph") / "policies/ties.toml").read_text("utf-8"))


def ways(graph: Graph, rules: TieRules | None = None) -> Ways:
    """Return the strongest way between each two neighbours, in each direction.

    Of equally strong ties the one with fewer half hops counts, then the kind that stands first in `KINDS`. Ties to
    oneself and shareholdings of nothing are no ways. A shareholding whose share is unknown counts as a whole.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> found = ways(small_graph(guarantee=[("F1", "F2", 5)], control=[("F2", "F1")]))
    >>> found.tail.tolist(), found.head.tolist(), found.strength.tolist()
    ([0, 1], [1, 0], [0.9, 0.95])
    """
    known = rules or house_ties()
    parts = []
    for number, kind in enumerate(KINDS):
        rule, ties = known.rules.get(kind), graph.layers.get(kind)
        if rule is None or ties is None:
            continue
        share = np.where(np.isnan(ties.share), 1.0, ties.share) if rule.by_share else np.ones(ties.m)
        for is_forward, base in ((True, rule.forward), (False, rule.backward)):
            ends = (ties.tail, ties.head) if is_forward else (ties.head, ties.tail)
            same = (np.full(ties.m, value) for value in (rule.half_hops, number, is_forward))
            parts.append(np.column_stack([*ends, base * share, *same]))
    rows = np.concatenate(parts) if parts else np.zeros((0, 6))
    rows = rows[(rows[:, 0] != rows[:, 1]) & (rows[:, 2] > 0)]
    rows = rows[np.lexsort((rows[:, 4], rows[:, 3], -rows[:, 2], rows[:, 1], rows[:, 0]))]
    is_first = np.ones(len(rows), np.bool_)
    is_first[1:] = (rows[1:, :2] != rows[:-1, :2]).any(axis=1)
    rows = rows[is_first]
    tail = rows[:, 0].astype(np.int32)
    start = np.zeros(graph.n + 1, np.int64)
    np.cumsum(np.bincount(tail, minlength=graph.n), out=start[1:])
    kinds = graph.parties["kind"]
    sharing = np.zeros(graph.n, np.int64)
    if "shared_attribute" in graph.layers:
        pairs = graph.layers["shared_attribute"]
        unique = np.unique(np.column_stack([pairs.tail, pairs.head]), axis=0)
        sharing = np.bincount(unique[:, 1], minlength=graph.n).astype(np.int64)
    return Ways(
        start=start,
        tail=tail,
        head=rows[:, 1].astype(np.int32),
        strength=rows[:, 2].copy(),
        half_hops=rows[:, 3].astype(np.int8),
        kind=rows[:, 4].astype(np.int8),
        is_forward=rows[:, 5].astype(np.bool_),
        is_dead_end=kinds.isin(list(known.never_through)).to_numpy(np.bool_) | (sharing > known.most_sharing),
    )


def _check(kind: str, rule: TieRule) -> None:
    if kind not in KINDS:
        raise TiePolicyError(f"no kind of tie is called {kind!r}; the kinds are {', '.join(KINDS)}")
    for field in ("forward", "backward"):
        value = getattr(rule, field)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise TiePolicyError(f"{field} of the tie {kind!r} is {value!r}; give a strength from 0 to 1")
    if not isinstance(rule.by_share, bool):
        raise TiePolicyError(f"by_share of the tie {kind!r} is {rule.by_share!r}; give true or false")
    if isinstance(rule.half_hops, bool) or rule.half_hops not in (1, 2):
        raise TiePolicyError(f"half_hops of the tie {kind!r} is {rule.half_hops!r}; give 1 or 2")
    for field in WORDS:
        if not isinstance(getattr(rule, field), str) or not getattr(rule, field):
            raise TiePolicyError(f"{field} of the tie {kind!r} is {getattr(rule, field)!r}; give a word")
