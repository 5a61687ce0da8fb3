"""Lists: taken whole, once and in time; damaged, replayed, late or contradicting ones are told."""

import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rpa.bot import run_once
from rpa.browser import find_browser
from rpa.deadlines.rules import CHINA
from rpa.filing import to_record
from rpa.listing import write_list
from rpa.queue import State, WorkQueue
from rpa.systems.operations import ListFile
from tests.rpa.bot_world import KEYS, SIGNING_KEY, START, World, basic, basic_number, general, judged, row_of, world

FOUND = find_browser(os.environ)


def run(made: World, chrome: Any, **changes: Any) -> Any:
    task = run_once(made.settings(FOUND, **changes), reconcile=False, browser=chrome.browser)
    return chrome.run(task, seconds=120)


def queue_of(made: World) -> WorkQueue:
    return WorkQueue(made.settings(FOUND).queue_path)


def registry(count: int) -> list[dict[str, str]]:
    return [row_of(basic(number)) for number in range(1, count + 1)]


def package(filings: Any, serial: int, keys: Any = KEYS, signing_key: bytes = SIGNING_KEY, day: int = 1) -> bytes:
    records = [to_record(one) | {"opened_at": f"2026-07-0{day} 09:00:00"} for one in filings]
    day_of_list = (START + timedelta(days=day - 1)).date()
    return write_list(records, keys, signing_key, day=day_of_list, serial=serial, nonce=serial.to_bytes(12, "big"))


BROKEN = {
    "cut-off": lambda: package([basic(1)], 1)[:-40],
    "changed": lambda: package([basic(1)], 1).replace(b'"serial":1', b'"serial":2'),
    "signed-by-another": lambda: package([basic(1)], 1, signing_key=bytes(32)),
    "for-another-bank": lambda: package([basic(1)], 1, keys=replace(KEYS, bank="黄河农村商业银行")),
    "sealed-with-another-key": lambda: package([basic(1)], 1, keys=replace(KEYS, secret=bytes(32))),
    "no-list": lambda: b"MZ",
}


def test_a_list_that_is_broken_in_any_way_is_refused_whole_with_an_alarm(tmp_path: Path, chrome: Any) -> None:
    with world(tmp_path, registry=registry(1)) as made:
        made.branch.publish([to_record(basic(1)) | {"opened_at": "2026-07-01 09:00:00"}], made.clock())
        made.branch.lists += [ListFile(f"{name}.json", "2026-07-01", make()) for name, make in BROKEN.items()]
        summary = run(made, chrome)
        assert [alarm.partition(" is refused")[0] for alarm in summary.alarms[:-1]] == [
            f"list {name}.json" for name in BROKEN
        ]
        assert summary.alarms[-1] == "1 pending accounts are in no list that came, such as L00000001"
        assert sum(summary.counts.values()) == 0
        assert made.truth.filed == {}


def test_a_replayed_list_files_nothing_and_is_told_even_after_a_restart(tmp_path: Path, chrome: Any) -> None:
    with world(tmp_path, [basic(1)], registry=registry(2)) as made:
        assert run(made, chrome).alarms == ()
        made.branch.lists.append(ListFile("replay.json", "2026-07-01", package([basic(2)], serial=1)))
        made.branch.publish([to_record(basic(2)) | {"opened_at": "2026-07-01 09:00:00"}], made.clock())
        summary = run(made, chrome)
        assert any("a replay" in alarm for alarm in summary.alarms)
        assert judged(made, [basic(1)]) == {}


def test_the_next_list_is_taken_and_nothing_of_the_first_twice(tmp_path: Path, chrome: Any) -> None:
    with world(tmp_path, [basic(1)], registry=registry(3)) as made:
        run(made, chrome)
        made.offer([basic(2)], serial=2)
        made.branch.lists.append(made.branch.lists[0])
        summary = run(made, chrome)
        assert summary.intake.added == 1
        assert summary.alarms == ()
        assert judged(made, [basic(1), basic(2)]) == {}


def test_a_list_that_never_comes_is_an_alarm(tmp_path: Path, chrome: Any) -> None:
    with world(tmp_path) as made:
        assert run(made, chrome).alarms == ("the day's list has not come",)
        made.branch.publish([to_record(basic(1)) | {"opened_at": "2026-07-01 09:00:00"}], made.clock())
        assert "in no list that came" in run(made, chrome).alarms[0]


def test_no_list_is_missed_on_a_holiday(tmp_path: Path, chrome: Any) -> None:
    with world(tmp_path, start=datetime(2026, 10, 1, 10, tzinfo=CHINA)) as made:
        assert run(made, chrome).alarms == ()


def test_a_year_whose_working_days_are_not_known_stops_the_intake(tmp_path: Path, chrome: Any) -> None:
    with world(tmp_path, start=datetime(2199, 10, 1, 10, tzinfo=CHINA)) as made:
        assert "working days of 2199 are not known" in run(made, chrome).alarms[0]


def test_what_pages_and_package_say_must_agree(tmp_path: Path, chrome: Any) -> None:
    """One account is on the page alone, one in the package alone, one has another number on the page."""
    listed, other = basic(1), basic(3)
    with world(tmp_path, registry=registry(3)) as made:
        page = [basic(2), replace(other, account_number="3018210099999999")]
        made.branch.publish([to_record(one) | {"opened_at": "2026-07-01 09:00:00"} for one in page], made.clock())
        made.branch.lists.append(ListFile("day.json", "2026-07-01", package([listed, other], 1)))
        summary = run(made, chrome)
        assert any(f"not on the platform's pages, such as {listed.filing_id}" in alarm for alarm in summary.alarms)
        assert any(f"in no list that came, such as {basic(2).filing_id}" in alarm for alarm in summary.alarms)
        assert "3018210099999999" in summary.for_persons[other.filing_id]
        assert "301821000019/3018210099999999" not in str(made.truth.filed)


