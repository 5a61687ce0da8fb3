"""Pages of the central bank's system, driven in a real browser: the whole way, and every fault that a form can have."""

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Chrome
from driving import NOW, at, log_in, systems, up_to_check
from filing_sample import BASIC, GENERAL

from rpa.browser import differences, go
from rpa.errors import (
    BusinessError,
    FailureError,
    HandOverError,
    ReadBackError,
    RpaError,
    SessionExpiredError,
    UnknownPageError,
    UnsureError,
)
from rpa.filing import Filing
from rpa.pages import accounts, login
from rpa.systems import Faults

ASKED = accounts.query.Account(BASIC.bank_code, BASIC.account_number)

ALWAYS = tuple(range(1, 30))


def test_an_account_is_asked_for_filed_found_and_printed(chrome: Chrome, tmp_path: Path) -> None:
    with at(chrome, tmp_path, "accounts") as driven:
        where = accounts.query.address(driven.base, ASKED)
        assert accounts.query.on_record(driven.html(where), ASKED) is None
        result = driven.file(BASIC)
        record = accounts.query.on_record(driven.html(where), ASKED)
        assert record is not None
        assert (record.receipt, record.depositor_name) == (result.receipt, BASIC.depositor_name)
        assert record.basic_account_number == result.basic_account_number != ""
        sheet = accounts.sheet.read(driven.html(f"{driven.base}{accounts.sheet.PATH}{result.receipt}"))
        assert (sheet.receipt, differences(BASIC, sheet.shown)) == (result.receipt, ())
        assert driven.tab.healed == []


@pytest.mark.parametrize(
    "filing",
    [
        GENERAL,
        replace(BASIC, capital_fen=None, capital_currency=""),
        replace(
            BASIC, capital_fen=1, business_scope="餐饮服务；\n食品经营（凭许可证）", superior_unit="甘肃𬬮业集团·镕"
        ),
        replace(BASIC, depositor_name='兰州 "A&B" <河西> 有限公司', capital_currency="USD"),
    ],
    ids=["general", "capital not stated", "lines and letters beyond GBK", "marks of HTML"],
)
def test_values_of_all_kinds_go_through_pages_in_gbk(chrome: Chrome, tmp_path: Path, filing: Filing) -> None:
    with at(chrome, tmp_path, "accounts") as driven:
        driven.file(filing)
        assert driven.filed() == [filing.account_number]


@pytest.mark.parametrize(
    ("fault", "ways"),
    [
        ("label_changed", {"another label", "name"}),
        ("label_moved", set()),
        ("label_wrapped", set()),
        ("layout_changed", set()),
    ],
)
def test_a_form_that_looks_otherwise_is_filled_and_what_was_healed_is_told(
    chrome: Chrome, tmp_path: Path, fault: str, ways: set[str]
) -> None:
    with at(chrome, tmp_path, "accounts", Faults(plan={fault: ALWAYS})) as driven:
        driven.file(BASIC)
        assert driven.branch.sites["accounts"].faults.struck[fault] >= 2
        assert {one.found_by for one in driven.tab.healed} == ways
        assert all(one.took != one.asked for one in driven.tab.healed)
        assert driven.filed() == [BASIC.account_number]


def test_exchanged_labels_of_any_pair_are_caught_before_anything_is_confirmed(chrome: Chrome, tmp_path: Path) -> None:
    pairs = [("depositor_name", "legal_representative"), ("address", "business_scope"), ("phone", "post_code")]
    with at(chrome, tmp_path, "accounts", Faults(plan={"labels_swapped": (1, 2, 3)})) as driven:
        for pair in pairs:
            with pytest.raises(ReadBackError) as caught:
                driven.file(BASIC)
            assert set(caught.value.fields) == set(pair)
            assert {one.field for one in driven.tab.healed} == set(pair)
            assert {one.found_by for one in driven.tab.healed} == {"label, against its name"}
            driven.tab.healed.clear()
        assert driven.filed() == []
        driven.file(BASIC)
        assert driven.filed() == [BASIC.account_number]


