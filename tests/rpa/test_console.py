"""The console: what its pages show."""

import csv
import io
import sqlite3
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from console_sample import DUE, FILED, NOW, REFUSED, WAITING, Client, filled
from filing_sample import BASIC

from rpa.console.pace import pace_of
from rpa.console.queue_view import reading
from rpa.queue import State, Step, WorkQueue

PAGES = ("/", "/hand-over", "/throughput", "/lateness", "/accounts/L00000001", "/accounts/L00000002/correct")


@pytest.fixture
def client(tmp_path: Path) -> Client:
    return filled(tmp_path)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_itself_in_both_languages_and_asks_nobody_else(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert 'lang="zh-Hans"' in answer.text
    assert "://" not in answer.text
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


def test_the_queue_shows_states_and_colours_deadlines_with_words(client: Client) -> None:
    text = client.get("/").text
    for number, level, words in [(4, "missed", "已超时"), (5, "danger", "即将超时"), (6, "later", "时间充足")]:
        row = (
            text.split(f">L{number:08d}<")[0].rsplit("<tr", 1)[1] + text.split(f">L{number:08d}<")[1].split("</tr>")[0]
        )
        assert f'class="{level}"' in row
        assert words in row
    assert "按时备案" in text
    assert "结果待核实" in text
    assert "2 h 30 min over" in text
    assert text.index("L00000004") < text.index("L00000001") < text.index("L00000006")


def test_an_account_is_in_danger_long_before_its_deadline_if_the_bots_are_too_slow(client: Client) -> None:
    queue = WorkQueue(client.queue_path)
    for place in range(30):
        queue.add(f"M{place}", {}, due=DUE.timestamp(), rank=1, now=NOW.timestamp() - 3600)
    client.now = NOW - timedelta(hours=2)
    calm = client.get("/").text.count('class="danger"')
    start = client.now.timestamp()
    for place in range(2):  # one account in ten minutes: 30 accounts do not fit
        lease = queue.claim("bot-9", now=NOW.timestamp() + 9000 + place, seconds=1)
        assert lease is not None
        for state in (State.VALIDATED, State.FILING, State.FILED)[lease.item.state is State.VALIDATED :]:
            lease = queue.advance(lease, state, now=start - 700 + 600 * place)
        queue.release(lease, now=start, not_before=1e10)
    queue.close()
    assert client.get("/").text.count('class="danger"') > calm + 10


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=waiting", [3, 7]),
        ("text=0003", [3]),
        ("text=L00000005", [5]),
        ("text=敦煌", [4, 2, 6]),
        ("text=%25", []),
        ("state=nonsense&page=-3", [4, 1, 2, 3, 5, 7, 6]),
        ("page=99999999999999999999", [4, 1, 2, 3, 5, 7, 6]),
        ("page=2", []),
        ("text=' OR 1=1 --", []),
    ],
)
def test_the_queue_is_searched_and_odd_questions_do_no_harm(client: Client, query: str, found: list[int]) -> None:
    text = client.get(f"/?{query}").text
    places = {text.find(f">L{number:08d}<"): number for number in range(1, 8)}
    assert [places[place] for place in sorted(places) if place >= 0] == found


def test_the_queue_has_pages(client: Client) -> None:
    queue = WorkQueue(client.queue_path)
    for place in range(120):
        queue.add(f"N{place:03d}", {}, due=1e10, rank=1, now=0.0)
    queue.close()
    assert "page 1 of 3" in client.get("/").text
    assert client.get("/?page=3").text.count("<tr class") == 27


def test_an_account_tells_its_story(client: Client) -> None:
    text = client.get("/accounts/L00000001").text
    assert text.count("<img") == 3
    assert "1 of 20 fields differ" in text
    assert "730001" in text
    assert "R20260701001" in text
    assert "written back" in text
    assert "完整：与索引及审计日志一致" in text
    for secret in ("482913", BASIC.account_number, BASIC.phone, "3018210000000001"):
        assert secret not in text
    picture = client.get("/accounts/L00000001/evidence/001-screenshot-before-confirming.png")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert picture.content.startswith(b"\x89PNG")


def test_evidence_that_was_changed_is_told_on_the_page(client: Client) -> None:
    (client.evidence_path / "L00000001" / "005-receipt.json").write_text("{}", encoding="utf-8")
    text = client.get("/accounts/L00000001").text
    assert "证据不完整" in text
    assert "was changed" in text


def test_what_waits_for_a_person_is_listed_with_its_reason(client: Client) -> None:
    text = client.get("/hand-over").text
    assert [name in text for name in ("L00000001", "L00000002", "L00000003", "L00000007")] == [False, True, True, True]
    assert "校验码错误" in text
    assert f'href="{REFUSED}/correct"' in text
    assert f'action="{REFUSED}/resume"' not in text
    assert f'action="{WAITING}/resume"' in text
    assert f'href="{FILED}/correct"' not in text