def test_deadlines_are_counted_over_holidays_from_the_moment_of_opening(tmp_path: Path, chrome: Any) -> None:
    """Opened after the cut-off of the last day before the holidays of October: due on the first day after them."""
    start = datetime(2026, 9, 30, 17, 10, tzinfo=CHINA)
    with world(tmp_path, [basic(1), general(2)], start=start, registry=registry(2)) as made:
        run(made, chrome)
        due = {item.filing_id: datetime.fromtimestamp(item.due, CHINA) for item in queue_of(made).items()}
        assert due["L00000001"] == datetime(2026, 10, 8, 17, 30, tzinfo=CHINA)
        assert due["L00000002"] == datetime(2026, 10, 9, 17, 30, tzinfo=CHINA)
        assert [item.filing_id for item in queue_of(made).items()] == ["L00000001", "L00000002"]


@pytest.mark.parametrize(
    ("minute", "warned", "late"),
    [
        ("16:00", "", ""),
        ("17:00", "29 min are left", ""),
        ("18:00", "30 min late", "it came 30 min after its deadline"),
    ],
)
def test_danger_is_told_in_time_and_lateness_with_its_reason(
    minute: str, warned: str, late: str, tmp_path: Path, chrome: Any
) -> None:
    """Opened in the morning, so due at half past five."""
    start = datetime.fromisoformat(f"2026-07-01 {minute}").replace(tzinfo=CHINA)
    with world(tmp_path, start=start, registry=registry(1)) as made:
        made.offer([basic(1)], L00000001={"opened_at": "2026-07-01 09:00:00"})
        summary = run(made, chrome)
        assert [warned in one.reason for one in summary.warnings] == [True] * bool(warned)
        assert [one.reason for one in summary.late] == [late] * bool(late)
        assert ("its deadline is in danger" in (made.folder / "bot/evidence/audit.jsonl").read_text()) == bool(warned)
        assert judged(made, [basic(1)]) == {}


def test_a_record_without_a_moment_of_opening_goes_to_a_person_and_the_others_go_on(
    tmp_path: Path, chrome: Any
) -> None:
    with world(tmp_path, registry=registry(2)) as made:
        made.offer([basic(1), basic(2)], **{"L00000001": {"opened_at": "gestern"}})
        summary = run(made, chrome)
        assert "deadline cannot be counted" in summary.for_persons["L00000001"]
        assert judged(made, [basic(2)]) == {}


def test_what_a_person_corrects_is_filed(tmp_path: Path, chrome: Any) -> None:
    wrong = replace(basic(1), legal_representative="别人")
    with world(tmp_path, [wrong], registry=registry(1)) as made:
        run(made, chrome)
        queue = queue_of(made)
        assert queue.item(wrong.filing_id).state is State.WAITING
        record = {**queue.item(wrong.filing_id).record, "legal_representative": basic(1).legal_representative}
        queue.correct(
            wrong.filing_id, record, who="clerk", now=made.clock().timestamp(), reason="looked at the licence"
        )
        run(made, chrome)
        assert judged(made, [basic(1)]) == {}


def test_the_deadline_of_a_corrected_account_is_counted_anew(tmp_path: Path, chrome: Any) -> None:
    """A person finds that a basic account, due today, is a general one: it is due tomorrow."""
    wrong = basic(1, legal_representative="别人")
    known = [(wrong.certificate_number, basic_number(1), "open")]
    with world(tmp_path, [wrong], registry=registry(1), known=known) as made:
        run(made, chrome)
        queue = queue_of(made)
        before = queue.item(wrong.filing_id)
        opened = datetime.fromisoformat(before.record["opened_at"])
        record = {**to_record(general(1)), "opened_at": before.record["opened_at"], "trouble": "no rule for its kind"}
        queue.correct(wrong.filing_id, record, who="clerk", now=made.clock().timestamp(), reason="saw the papers")
        run(made, chrome)
        after = queue.item(wrong.filing_id)
        days = [datetime.fromtimestamp(one.due, CHINA).date() - opened.date() for one in (before, after)]
        assert days == [timedelta(0), timedelta(1)]
        assert before.rank < after.rank
        assert after.state is State.DONE


def test_an_account_that_was_refused_and_corrected_is_filed_and_written_back_so(tmp_path: Path, chrome: Any) -> None:
    """The number of the basic account was wrong: the central bank refuses it, a person finds the right one."""
    wrong = general(1, basic_account_number=basic_number(99))
    known = [(wrong.certificate_number, basic_number(1), "open")]
    with world(tmp_path, [wrong], registry=registry(1), known=known) as made:
        run(made, chrome)
        queue = queue_of(made)
        assert queue.item(wrong.filing_id).state is State.REFUSED
        assert made.truth.written_back[wrong.filing_id]["result"] == "refused"
        record = {**queue.item(wrong.filing_id).record, "basic_account_number": basic_number(1)}
        queue.correct(wrong.filing_id, record, who="clerk", now=made.clock().timestamp(), reason="asked the firm")
        summary = run(made, chrome)
        assert summary.alarms == ()
        assert judged(made, [general(1)]) == {}


def test_all_pages_of_the_pending_list_are_read(tmp_path: Path, chrome: Any) -> None:
    """A page shows twenty."""
    filings = [basic(number) for number in range(1, 22)]
    with world(tmp_path, filings, registry=[]) as made:
        summary = run(made, chrome)
        assert summary.counts[State.WAITING] == 21
        assert summary.alarms == ()
