"""A demonstration: payments of a file on a broker of one's own, decided as on any other, and counted.

The broker is the mock of the client library: it lives in this process, speaks the protocol over loopback, and keeps
nothing. Some payments are sent twice, and some messages are no payments, as happens.
"""

import itertools
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from fraud.engine.events import EVENT_ID
from fraud.errors import StreamError
from fraud.schema import COLUMNS, LABEL
from fraud.serving.deciding import Decider
from fraud.stream.settings import StreamSettings
from fraud.stream.told import read_back
from fraud.stream.worker import Worker

__all__ = ["demonstrate", "events_of"]

_EVERY = 50
_MOST = 100_000
_TEXTS = {entry.name for entry in COLUMNS if entry.kind in ("identifier", "category")}


def events_of(path: Path, most: int = _MOST) -> Iterator[dict[str, Any]]:
    """Yield the payments of a Parquet or CSV file as JSON carries them, in the file's order.

    Parameters
    ----------
    path
        With columns of `fraud.schema`; others, and the label, are left out.
    most
        Rows after which it ends.

    Raises
    ------
    StreamError
        If the file has no `transaction_id`.
    """
    import pandas as pd

    table = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, dtype_backend="pyarrow")
    names = [entry.name for entry in COLUMNS if entry.name in table and entry.name != LABEL]
    if EVENT_ID not in names:
        raise StreamError(f"{path.name} has no column {EVENT_ID}, by which one decision for each is made")
    for row in itertools.islice(table[names].itertuples(index=False), most):
        yield {name: _plain(name, value) for name, value in zip(names, row, strict=True) if not pd.isna(value)}


def _plain(name: str, value: Any) -> Any:
    """Return a value as JSON carries it; identifiers are text, whatever a file takes them for."""
    if name in _TEXTS:
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value


def demonstrate(decider: Decider, folder: Path, source: Path, say: Callable[[str], None]) -> int:
    """Send the payments of a file through a broker, and return 0 if each has one decision."""
    from confluent_kafka import Producer

    broker = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "mock", "log_level": 0})
    address = next(iter(broker.list_topics(timeout=10).brokers.values()))
    parts = tuple(range(4))
    settings = StreamSettings(f"{address.host}:{address.port}", partitions=parts, more={"log_level": 0})
    ids, sent = _send(settings, source)
    say(f"sent · 已发送: {sent:,} messages, {len(ids):,} different payments, on {settings.brokers}")
    worker = Worker(decider, settings, folder)
    counts = worker.run(lambda one: one.counts["taken"] >= sent)
    keys = read_back(settings, {})
    say(", ".join(f"{name} {count:,}" for name, count in sorted(counts.items())))
    before = len(ids - keys[settings.decisions])
    say(f"decisions on the topic · 决策: {len(keys[settings.decisions]):,}; dead letters · 死信: {counts['dead']:,}")
    if before:
        say(f"{before:,} were decided by this log before, and are not told again · 此前已决策，不重复发布")
    return 0 if counts["decided"] + counts["repeated"] + counts["dead"] == sent else 1


def _send(settings: StreamSettings, source: Path) -> tuple[set[bytes], int]:
    from confluent_kafka import Producer

    producer = Producer(settings.producer())
    ids: set[bytes] = set()
    sent = 0
    for number, event in enumerate(events_of(source), 1):
        body = orjson.dumps(event)
        ids.add(str(event[EVENT_ID]).encode())
        again = [body] if number % _EVERY == 0 else []
        poison = [body[:20]] if number % (20 * _EVERY) == 0 else []
        for value in [body, *again, *poison]:
            # a customer's payments keep their order: one partition for each customer
            producer.produce(settings.events, value, str(event.get("customer_id", "")).encode())
            sent += 1
        producer.poll(0)
    producer.flush()
    return ids, sent
