"""The interface over HTTP: decisions are the same for ever, what is wrong is named, load degrades as declared."""

import concurrent.futures
import socket
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from serving_sample import RULES, SampleDecider, event, served

from fraud.serving.application import Application
from fraud.serving.desk import Desk
from fraud.serving.limits import Limits
from fraud.serving.openapi import openapi

JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def decider(tmp_path_factory: pytest.TempPathFactory) -> SampleDecider:
    return SampleDecider(tmp_path_factory.mktemp("log"))


@pytest.fixture(scope="module")
def client(decider: SampleDecider) -> Iterator[httpx.Client]:
    with served(Application(Desk(decider), now=lambda: datetime(2026, 12, 1))) as client:
        yield client


def described(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}", "components": openapi()["components"]}


def test_the_same_event_again_gets_the_same_bytes_and_is_decided_once(
    client: httpx.Client, decider: SampleDecider
) -> None:
    first = client.post("/v1/decisions", json=event(1))
    made = decider.made
    turned = dict(reversed(event(1).items())) | {"ip": None}
    again = client.post("/v1/decisions", json=turned)
    found = client.get("/v1/decisions/T00001")
    assert (first.status_code, again.status_code, found.status_code) == (200, 200, 200)
    assert first.content == again.content == found.content
    assert decider.made == made
    jsonschema.validate(first.json(), described("Decision"))


def test_other_content_under_the_same_number_is_refused(client: httpx.Client) -> None:
    client.post("/v1/decisions", json=event(2))
    answer = client.post("/v1/decisions", json=event(2, amount_fen=5))
    assert (answer.status_code, answer.json()["field"]) == (409, "transaction_id")
    assert "T00002" in answer.json()["detail"]
    assert client.get("/v1/decisions/T00002").status_code == 200


def test_one_event_from_many_sides_at_once_is_decided_once(client: httpx.Client, decider: SampleDecider) -> None:
    before = decider.made
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: client.post("/v1/decisions", json=event(3)), range(48)))
    assert {answer.content for answer in answers} == {answers[0].content}
    assert decider.made == before + 1


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"amount_fen": 1.5}, "amount_fen"),
    ({"amount_fen": -1}, "amount_fen"),
    ({"amount_fen": 10**30}, "amount_fen"),
    ({"amount_fen": None}, "amount_fen"),
    ({"occurred_at": "yesterday"}, "occurred_at"),
    ({"occurred_at": "2099-01-01T00:00:00"}, "occurred_at"),
    ({"customer_id": ""}, "customer_id"),
    ({"transaction_id": None}, "transaction_id"),
    ({"customer_age": "old"}, "customer_age"),
    ({"channel": 7}, "channel"),
    ({"amount": 7}, "amount"),
]


@pytest.mark.parametrize(("changed", "field"), WRONG, ids=str)
def test_a_wrong_field_is_named(client: httpx.Client, changed: dict[str, Any], field: str) -> None:
    answer = client.post("/v1/decisions", json=event(4, **changed))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].startswith(field)
    jsonschema.validate(answer.json(), described("Problem"))
    assert client.get("/v1/decisions/T00004").status_code == 404


ODD: list[tuple[str, str, dict[str, Any], int]] = [
    ("POST", "/v1/decisions", {"content": b"{", "headers": JSON}, 400),
    ("POST", "/v1/decisions", {"content": b"\xff", "headers": JSON}, 400),
    ("POST", "/v1/decisions", {"content": b"[1]", "headers": JSON}, 422),
    ("POST", "/v1/decisions", {"content": b"null", "headers": JSON}, 422),
    ("POST", "/v1/decisions", {"content": b"{}", "headers": {"content-type": "text/plain"}}, 415),
    ("POST", "/v1/decisions", {"content": b"{}"}, 415),
    ("POST", "/v1/decisions", {"content": b" " * 70_000, "headers": JSON}, 413),
    ("POST", "/v1/decisions", {"content": iter([b" " * 40_000] * 2), "headers": JSON}, 413),
    ("POST", "/v1/decisions", {"json": event(5), "headers": {"origin": "http://evil.example"}}, 403),
    ("POST", "/v1/decisions", {"json": event(5), "headers": {"host": "evil.example"}}, 403),
    ("GET", "/v1/decisions/none", {}, 404),
    ("GET", "/nowhere", {}, 404),
    ("DELETE", "/v1/decisions/T1", {}, 405),
    ("GET", "/v1/decisions/batch/", {}, 404),
    ("POST", "/v1/decisions/batch", {"json": {"events": []}}, 422),
    ("POST", "/v1/decisions/batch", {"json": {"events": [{}] * 1_001}}, 422),
    ("PUT", "/v1/rulebook", {"content": b"id = 1", "headers": {"content-type": "application/toml"}}, 422),
    ("PUT", "/v1/rulebook", {"content": b"\xff", "headers": {"content-type": "application/toml"}}, 400),
    ("PUT", "/v1/rulebook", {"json": {}}, 415),
]


@pytest.mark.parametrize(("method", "path", "request_", "status"), ODD, ids=lambda value: str(value)[:40])
def test_an_odd_request_is_refused_in_a_sentence(
    client: httpx.Client, method: str, path: str, request_: dict[str, Any], status: int
) -> None:
    answer = client.request(method, path, **request_)
    assert answer.status_code == status
    jsonschema.validate(answer.json(), described("Problem"))
    assert answer.json()["title_zh"]


