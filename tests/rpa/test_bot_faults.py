"""Every fault that the systems can be given: an account ends right by the truth, once, or waits for a person."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rpa.bot import run_once
from rpa.browser import find_browser
from rpa.queue import State, WorkQueue
from rpa.systems import NAMES, Faults
from tests.rpa.bot_world import QUICK, World, basic, judged, world

FOUND = find_browser(os.environ)
FORMS, CONFIRM = "/filing/.*", "/filing/.*/confirm"
SURVIVED: dict[str, tuple[str, dict[str, Any]]] = {
    "session_expired": ("accounts", {"plan": (1, 2), "only": "/filing/.*/(details|confirm)"}),
    "error_500": ("accounts", {"plan": (1,), "only": CONFIRM}),
    "error_502": ("accounts", {"plan": (1,), "only": CONFIRM}),
    "error_503": ("images", {"plan": (1, 3), "only": "/upload"}),
    "error_429": ("operations", {"plan": (1, 2), "only": "/accounts/.*"}),
    "maintenance": ("accounts", {"plan": (1, 2, 3), "only": "/query"}),
    "slow_page": ("accounts", {"plan": (1,), "only": CONFIRM}),
    "closed_before_commit": ("accounts", {"plan": (1, 2), "only": CONFIRM}),
    "closed_after_commit": ("accounts", {"plan": (1, 2), "only": CONFIRM}),
    "late_commit": ("accounts", {"plan": (1, 2), "only": CONFIRM}),
    "duplicate_submit": ("accounts", {"plan": (1,)}),
    "notice": ("accounts", {"plan": (1, 3, 5)}),
    "label_changed": ("accounts", {"plan": (1, 2)}),
    "label_moved": ("accounts", {"plan": (1, 2)}),
    "label_wrapped": ("accounts", {"plan": (1, 2)}),
    "layout_changed": ("accounts", {"plan": (1, 2)}),
    "partial_upload": ("images", {"plan": (1, 2)}),
    "wrong_checksum": ("images", {"plan": (2, 4)}),
    "disk_full": ("images", {"plan": (1, 2)}),
    "download_truncated": ("operations", {"plan": (1, 2, 4)}),
    "list_twice": ("operations", {"plan": (1, 2)}),
    "list_late": ("operations", {"plan": (1, 2)}),
}
"""Faults after which an account is filed all the same: where they strike, and when."""
HANDED_OVER: dict[str, tuple[str, dict[str, Any], str]] = {
    "dialog": ("accounts", {"plan": (1,), "only": FORMS}, "a dialog that nobody knows"),
    "labels_swapped": ("accounts", {"plan": (1,)}, "存款人名称"),
    "captcha": ("accounts", {"plan": (1,)}, "what only a person can give"),
    "one_time_password": ("images", {"plan": (1,)}, "what only a person can give"),
}
"""Faults after which a person must look, and what the person is told."""
PATIENCE = replace(QUICK, page_seconds=4.0, settle_seconds=1.5)


def faults_of(name: str, plan: tuple[int, ...], only: str = "") -> Faults:
    return Faults(plan={name: plan}, only={name: only} if only else {}, slow_seconds=6.0, late_seconds=0.6)


def run(made: World, chrome: Any, **changes: Any) -> Any:
    settings = made.settings(FOUND, patience=PATIENCE, **changes)
    return chrome.run(run_once(settings, reconcile=False, browser=chrome.browser), seconds=120)


def queue_of(made: World) -> WorkQueue:
    return WorkQueue(made.settings(FOUND).queue_path)


@pytest.mark.parametrize("name", sorted(SURVIVED))
def test_an_account_is_filed_once_and_right_in_spite_of(name: str, tmp_path: Path, chrome: Any) -> None:
    system, when = SURVIVED[name]
    with world(tmp_path, [basic(1)], faults={system: faults_of(name, **when)}) as made:
        summary = run(made, chrome)
        assert made.truth.struck[system][name] >= 1
        assert judged(made, [basic(1)]) == {}, (summary.for_persons, summary.alarms)
        assert queue_of(made).item("L00000001").state is State.DONE


@pytest.mark.parametrize("name", sorted(HANDED_OVER))
def test_a_person_is_called_before_anything_wrong_is_filed_and_the_account_goes_on_afterwards(
    name: str, tmp_path: Path, chrome: Any
) -> None:
    system, when, said = HANDED_OVER[name]
    with world(tmp_path, [basic(1)], faults={system: faults_of(name, **when)}) as made:
        summary = run(made, chrome)
        assert said in summary.for_persons.get("L00000001", "nothing"), summary
        if system == "accounts":
            assert made.truth.filed == {}
        queue_of(made).resume("L00000001", who="clerk", now=made.clock().timestamp(), reason="has looked at it")
        run(made, chrome)
        assert judged(made, [basic(1)]) == {}


def test_labels_that_were_swapped_are_caught_even_if_the_system_takes_them_for_a_rule(
    tmp_path: Path, chrome: Any
) -> None:
    """With telephone and post code swapped the system refuses the form: that is no refusal of the account."""
    with world(tmp_path, [basic(1)], faults={"accounts": faults_of("labels_swapped", (1, 2, 3))}) as made:
        reasons = []
        for _ in range(3):
            reasons.append(run(made, chrome).for_persons["L00000001"])
            queue_of(made).resume("L00000001", who="clerk", now=made.clock().timestamp(), reason="has looked at it")
        assert [any(label in reason for reason in reasons) for label in ("法定代表人", "经营范围", "邮政编码")] == [
            True
        ] * 3
        assert made.truth.filed == {}
        assert made.truth.written_back == {}
        run(made, chrome)
        assert judged(made, [basic(1)]) == {}


def test_papers_that_come_late_and_broken_do_not_stay_over_the_right_ones(tmp_path: Path, chrome: Any) -> None:
    """The browser sends an upload that was not answered again, untold; the first is stored last, and wrongly."""
    after_three_pages = {"late_commit": (1,), "wrong_checksum": (4,)}
    late = Faults(plan=after_three_pages, only={"late_commit": "/upload"}, late_seconds=0.6)
    with world(tmp_path, [basic(1)], faults={"images": late}) as made:
        summary = run(made, chrome)
        struck = {name: count for name, count in made.truth.struck["images"].items() if count}
        assert struck == {"late_commit": 1, "wrong_checksum": 1}
        assert judged(made, [basic(1)]) == {}, (summary.for_persons, summary.alarms)


def test_nothing_is_filed_when_a_clock_is_wrong(tmp_path: Path, chrome: Any) -> None:
    always = Faults(plan={"clock_skew": tuple(range(1, 500))}, skew_seconds=3_600)
    with world(tmp_path, [basic(1)], faults={"accounts": always}) as made:
        summary = run(made, chrome)
        assert made.truth.filed == {}
        assert any("behind the server" in alarm for alarm in summary.alarms)
        assert made.truth.commits.total() == 0


def test_every_fault_has_its_test() -> None:
    assert {*SURVIVED, *HANDED_OVER, "clock_skew"} == set(NAMES)
