"""Which benchmarks are an engine's: the names that `hexi bench` takes for several at once.

A group has the name of its engine. `fraud` is a group and one of its benchmarks. The bare name means that benchmark: it
is the one that takes a scorer of the user's own, and a quick run of it takes some seconds, of the whole group minutes.
With `--all` the name means the group.
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


def asked_for(words: Sequence[str], known: Iterable[str], *, whole: bool = False) -> list[str]:
    """Return the benchmarks that some words mean, each once, in the order in which they were asked for.

    Parameters
    ----------
    words
        Names of groups and of benchmarks, or `ALL`; nothing means all.
    known
        Names of the benchmarks that there are.
    whole
        Whether a name that is both means the group, not the benchmark alone.

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
    >>> asked_for(["fraud"], ["fraud", "fraud-rules"]), asked_for(["fraud"], ["fraud", "fraud-rules"], whole=True)
    (['fraud'], ['fraud', 'fraud-rules'])
    """
    there = sorted(known)
    found: list[str] = []
    for word in words or [ALL]:
        if word == ALL:
            found += there
        elif word in GROUPS and (whole or word not in there):
            found += [name for name in GROUPS[word] if name in there]
        else:
            found.append(word)
    return list(dict.fromkeys(found))
