"""Which benchmarks are an engine's: the names that `hexi bench` takes for several at once.

A group has the name of its engine. `fraud` is a group and one of its benchmarks: the bare name means the group, as for
the other engines; with an option that asks one benchmark a question (a scorer, a file of payments) it means that one.
"""

from collections.abc import Iterable, Mapping, Sequence

__all__ = ["ALL", "GROUPS", "asked_for", "group_of"]

ALL = "all"
"""Every benchmark that there is, also one that no group lists."""

GROUPS: Mapping[str, tuple[str, ...]] = {
    "fraud": ("fraud", "fraud-rules", "fraud-event", "fraud-history", "fraud-quality", "fraud-serving", "handbook"),
    "graph": ("graph",),
    "ledger": ("ledger",),
    "rpa": ("filing",),
    "datasets": ("province",),
}
"""Names of the benchmarks under each engine; `datasets` is the province that all of them live on."""


def group_of(name: str) -> str:
    """Return the group that a benchmark is in; empty if it is in none.

    Examples
    --------
    >>> group_of("handbook"), group_of("mine")
    ('fraud', '')
    """
    return next((group for group, names in GROUPS.items() if name in names), "")


def asked_for(words: Sequence[str], known: Iterable[str], *, single: bool = False) -> list[str]:
    """Return the benchmarks that some words mean, each once, in the order in which they were asked for.

    Parameters
    ----------
    words
        Names of groups and of benchmarks, or `ALL`; nothing means all.
    known
        Names of the benchmarks that there are.
    single
        Whether a name that is both means the benchmark alone.

    Returns
    -------
    list
        Names; one that is not known is passed on, for whoever loads it to refuse.

    Examples
    --------
    >>> asked_for(["rpa", "graph", "graph"], ["graph", "filing", "mine"])
    ['filing', 'graph']
    >>> asked_for(["all"], ["graph", "filing", "mine"])
    ['filing', 'graph', 'mine']
    >>> asked_for(["fraud"], ["fraud", "fraud-rules"]), asked_for(["fraud"], ["fraud", "fraud-rules"], single=True)
    (['fraud', 'fraud-rules'], ['fraud'])
    """
    there = sorted(known)
    found: list[str] = []
    for word in words or [ALL]:
        if word == ALL:
            found += there
        elif word in GROUPS and not (single and word in there):
            found += [name for name in GROUPS[word] if name in there]
        else:
            found.append(word)
    return list(dict.fromkeys(found))