def test_a_batch_is_answered_in_its_order_each_event_for_itself(client: httpx.Client) -> None:
    sent = [event(10), event(11, amount_fen="x"), event(12), event(10), event(12, amount_fen=1)]
    told = client.post("/v1/decisions/batch", json={"events": sent}).json()["decisions"]
    assert [one.get("event_id", one.get("status")) for one in told] == ["T00010", 422, "T00012", "T00010", 409]
    assert told[0] == told[3] == client.get("/v1/decisions/T00010").json()


def test_another_rulebook_acts_from_the_next_event_on_and_a_wrong_one_changes_nothing(client: httpx.Client) -> None:
    toml = {"content-type": "application/toml"}
    answer = client.put("/v1/rulebook", content=RULES.format(id="second", above=50_000), headers=toml)
    assert (answer.status_code, answer.json()["rulebook"]) == (200, "second")
    wrong = client.put("/v1/rulebook", content=RULES.format(id="third", above="'x'"), headers=toml)
    assert wrong.status_code == 422
    assert "line" in wrong.json()["detail"]
    assert client.get("/v1/rulebook").json()["rulebook"] == "second"
    assert client.post("/v1/decisions", json=event(20)).json()["rulebook"] == "second"


def test_metrics_are_told_as_json_and_as_text(client: httpx.Client) -> None:
    client.post("/v1/decisions", json=event(30))
    told = client.get("/v1/metrics").json()
    assert told["decisions"] == sum(told["counts"][name] for name in ("pass", "step_up", "hold", "block")) > 0
    text = client.get("/v1/metrics", headers={"accept": "text/plain"}).text
    assert f'hexi_decisions_total{{action="pass"}} {told["counts"]["pass"]}' in text
    assert client.get("/healthz").json()["status"] == "ok"


def test_nobody_but_this_server_is_named_in_its_page(client: httpx.Client) -> None:
    for path in ("/", "/live.js", "/live.css"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "://" not in answer.text.replace("http://www.w3.org/2000/svg", "")
        assert "'unsafe" not in answer.headers["content-security-policy"]


def test_a_burst_is_decided_by_rules_alone_marked_and_counted(tmp_path: Path) -> None:
    slow = SampleDecider(tmp_path, seconds=0.01)
    with served(Application(Desk(slow, Limits(patience=0.05)))) as client:
        told = client.post("/v1/decisions/batch", json={"events": [event(number) for number in range(60)]}).json()[
            "decisions"
        ]
        state = client.get("/v1/metrics").json()
    marked = [one for one in told if one["degraded"]]
    assert 0 < len(marked) < 60
    assert all(one["probability"] is None and "more than the declared 50 ms" in one["why"] for one in marked)
    assert state["counts"]["degraded"] == state["minute"]["degraded"] == len(marked)
    assert state["state"] == "degraded"


def test_what_no_room_is_for_is_turned_away_with_a_time_to_come_again(tmp_path: Path) -> None:
    slow = SampleDecider(tmp_path, seconds=0.02)
    with served(Application(Desk(slow, Limits(patience=10, most_waiting=8, retry_after=3)))) as client:
        with concurrent.futures.ThreadPoolExecutor(30) as pool:
            answers = list(pool.map(lambda number: client.post("/v1/decisions", json=event(number)), range(30)))
        refused = [answer for answer in answers if answer.status_code == 503]
        state = client.get("/v1/metrics").json()
        again = client.post("/v1/decisions", json=event(29))
    assert 0 < len(refused) < 30
    assert {answer.headers["retry-after"] for answer in refused} == {"3"}
    assert state["counts"]["refused"] == state["refusals"]["full"] == len(refused)
    assert slow.made == 30 - len(refused) + (answers[29].status_code == 503)
    assert again.status_code == 200


def test_a_log_that_cannot_be_written_stops_everything_and_says_so(tmp_path: Path) -> None:
    decider = SampleDecider(tmp_path)
    with served(Application(Desk(decider))) as client:
        assert client.post("/v1/decisions", json=event(1)).status_code == 200
        decider.is_full = True
        answers = [client.post("/v1/decisions", json=event(number)) for number in (2, 3, 1)]
        health = client.get("/healthz")
        kept = client.get("/v1/decisions/T00001")
    assert {answer.status_code for answer in (*answers, health)} == {503}
    assert "cannot be written" in health.json()["detail"]
    assert kept.status_code == 200
    decider = SampleDecider(tmp_path)
    assert decider.find("T00002") is None
    decider.close()


def test_a_client_that_sends_half_a_request_holds_up_nobody(client: httpx.Client) -> None:
    host, port = client.base_url.host, client.base_url.port or 80
    kind = "Content-Type: application/json"
    head = "\r\n".join(["POST /v1/decisions HTTP/1.1", f"Host: {host}:{port}", kind, "Content-Length: 99", "", ""])
    with socket.create_connection((host, port)) as half:
        half.sendall(head.encode() + b'{"transaction_id"')
        assert client.post("/v1/decisions", json=event(40)).status_code == 200
