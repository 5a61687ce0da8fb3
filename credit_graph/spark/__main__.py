"""The command of the job on Spark: `python -m credit_graph.spark EDGES.parquet -o FOUND.parquet`.

Paths are read and written by the session: on a cluster they must be such as its workers see. Exit codes: 0 done, 2 bad
input. An error is one sentence.
"""

import argparse
import sys
from collections.abc import Sequence

from credit_graph.errors import CreditGraphError
from credit_graph.spark.job import structures_by_component
from credit_graph.spark.session import spark_session

__all__ = ["main", "parser"]


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command.

    Examples
    --------
    >>> parser().parse_args(["EDGES.parquet", "-o", "FOUND.parquet"]).longest_cycle
    4
    """
    words = argparse.ArgumentParser(
        prog="python -m credit_graph.spark",
        description="Find the structures of guarantees of a table of any size. 大规模担保结构识别",
    )
    words.add_argument("edges", metavar="EDGES", help="Parquet with from_id, to_id and amount_fen · 担保明细")
    words.add_argument("-o", "--output", required=True, metavar="FOUND", help="new folder of Parquet · 结果目录")
    words.add_argument("--remote", metavar="ADDRESS", help="sc://host:15002, or a master such as local[2]; else Sail")
    words.add_argument("--longest-cycle", type=int, default=4, metavar="N", help="most firms of a circle (default 4)")
    words.add_argument("--most-ties", type=int, default=5_000_000, metavar="N", help="ties that one worker may get")
    return words


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    given = parser().parse_args(arguments)
    try:
        with spark_session(given.remote) as session:
            edges = session.read.parquet(given.edges)
            found = structures_by_component(edges, longest_cycle=given.longest_cycle, most_ties=given.most_ties)
            found.orderBy("component", "kind", "structure", "place").write.parquet(given.output)
            counts = session.read.parquet(given.output).filter("place = 0").groupBy("kind").count().orderBy("kind")
            lines = [f"{row['kind']:<16}{row['count']:>14,}" for row in counts.collect()]
    except CreditGraphError as error:
        return _refused(str(error))
    except Exception as error:
        # the class is PySpark's own, which is not there to be named when the extra is missing
        if type(error).__module__.startswith("pyspark"):
            return _refused(str(error).splitlines()[0])
        raise
    sys.stdout.write("\n".join([*lines, f"rows in {given.output}"]) + "\n")
    return 0


def _refused(sentence: str) -> int:
    sys.stderr.write(f"credit_graph.spark: {sentence}\n")
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
