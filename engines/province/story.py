"""The story's tables with the graph of its last day, and what firms are called."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd

from credit_graph.graph import Graph
from credit_graph.snapshot import snapshot
from datasets.province_story import story_tables

__all__ = ["AS_OF", "Story", "story"]

AS_OF = date(2020, 10, 28)
"""The last day of the province's streams: everything has happened, and nobody has been told."""
_LAYERS = ("guarantee", "loan", "shared_attribute")


@dataclass(frozen=True, eq=False)
class Story:
    """One province.

    Parameters
    ----------
    seed
        Of the province.
    tables
        As `datasets.province_story.story_tables`; those of its `TRUTH` are for judging alone.
    graph
        Guarantees, loans and shared attributes on the last day.
    """

    seed: int
    tables: dict[str, pd.DataFrame]
    graph: Graph

    @cached_property
    def firms(self) -> list[str]:
        """Identifiers of all firms that have opened an account, ascending."""
        return sorted(self.tables["filings"]["firm_id"].tolist())

    @cached_property
    def names(self) -> dict[str, str]:
        """What people call each party: firms without their place and their form of company."""
        parties = self.tables["parties"]
        full = parties["name"].fillna(parties["party_id"])
        short = full.where(parties["kind"] != "firm", full.str.removesuffix("有限公司").str[2:])
        return dict(zip(parties["party_id"], short, strict=True))


def story(seed: int, size: int) -> Story:
    """Make the tables of one province and the graph of its last day.

    Examples
    --------
    >>> made = story(7, 100)
    >>> made.graph.as_of.isoformat(), len(made.firms) > 100
    ('2020-10-28', True)
    """
    tables = story_tables(size, seed)
    return Story(seed, tables, snapshot(tables["parties"], {kind: tables[kind] for kind in _LAYERS}, AS_OF))
