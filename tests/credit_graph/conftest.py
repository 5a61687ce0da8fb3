"""What several tests of the risk graph share: a session of Spark, on Sail, for the whole run."""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def sail() -> Iterator[Any]:
    """A session on a server of Sail on a free port of this machine; skipped where the extra is missing."""
    for name in ("pysail", "pyspark"):
        pytest.importorskip(name, reason=f"waits for {name}: pip install -e '.[graph,spark]'")
    from credit_graph.spark import spark_session

    with spark_session() as session:
        yield session
