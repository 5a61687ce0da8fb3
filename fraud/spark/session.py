"""A session of Spark: Sail in this process, without Java, or a cluster by its address.

On a cluster the workers need this package too: they are sent calls of it, not its text.
"""

import importlib.util
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fraud.errors import ExtraMissingError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["spark_session"]


@contextmanager
def spark_session(remote: str | None = None) -> "Iterator[SparkSession]":
    """Open a session, and close it at the end.

    Parameters
    ----------
    remote
        "sc://host:15002" for a server of Spark Connect, "local[2]" or another master where the full PySpark and Java
        are; a server of Sail in this process if not given.

    Raises
    ------
    ExtraMissingError
        If the extra `spark` is not installed.
    """
    needed = ("pyspark",) if remote else ("pyspark", "pysail")
    if any(importlib.util.find_spec(name) is None for name in needed):
        raise ExtraMissingError("scoring on Spark needs pyspark-client and pysail: pip install -e '.[fraud,spark]'")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    with warnings.catch_warnings():
        # what is asked of PySpark and pandas 3 is tested; nobody can act on these two
        warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
        warnings.filterwarnings("ignore", message="The copy keyword is deprecated")
        if remote is not None:
            yield from _session(remote)
            return
        from pysail.spark import SparkConnectServer

        os.environ.setdefault("RUST_LOG", "error")
        server = SparkConnectServer("127.0.0.1", 0)
        server.start(background=True)
        try:
            yield from _session(f"sc://127.0.0.1:{server.listening_address[1]}")
        finally:
            server.stop()


def _session(remote: str) -> "Iterator[SparkSession]":
    from pyspark.sql import SparkSession

    if remote.startswith("sc://"):
        session = SparkSession.builder.remote(remote).create()  # never somebody's open session, which would be stopped
    else:
        if remote.startswith("local"):
            os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        session = SparkSession.builder.master(remote).config("spark.ui.enabled", "false").getOrCreate()
    try:
        yield session
    finally:
        session.stop()
