"""Put a staged table in time order and find repeated numbers of transactions, in bounded memory.

Both are needed only for files that are not what one hopes for, so first the stream itself is watched: times that
never step back need no sorting, and identifiers that always grow cannot repeat. Otherwise DuckDB does the work out of
core, with a limit on its memory and its overflow in the caller's folder.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Growth", "Totals", "engine", "reordered", "repeated", "totals"]

MEMORY_LIMIT = "300MB"
ROW_GROUP = 131_072


@dataclass
class Growth:
    """Watches whether values only ever grow, batch after batch.

    With `strictly`, two equal values are a step back, so that a stream without a step back has no repeated value.

    Examples
    --------
    >>> growth = Growth(strictly=True)
    >>> growth.watch(pa.array([1, 2])), growth.watch(pa.array([3, 3]))
    (True, False)
    """

    strictly: bool
    last: object = None
    holds: bool = True

    def watch(self, values: "pa.Array") -> bool:
        """Take in one batch without nulls, and return whether all values so far have grown."""
        if not self.holds or len(values) == 0:
            return self.holds
        compare = pc.less if self.strictly else pc.less_equal
        steps = compare(values.slice(0, len(values) - 1), values.slice(1))
        self.holds = pc.all(steps, min_count=0).as_py()
        if self.last is not None:
            self.holds &= compare(pa.scalar(self.last, values.type), values[0]).as_py()
        self.last = values[len(values) - 1].as_py()
        return self.holds


@dataclass(frozen=True)
class Totals:
    """Rows of a staged table, its first and last time, and how many rows are labelled as fraud."""

    rows: int
    first: datetime
    last: datetime
    frauds: int


@contextmanager
def engine(overflow: Path) -> "Iterator[duckdb.DuckDBPyConnection]":
    """Give a database in memory that is limited, and that overflows into a folder."""
    connection = duckdb.connect(
        config={
            "memory_limit": MEMORY_LIMIT,
            "temp_directory": str(overflow),
            "threads": 2,
            "autoinstall_known_extensions": False,
        }
    )
    try:
        # Its bar would draw over the caller's.
        connection.execute("set enable_progress_bar = false").fetchall()
        yield connection
    finally:
        connection.close()


def repeated(connection: "duckdb.DuckDBPyConnection", staged: Path, into: Path) -> int:
    """Write the rows whose transaction_id was used in an earlier row, and return how many they are.

    Parameters
    ----------
    connection
        From `engine`.
    staged
        Parquet with `transaction_id` and `source_row`.
    into
        Parquet that is made: `source_row` and `transaction_id` of the rows to refuse.
    """
    connection.sql(
        "select transaction_id, min(source_row) as kept_row from read_parquet(?) group by 1 having count(*) > 1",
        params=[str(staged)],
    ).to_table("used_twice")
    connection.sql(
        "select source_row, transaction_id from read_parquet(?) join used_twice using (transaction_id) "
        "where source_row > kept_row order by source_row",
        params=[str(staged)],
    ).write_parquet(str(into))
    # All rows are fetched, for DuckDB takes nothing else up while a result is unfinished.
    ((count,),) = connection.execute("select count(*) from read_parquet(?)", [str(into)]).fetchall()
    return int(count)


def reordered(connection: "duckdb.DuckDBPyConnection", staged: Path, refused: Path | None, into: Path) -> None:
    """Write the staged rows by time, then by their number in the file, without the refused ones."""
    if refused is None:
        rows = connection.sql("select * from read_parquet(?) order by occurred_at, source_row", params=[str(staged)])
    else:
        rows = connection.sql(
            "select * from read_parquet(?) as staged anti join read_parquet(?) as refused using (source_row) "
            "order by occurred_at, source_row",
            params=[str(staged), str(refused)],
        )
    rows.write_parquet(str(into), row_group_size=ROW_GROUP)


def totals(connection: "duckdb.DuckDBPyConnection", staged: Path, labelled: bool) -> Totals:
    """Count a staged table.

    Parameters
    ----------
    labelled
        Whether it has the column `is_fraud`.
    """
    query = "select count(*), min(occurred_at), max(occurred_at), 0 from read_parquet(?)"
    if labelled:
        query = query.replace(", 0 ", ", sum(is_fraud) ")
    ((rows, first, last, frauds),) = connection.execute(query, [str(staged)]).fetchall()
    return Totals(int(rows), first, last, int(frauds))