def test_a_reason_shows_only_the_last_digits_of_a_number(client: Client) -> None:
    queue = WorkQueue(client.queue_path)
    queue.add("R1", {}, due=1.0, rank=0, now=0.0)
    lease = queue.claim("bot", now=NOW.timestamp(), seconds=9)
    assert lease is not None
    queue.advance(lease, State.REFUSED, now=NOW.timestamp(), reason="账号 3018210000000007 已销户")
    queue.close()
    for path in ("/", "/hand-over", "/accounts/R1", "/lateness", "/lateness.csv"):
        text = client.get(path).text
        assert "已销户" in text
        assert "3018210000000007" not in text


def test_throughput_counts_by_minute_and_by_bot(client: Client) -> None:
    text = client.get("/throughput").text
    assert "45.0 s" in text
    assert text.count("<title>1</title>") == 3
    assert "L00000005" in text.split("正在处理")[1]


def test_the_pace_leaves_out_persons_and_what_is_long_ago() -> None:
    steps = [
        Step(1, "L0", 10.0, "filing", "filed", "old", ""),
        *(Step(2 + one, f"L{one}", 4000.0 + 20 * one, "filing", "filed", "bot", "") for one in range(3)),
        Step(5, "L5", 4050.0, "waiting", "validated", "王芳", "x"),
        Step(6, "L6", 4050.0, "filing", "filing", "bot", "HTTP 503"),
        Step(7, "L7", 4055.0, "new", "refused", "bot", "x"),
        Step(8, "L8", 9999.0, "filing", "filed", "bot", ""),
    ]
    pace = pace_of(steps, now=4060.0)
    assert (sum(pace.filed), pace.filed[-1], pace.seconds_each) == (3, 3, 20.0)
    assert [(bot.name, bot.filed, bot.failures, bot.handed_over) for bot in pace.bots] == [("bot", 3, 1, 1)]


def test_lateness_is_told_with_reasons_on_the_page_and_as_a_table(client: Client) -> None:
    queue = WorkQueue(client.queue_path)
    queue.add("=1+1", {}, due=5.0, rank=0, now=0.0)
    queue.close()
    assert "it came 115 min after its deadline" in client.get("/lateness").text
    answer = client.get("/lateness.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["'=1+1", "L00000004"]
    assert rows[2][1:] == ["2026-07-01 14:15:00", "", "150", "it came 115 min after its deadline"]


def test_pages_do_not_wait_for_bots_nor_bots_for_pages(client: Client) -> None:
    busy = sqlite3.connect(client.queue_path, isolation_level=None)
    busy.execute("BEGIN IMMEDIATE")  # a bot in the middle of its step
    for path in PAGES:
        assert client.get(path).status_code == 200
    busy.execute("COMMIT")
    busy.close()
    queue = WorkQueue(client.queue_path)
    with reading(client.queue_path) as view:
        before = view.counts()
        lease = queue.claim("bot", now=NOW.timestamp() + 4000, seconds=9)
        assert lease is not None
        queue.advance(lease, State.REFUSED, now=NOW.timestamp(), reason="x")
        assert view.counts() == before
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            view._file.execute("DELETE FROM items")
    queue.close()


BREAKS: dict[str, Callable[[Path], object]] = {
    "not there yet": lambda path: None,
    "no database": lambda path: path.write_bytes(b"no database at all, but a text" * 50),
    "empty": lambda path: path.write_bytes(b""),
    "a folder": lambda path: path.mkdir(),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_queue_that_cannot_be_read_is_said_in_one_sentence(tmp_path: Path, name: str) -> None:
    client = Client(tmp_path)
    BREAKS[name](client.queue_path)
    there = client.queue_path.exists()
    for path in PAGES:
        answer = client.get(path)
        assert answer.status_code == 503
        assert "queue" in answer.text
    assert client.queue_path.exists() == there


def test_a_record_of_any_form_does_not_break_a_page(client: Client) -> None:
    queue = WorkQueue(client.queue_path)
    queue.add(
        "odd 1", {"depositor_name": 7, "account_number": None, "capital_fen": "x", "more": [1]}, due=0, rank=0, now=0
    )
    queue.add("odd-2", {}, due=-1e6, rank=0, now=0)
    for _ in range(2):
        lease = queue.claim("bot", now=time.time(), seconds=1)
        assert lease is not None
        queue.advance(lease, State.WAITING, now=1.0, reason="", facts={"x": {"y": [None]}})
    queue.close()
    for path in ("/", "/hand-over", "/lateness", "/accounts/odd%201", "/accounts/odd-2", "/accounts/odd-2/correct"):
        assert client.get(path).status_code == 200
