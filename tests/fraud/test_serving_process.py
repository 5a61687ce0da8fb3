"""The server as a process with the real engine: it ends cleanly, loses nothing when killed, and switches rulebooks."""

import concurrent.futures
import signal
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from engine_sample import engine, rulebook
from engine_sample import events as payments
from serving_process import Server, server

from fraud.engine import read_event
from fraud.engine.events import event_json
from fraud.engine.rulebook_file import rulebook_text
from fraud.errors import EngineFolderError
from fraud.serving.opening import open_decider

EVENTS = [event_json(one) for one in payments(150, seed=5)]


def post(running: Server, event: dict[str, Any]) -> bytes | None:
    """The answer, or None if there was none."""
    try:
        answer = running.client.post("/v1/decisions", json=event)
    except httpx.HTTPError:
        return None
    assert answer.status_code in (200, 503), answer.text
    return answer.content if answer.status_code == 200 else None


def test_it_decides_as_the_engine_ends_cleanly_and_goes_on_where_it_was(tmp_path: Path) -> None:
    with server(tmp_path) as running:
        told = [post(running, event) for event in EVENTS[:60]]
        assert running.end() == 0
    alone = engine()
    for body, event in zip(told, EVENTS, strict=False):
        decision = alone.decide(read_event(event))
        answer = httpx.Response(200, content=body).json()
        assert (answer["action"], answer["probability"]) == (decision.action, decision.probability)
    with server(tmp_path) as running:
        assert [post(running, event) for event in EVENTS[:60]] == told
        later = running.client.post("/v1/decisions", json=EVENTS[60]).json()
    wanted = alone.decide(read_event(EVENTS[60]))
    assert (later["probability"], later["action"]) == (wanted.probability, wanted.action)


@pytest.mark.parametrize("seed", [1])
def test_nothing_that_was_answered_is_lost_when_it_is_killed(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    told: dict[str, bytes] = {}
    for _ in range(3):
        deadly = int(rng.integers(5, 45))
        with server(tmp_path) as running, concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = zip(EVENTS, pool.map(lambda one, to=running: post(to, one), EVENTS), strict=True)
            for number, (event, body) in enumerate(answers):
                if number == deadly:
                    running.signal(signal.SIGKILL)
                if body is not None:
                    assert told.setdefault(event["transaction_id"], body) == body
        assert 0 < len(told) < len(EVENTS)
    with server(tmp_path) as running:
        for event in EVENTS:
            body = post(running, event)
            assert told.get(event["transaction_id"], body) == body
    decider = open_decider(tmp_path, tmp_path, make=lambda _: engine())
    assert len(list(decider.since(0))) == decider.engine.features.sequence == len(EVENTS)
    decider.close()


def test_a_signal_switches_the_rulebook_a_wrong_one_changes_nothing_and_the_last_one_stays(tmp_path: Path) -> None:
    rules, log = tmp_path / "rules.toml", tmp_path / "log"
    rules.write_text(rulebook_text(rulebook(version=1)), encoding="utf-8")
    with server(log, rules) as running:
        assert "small@1" in running.client.get("/v1/rulebook").json()["rulebook"]
        rules.write_text(rulebook_text(rulebook(version=2, step_up=20_000)), encoding="utf-8")
        running.signal(signal.SIGHUP)
        assert "small@2" in running.heard()
        second = running.client.post("/v1/decisions", json=EVENTS[0]).json()
        rules.write_text(rulebook_text(rulebook(version=3)).replace("amount_fen >=", "amount_fen >>", 1))
        running.signal(signal.SIGHUP)
        assert "was not switched" in running.heard()
        assert "small@2" in running.client.get("/v1/rulebook").json()["rulebook"]
        assert second["rulebook"].startswith("small@2")
        assert running.end() == 0
    with server(log) as running:  # the engine's own rulebook is the first one
        assert "small@2" in running.client.get("/v1/rulebook").json()["rulebook"]
    for file in (log / "rulebooks").glob("*.toml"):
        file.write_text(file.read_text().replace("severity = 2", "severity = 4"))
    with pytest.raises(EngineFolderError, match="was changed"):
        open_decider(log, log, make=lambda _: engine())


def test_events_in_the_house_are_answered_before_it_ends(tmp_path: Path) -> None:
    with server(tmp_path) as running:
        answers: list[int] = []
        batch = {"events": EVENTS}
        asking = threading.Thread(
            target=lambda: answers.append(running.client.post("/v1/decisions/batch", json=batch).status_code)
        )
        asking.start()
        while not running.client.get("/healthz").json()["waiting"] and asking.is_alive():
            time.sleep(0.001)
        assert running.end() == 0
        asking.join()
    assert answers == [200]