def test_labels_that_stay_exchanged_on_the_form_that_came_back_are_caught_too(chrome: Chrome, tmp_path: Path) -> None:
    with at(chrome, tmp_path, "accounts", Faults(plan={"labels_swapped": ALWAYS})) as driven:
        for filing in (BASIC, GENERAL, BASIC):  # the third pair is refused by the system, the others are not
            with pytest.raises(ReadBackError) as caught:
                driven.file(filing)
        assert {"phone", "post_code"} <= set(caught.value.fields)
        assert driven.filed() == []


def test_values_of_exchanged_labels_that_pass_every_check_of_the_system_are_caught_on_the_check_page(
    chrome: Chrome, tmp_path: Path
) -> None:
    only = {"labels_swapped": r"/filing/.*/details"}
    with at(chrome, tmp_path, "accounts", Faults(plan={"labels_swapped": (1,)}, only=only)) as driven:
        answer = chrome.run(up_to_check(driven.tab, driven.base, BASIC))
        assert accounts.check.recognise(answer.html)  # the system has found nothing wrong
        with pytest.raises(ReadBackError) as caught:
            chrome.run(accounts.check.submit(driven.tab, BASIC))
        assert caught.value.fields == ("depositor_name", "legal_representative")
        assert driven.filed() == []


def test_a_rule_s_refusal_is_a_person_s_business(chrome: Chrome, tmp_path: Path) -> None:
    with at(chrome, tmp_path, "accounts") as driven:
        driven.file(BASIC)
        with pytest.raises(BusinessError, match="已开立基本存款账户"):
            driven.file(replace(BASIC, account_number="3018210000000999"))
        with pytest.raises(BusinessError, match="基本存款账户编号"):
            driven.file(replace(GENERAL, basic_account_number="J8210000015839"))
        assert driven.filed() == [BASIC.account_number]


def test_an_account_that_is_on_record_is_a_doubt_and_not_a_person_s_business(chrome: Chrome, tmp_path: Path) -> None:
    with at(chrome, tmp_path, "accounts") as driven:
        driven.file(BASIC)
        with pytest.raises(UnsureError, match="已备案"):
            driven.file(BASIC)


@pytest.mark.parametrize(
    ("fault", "committed"),
    [
        ("closed_before_commit", False),
        ("closed_after_commit", True),
        ("duplicate_submit", True),
        ("error_502", True),
        ("error_503", False),
        ("error_429", False),
        ("maintenance", False),
        ("session_expired", False),
    ],
)
def test_whatever_goes_wrong_with_a_confirmation_is_a_doubt(
    chrome: Chrome, tmp_path: Path, fault: str, committed: bool
) -> None:
    faults = Faults(plan={fault: ALWAYS}, only={fault: r"/filing/.*/confirm"})
    with at(chrome, tmp_path, "accounts", faults) as driven:
        with pytest.raises(UnsureError):
            driven.file(BASIC)
        assert driven.filed() == ([BASIC.account_number] if committed else [])


@pytest.mark.parametrize("fault", ["closed_before_commit", "closed_after_commit"])
def test_a_confirmation_that_the_browser_sends_again_by_itself_files_once(
    chrome: Chrome, tmp_path: Path, fault: str
) -> None:
    # Chromium repeats a request on a connection that it had used before and that ends without an answer
    faults = Faults(plan={fault: (1,)}, only={fault: r"/filing/.*/confirm"})
    with at(chrome, tmp_path, "accounts", faults) as driven:
        try:
            receipt = driven.file(BASIC).receipt
        except UnsureError:
            receipt = ""
        assert faults.struck[fault] == 1
        record = accounts.query.on_record(driven.html(accounts.query.address(driven.base, ASKED)), ASKED)
        assert driven.filed() == ([BASIC.account_number] if record else [])
        assert not receipt or (record is not None and record.receipt == receipt)
        assert record is not None or fault == "closed_before_commit"


