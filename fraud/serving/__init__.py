"""Decisions over HTTP (在线决策服务): one event in, its decision out, on loopback, with a live page for people.

In: events as JSON, one or many at a time, and rulebooks to put in force. Out: for each event id one decision, answered
only after it is on the disk; what was decided before, metrics, and a page that shows what is decided now. Under load it
degrades as declared, by rules alone and marked, and beyond that turns away with 503: never silently.
"""

__all__ = [
    "application",
    "commands",
    "deciding",
    "desk",
    "door",
    "drift",
    "latency",
    "limits",
    "live",
    "metrics",
    "openapi",
    "opening",
    "problem",
    "server",
    "watch",
]
