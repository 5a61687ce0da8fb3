"""A broker in this process, and workers in processes of their own that can be killed at any step."""

import json
import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, Producer, TopicPartition
from serving_sample import SampleDecider

from fraud.stream import StreamSettings, Worker

# the children are forked from a clean process that has read all modules once
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["confluent_kafka", "fraud.serving.application", "fraud.serving.server", "fraud.stream", "httpx"]
)
QUIET = {"log_level": 0}


class Broker:
    """The mock broker of librdkafka: it lives as long as this object, and others reach it over the network."""

    def __init__(self) -> None:
        self._own = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "mock", **QUIET})
        brokers = self._own.list_topics(timeout=10).brokers.values()
        self.address = ",".join(f"{one.host}:{one.port}" for one in brokers)

    def settings(self, **changed: Any) -> StreamSettings:
        fast = {"session_seconds": 3.0, "partitions": (0, 1, 2, 3), "more": QUIET}
        return StreamSettings(self.address, **{**fast, **changed})

    def send(self, topic: str, values: list[Any], partition: int = -1) -> None:
        producer = Producer({"bootstrap.servers": self.address, "linger.ms": 1, **QUIET})
        for value in values:
            data = value if isinstance(value, bytes) else json.dumps(value).encode()
            producer.produce(topic, data, partition=partition)
        assert producer.flush(10) == 0

    def records(self, topic: str) -> list[Any]:
        """All messages of a topic."""
        reader = Consumer({"bootstrap.servers": self.address, "group.id": "look", **QUIET})
        found = []
        parts = [
            TopicPartition(topic, part, 0) for part in reader.list_topics(topic, timeout=5).topics[topic].partitions
        ]
        wanted = sum(reader.get_watermark_offsets(part, timeout=5)[1] for part in parts)
        reader.assign(parts)
        while len(found) < wanted:
            found += reader.consume(1_000, timeout=0.5)
        reader.close()
        return found

    def decisions(self) -> Counter[str]:
        return Counter(message.key().decode() for message in self.records("decisions"))


def work(folder: Path, settings: StreamSettings, wanted: int = 0, die_at: str = "", nth: int = 1) -> None:
    """Run a worker in this process, until so many messages are taken; or kill it dead at a step."""
    left = nth

    def step(name: str) -> None:
        nonlocal left
        if name == die_at:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    decider = SampleDecider(folder)
    worker = Worker(decider, settings, folder, step)
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    worker.run(lambda one: bool(wanted) and one.counts["taken"] >= wanted)
    decider.close()


@contextmanager
def child(*given: Any) -> Iterator[Any]:
    process = PROCESSES.Process(target=work, args=given)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def _host(pipe: Any) -> None:
    broker = Broker()
    pipe.send(broker.address)
    pipe.recv()


class Beyond(Broker):
    """A broker in another process."""

    def __init__(self, address: str) -> None:
        self.address = address


@contextmanager
def broker_process() -> Iterator[Any]:
    """A broker in a process of its own, which can be stopped for a while."""
    near, far = multiprocessing.Pipe()
    process = PROCESSES.Process(target=_host, args=(far,))
    process.start()
    try:
        yield process, Beyond(near.recv())
    finally:
        process.kill()
        process.join()
