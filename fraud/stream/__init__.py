"""Decisions on a stream (流式决策), over the protocol of Kafka: a topic of events in, a topic of decisions out.

In: events as JSON, at least once, in any cut, with whatever else somebody writes to the topic. Out: for each event id
exactly one decision, and for each message that is no event one dead letter with the reason; nothing is lost and nothing
is told twice when the worker is killed, when the broker goes and comes back, and when partitions change hands.
"""

from fraud.stream.settings import StreamSettings
from fraud.stream.worker import Worker

__all__ = ["StreamSettings", "Worker"]
