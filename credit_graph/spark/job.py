"""All structures of a table of guarantees on Spark: components, packed into batches, each analysed by one worker.

A structure never leaves its weak component, so that components can be looked at apart and the rows put together are
those of the whole. Millions of components are tiny and one is often huge: a component with an eighth of a batch or more
is a batch of its own, and the others are dealt out by a hash of their name, so that batches are even (the sum of many
small parts strays little). The table is partitioned by batch and each partition sorted by it, and `mapInPandas` gives
the kernels one whole batch after the other (`credit_graph.spark.gathering`): a partition may hold any number of
batches, a worker only one of them at a time.

When it fails: the largest component is worked on by one worker, however many there are. In the networks of guarantees
that were published it holds up to half of all firms. A worker needs some 0.4 kB a tie (identifiers of 18 characters,
measured), and about as much again for PySpark's copies of the rows; `most_ties` refuses a larger component, by name,
before any worker dies of it.
A cascade is not run by component: a common factor moves all of them at once, and losses are summed before they are
ranked, so that it belongs to `credit_graph.simulation` on one machine (a million firms take seconds there).
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from credit_graph.errors import ComponentSizeError, FrameError, MissingColumnError, RowsError, TableRefusedError
from credit_graph.numbering import LARGEST_FEN
from credit_graph.spark.batch import COLUMNS, structures_of
from credit_graph.spark.components import weak_components
from credit_graph.spark.gathering import BATCH, SIZE, whole_batches

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["structures_by_component"]

_TYPES: Mapping[str, tuple[str, ...]] = {
    "from_id": ("string",),
    "to_id": ("string",),
    "amount_fen": ("bigint", "int", "smallint", "tinyint"),
}


def structures_by_component(
    edges: "DataFrame", *, ties_per_batch: int = 200_000, most_ties: int = 5_000_000, **options: int
) -> "DataFrame":
    """Find the structures of guarantees, weak component by weak component, on the workers of a cluster.

    Parameters
    ----------
    edges
        from_id, to_id (strings), amount_fen (a whole number of fen); other columns are not read. Parallel guarantees
        add up; those of a firm for itself form nothing.
    ties_per_batch
        About how many ties a worker is given at a time.
    most_ties
        Ties of the largest component that one worker may be given.
    **options
        Those of `structures_of`: longest_cycle, shortest_chain, hub, and the budgets of each component.

    Returns
    -------
    The rows of `structures_of` for all components, in no order.

    Raises
    ------
    MissingColumnError, FrameError
        If a column is missing, or of another type.
    TableRefusedError
        If parties or amounts are missing, or amounts are negative or too large; its report counts rows by reason.
    ComponentSizeError
        If a component has more than `most_ties` ties.
    ComponentSearchError
        As `weak_components`.
    RowsError
        If an option is too small.
    BatchSplitError
        As `whole_batches`, when the result is asked for: an engine has torn a batch apart.
    """
    from pyspark.sql import functions as sql

    if ties_per_batch < 1 or most_ties < 1:
        raise RowsError(f"ties_per_batch and most_ties must be at least 1, not {ties_per_batch} and {most_ties}")
    structures_of(pd.DataFrame({"from_id": [], "to_id": [], "amount_fen": []}), **options)  # a wrong option fails here
    table = _checked(edges)
    labels = weak_components(table).localCheckpoint()
    labelled = table.join(labels, sql.col("from_id") == sql.col("party_id")).drop("party_id")
    batches = _batches(labelled.groupBy("component").agg(sql.count("from_id").alias("ties")), ties_per_batch, most_ties)

    def analysed(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for ties in whole_batches(frames):
            found = structures_of(ties, **options)
            # PySpark 4 cannot send the texts of pandas 3 back when they lie in several pieces
            yield found.astype(dict.fromkeys(("component", "kind", "party_id"), object))

    schema = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    packed = labelled.join(batches, "component").repartition(BATCH).sortWithinPartitions(BATCH)
    return packed.select(*_TYPES, BATCH, SIZE).mapInPandas(analysed, schema)


def _checked(edges: "DataFrame") -> "DataFrame":
    from pyspark.sql import functions as sql

    found = dict(edges.dtypes)
    if missing := [name for name in _TYPES if name not in found]:
        have = ", ".join(found) or "none"
        raise MissingColumnError(f"the table of ties has no column {', '.join(missing)}; it has {have}")
    for name, allowed in _TYPES.items():
        if found[name] not in allowed:
            raise FrameError(f"the column {name} is of type {found[name]}; give {allowed[0]}")
    amount = sql.col("amount_fen").cast("bigint")
    table = edges.select("from_id", "to_id", amount.alias("amount_fen"))
    reasons = _reasons()
    counts = [sql.count(sql.when(is_bad, 1)).alias(f"reason_{at}") for at, is_bad in enumerate(reasons.values())]
    row = table.agg(*counts, sql.sum(sql.col("amount_fen").cast("double")).alias("total")).collect()[0]
    report = pd.DataFrame({"reason": list(reasons), "rows": [row[at] for at in range(len(reasons))]})
    report = report[report["rows"] > 0].reset_index(drop=True)
    if len(report):
        rows, reason = int(report["rows"][0]), report["reason"][0]
        raise TableRefusedError(f"the table of ties has bad rows: in {rows} of them {reason}; correct these", report)
    if (row["total"] or 0) >= 2.0**63:
        raise TableRefusedError(
            f"the guarantees add up to {row['total']:.3g} fen, more than can be counted exactly; check the unit", report
        )
    return table


def _reasons() -> "dict[str, Any]":
    from pyspark.sql import functions as sql

    def is_missing(name: str) -> Any:
        return sql.col(name).isNull() | (sql.trim(name) == "")

    return {
        "from_id is missing": is_missing("from_id"),
        "to_id is missing": is_missing("to_id"),
        "amount_fen is missing": sql.col("amount_fen").isNull(),
        "amount_fen is negative": sql.col("amount_fen") < 0,
        f"amount_fen is above {LARGEST_FEN}": sql.col("amount_fen") > LARGEST_FEN,
    }


def _batches(sizes: "DataFrame", ties_per_batch: int, most_ties: int) -> "DataFrame":
    """Return the batch of each component, and how many ties that batch has: component, `BATCH`, `SIZE`."""
    from pyspark.sql import Window
    from pyspark.sql import functions as sql

    is_large = sql.col("ties") >= max(ties_per_batch // 8, 1)
    small = sql.sum(sql.when(is_large, 0).otherwise(sql.col("ties")))
    largest = sizes.agg(sql.max(sql.struct("ties", "component")).alias("largest"), small.alias("small")).collect()[0]
    if largest["largest"] is not None and largest["largest"]["ties"] > most_ties:
        name, ties = largest["largest"]["component"], largest["largest"]["ties"]
        raise ComponentSizeError(
            f"the component of party {name} has {ties} ties, more than the {most_ties} that one worker may be given; "
            f"raise most_ties on larger workers, or leave out the smallest guarantees"
        )
    count = max(-(-(largest["small"] or 0) // ties_per_batch), 1)
    dealt = sql.pmod(sql.xxhash64("component"), sql.lit(count)).cast("string")
    # a party may be called 5, and the batch with number 5 is another one
    name = sql.when(is_large, sql.concat(sql.lit("of "), "component")).otherwise(sql.concat(sql.lit("number "), dealt))
    return sizes.select("component", "ties", name.alias(BATCH)).select(
        "component", BATCH, sql.sum("ties").over(Window.partitionBy(BATCH)).alias(SIZE)
    )
