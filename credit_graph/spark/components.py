"""Weak components of a table of ties on Spark, by large stars and small stars.

In a large star each party ties its larger neighbours to the smallest of them all, itself counted; in a small star it
ties its smaller neighbours, and itself, to the smallest. Both keep together what hangs together, and in turns they end
with every party tied to the smallest of its component and to nobody else, after a number of rounds that grows like the
logarithm of the parties (at worst its square). A way of a million firms in a row takes some ten rounds.

Source: Kiveris, Lattanzi, Mirrokni, Rastogi and Vassilvitskii, "Connected Components in MapReduce and Beyond", 2014.
Each star looks once at its ties (a window, no join), and each round is kept by a local checkpoint, or Spark would
begin again at the first. All ties of one hub are sorted on one worker; that costs disk there, not memory.
"""

from typing import TYPE_CHECKING

from credit_graph.errors import ComponentSearchError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["weak_components"]


def weak_components(edges: "DataFrame", *, most_rounds: int = 60) -> "DataFrame":
    """Label each party of a table of ties with the smallest party of its weak component.

    Parameters
    ----------
    edges
        from_id, to_id, both strings and none of them null; parallel ties and ties of a party to itself are allowed.
    most_rounds
        Rounds after which the search gives up; half of the default is already more than any table needs.

    Returns
    -------
    party_id, component (strings), one row for each party, in no order. Smallest means in the order of UTF-8 bytes,
    which is that of Python's strings.

    Raises
    ------
    ComponentSearchError
        If stars are not reached in time.
    """
    from pyspark.sql import functions as sql

    rows = edges.select("from_id", "to_id").distinct()
    ties = (
        rows.filter(sql.col("from_id") != sql.col("to_id"))
        .select(sql.greatest("from_id", "to_id").alias("child"), sql.least("from_id", "to_id").alias("parent"))
        .distinct()
        .localCheckpoint()
    )
    for _ in range(most_rounds):
        if _unsettled(ties) == 0:
            break
        ties = _small_star(_large_star(ties)).localCheckpoint()
    else:
        if (left := _unsettled(ties)) > 0:
            raise ComponentSearchError(
                f"after {most_rounds} rounds {left} parties are not yet tied to the smallest party of their component; "
                f"allow more rounds"
            )
    itself = rows.select(sql.explode(sql.array("from_id", "to_id")).alias("child")).select(
        "child", sql.col("child").alias("parent")
    )
    return ties.union(itself).groupBy(sql.col("child").alias("party_id")).agg(sql.min("parent").alias("component"))


def _both_ways(ties: "DataFrame") -> "DataFrame":
    from pyspark.sql import functions as sql

    down = sql.struct(sql.col("child").alias("node"), sql.col("parent").alias("other"))
    up = sql.struct(sql.col("parent").alias("node"), sql.col("child").alias("other"))
    # one pass over the ties, where a union would read them, and all that they come from, twice
    return ties.select(sql.explode(sql.array(down, up)).alias("way")).select("way.node", "way.other")


def _large_star(ties: "DataFrame") -> "DataFrame":
    from pyspark.sql import Window
    from pyspark.sql import functions as sql

    smallest = sql.least("node", sql.min("other").over(Window.partitionBy("node")))
    return (
        _both_ways(ties)
        .withColumn("smallest", smallest)
        .filter(sql.col("other") > sql.col("node"))
        .select(sql.col("other").alias("child"), sql.col("smallest").alias("parent"))
        .distinct()
    )


def _small_star(ties: "DataFrame") -> "DataFrame":
    """Tie to the smallest; each tie runs from the larger to the smaller, as large stars leave them."""
    from pyspark.sql import Window
    from pyspark.sql import functions as sql

    return (
        ties.withColumn("smallest", sql.min("parent").over(Window.partitionBy("child")))
        .select(sql.explode(sql.array("child", "parent")).alias("child"), sql.col("smallest").alias("parent"))
        .filter(sql.col("child") != sql.col("parent"))
        .distinct()
    )


def _unsettled(ties: "DataFrame") -> int:
    """Return how many parties are tied to two smaller ones, or to one while a larger one is tied to them."""
    from pyspark.sql import functions as sql

    is_up = sql.col("other") < sql.col("node")
    counts = (
        _both_ways(ties)
        .groupBy("node")
        .agg(sql.sum(sql.when(is_up, 1).otherwise(0)).alias("up"), sql.count("other").alias("all"))
    )
    return int(counts.filter((sql.col("up") > 1) | ((sql.col("up") == 1) & (sql.col("all") > 1))).count())
