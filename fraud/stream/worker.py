"""The worker: takes messages, decides, writes down, tells, and only then lets go; its promises rest on that order.

1. messages are taken, together at most `most_messages`; each is read, or becomes a dead letter with the reason;
2. an event that the log does not know is decided; one that it knows is a repetition, and nothing more is done;
3. the log is committed;
4. decisions and dead letters are sent, and the broker's word for each is awaited;
5. the mark of what is told is written;
6. the offsets are committed, with the ends of the topics as metadata.

Killed before 3, all is as if nothing had been taken. Killed between 3 and 6, `Worker.recover` finds what is not told
yet. Messages are handed over by one thread, in whole batches, so that partitions change hands only between batches.

When it fails: a worker that sleeps longer than its session between 3 and 4 may tell what the next owner of its
partitions has decided meanwhile; it looks before it tells, but looking and telling are two steps.
"""

import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from fraud.engine.canonical import canonical
from fraud.engine.events import EVENT_ID, read_event
from fraud.errors import DecisionLogError, FraudError, StreamError
from fraud.serving.deciding import Decider, Told
from fraud.serving.limits import Limits, Load
from fraud.stream.settings import StreamSettings
from fraud.stream.told import Mark, earliest, ends_json, ends_of, place_of, read_back, topic_ends

if TYPE_CHECKING:
    from confluent_kafka import Message, TopicPartition

__all__ = ["Worker"]

Steps = Callable[[str], None]
_SECONDS_TO_END = 5.0


class _Record(NamedTuple):
    """Something to tell: its topic, key, value and headers."""

    topic: str
    key: bytes
    value: bytes
    headers: dict[str, str | bytes | None]


class _Untold(NamedTuple):
    """A decision that is not on the disk yet, and where its event came from."""

    event_id: str
    told: Told
    source: str


