"""What is known of the last minutes: rates, actions, rules, latencies, what was degraded and refused, and drift.

Nothing here is needed to decide; it is what the live page and the metrics show. Each decision costs a few microseconds
here, and no more memory after a day than after a minute.
"""

from collections import Counter, deque
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fraud.costs import ACTIONS
from fraud.serving.drift import Drift
from fraud.serving.latency import RollingLatency

__all__ = ["Watch"]

SPAN = 300
"""Seconds of which rates are kept, one by one."""
_RECENT = 60
_QUANTILES = (("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999))


class Watch:
    """Counts of a running server.

    Parameters
    ----------
    now
        Seconds of a clock that is never set back.
    drift
        Counts of the fields, beside a reference.

    Examples
    --------
    >>> watch = Watch(now=0.0)
    >>> told = {"event_id": "T1", "action_name": "hold", "probability": 0.2, "hits": ["night"], "reasons": []}
    >>> watch.decided({"amount_fen": 5}, told, 40_000, now=1.0)
    >>> watch.told(now=2.0)["counts"]["hold"], watch.told(now=2.0)["hit_rules"]
    (1, [['night', 1]])
    """

    def __init__(self, now: float, drift: Drift | None = None) -> None:
        self.started = now
        self.drift = drift or Drift()
        self.latency = RollingLatency()
        self.counts: Counter[str] = Counter(dict.fromkeys([*ACTIONS, "degraded", "repeated", "conflict", "refused"], 0))
        self.recent: deque[dict[str, Any]] = deque(maxlen=_RECENT)
        self.number = 0
        self._seconds: deque[tuple[int, Counter[str]]] = deque(maxlen=SPAN + 1)
        self._rules: deque[tuple[int, Counter[str]]] = deque(maxlen=SPAN // 10)
        self.refusals: Counter[str] = Counter()

    def decided(self, event: Mapping[str, object], told: Mapping[str, Any], nanoseconds: int, now: float) -> None:
        """Take in one decision, as JSON carries it, and how long its answer took."""
        action, is_degraded = told["action_name"], bool(told.get("degraded"))
        self.number += 1
        second = self._second(now)
        for name in (action, "decided", *(("degraded",) if is_degraded else ())):
            second[name] += 1
        self.counts[action] += 1
        self.counts["degraded"] += is_degraded
        self.latency.record(nanoseconds, now)
        if told["hits"]:
            _slot(self._rules, int(now) // 10).update(told["hits"])
        self.drift.observe(event, told["probability"])
        self.recent.append(_shown(self.number, event, told))

    def noted(self, name: str, now: float, reason: str = "") -> None:
        """Count something that made no decision: `repeated`, `conflict` or `refused`, with the reason of a refusal."""
        self.counts[name] += 1
        self._second(now)[name] += 1
        if reason:
            self.refusals[reason] += 1

    def _second(self, now: float) -> Counter[str]:
        return _slot(self._seconds, int(now))

    def told(self, now: float) -> dict[str, Any]:
        """Return everything that the page shows, but for the decisions themselves."""
        rows = {second: counts for second, counts in self._seconds if second >= int(now) - SPAN}
        last = [rows.get(second, Counter()) for second in range(int(now) - 59, int(now) + 1)]
        minute: Counter[str] = sum(last, Counter())
        lived = max(min(60.0, now - self.started), 1.0)
        rules: Counter[str] = sum((counts for slot, counts in self._rules if slot * 10 >= now - SPAN), Counter())
        latency = self.latency.recent(now)
        return {
            "uptime_seconds": round(now - self.started, 1),
            "decisions": self.number,
            "counts": dict(self.counts),
            "refusals": dict(self.refusals),
            "rate": round(minute["decided"] / lived, 1),
            "minute": {name: minute[name] for name in ("decided", *ACTIONS, "degraded", "repeated", "refused")},
            "rates": [rows.get(second, Counter())["decided"] for second in range(int(now) - SPAN, int(now))],
            "degraded": [rows.get(second, Counter())["degraded"] for second in range(int(now) - SPAN, int(now))],
            "latency_ms": {name: round(latency.quantile(share) / 1e6, 3) for name, share in _QUANTILES},
            "hit_rules": [list(pair) for pair in rules.most_common(12)],
            "drift": self.drift.told(),
        }

    def since(self, number: int) -> list[dict[str, Any]]:
        """Return the decisions after a number that are still kept, oldest first."""
        return [shown for shown in self.recent if shown["number"] > number]


def _slot(slots: "deque[tuple[int, Counter[str]]]", number: int) -> Counter[str]:
    if not slots or slots[-1][0] != number:
        slots.append((number, Counter()))
    return slots[-1][1]


def _shown(number: int, event: Mapping[str, object], told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a branch clerk sees of a decision: no customer, card or account numbers."""
    at = event.get("occurred_at")
    return {
        "number": number,
        "event_id": told["event_id"],
        "occurred_at": at.isoformat(sep=" ") if isinstance(at, datetime) else at,
        "amount_fen": event.get("amount_fen"),
        "channel": event.get("channel"),
        "action": told["action_name"],
        "probability": told["probability"],
        "hits": list(told["hits"]),
        "reasons": list(dict.fromkeys((one["text"], one["text_zh"]) for one in told["reasons"]))[:3],
        "degraded": bool(told.get("degraded")),
    }
