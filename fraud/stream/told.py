"""What was told (已发布): how a worker knows after its death which decisions are out, without asking anybody else.

A decision is written to the log first and told afterwards. The log's place up to which all is told is kept in a file
beside it, together with the end of each partition of the two topics at that time. After a death, what the topics hold
from there on is read back: decisions beyond the place that are not among it are told now, and no other.

The same ends go with every committed offset, as its metadata: another worker that takes a partition over reads back
from there, and does not decide what the dead one has told already.
"""

import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from fraud.errors import StreamError, StreamMarkError
from fraud.stream.settings import StreamSettings

if TYPE_CHECKING:
    from confluent_kafka import Consumer, Message

__all__ = ["Ends", "Mark", "earliest", "ends_json", "ends_of", "place_of", "read_back", "topic_ends"]

T = TypeVar("T")
_PATIENCE_SECONDS = 60.0

Ends = dict[str, dict[int, int]]
"""Topic -> partition -> offset of the next record."""


@dataclass
class Mark:
    """Up to where all is told: a place in the log, and the ends of the topics at that time.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Mark(7, {"decisions": {0: 9}}).write(Path(folder) / "told.json")
    ...     Mark.read(Path(folder) / "told.json")
    Mark(place=7, ends={'decisions': {0: 9}})
    """

    place: int = 0
    ends: Ends = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Write the mark so that after any death either the old or the new one is there, whole."""
        new = path.with_suffix(".new")
        with new.open("wb") as file:
            file.write(orjson.dumps({"place": self.place, "ends": ends_json(self.ends)}))
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)

    @classmethod
    def read(cls, path: Path) -> "Mark | None":
        """Read a mark; None if there is none yet.

        Raises
        ------
        StreamMarkError
            If the file is not a mark.
        """
        if not path.exists():
            return None
        try:
            told = orjson.loads(path.read_bytes())
            return cls(int(told["place"]), ends_of(told["ends"]))
        except (AttributeError, KeyError, TypeError, ValueError) as error:  # JSONDecodeError is a ValueError
            raise StreamMarkError(
                f"{path} is no mark of what was told: {error!r}; put back the file that was"
            ) from None


def ends_json(ends: Ends) -> dict[str, dict[str, int]]:
    """Return ends as JSON carries them.

    Examples
    --------
    >>> ends_json({"decisions": {0: 9}})
    {'decisions': {'0': 9}}
    """
    return {topic: {str(part): end for part, end in parts.items()} for topic, parts in ends.items()}


def ends_of(told: Mapping[str, Mapping[str, Any]]) -> Ends:
    """Return the ends that `ends_json` wrote.

    Examples
    --------
    >>> ends_of({"decisions": {"0": 9}})
    {'decisions': {0: 9}}
    """
    return {topic: {int(part): int(end) for part, end in parts.items()} for topic, parts in told.items()}


def earliest(several: Iterable[Ends]) -> Ends:
    """Return of each partition the lowest of several ends.

    Examples
    --------
    >>> earliest([{"decisions": {0: 9, 1: 4}}, {"decisions": {0: 7}}])
    {'decisions': {0: 7, 1: 4}}
    """
    lowest: Ends = {}
    for ends in several:
        for topic, parts in ends.items():
            known = lowest.setdefault(topic, {})
            for part, end in parts.items():
                known[part] = min(end, known.get(part, end))
    return lowest


def topic_ends(settings: StreamSettings) -> Ends:
    """Return the ends that our two topics have now.

    Raises
    ------
    StreamError
        If the broker does not answer in time.
    """
    return _asked(settings, lambda reader, _: {topic: _ends(reader, topic) for topic in _topics(settings)})


def place_of(message: "Message") -> tuple[str, int, int]:
    """Return topic, partition and offset of a message that a broker has given or taken."""
    topic, part, offset = message.topic(), message.partition(), message.offset()
    assert topic is not None
    assert part is not None
    assert offset is not None
    return topic, part, offset


def read_back(settings: StreamSettings, since: Ends) -> dict[str, set[bytes]]:
    """Return what our two topics hold from some ends on: topic -> keys.

    Parameters
    ----------
    since
        Where to begin; a partition that is not in it is read from its first record.

    Raises
    ------
    StreamError
        If the broker does not answer in time.
    """

    def read(reader: "Consumer", until: float) -> dict[str, set[bytes]]:
        return {
            topic: _keys(reader, topic, since.get(topic, {}), _ends(reader, topic), until)
            for topic in _topics(settings)
        }

    return _asked(settings, read)


def _topics(settings: StreamSettings) -> tuple[str, str]:
    return settings.decisions, settings.dead_letters


def _asked(settings: StreamSettings, ask: "Callable[[Consumer, float], T]") -> T:
    """Return what a broker answers, however often it must be asked; not for ever."""
    from confluent_kafka import Consumer, KafkaException

    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        reader = Consumer(settings.reader())
        try:
            return ask(reader, until)
        except KafkaException as error:
            if time.monotonic() > until:
                reason = error.args[0].str()
                raise StreamError(f"{settings.brokers} does not answer: {reason}; is it running?") from None
            time.sleep(0.2)
        finally:
            reader.close()


def _ends(reader: "Consumer", topic: str) -> dict[int, int]:
    from confluent_kafka import TopicPartition

    found = reader.list_topics(topic, timeout=5).topics[topic].partitions
    return {part: reader.get_watermark_offsets(TopicPartition(topic, part), timeout=5)[1] for part in sorted(found)}


def _keys(
    reader: "Consumer", topic: str, since: Mapping[int, int], ends: Mapping[int, int], until: float
) -> set[bytes]:
    from confluent_kafka import OFFSET_BEGINNING, TopicPartition

    left = {part for part, end in ends.items() if end > since.get(part, 0)}
    if not left:
        return set()
    reader.assign([TopicPartition(topic, part, since.get(part, OFFSET_BEGINNING)) for part in left])
    keys: set[bytes] = set()
    while left:
        for message in reader.consume(1_000, timeout=0.2):
            if (error := message.error()) is not None:
                raise StreamError(f"{topic} cannot be read back: {error.str()}")
            _, part, offset = place_of(message)
            if offset < ends[part]:
                keys.add(message.key() or b"")
        done = {
            one.partition
            for one in reader.position([TopicPartition(topic, part) for part in left])
            if one.offset >= ends[one.partition]
        }
        left -= done
        if left and time.monotonic() > until:
            raise StreamError(f"{topic} could not be read back in time; {len(left)} partitions are left")
    return keys
