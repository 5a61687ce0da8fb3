"""Where a stream comes from and where it goes, with the settings of the client library that the promises rest on."""

from dataclasses import dataclass, field
from typing import Any

from fraud.errors import StreamSettingsError

__all__ = ["StreamSettings"]


@dataclass(frozen=True)
class StreamSettings:
    """Addresses, topics and limits of a worker.

    Parameters
    ----------
    brokers
        Such as "127.0.0.1:9092".
    events, decisions, dead_letters
        Topics: what comes in, what goes out, and what could not be read.
    group
        Name under which workers share the partitions.
    member
        A name that this worker keeps when it is started anew, so that it gets its partitions back without waiting for
        the session of the dead one to end; empty if it has none.
    partitions
        Partitions that are this worker's alone: it begins at once, and keeps them whatever happens. Empty shares all
        of them with the others of the group.
    most_messages
        Messages that are decided, written down and told together.
    session_seconds
        After which the broker gives the partitions of a silent worker to another.
    patience
        Seconds since a message was sent after which it is decided by rules alone; None decides all in full.
    more
        Other settings of librdkafka, such as those of encryption and log-in.

    Raises
    ------
    StreamSettingsError
        If an address or topic is blank, topics are the same, or a limit leaves no room.

    Examples
    --------
    >>> StreamSettings("127.0.0.1:9092").decisions
    'decisions'
    >>> StreamSettings("127.0.0.1:9092", decisions="payments")
    Traceback (most recent call last):
    fraud.errors.deciding.StreamSettingsError: the topics are payments, payments and payments.dead; they must be three
    """

    brokers: str
    events: str = "payments"
    decisions: str = "decisions"
    dead_letters: str = "payments.dead"
    group: str = "hexi-fraud"
    member: str = ""
    partitions: tuple[int, ...] = ()
    most_messages: int = 500
    session_seconds: float = 10.0
    patience: float | None = None
    more: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse settings that cannot work."""
        for name in ("brokers", "events", "decisions", "dead_letters", "group"):
            if not getattr(self, name).strip():
                raise StreamSettingsError(f"{name} is blank; give its name")
        if len({self.events, self.decisions, self.dead_letters}) < 3:
            raise StreamSettingsError(
                f"the topics are {self.events}, {self.decisions} and {self.dead_letters}; they must be three"
            )
        if self.most_messages < 1 or not self.session_seconds > 0:
            raise StreamSettingsError(
                f"most_messages is {self.most_messages}, session_seconds {self.session_seconds}; give both above zero"
            )

    def consumer(self) -> dict[str, Any]:
        """Return the settings of the consumer: offsets are committed by the worker alone, after it has told."""
        return {
            "bootstrap.servers": self.brokers,
            "group.id": self.group,
            **({"group.instance.id": self.member} if self.member else {}),
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "earliest",
            "isolation.level": "read_committed",
            "session.timeout.ms": round(self.session_seconds * 1e3),
            "heartbeat.interval.ms": max(round(self.session_seconds * 1e3) // 4, 100),
            **self.more,
        }

    def producer(self) -> dict[str, Any]:
        """Return the settings of the producer: a retry is never a second record, and none is given up while we live."""
        return {
            "bootstrap.servers": self.brokers,
            "enable.idempotence": True,
            "message.timeout.ms": 0,
            "linger.ms": 2,
            "compression.type": "none",
            **self.more,
        }

    def reader(self) -> dict[str, Any]:
        """Return the settings of the consumer that reads back what was told; it commits nothing."""
        return self.consumer() | {
            "group.id": f"{self.group}.reading-back",
            "group.instance.id": "",
            "enable.partition.eof": False,
        }
