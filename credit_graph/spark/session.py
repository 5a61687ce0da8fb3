"""A session of Spark: a server of Sail in this process, or a cluster by its address.

Sail speaks the protocol of Spark Connect without Java and is ready within two seconds, so that a laptop and the tests
run the same job as a cluster. On a cluster the workers need this package too, with its extra `graph`: the session
sends them a call of it, never its text. Open one session of Spark Connect at a time in a process: PySpark (4.2) takes
every checkpoint for one of the session that was opened first.
"""

import importlib.util
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from credit_graph.errors import ExtraMissingError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["spark_session"]

_OF_PANDAS_3 = ("PySpark does not yet fully support pandas", "The copy keyword is deprecated")


@contextmanager
def spark_session(remote: str | None = None) -> "Iterator[SparkSession]":
    """Open a session, and close it at the end.

    Parameters
    ----------
    remote
        "sc://host:15002" for a server of Spark Connect; "local[2]", "spark://host:7077" or "yarn" for a master, where
        the full PySpark and Java 17 are installed; a server of Sail in this process if not given.

    Raises
    ------
    ExtraMissingError
        If the extra `spark` is not installed.
    """
    if importlib.util.find_spec("pyspark") is None or (remote is None and importlib.util.find_spec("pysail") is None):
        raise ExtraMissingError("the job on Spark needs pyspark-client and pysail: pip install -e '.[graph,spark]'")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    with warnings.catch_warnings():
        for message in _OF_PANDAS_3:  # what the job asks of PySpark and pandas 3 is tested; nobody can act on these
            warnings.filterwarnings("ignore", message=message)
        if remote is None:
            with _sail() as address:
                yield from _session(address)
        else:
            yield from _session(remote)


def _session(remote: str) -> "Iterator[SparkSession]":
    from pyspark.sql import SparkSession

    if remote.startswith("sc://"):
        session = SparkSession.builder.remote(remote).create()  # never somebody's open session, which would be stopped
    else:
        builder = SparkSession.builder.master(remote).config("spark.ui.enabled", "false")
        if remote.startswith("local"):
            os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
            # 200 are for a cluster; here they are 200 small tasks in each of some dozen rounds
            builder = builder.config("spark.sql.shuffle.partitions", str(2 * (os.cpu_count() or 1)))
        session = builder.getOrCreate()
    try:
        yield session
    finally:
        session.stop()


@contextmanager
def _sail() -> Iterator[str]:
    """Run a server on a free port of this machine alone."""
    from pysail.spark import SparkConnectServer

    os.environ.setdefault("RUST_LOG", "error")
    with tempfile.TemporaryDirectory(prefix="hexi-sail-") as folder:
        # read when a server is made: where it keeps the rounds of a long computation
        os.environ["SAIL_EXECUTION__CHECKPOINT__PATH"] = f"file://{folder}"
        server = SparkConnectServer("127.0.0.1", 0)
        server.start(background=True)
        try:
            yield f"sc://127.0.0.1:{server.listening_address[1]}"
        finally:
            server.stop()