def test_a_dialog_stops_the_form_before_anything_is_typed(chrome: Chrome, tmp_path: Path) -> None:
    faults = Faults(plan={"dialog": ALWAYS}, only={"dialog": r"/filing/.*"})
    with at(chrome, tmp_path, "accounts", faults) as driven:
        with pytest.raises(UnknownPageError, match="a dialog that nobody knows came up"):
            driven.file(BASIC)
        assert driven.filed() == []


def test_notices_are_passed_wherever_they_stand(chrome: Chrome, tmp_path: Path) -> None:
    faults = Faults(plan={"notice": tuple(range(2, 60, 2))})
    with at(chrome, tmp_path, "accounts", faults) as driven:
        driven.file(BASIC)
        assert faults.struck["notice"] > 2


def test_notices_without_an_end_are_a_failure(chrome: Chrome, tmp_path: Path) -> None:
    with at(chrome, tmp_path, "accounts") as driven:
        driven.branch.sites["accounts"].faults.switch("notice", plan=ALWAYS)
        with pytest.raises(FailureError, match="one notice after another"):
            driven.file(BASIC)


def test_failures_in_the_middle_of_a_form_are_called_by_their_names(chrome: Chrome, tmp_path: Path) -> None:
    named: list[tuple[str, type[RpaError]]] = [
        *((fault, FailureError) for fault in ("error_500", "error_502", "error_503", "error_429", "maintenance")),
        ("slow_page", FailureError),
        ("session_expired", SessionExpiredError),
    ]
    with at(chrome, tmp_path, "accounts", Faults(slow_seconds=3.0), patience=2.0) as driven:
        faults = driven.branch.sites["accounts"].faults
        for fault, error in named:
            faults.switch(fault, plan=ALWAYS, only=r"/filing/.*/details")
            with pytest.raises(error) as caught:
                driven.file(BASIC)
            assert type(caught.value) is error, fault
            faults.switch(fault)
        assert driven.filed() == []
        chrome.run(log_in(driven.tab, driven.base, accounts.home))
        driven.file(BASIC)  # and all of it goes on when the system is well again
        assert driven.filed() == [BASIC.account_number]


@pytest.mark.parametrize("fault", ["captcha", "one_time_password"])
def test_a_log_in_that_asks_for_more_is_handed_over_and_nothing_is_sent(
    chrome: Chrome, tmp_path: Path, fault: str
) -> None:
    faults = Faults(plan={fault: ALWAYS})
    with systems(tmp_path, {"accounts": faults}) as (addresses, branch), chrome.open_tab(tmp_path / "files") as tab:
        with pytest.raises(HandOverError, match="验证码"):
            chrome.run(log_in(tab, addresses["accounts"], accounts.home))
        chrome.run(go(tab, addresses["accounts"] + login.PATH))
        sent = branch.sites["accounts"].requests
        with pytest.raises(HandOverError, match="验证码"):
            chrome.run(login.submit(tab, login.Credentials("clerk", "any")))
        assert branch.sites["accounts"].requests == sent


def test_a_password_that_is_refused_is_handed_over_at_once_and_stands_in_no_message(
    chrome: Chrome, tmp_path: Path
) -> None:
    with systems(tmp_path) as (addresses, _), chrome.open_tab(tmp_path / "files") as tab:
        chrome.run(go(tab, addresses["accounts"] + login.PATH))
        with pytest.raises(HandOverError, match="用户名或密码错误") as caught:
            chrome.run(login.submit(tab, login.Credentials("clerk", "hunter2")))
        assert "hunter2" not in str(caught.value)


def test_an_answer_says_what_day_the_system_believes_it_is(chrome: Chrome, tmp_path: Path) -> None:
    with at(chrome, tmp_path, "accounts") as driven:
        answer = chrome.run(go(driven.tab, driven.base))
        assert accounts.home.read(answer.html).today == f"{NOW:%Y-%m-%d}"
        assert answer.dated == "Wed, 01 Jul 2026 02:00:00 GMT"
