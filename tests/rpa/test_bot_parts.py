"""Parts of the bot without a browser: archives, gates, verdicts, settings, leases that are kept, the schedule."""

import asyncio
import errno
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import numpy as np
import pytest

from rpa.bot import Patience, Settings
from rpa.bot.desk import Desk, Engine
from rpa.bot.gates import Gates
from rpa.bot.hold import Hold
from rpa.bot.papers import read_archive, stored
from rpa.bot.schedule import next_run, run_on_schedule
from rpa.bot.verdicts import Asks, verdict_of
from rpa.bot.worker import FILING, Worker
from rpa.browser import Found
from rpa.deadlines import WorkingDays
from rpa.deadlines.rules import CHINA
from rpa.errors import (
    BadFilingError,
    BusinessError,
    DownloadError,
    EvidenceError,
    FailureError,
    HandOverError,
    LeaseLostError,
    PolicyError,
    ReadBackError,
    RpaError,
    SafetyError,
    UnknownPageError,
    UnsureError,
)
from rpa.evidence import Evidence
from rpa.filing import to_record
from rpa.queue import State, WorkQueue
from tests.rpa.bot_world import START, Clock, basic, settings_of

NOBODY = Found("/nowhere", "variable", has_windows=False)


def settings(folder: Path, **changes: object) -> Settings:
    addresses = dict.fromkeys(("operations", "accounts", "images"), "http://127.0.0.1:1")
    return settings_of(addresses, [], folder, Clock(), NOBODY, **changes)


def archive(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as box:
        for name, content in files.items():
            box.writestr(name, content)
    return path


def test_papers_come_out_of_the_archive_as_they_went_in(tmp_path: Path) -> None:
    files = {"开户申请书.png": b"\x89PNG", "b.pdf": b"%PDF-"}
    assert read_archive(archive(tmp_path / "a.zip", files)) == files


@pytest.mark.parametrize("name", ["../evil.png", "/etc/passwd", "folder/a.png", ".hidden"])
def test_an_archive_with_a_name_that_leads_elsewhere_is_handed_over(name: str, tmp_path: Path) -> None:
    with pytest.raises(SafetyError, match="no plain file name"):
        read_archive(archive(tmp_path / "a.zip", {name: b"x"}))


def test_an_empty_archive_and_a_damaged_one_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(SafetyError, match="holds 0 files"):
        read_archive(archive(tmp_path / "a.zip", {}))
    (tmp_path / "b.zip").write_bytes(archive(tmp_path / "c.zip", {"a.png": b"x" * 500}).read_bytes()[:300])
    with pytest.raises(DownloadError, match="cannot be opened"):
        read_archive(tmp_path / "b.zip")


def test_a_full_disk_is_a_failure_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    def write(path: Path, content: bytes) -> None:
        path.write_bytes(content[:1])
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(FailureError, match="No space left on device"):
        stored(tmp_path / "papers", {"a.png": b"xx"}, write)
    assert list((tmp_path / "papers").iterdir()) == []


VERDICTS: list[tuple[BaseException, Asks]] = [
    (BusinessError("x"), Asks.REFUSED),
    (BadFilingError("x"), Asks.PERSON),
    (SafetyError("x"), Asks.PERSON),
    (UnknownPageError("x"), Asks.PERSON),
    (ReadBackError("x"), Asks.PERSON),
    (HandOverError("x"), Asks.PERSON),
    (FailureError("x"), Asks.AGAIN),
    (UnsureError("x"), Asks.AGAIN),
    (TimeoutError(), Asks.AGAIN),
    (OSError(errno.ENOSPC, "No space left on device"), Asks.AGAIN),
    (EvidenceError("x"), Asks.AGAIN),
    (LeaseLostError("x"), Asks.NOTHING),
    (RpaError("x"), Asks.PERSON),
    (KeyError("x"), Asks.PERSON),
]


@pytest.mark.parametrize(
    ("error", "asks"), VERDICTS, ids=lambda value: getattr(value, "__class__", type(value)).__name__
)
def test_each_error_asks_for_what_its_class_says(error: BaseException, asks: Asks) -> None:
    assert verdict_of(error).asks is asks


def test_a_gate_closes_after_failures_and_one_at_a_time_tries_it_again() -> None:
    gates = Gates(Patience(breaker_failures=2, breaker_seconds=10))
    for _ in range(2):
        gates.failed("accounts", 0.0, State.VALIDATED)
    assert gates.closed_until(State.VALIDATED, 1.0) == 10.0
    assert gates.closed_until(State.IMAGED, 1.0) is None
    assert gates.closed_until(State.VALIDATED, 10.0) is None
    assert gates.closed_until(State.VALIDATED, 10.0) == 11.0
    gates.went_well(State.VALIDATED)
    assert gates.closed_until(State.VALIDATED, 10.0) is None


def test_a_system_that_needs_a_person_again_and_again_stays_shut() -> None:
    gates = Gates(Patience(breaker_seconds=10))
    for moment in (0.0, 20.0, 40.0):
        assert not gates.is_shut(State.FILED)
        gates.hand_over("images", "it asks for a one-time password", moment)
        assert gates.closed_until(State.FILED, moment + 1) == moment + 10
    assert gates.is_shut(State.FILED)
    assert gates.shut == ["images"]
    assert not gates.is_shut(State.VALIDATED)


def held(folder: Path, seconds: float = 20.0, **changes: object) -> tuple[WorkQueue, Hold]:
    folder.mkdir(exist_ok=True)
    queue, mine = WorkQueue(folder / "queue.db"), settings(folder, **changes)
    queue.add("L00000001", to_record(basic(1)) | {"opened_at": "?"}, due=0.0, rank=0, now=mine.now())
    lease = queue.claim("bot", now=mine.now(), seconds=seconds)
    assert lease is not None
    return queue, Hold(queue, lease, mine)


def test_a_lease_is_kept_alive_while_somebody_works(tmp_path: Path) -> None:
    patience = Patience(page_seconds=0.05, lease_seconds=0.2)
    queue, hold = held(tmp_path, seconds=0.2, patience=patience)

    async def work() -> None:
        beating = asyncio.create_task(hold.keep_beating())
        await asyncio.sleep(0.6)
        beating.cancel()

    asyncio.run(work())
    hold.advance(State.VALIDATED)
    assert queue.claim("other", now=hold._settings.now(), seconds=1) is None


def test_a_heart_that_beats_for_a_lost_lease_stops(tmp_path: Path) -> None:
    queue, hold = held(tmp_path, patience=Patience(page_seconds=0.02, lease_seconds=0.08))
    assert queue.claim("other", now=hold._settings.now() + 100, seconds=100) is not None
    with pytest.raises(LeaseLostError):
        asyncio.run(hold.keep_beating())


def test_rounds_are_counted_from_where_a_person_handed_back(tmp_path: Path) -> None:
    queue, hold = held(tmp_path)
    for state in (State.VALIDATED, State.FILING, State.IN_DOUBT, State.VALIDATED, State.FILING, State.WAITING):
        hold.advance(state, "x")
    assert hold.times_in(State.FILING) == 2
    queue.resume("L00000001", who="clerk", now=hold._settings.now(), reason="looked")
    assert hold.times_in(State.FILING) == 0
    assert not hold.was_corrected()


def test_what_the_registry_completed_belongs_to_what_is_filed(tmp_path: Path) -> None:
    _, hold = held(tmp_path)
    hold.advance(State.VALIDATED, facts={"completed": {"address": "兰州市新路1号"}})
    assert hold.filing == replace(basic(1), address="兰州市新路1号")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"lease_seconds": 5.0}, "at least twice as long"),
        ({"settle_queries": 0}, "settle_queries is 0"),
        ({"most_attempts": 0}, "most_attempts is 0"),
    ],
)
def test_patience_that_would_file_twice_or_never_end_is_refused(change: dict[str, float], said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        Patience(**change)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-07-01 08:00", "2026-07-01 09:30"),
        ("2026-07-01 09:30", "2026-07-01 14:00"),
        ("2026-07-03 20:00", "2026-07-06 09:30"),
        ("2026-10-09 15:00", "2026-10-10 09:30"),
    ],
)
def test_a_schedule_knows_weekends_and_make_up_days(now: str, due: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=CHINA)
    found = next_run([time(14), time(9, 30)], moment, WorkingDays())
    assert found == datetime.fromisoformat(due).replace(tzinfo=CHINA)


