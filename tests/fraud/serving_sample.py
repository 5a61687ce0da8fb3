"""A small honest decider with the log of the engine, for tests of serving: what it decides is seen from the amount."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import uvicorn

from fraud.costs import ACTIONS, ACTIONS_ZH
from fraud.engine.canonical import canonical
from fraud.engine.events import event_json
from fraud.engine.log import DecisionLog
from fraud.errors import EventConflictError
from fraud.rules import parse
from fraud.serving.application import Application
from fraud.serving.deciding import Kept
from fraud.serving.server import listen

RULES = """
id = "{id}"
version = 1
title = "t"
title_zh = "测试"
[[rule]]
id = "large"
title = "a large payment"
title_zh = "大额交易"
when = "amount_fen > {above}"
action = "hold"
severity = 3
reason = "more than usual"
reason_zh = "金额偏大"
owner = "risk"
tags = ["mobile"]
hits = [{{amount_fen = 100000000}}]
misses = [{{amount_fen = 1}}]
"""


def event(number: int, **changed: Any) -> dict[str, Any]:
    """A payment as JSON carries it."""
    at = datetime(2026, 3, 1) + timedelta(seconds=number)
    return {
        "transaction_id": f"T{number:05d}",
        "occurred_at": at.isoformat(),
        "customer_id": f"C{number % 7}",
        "amount_fen": 100 * number,
        "channel": ("mobile", "web", "pos")[number % 3],
        **changed,
    }


class SampleDecision:
    def __init__(self, told: Mapping[str, Any]) -> None:
        self._told = dict(told)

    def as_json(self) -> dict[str, Any]:
        return dict(self._told)

    def record(self) -> bytes:
        return canonical(self._told)


class SampleDecider:
    """Blocks above a million fen, holds above half of it; decisions are numbered, so that a second one is seen."""

    def __init__(self, folder: Path, seconds: float = 0.0) -> None:
        self.log = DecisionLog(folder / "decisions.db")
        self.seconds, self.made, self.rulebook, self.above = seconds, 0, "first", 0
        self.is_full = False

    def decide(self, event: Mapping[str, Any], why: str = "") -> tuple[SampleDecision, bool]:
        content = canonical(event_json(event))
        found = self.log.find("event", event["transaction_id"])
        if found is not None:
            if found[0] != content:
                raise EventConflictError(f"event {event['transaction_id']} was decided before with other content")
            return (found[1] if isinstance(found[1], SampleDecision) else SampleDecision(orjson.loads(found[1]))), False
        self.log.check()
        time.sleep(0.0 if why else self.seconds)
        self.made += 1
        decision = SampleDecision(self._told(event, why))
        self.log.append("event", event["transaction_id"], content, decision)
        return decision, True

    def _told(self, event: Mapping[str, Any], why: str) -> dict[str, Any]:
        amount = event["amount_fen"]
        action = 3 if amount > 1_000_000 else 2 if amount > 500_000 else 0
        return {
            "event_id": event["transaction_id"],
            "action": action,
            "action_name": ACTIONS[action],
            "action_name_zh": ACTIONS_ZH[action],
            "probability": None if why else min(amount / 2_000_000, 1.0),
            "hits": ["large"] if action else [],
            "reasons": [{"code": "rule:large", "text": "more than usual", "text_zh": "金额偏大", "strength": 3.0}]
            * bool(action),
            "rulebook": self.rulebook,
            "model": "m1",
            "degraded": bool(why),
            "why": why,
            "number": self.log.last + 1,
        }

    def commit(self) -> None:
        if self.is_full:
            self.log._writer.execute("PRAGMA query_only = 1")
        self.log.wait(self.log.last)

    def find(self, event_id: str) -> Kept | None:
        found = self.log.find("event", event_id)
        return Kept(event_id, found[1]) if found and isinstance(found[1], bytes) else None

    def place(self) -> int:
        return self.log.last

    def since(self, place: int) -> Iterator[Kept]:
        for item in self.log.items(place):
            yield Kept(item.key or "", item.decision or b"")

    def versions(self) -> dict[str, Any]:
        return {"rulebook": self.rulebook, "rules": 1, "model": "m1", "costs": "c"}

    def title(self, rule_id: str) -> tuple[str, str] | None:
        return ("a large payment", "大额交易") if rule_id == "large" else None

    def swap_rules(self, text: str, source: str) -> None:
        self.rulebook = parse(text, source).id

    def close(self) -> None:
        self.log.close()


@contextmanager
def served(application: Application) -> Iterator[httpx.Client]:
    """An application on a free port of this machine, in a thread, and a client of it."""
    listening = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(application, log_level="critical", date_header=False, server_header=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=20) as client:
            yield client
    finally:
        application.live.end()
        server.should_exit = True
        thread.join(timeout=20)
        listening.close()
