"""Faults that only a socket shows: connections that end before and after the commit, late commits, slow pages."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from filing_sample import BASIC
from visiting import FORM, USERS, branch_in, details_of, encoded, key_of, papers_of

from rpa.errors import RpaError
from rpa.listening import listen
from rpa.systems import Faults, serve
from rpa.systems.branch import Branch
from rpa.systems.truth import truth_of

ENDED = (httpx.RemoteProtocolError, httpx.ReadError)
RESULT = {"result": "refused", "reason": "已开立基本存款账户"}


class Served:
    """A branch behind sockets, with a client of each system who is logged in."""

    def __init__(self, branch: Branch, addresses: dict[str, str]) -> None:
        self.branch, self.addresses = branch, addresses
        self.clients = {name: httpx.Client(base_url=at, follow_redirects=True) for name, at in addresses.items()}
        for client in self.clients.values():
            client.post("/login", data={"username": "clerk", "password": USERS["clerk"]})

    def draft(self) -> str:
        """Go as far as the check page, and return where to confirm."""
        client = self.clients["accounts"]
        page = client.post("/filing/new", content=encoded(key_of(BASIC), "gbk"), headers=FORM)
        page = client.post(page.url.path, content=encoded(details_of(BASIC), "gbk"), headers=FORM)
        assert page.url.path.endswith("/check")
        return page.url.path.replace("/check", "/confirm")

    def file(self, *, faults: Faults) -> httpx.Response:
        address = self.draft()
        self.branch.sites["accounts"].faults = faults
        return self.clients["accounts"].post(address)

    def write_back(self, *, faults: Faults) -> httpx.Response:
        self.branch.sites["operations"].faults = faults
        return self.clients["operations"].post(f"/accounts/{BASIC.filing_id}/result", data=RESULT)

    def upload(self, *, faults: Faults) -> httpx.Response:
        self.branch.sites["images"].faults = faults
        data = {"entity": BASIC.entity, "filing_id": BASIC.filing_id}
        return self.clients["images"].post("/upload", data=data, files=papers_of(BASIC))

    def committed(self) -> list[int]:
        """How many accounts are filed, results written back, sets stored."""
        truth = truth_of(self.branch)
        return [len(truth.filed), len(truth.written_back), len(truth.stored)]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    branch = branch_in(tmp_path)
    with serve(branch.applications()) as addresses:
        made = Served(branch, addresses)
        yield made
        for client in made.clients.values():
            client.close()
    branch.close()


def until(holds: Callable[[], bool]) -> bool:
    """Wait for something that comes soon."""
    end = time.monotonic() + 20
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return holds()


def acts(served: Served) -> list[Callable[..., httpx.Response]]:
    return [served.file, served.write_back, served.upload]


def test_a_connection_that_ends_before_the_commit_has_committed_nothing(served: Served) -> None:
    for act in acts(served):
        with pytest.raises(ENDED):
            act(faults=Faults(plan={"closed_before_commit": (1,)}))
    assert served.committed() == [0, 0, 0]
    assert truth_of(served.branch).struck["accounts"]["closed_before_commit"] == 1


def test_a_connection_that_ends_after_the_commit_has_committed_all(served: Served) -> None:
    for act in acts(served):
        with pytest.raises(ENDED):
            act(faults=Faults(plan={"closed_after_commit": (1,)}))
    assert served.committed() == [1, 1, 1]


def test_a_commit_comes_after_the_query_that_found_nothing(served: Served) -> None:
    client, asked = served.clients["accounts"], {"bank_code": BASIC.bank_code, "account_number": BASIC.account_number}
    with pytest.raises(ENDED):
        served.file(faults=Faults(plan={"late_commit": (1,)}, late_seconds=1.0))
    before = client.get("/query", params=asked)
    assert served.committed() == [0, 0, 0]
    assert "无记录" in before.text
    assert until(lambda: served.committed() == [1, 0, 0])
    assert "备案时间" in client.get("/query", params=asked).text


def test_a_late_commit_beside_another_is_one_filing(served: Served) -> None:
    one, other = served.draft(), served.draft()
    served.branch.sites["accounts"].faults = Faults(plan={"late_commit": (1,)}, late_seconds=0.3)
    with pytest.raises(ENDED):
        served.clients["accounts"].post(one)
    served.clients["accounts"].post(other)
    assert until(lambda: truth_of(served.branch).attempts_again.total() == 1)
    assert truth_of(served.branch).commits.total() == 1


def test_a_page_is_slower_than_anybody_waits_and_does_its_work_all_the_same(served: Served) -> None:
    served.branch.sites["operations"].faults = Faults(plan={"slow_page": (1,)}, slow_seconds=0.6)
    with pytest.raises(httpx.ReadTimeout):
        served.clients["operations"].post(f"/accounts/{BASIC.filing_id}/result", data=RESULT, timeout=0.2)
    assert until(lambda: served.committed() == [0, 1, 0])


def test_latency_is_added_to_every_request(served: Served) -> None:
    served.branch.sites["images"].faults = Faults(latency=0.3)
    began = time.monotonic()
    assert served.clients["images"].get("/").status_code == 200
    assert served.clients["images"].get("/login").status_code == 200
    assert time.monotonic() - began >= 0.6  # it may be longer, never shorter


def test_two_confirmations_over_two_connections_are_one_filing(served: Served) -> None:
    address, cookies = served.draft(), dict(served.clients["accounts"].cookies)
    statuses: list[int] = []

    def confirm() -> None:
        answer = httpx.post(served.addresses["accounts"] + address, cookies=cookies, follow_redirects=False)
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=confirm) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 409, 409, 409]
    assert truth_of(served.branch).commits.total() == 1


def test_the_server_says_the_system_s_date_and_not_its_own(served: Served) -> None:
    answer = served.clients["accounts"].get("/")
    assert answer.headers.get_list("date") == ["Wed, 01 Jul 2026 02:00:00 GMT"]
    assert "server" not in answer.headers


def test_a_port_that_is_taken_is_said_so(served: Served) -> None:
    port = int(served.addresses["images"].rsplit(":", 1)[1])
    with (
        pytest.raises(RpaError, match=f"127.0.0.1:{port}"),
        serve(served.branch.applications(), ports={"images": port}),
    ):
        pass


def test_after_the_end_nobody_listens(tmp_path: Path) -> None:
    branch = branch_in(tmp_path)
    with serve({"images": branch.applications()["images"]}) as addresses:
        assert httpx.get(addresses["images"] + "/login").status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(addresses["images"] + "/login")
    branch.close()


def test_a_connection_sends_at_once() -> None:
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        connection, _ = listening.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1


@pytest.mark.parametrize("port", [-1, 65_536])
def test_a_port_that_does_not_exist_is_refused(port: int) -> None:
    with pytest.raises(RpaError, match="from 0 to 65535"):
        listen("127.0.0.1", port)
