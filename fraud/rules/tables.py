"""The table of a rulebook: for each cell of each source, a mask of the terms that are still alive.

An event is judged by the `and` of one mask for each source; what is left are the terms that are true, and their
rules hit. 561 rules are some 700 terms, eleven words of 64 bits. The terms of rules that were written together
read the same few sources, so each word names the sources that matter to it, and the others need not be looked up.

Sources come in two parts. The early ones are chosen so that every term is tested by some of them, and are looked up for
all rows; each late one only for the rows in which a term that reads it is still alive. What must be computed is late.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from fraud.rules.sources import Cuts, Judged, Numeric, Source, Textual, Words, fields_of_source
from fraud.rules.syntax import Field, Node
from fraud.rules.terms import ANSWER, Term, axes_of, terms_of

__all__ = ["Tables", "build", "is_plain"]

_BITS: Final = 64
_EARLY_TESTS: Final = 3
"""Every term is tested by so many early sources, if it has as many."""


@dataclass(frozen=True, eq=False)
class Tables:
    """What is known of a rulebook; S sources, T terms in W words, C cells in all.

    Attributes
    ----------
    sources, axes
        The sources, by part, and their cells.
    fields
        The fields that each source reads.
    early
        How many sources are early.
    rule_of
        int16 (64 W,): the rule of each term; never falling.
    everything
        All terms, as the bits of one integer.
    masks
        For each source and cell, the terms alive as the bits of one integer.
    code
        The least type of unsigned integers that numbers the cells of any source.
    table
        uint64 (W, C + 1): the same, cut into words; the last column holds all terms.
    base
        int64 (S,): where the cells of a source begin in the table.
    starts, reads
        int64: word w, in part p, reads the sources reads[starts[p, w]:starts[p, w + 1]].
    late
        For each late source the words that read it, which of their terms do, and their masks by cell.
    """

    sources: tuple[Source, ...]
    axes: tuple[Cuts | Words, ...]
    fields: tuple[tuple[str, ...], ...]
    early: int
    rule_of: npt.NDArray[np.int16]
    everything: int
    masks: tuple[tuple[int, ...], ...]
    code: "np.dtype[np.unsignedinteger[Any]]"
    table: npt.NDArray[np.uint64]
    base: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    reads: npt.NDArray[np.int64]
    late: tuple[tuple[Any, Any, Any], ...]


def build(conditions: Sequence[Node]) -> Tables:
    """Lay out the table of these conditions, one for each rule.

    Examples
    --------
    >>> from fraud.rules.language import parse_condition
    >>> made = build([parse_condition("hour < 5"), parse_condition("hour < 3 or weekday == 6")])
    >>> made.rule_of[:3].tolist(), [[bin(mask) for mask in masks] for masks in made.masks]
    ([0, 1, 1], [['0b100', '0b111', '0b101', '0b100'], ['0b11', '0b11', '0b111', '0b11']])
    """
    axes = dict(axes_of(list(conditions)))
    found = [terms_of(condition, axes) for condition in conditions]
    terms = [term for several in found for term in several]
    axes |= {source: ANSWER for term in terms for source in term if isinstance(source, Judged)}
    sources, early = _ordered(terms)
    words = -(-len(terms) // _BITS)
    rule_of = np.zeros(words * _BITS, np.int16)
    rule_of[: len(terms)] = np.repeat(np.arange(len(found)), [len(several) for several in found])
    everything = np.arange(words * _BITS) < len(terms)
    alive = [_alive(source, axes[source].size, terms, words) for source in sources]
    sizes = [len(cells) for cells in alive]
    table = np.concatenate([*(_words(cells) for cells in alive), _words(everything)[None]])
    starts, reads = _reads(alive, (0, early, len(alive)), len(terms), words)
    return Tables(
        sources=tuple(sources),
        axes=tuple(axes[source] for source in sources),
        fields=tuple(map(fields_of_source, sources)),
        early=early,
        rule_of=rule_of,
        everything=(1 << len(terms)) - 1,
        masks=tuple(_integers(cells) for cells in alive),
        code=np.min_scalar_type(max(sizes, default=1)),
        table=np.ascontiguousarray(table.T),
        base=np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64) if sizes else np.zeros(0, np.int64),
        starts=starts,
        reads=reads,
        late=tuple(_read_late(cells, len(terms)) for cells in alive[early:]),
    )


def _ordered(terms: list[Term]) -> tuple[list[Source], int]:
    """Return the sources, early ones first and then plain before computed ones, and how many are early."""
    counts: dict[Source, int] = {}
    for term in terms:
        for source in term:
            counts[source] = counts.get(source, 0) + 1
    ranked = sorted(counts, key=lambda source: -counts[source])
    rank = {source: place for place, source in enumerate(ranked)}
    early = {source for term in terms for source in _first(sorted(term, key=rank.__getitem__))}
    late = sorted((source for source in ranked if source not in early), key=is_plain, reverse=True)
    return [source for source in ranked if source in early] + late, len(early)


def _first(term: list[Source]) -> list[Source]:
    """Return the tests of a term that are made early: what must be computed only if there is nothing else."""
    found = [source for source in term if is_plain(source) or isinstance(source, Textual)]
    return found[:_EARLY_TESTS] or term[:1]


def is_plain(source: Source) -> bool:
    """Say whether a source is a column of numbers as it stands.

    Examples
    --------
    >>> is_plain(Numeric(Field("hour"))), is_plain(Textual("channel"))
    (True, False)
    """
    return isinstance(source, Numeric) and isinstance(source.node, Field)


def _alive(source: Source, size: int, terms: list[Term], words: int) -> npt.NDArray[np.bool_]:
    """Return which term is alive in which cell, shape (cells, 64 W)."""
    alive = np.zeros((size, words * _BITS), bool)
    alive[:, : len(terms)] = True
    for place, term in enumerate(terms):
        if source in term:
            alive[:, place] = [bool(term[source] >> cell & 1) for cell in range(size)]
    return alive


def _words(alive: npt.NDArray[np.bool_]) -> Any:
    return np.packbits(alive, axis=-1, bitorder="little").view("<u8").astype(np.uint64)


def _integers(alive: npt.NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(int.from_bytes(row.tobytes(), "little") for row in np.packbits(alive, axis=1, bitorder="little"))


def _reads(alive: list[npt.NDArray[np.bool_]], parts: tuple[int, ...], terms: int, words: int) -> tuple[Any, Any]:
    """Return for each part and word the sources that any of its terms read, those first that kill most."""
    starts, reads = np.zeros((len(parts) - 1, words + 1), np.int64), np.zeros(0, np.int64)
    # share of cells in which a source kills a term, by source and word
    kills = np.zeros((len(alive), words * _BITS))
    for place, cells in enumerate(alive):
        kills[place, :terms] = 1 - cells[:, :terms].mean(axis=0)
    worth = kills.reshape(len(alive), words, _BITS).sum(axis=2)
    for part, (begin, end) in enumerate(pairwise(parts)):
        for word in range(words):
            starts[part, word] = len(reads)
            here = np.argsort(-worth[begin:end, word], kind="stable") + begin
            reads = np.append(reads, here[worth[here, word] > 0])
        starts[part, words] = len(reads)
    return starts, reads.astype(np.int64)


def _read_late(alive: npt.NDArray[np.bool_], terms: int) -> tuple[Any, Any, Any]:
    cares = np.arange(alive.shape[1]) < terms
    cares &= ~alive.all(axis=0)
    packed = _words(cares)
    words = np.flatnonzero(packed)
    return words, packed[words], np.ascontiguousarray(_words(alive).T[words])
