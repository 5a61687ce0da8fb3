"""The client of etcd against a server that answers as it is told: what is read, repeated, refused or left in doubt."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from ledger.consortium import Etcd, Keys, MemoryKeys, OrderedLog
from ledger.consortium.keys import Entry
from ledger.errors import AmbiguousError, OrderingError, UnavailableError

HEADER = {"header": {"revision": "7"}}
Answer = tuple[int, bytes] | None


class Scripted:
    """A server on loopback that gives one answer after the other, None for none at all, and notes what it was asked."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.asked: list[tuple[str, Any]] = []
        told = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                told.asked.append((self.path, json.loads(body)))
                answer = told.answers.pop(0) if told.answers else None
                if answer is None:
                    self.close_connection = True
                    return
                self.send_response(answer[0])
                self.send_header("Content-Length", str(len(answer[1])))
                self.end_headers()
                self.wfile.write(answer[1])

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name that the library gives it
                return

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def servers() -> Iterator[list[Scripted]]:
    """Two, each in its own thread for one connection after the other."""
    found = [Scripted(), Scripted()]
    yield found
    for one in found:
        one.close()


@pytest.fixture
def nobody() -> str:
    """An endpoint where nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{one.getsockname()[1]}"


@pytest.fixture
def client(servers: list[Scripted]) -> Iterator[Etcd]:
    found = Etcd([one.endpoint for one in servers], timeout=2.0)
    yield found
    found.close()


def ok(**more: Any) -> Answer:
    return 200, json.dumps({**HEADER, **more}).encode()


def kv(key: str = "YQ==", value: str = "aGk=", revision: Any = "5") -> dict[str, Any]:
    return {"key": key, "value": value, "mod_revision": revision}


def test_a_key_is_written_if_its_version_is_0_and_the_one_before_is_there(
    servers: list[Scripted], client: Etcd
) -> None:
    servers[0].answers = [ok(succeeded=True), ok()]
    assert client.create("b", b"hi", "a") is True
    assert client.create("b", b"hi") is False
    path, question = servers[0].asked[0]
    assert path == "/v3/kv/txn"
    assert question["compare"] == [
        {"key": "Yg==", "result": "EQUAL", "target": "VERSION", "version": 0},
        {"key": "YQ==", "result": "GREATER", "target": "VERSION", "version": 0},
    ]
    assert client.revision == 7


def test_a_read_goes_on_to_the_next_endpoint(servers: list[Scripted], client: Etcd) -> None:
    servers[0].answers = [None]
    servers[1].answers = [ok(kvs=[kv()]), ok(kvs=[kv()])]
    assert client.get("a") == b"hi"
    assert client.get("a") == b"hi"
    assert (len(servers[0].asked), len(servers[1].asked)) == (1, 2)


def test_a_write_that_was_sent_is_never_sent_again_by_itself(servers: list[Scripted], client: Etcd) -> None:
    servers[0].answers = [None]
    with pytest.raises(AmbiguousError, match="a write was sent to etcd, no answer came"):
        client.create("a", b"hi")
    assert servers[1].asked == []


@pytest.mark.parametrize(
    "answer",
    [
        (503, b'{"error":"etcdserver: request timed out","code":14}'),
        (500, b'{"error":"etcdserver: leader changed","code":14}'),
        (504, b"<html>gateway</html>"),
        (200, b'{"header":{"revi'),
        (200, b"[]"),
    ],
)
def test_an_answer_that_does_not_say_what_was_done_is_ambiguous(
    servers: list[Scripted], client: Etcd, answer: Answer
) -> None:
    servers[0].answers = [answer]
    with pytest.raises(AmbiguousError):
        client.put("a", b"hi")


@pytest.mark.parametrize(
    ("code", "words"), [(3, "invalid argument"), (7, "permission denied"), (8, "exhausted"), (16, "not authenticated")]
)
def test_a_refusal_of_etcd_is_final(servers: list[Scripted], client: Etcd, code: int, words: str) -> None:
    servers[0].answers = [(400, json.dumps({"error": "no", "code": code}).encode())]
    with pytest.raises(OrderingError, match=f"etcd refuses, .*{words}: no") as found:
        client.create("a", b"hi")
    assert not isinstance(found.value, AmbiguousError)
    assert servers[1].asked == []


def test_a_write_goes_to_the_next_endpoint_if_nobody_listens_at_the_first(servers: list[Scripted], nobody: str) -> None:
    client = Etcd([nobody, servers[0].endpoint])
    servers[0].answers = [ok(succeeded=True)]
    assert client.create("a", b"hi")
    client.close()


def test_a_service_of_which_nobody_answers_is_named_with_its_endpoints(nobody: str) -> None:
    client = Etcd([nobody])
    for ask in (lambda: client.get("a"), lambda: client.create("a", b"hi")):
        with pytest.raises(UnavailableError, match=rf"etcd does not answer \({nobody}: .*refused"):
            ask()
    began = time.monotonic()
    client.wait("a", "b", 1, 0.2)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "kvs",
    [
        [kv(value="aGk")],
        [kv(value="aGl=")],
        [kv(value="a Gk=")],
        [kv(key="/w==")],
        [kv(revision="many")],
        [{"key": "YQ=="}],
        ["YQ=="],
        7,
    ],
)
def test_an_answer_that_is_not_in_its_form_is_refused(servers: list[Scripted], client: Etcd, kvs: Any) -> None:
    servers[0].answers = [ok(kvs=kvs)]
    with pytest.raises(OrderingError, match="etcd's answer is not what its documentation says"):
        client.get("a")


@pytest.mark.parametrize("answer", [{}, {"header": {}}, {"header": {"revision": "x"}}, {"header": 7}])
def test_an_answer_without_a_revision_is_refused(servers: list[Scripted], client: Etcd, answer: Any) -> None:
    servers[0].answers = [(200, json.dumps(answer).encode())]
    with pytest.raises(OrderingError, match="etcd's answer is not what its documentation says"):
        client.get("a")


@pytest.mark.parametrize("endpoints", [[], ["127.0.0.1:2379"], ["ftp://127.0.0.1"], ["http://"]])
def test_endpoints_that_are_none_are_refused(endpoints: list[str]) -> None:
    with pytest.raises(OrderingError, match="endpoint"):
        Etcd(endpoints)


def test_a_lost_answer_is_settled_over_the_wire(servers: list[Scripted], client: Etcd) -> None:
    """The write is done, its answer is lost, and the block is read back at the other endpoint."""
    log = OrderedLog(client, "ab" * 32, pause=lambda _: None)
    servers[0].answers = [None]
    servers[1].answers = [ok(kvs=[kv(value="bWluZQ==")])]
    assert log.propose(0, b"mine") == b"mine"
    assert [path for path, _ in servers[1].asked] == ["/v3/kv/range"]


def both(servers: list[Scripted], answers: list[Answer], ask: Callable[[Keys], object]) -> tuple[object, object]:
    memory = MemoryKeys()
    memory.put("a", b"hi")
    memory.put("b", b"ho")
    servers[0].answers = answers
    client = Etcd([servers[0].endpoint])
    found = ask(client), ask(memory)
    client.close()
    return found


def test_what_is_between_keys_is_read_in_order(servers: list[Scripted]) -> None:
    found = both(servers, [ok(kvs=[kv(revision="2")])], lambda keys: keys.first("a", "c"))
    assert found == (Entry("a", b"hi", 2), Entry("a", b"hi", 2))
    found = both(servers, [ok(kvs=[kv("Yg==", "aG8=", "3")])], lambda keys: keys.changes("a", "c", 2))
    assert found == ([Entry("b", b"ho", 3)], [Entry("b", b"ho", 3)])
    assert servers[0].asked[1][1] == {
        "key": "YQ==",
        "range_end": "Yw==",
        "limit": 1000,
        "min_mod_revision": 3,
        "sort_order": "ASCEND",
        "sort_target": "MOD",
    }
