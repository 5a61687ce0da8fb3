"""The console's door: strangers' pages, forms of others, odd requests; the command; one look in a real browser."""

import re
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from console_sample import HOME, Client, filled
from filing_sample import BASIC, GENERAL

from rpa.filing import to_record
from rpa.queue import State, WorkQueue
from rpa.systems.serving import serve

RESUME = "/accounts/L00000003/resume"
SIGNED = {"who": "王芳", "reason": "已核对"}


@pytest.fixture
def client(tmp_path: Path) -> Client:
    return filled(tmp_path)


def state(client: Client, name: str = "L00000003") -> State:
    queue = WorkQueue(client.queue_path)
    try:
        return queue.item(name).state
    finally:
        queue.close()


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({}, ""),
        ({}, "0" * 64),
        ({}, "é\ud7ff"),
        ({"Origin": "http://evil.example"}, None),
        ({"Origin": "null"}, None),
        ({"Origin": "http://127.0.0.1:9999"}, None),
        ({"Sec-Fetch-Site": "cross-site"}, None),
        ({"Sec-Fetch-Site": "same-site"}, None),
        ({"Host": "evil.example"}, None),
        ({"Host": "127.0.0.1.evil.example"}, None),
        ({"Host": "127.0.0.1@evil.example"}, None),
    ],
)
def test_a_strangers_form_changes_nothing(client: Client, headers: dict[str, str], token: str | None) -> None:
    form = client.form("/accounts/L00000003") | SIGNED
    answer = client.post(RESUME, form if token is None else form | {"token": token}, headers)
    assert answer.status_code == 403
    assert "未作任何修改" in answer.text
    assert state(client) is State.WAITING


def test_a_token_is_worth_nothing_without_its_cookie_or_in_another_run(client: Client) -> None:
    form = client.form("/accounts/L00000003") | SIGNED
    client.forget()
    assert client.post(RESUME, form).status_code == 403
    client.get("/hand-over")
    assert client.post(RESUME, form).status_code == 403
    again = Client(client.queue_path.parent)
    again._cookies = client._cookies
    assert again.post(RESUME, client.form("/accounts/L00000003") | SIGNED).status_code == 403
    assert state(client) is State.WAITING


def test_the_cookie_is_for_this_machine_alone(client: Client) -> None:
    set_cookie = client.get("/hand-over").headers["set-cookie"].lower()
    assert "httponly" in set_cookie
    assert "samesite=strict" in set_cookie
    assert "set-cookie" not in client.get("/hand-over").headers


@pytest.mark.parametrize("host", ["evil.example", "10.0.0.1", "a.b", "[::2]", "127.0.0.1:x", ""])
def test_a_name_that_could_be_a_strangers_is_not_answered(client: Client, host: str) -> None:
    answer = client.get("/", {"Host": host})
    assert answer.status_code == 403
    assert "L0000" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost", "[::1]:8765", "127.1.2.3"])