def test_a_schedule_without_times_is_refused(tmp_path: Path) -> None:
    over: Callable[[], bool] = lambda: False  # noqa: E731 - a name for what never ends
    with pytest.raises(PolicyError, match="at least one time"):
        asyncio.run(run_on_schedule(settings(tmp_path), [], over, lambda _: None))


def test_a_schedule_that_is_told_to_stop_runs_nothing(tmp_path: Path) -> None:
    asked: list[datetime] = []

    def is_over() -> bool:
        asked.append(START + timedelta(seconds=len(asked)))
        return len(asked) > 2

    asyncio.run(run_on_schedule(settings(tmp_path), [time(9, 30)], is_over, lambda _: pytest.fail("it ran")))
    assert len(asked) > 2


def test_a_queue_that_cannot_be_written_ends_the_run_and_not_the_account(tmp_path: Path) -> None:
    """The disk of the queue is full for a while: the worker waits, then says so; the account stays where it was."""
    queue, hold = held(tmp_path)
    hold.release()
    mine = settings(tmp_path, patience=Patience(first_backoff=0.01, longest_backoff=0.02, most_attempts=3))
    desk, gates = Desk(Engine(mine), mine, "bot-0"), Gates(mine.patience)
    worker = Worker(desk, queue, gates, Evidence(tmp_path / "evidence"), FILING, "bot-0", np.random.default_rng(0))
    queue._file.execute("PRAGMA query_only = ON")
    with pytest.raises(FailureError, match="could not be written 3 times in a row"):
        asyncio.run(worker.run())
    queue._file.execute("PRAGMA query_only = OFF")
    assert queue.item("L00000001").state is State.NEW
