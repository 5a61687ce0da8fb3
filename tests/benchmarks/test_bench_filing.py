"""The benchmark of filing bots: its quick mode runs, and a subject that leaves an account behind is told."""

import os

import pytest

from benchmarks import filing
from benchmarks.errors import SubjectFailedError
from benchmarks.filing_day import day_of
from benchmarks.filing_robot import has_robot
from benchmarks.filing_selenium import has_selenium
from rpa.browser import find_browser
from rpa.errors import BrowserMissingError
from rpa.listing import problems

try:
    find_browser(os.environ)
    BROWSER = ""
except BrowserMissingError as error:
    BROWSER = str(error)


@pytest.mark.skipif(bool(BROWSER), reason=f"waits for a browser: {BROWSER}")
def test_the_quick_mode_measures_floor_peer_and_ours() -> None:
    seen: list[str] = []
    found = filing.run(quick=True, progress=lambda step, done, there: seen.append(step))
    subjects = {one.subject for one in found if not one.subject.startswith("part: ")}
    assert subjects == {"direct HTTP (floor)", "plain Playwright", "ours, 1 at once"}
    assert {one.metric for one in found} == {"each account", "CPU each"}
    assert all(one.value > 0 for one in found)
    assert len(seen) == 6
    parts = {one.subject: one.value for one in found if one.dataset == "2 accounts: where the time goes"}
    assert {"part: filling forms, and looking again", "part: taking pictures"} <= parts.keys()
    ours = {one.metric: one.value for one in found if one.subject == "ours, 1 at once"}
    both = parts["part: the bot's own process"] + parts["part: the browser and its driver"]
    assert both == pytest.approx(ours["CPU each"])


@pytest.mark.skipif(not has_selenium(), reason="waits for Chromium and its driver (Debian: chromium-driver)")
def test_the_plain_script_of_selenium_files_every_account() -> None:
    assert min(filing._measured("plain Selenium", 1, 2, 0.0)[:2]) > 0


@pytest.mark.skipif(not has_robot() or bool(BROWSER), reason="waits for a browser and for the extra `robot`")
def test_the_script_of_robot_framework_files_every_account() -> None:
    assert min(filing._measured("Robot Framework Browser", 1, 2, 0.0)[:2]) > 0


def test_a_subject_that_does_nothing_is_no_subject(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filing.sys, "executable", "/bin/true")
    with pytest.raises(SubjectFailedError, match="has not filed all of 1"):
        filing._measured("plain Playwright", 1, 1, 0.0)


def test_what_a_driver_says_is_told_without_its_stack() -> None:
    said = "Traceback:\n  File x\nselenium.TimeoutException: Message: late\nStacktrace:\n#0 0x1 <unknown>\n#1 0x2\n"
    assert filing._last_words(said) == "selenium.TimeoutException: Message: late"
    assert filing._last_words("") == ""


def test_the_accounts_are_as_they_should_be_and_unlike_each_other() -> None:
    accounts = day_of(60)
    assert all(problems(one, one.opened_on) == [] for one in accounts)
    assert len({(one.bank_code, one.account_number) for one in accounts}) == 60
    assert {one.account_type for one in accounts} == {"basic", "general"}