def test_this_machine_is_answered(client: Client, host: str) -> None:
    assert client.get("/", {"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{}", "application/json"),
        (b"x" * 70_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % one for one in range(200)), "application/x-www-form-urlencoded"),
        (b"a=%FF%FE", "application/x-www-form-urlencoded"),
        ("密=1".encode(), "application/x-www-form-urlencoded"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"", "text/plain"),
    ],
)
def test_what_is_no_form_of_ours_is_refused_in_one_sentence(client: Client, content: bytes, kind: str) -> None:
    answer = client.post(RESUME, content, {"Content-Type": kind})
    assert answer.status_code == 403
    assert "form" in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/accounts/nobody", 404),
        ("GET", "/accounts/nobody/correct", 404),
        ("GET", RESUME, 405),
        ("POST", "/", 405),
        ("GET", "/accounts/L00000001/evidence/none.png", 404),
        ("GET", "/accounts/L00000001/evidence/%2e%2e%2faudit.jsonl", 404),
        ("GET", "/accounts/../evidence/audit.jsonl", 404),
        ("GET", "/accounts/%2e%2e/evidence/queue.db", 404),
        ("GET", "/accounts/./evidence/audit.jsonl", 404),
        ("GET", "/accounts/L00000001/evidence/link.png", 404),
        ("GET", "/accounts/L00000001/evidence/a%00b", 404),
    ],
)
def test_what_is_not_there_is_said_so(client: Client, method: str, path: str, status: int) -> None:
    (client.evidence_path / "L00000001" / "link.png").symlink_to(client.queue_path)
    answer = client.get(path) if method == "GET" else client.post(path, {})
    assert answer.status_code == status
    assert f"HTTP {status}" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_an_evidence_file_runs_nothing(client: Client) -> None:
    (client.evidence_path / "L00000001" / "x.html").write_text("<script>alert(1)</script>", encoding="utf-8")
    answer = client.get("/accounts/L00000001/evidence/x.html")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"] == "attachment"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_whatever_stands_in_the_queue_is_only_text_on_a_page(client: Client) -> None:
    evil = "\"'><img src=x onerror=alert(1)>{{ 7 * 7 }}"
    queue = WorkQueue(client.queue_path)
    record: dict[str, Any] = dict.fromkeys(to_record(BASIC), evil)
    queue.add(evil, record, due=0.0, rank=0, now=0.0)
    lease = queue.claim(evil, now=1e10, seconds=9)
    assert lease is not None
    queue.advance(lease, State.WAITING, now=1.0, reason=evil, facts={evil: evil})
    queue.close()
    for path in ("/", "/hand-over", "/lateness", "/?text=" + evil.replace(" ", "+").replace("{", "%7B")):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "<img src=x" not in answer.text
        assert "onerror=alert(1)&gt;" in answer.text
        assert "49" not in re.findall(r"alert\(1\)&gt;(.{2})", answer.text)


def test_a_failure_of_the_console_shows_nothing_of_its_inside(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rpa.console.pages.evidence_of", lambda *given: 1 / 0)
    answer = client.get("/accounts/L00000001")
    assert answer.status_code == 500
    assert "控制台出错" in answer.text
    assert "ZeroDivision" not in answer.text


def test_the_command_serves_on_loopback_and_says_where(client: Client) -> None:
    command = [sys.executable, "-m", "rpa.console", "--queue", str(client.queue_path), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        address = running.stdout.readline().split()[-1]
        try:
            assert address.startswith(f"{HOME}:")
            with urllib.request.urlopen(address, timeout=60) as answer:
                assert "L00000001" in answer.read().decode()
        finally:
            running.terminate()


@pytest.mark.parametrize("more", [["--policy", "none.toml"], ["--port", "-1"], ["--port", "99999"]])
def test_bad_input_of_the_command_is_one_sentence(client: Client, more: list[str]) -> None:
    command = [sys.executable, "-m", "rpa.console", "--queue", str(client.queue_path), *more]
    told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert told.returncode == 2
    assert told.stderr.startswith("rpa.console: ")
    assert len(told.stderr.splitlines()) == 1


def test_in_a_browser_pages_fit_and_a_person_corrects_an_account(client: Client, browser: Any) -> None:
    with serve({"console": client.application}) as at:
        for width in (1280, 390):
            page = browser.new_page(viewport={"width": width, "height": 800})
            for path in ("/", "/hand-over", "/throughput", "/lateness", "/accounts/L00000001"):
                page.goto(at["console"] + path)
                assert page.evaluate("document.documentElement.scrollWidth") == width
                assert page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") == "1280px"
            page.close()
        page = browser.new_page()
        page.goto(f"{at['console']}/hand-over")
        page.get_by_role("link", name="Correct the data").first.click()
        page.get_by_label("credit code").fill(GENERAL.certificate_number)
        page.get_by_label("Who decides").fill("王芳")
        page.get_by_label("Why").fill("与营业执照核对")
        page.get_by_role("button", name="Correct and send back").click()
        page.get_by_text("已更正，将重新校验").wait_for()
        page.close()
    assert state(client, "L00000002") is State.NEW