class Worker:
    """Decides what comes on a topic.

    Parameters
    ----------
    engine
        Decides and keeps; it is this worker's alone.
    settings
        Where from and where to.
    folder
        Where the mark of what is told is kept, beside the engine's log.
    step
        Called with the name of each step before it is taken; tests die in it.

    Attributes
    ----------
    counts
        taken, decided, repeated, elsewhere (told by another worker), dead, degraded, told, recovered.
    """

    def __init__(self, decider: Decider, settings: StreamSettings, folder: Path, step: Steps = lambda _: None) -> None:
        from confluent_kafka import Consumer, Producer

        self.counts: Counter[str] = Counter()
        self._decider, self._settings, self._step = decider, settings, step
        self._mark_path = folder / "told.json"
        self._limits = None if settings.patience is None else Limits(patience=settings.patience)
        self._producer = Producer(settings.producer())
        self._consumer = Consumer(settings.consumer())
        self._mark = Mark()
        self._next: dict[int, int] = {}
        self._elsewhere: dict[str, set[bytes]] = {}
        self._is_asked_to_stop = False

    def stop(self) -> None:
        """Ask the worker to end after the batch at hand; may be called from a signal handler."""
        self._is_asked_to_stop = True

    def run(self, until: Callable[["Worker"], bool] = lambda _: False) -> "Counter[str]":
        """Work until asked to stop, or until `until` says so between two batches; returns the counts.

        Raises
        ------
        StreamError
            If the broker cannot be reached at the start, or refuses for good.
        """
        try:
            self.recover()
            self._begin()
            while not self._is_asked_to_stop and not until(self):
                taken = self._consumer.consume(self._settings.most_messages, timeout=0.1)
                if messages := [message for message in taken if self._is_good(message)]:
                    self._handle(messages)
        finally:
            self._consumer.close()
        return self.counts

    def _begin(self) -> None:
        from confluent_kafka import TopicPartition

        topic, own = self._settings.events, self._settings.partitions
        if own:
            self._assigned(self._consumer, [TopicPartition(topic, part) for part in own])
        else:
            self._consumer.subscribe([topic], on_assign=self._assigned, on_revoke=self._revoked)

    def recover(self) -> None:
        """Tell what the log holds beyond the mark and the topic does not, and set the mark anew."""
        mark = Mark.read(self._mark_path)
        if mark is None:  # nothing was ever told from this log: what it holds came another way
            mark = Mark(self._decider.place(), topic_ends(self._settings))
        elif mark.place < self._decider.place():
            out = read_back(self._settings, mark.ends)[self._settings.decisions]
            untold = [kept for kept in self._decider.since(mark.place) if kept.event_id.encode() not in out]
            self.counts["recovered"] += len(untold)
            self._tell([self._decision(kept.event_id, kept.body, "recovered") for kept in untold])
            mark = Mark(self._decider.place(), topic_ends(self._settings))
        self._mark = mark
        self._mark.write(self._mark_path)

    def _is_good(self, message: "Message") -> bool:
        error = message.error()
        if error is None:
            return True
        if error.fatal():
            raise StreamError(f"{self._settings.events} cannot be read: {error.str()}")
        self.counts["interrupted"] += 1  # the library tries again by itself
        return False

    def _handle(self, messages: "list[Message]") -> None:
        self._step("taken")
        began = time.monotonic()
        made = [one for message in messages if (one := self._decide(message)) is not None]
        self._step("decided")
        self._decider.commit()
        self._step("written")
        records = [self._decision(*one) if isinstance(one, _Untold) else one for one in made]
        if time.monotonic() - began > self._settings.session_seconds:
            self._look_again(records)
        self._tell(records)
        self._step("told")
        self._mark = Mark(self._decider.place(), self._mark.ends)
        self._mark.write(self._mark_path)
        for message in messages:
            _, part, offset = place_of(message)
            self._next[part] = offset + 1
        self._step("marked")
        self._commit()
        self._step("committed")

    def _decide(self, message: "Message") -> "_Untold | _Record | None":
        self.counts["taken"] += 1
        source = f"{message.topic()}/{message.partition()}/{message.offset()}"
        try:
            event = read_event(orjson.loads(message.value() or b""))
        except orjson.JSONDecodeError as error:
            return self._dead(message, source, f"not JSON: {error}")
        except FraudError as error:
            return self._dead(message, source, str(error))
        event_id = str(event[EVENT_ID])
        if self._decider.find(event_id) is None and event_id.encode() in self._elsewhere.get(
            self._settings.decisions, ()
        ):
            self.counts["elsewhere"] += 1
            return None
        why = self._why(message)
        try:
            decision, is_new = self._decider.decide(event, why)
        except FraudError as error:
            if isinstance(error, DecisionLogError):
                raise
            return self._dead(message, source, str(error))
        self.counts["decided" if is_new else "repeated"] += 1
        if is_new and why:
            self.counts["degraded"] += 1
        return _Untold(event_id, decision, source) if is_new else None

    def _why(self, message: "Message") -> str:
        if self._limits is None:
            return ""
        waited = max(0.0, time.time() - message.timestamp()[1] / 1e3)
        return self._limits.as_reason(waited) if self._limits.on_turn(waited) is Load.RULES_ONLY else ""

    def _decision(self, event_id: str, told: Told | bytes, source: str) -> _Record:
        body = told if isinstance(told, bytes) else canonical(told.as_json())
        return _Record(self._settings.decisions, event_id.encode(), body, {"source": source})

    def _dead(self, message: "Message", source: str, reason: str) -> _Record | None:
        if source.encode() in self._elsewhere.get(self._settings.dead_letters, ()):
            return None
        self.counts["dead"] += 1
        headers: dict[str, str | bytes | None] = {"reason": reason, "source": source}
        return _Record(self._settings.dead_letters, source.encode(), message.value() or b"", headers)

    def _tell(self, records: list[_Record]) -> None:
        """Send records and wait for the broker's word for each, however long it takes."""
        left, failed = len(records), []

        def answered(error: Any, message: "Message") -> None:
            nonlocal left
            left -= 1
            if error is not None:
                failed.append(error)
                return
            topic, part, offset = place_of(message)
            ends = self._mark.ends.setdefault(topic, {})
            ends[part] = max(offset + 1, ends.get(part, 0))

        for place, record in enumerate(records):
            self._step(f"telling {place}")
            self._producer.produce(record.topic, record.value, record.key, headers=record.headers, on_delivery=answered)
            self._producer.poll(0)
        asked = 0.0
        while left and not failed:
            self._producer.flush(0.5)
            asked += 0.5 if self._is_asked_to_stop else 0.0
            if asked > _SECONDS_TO_END:
                raise StreamError(
                    f"{self._settings.brokers} does not answer; {left} decisions are told at the next start"
                )
        if failed:
            raise StreamError(f"the broker refuses decisions: {failed[0].str()}")
        self.counts["told"] += len(records)

    def _look_again(self, records: list[_Record]) -> None:
        """Leave out what another worker has told while this one slept."""
        keys = read_back(self._settings, self._mark.ends)
        records[:] = [record for record in records if record.key not in keys[record.topic]]

    def _assigned(self, consumer: Any, parts: "list[TopicPartition]") -> None:
        """Begin where the group stands, and read back what the last owner has told beyond it."""
        committed = self._patiently(lambda: consumer.committed(parts, timeout=5))
        for one in committed:
            if one.offset < 0:  # never committed
                one.offset = self._patiently(partial(consumer.get_watermark_offsets, one, timeout=5))[0]
            self._next[one.partition] = one.offset
        ends = [ends_of(orjson.loads(one.metadata)) for one in committed if one.metadata]
        if not ends:  # what this log has told is known; dead letters, if there were any, are read from the first
            ends = [{self._settings.decisions: self._mark.ends.get(self._settings.decisions, {})}]
        self._elsewhere = read_back(self._settings, earliest(ends))
        consumer.assign(committed)
        self._commit()

    def _revoked(self, _: Any, parts: "list[TopicPartition]") -> None:
        for one in parts:
            self._next.pop(one.partition, None)

    def _commit(self) -> None:
        """Commit the offsets of all partitions; who has lost them leaves that to the next owner."""
        from confluent_kafka import KafkaError, KafkaException, TopicPartition

        told = orjson.dumps(ends_json(self._mark.ends)).decode()
        offsets = [TopicPartition(self._settings.events, part, at, told) for part, at in self._next.items()]
        lost = (
            KafkaError.ILLEGAL_GENERATION,
            KafkaError.UNKNOWN_MEMBER_ID,
            KafkaError.REBALANCE_IN_PROGRESS,
            KafkaError.FENCED_INSTANCE_ID,
        )
        while offsets:
            try:
                self._consumer.commit(offsets=offsets, asynchronous=False)
                return
            except KafkaException as error:
                if error.args[0].code() in lost:
                    self.counts["lost partitions"] += 1
                    return
                if self._is_asked_to_stop:
                    return  # what is told is known without it
                time.sleep(0.1)

    def _patiently(self, ask: Callable[[], Any]) -> Any:
        from confluent_kafka import KafkaException

        while True:
            try:
                return ask()
            except KafkaException as error:
                if self._is_asked_to_stop or error.args[0].fatal():
                    raise StreamError(f"{self._settings.brokers} does not answer: {error.args[0].str()}") from None
                time.sleep(0.1)
