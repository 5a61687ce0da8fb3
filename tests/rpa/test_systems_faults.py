"""Every switch does what it says, on the occasion that was planned, and is counted."""

import re
from pathlib import Path

import numpy as np
import pytest
from filing_sample import BASIC, GENERAL
from visiting import (
    USERS,
    branch_in,
    cells,
    clerk_at,
    details_of,
    draft_of,
    file_account,
    key_of,
    reasons,
    text_of,
    visitors,
)

from rpa.errors import RpaError
from rpa.systems import NAMES, Faults
from rpa.systems.faults import PLACES
from rpa.systems.truth import truth_of


def plan(name: str, *occasions: int, **knobs: float) -> Faults:
    return Faults(plan={name: occasions or (1,)}, **knobs)


def labels(page: str) -> dict[str, str]:
    """Label of each field, by the field's name."""
    return dict(re.findall(r'<label for="(\w+)">([^<]*)</label>', page))


def test_a_session_ends_in_the_middle_of_a_form(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts", plan("session_expired", 4)) as (clerk, branch):
        page = clerk.send("/filing/new", key_of(BASIC))
        assert page.url.path.endswith("/details")
        clerk.get("/")
        assert reasons(clerk.send(page.url.path, details_of(BASIC))) == ["会话已超时，请重新登录"]
        clerk.log_in()
        assert clerk.send(page.url.path, details_of(BASIC)).url.path.endswith("/check")  # what was begun is still there
        assert truth_of(branch).struck["accounts"]["session_expired"] == 1


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_a_server_fails_once_and_is_well_again(tmp_path: Path, status: int) -> None:
    with clerk_at(tmp_path, "operations", plan(f"error_{status}", 2)) as (clerk, branch):
        assert [clerk.get("/pending").status_code for _ in range(3)] == [200, status, 200]
        assert truth_of(branch).struck["operations"][f"error_{status}"] == 1


@pytest.mark.parametrize(("status", "commits"), [(500, 0), (502, 1), (503, 0), (429, 0)])
def test_only_behind_a_gateway_that_fails_a_form_has_arrived(tmp_path: Path, status: int, commits: int) -> None:
    with clerk_at(tmp_path, "accounts") as (clerk, branch):
        draft = draft_of(clerk, BASIC)
        branch.sites["accounts"].faults = Faults(plan={f"error_{status}": (1,)}, only={f"error_{status}": ".*/confirm"})
        answer = clerk.send(draft + "/confirm", {})
        assert answer.status_code == status
        assert ("retry-after" in answer.headers) == (status in (503, 429))
        assert truth_of(branch).commits.total() == commits


def test_a_failing_server_spares_the_log_in_unless_it_is_named(tmp_path: Path) -> None:
    with visitors(branch := branch_in(tmp_path)) as some:
        branch.sites["images"].faults = plan("error_503")
        assert some["images"].get("/login").status_code == 200
        branch.sites["images"].faults.switch("error_503", plan=(1,), only="/login")
        assert some["images"].get("/login").status_code == 503


@pytest.mark.parametrize("system", ["operations", "accounts", "images"])
def test_a_maintenance_page_stands_in_the_place_of_another(tmp_path: Path, system: str) -> None:
    with clerk_at(tmp_path, system, plan("maintenance")) as (clerk, _):
        answer = clerk.get("/")
        assert answer.status_code == 503
        assert "系统维护中，请稍后再试" in text_of(answer)
        assert clerk.get("/").status_code == 200


def test_a_notice_stands_before_a_page_and_leads_on_to_it(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts", plan("notice", 1, 3)) as (clerk, branch):
        notice = text_of(clerk.get("/query?bank_code=301821000019&account_number=62"))
        assert "系统公告" in notice
        onward = re.search(r'<a href="([^"]*)">已阅，继续</a>', notice)
        assert onward is not None
        assert "无记录" in text_of(clerk.get(onward[1]))
        assert '<a href="/evil.example">' in text_of(clerk.get("http://here//evil.example"))  # it leads nowhere else
        clerk.send("/filing/new", {})
        assert branch.sites["accounts"].faults.occasions["notice"] == 3  # no form is lost behind a notice


@pytest.mark.parametrize("system", ["operations", "accounts", "images"])
def test_a_dialog_opens_on_a_page(tmp_path: Path, system: str) -> None:
    with clerk_at(tmp_path, system, plan("dialog", 2)) as (clerk, _):
        assert ["alert(" in clerk.get("/").text for _ in range(3)] == [False, True, False]


def test_labels_read_otherwise_and_their_fields_are_the_same(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts", plan("label_changed", 2)) as (clerk, _):
        usual, changed = (labels(text_of(clerk.get("/filing/new"))) for _ in range(2))
        assert usual.keys() == changed.keys()
        assert changed["certificate_number"] == "社会信用代码" != usual["certificate_number"]


def test_labels_stand_in_another_order(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts", plan("label_moved", 2)) as (clerk, _):
        usual, moved = (labels(text_of(clerk.get("/filing/new"))) for _ in range(2))
        assert usual == moved
        assert list(usual) != list(moved)


def test_labels_wrap_their_fields(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts", Faults(plan={"label_wrapped": (1, 2), "layout_changed": (2,)})) as (clerk, _):
        for _ in range(2):
            page = text_of(clerk.get("/filing/new"))
            assert labels(page) == {}
            assert len(re.findall(r"<label[^>]*>(?:<span>)?[^<]+(?:</span>)? *<(?:select|input)", page)) == 5


def test_the_layout_is_another(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts", plan("layout_changed")) as (clerk, _):
        page = text_of(clerk.get("/filing/new"))
        assert '<div class="grid">' in page
        assert len(labels(page)) == 5


def test_two_labels_are_exchanged_another_pair_each_time_and_what_is_typed_by_them_is_wrong(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts", plan("labels_swapped", 2, 3, 4)) as (clerk, branch):
        address = clerk.send("/filing/new", key_of(BASIC)).url.path
        first, second, third = (labels(text_of(clerk.get(address))) for _ in range(3))
        assert branch.sites["accounts"].faults.struck["labels_swapped"] == 3
        assert (first["depositor_name"], first["legal_representative"]) == ("法定代表人", "存款人名称")
        assert (second["address"], second["business_scope"]) == ("经营范围", "注册地址")
        assert (third["phone"], third["post_code"]) == ("邮政编码", "联系电话")
        typed = {"depositor_name": BASIC.legal_representative, "legal_representative": BASIC.depositor_name}
        answer = clerk.send(address, details_of(BASIC, **typed))
        assert answer.url.path.endswith("/check")  # no check of the system finds it
        assert cells(answer)["存款人名称"] == BASIC.legal_representative


@pytest.mark.parametrize(("kind", "field"), [("captcha", "captcha"), ("one_time_password", "one_time_password")])
def test_a_log_in_asks_what_only_people_know(tmp_path: Path, kind: str, field: str) -> None:
    branch = branch_in(tmp_path, faults={"accounts": plan(kind)})
    with visitors(branch) as some:
        door, site = some["accounts"], branch.sites["accounts"]
        form = {"username": "clerk", "password": USERS["clerk"]}
        page = text_of(door.get("/login"))
        assert f'name="{field}"' in page
        first = site.seen_by_people[-1][-6:]
        assert first not in page
        for guess in ({}, {field: ""}, {field: "000000" if first != "000000" else "1"}):
            assert reasons(door.send("/login", form | guess)) == ["验证码错误"]
        assert reasons(door.send("/login", form | {field: first})) == [
            "验证码错误"
        ]  # each code is good for one attempt
        assert door.send("/login", form | {field: site.seen_by_people[-1][-6:]}).url.path == "/"
        assert len(branch.records["accounts"].log("log-in refused")) == 4


def test_leaving_out_the_log_in_s_page_does_not_spare_its_question(tmp_path: Path) -> None:
    branch = branch_in(tmp_path, faults={"accounts": plan("captcha")})
    with visitors(branch) as some:
        answer = some["accounts"].send("/login", {"username": "clerk", "password": USERS["clerk"]})
        assert reasons(answer) == ["请输入验证码"]
        assert "data:image/png;base64," in text_of(answer)


def test_codes_cannot_be_tried_out(tmp_path: Path) -> None:
    with visitors(branch_in(tmp_path, faults={"accounts": plan("one_time_password")})) as some:
        form = {"username": "clerk", "password": USERS["clerk"]}
        some["accounts"].get("/login")
        for guess in range(5):
            some["accounts"].send("/login", form | {"one_time_password": f"{guess:06d}"})
        assert "用户已锁定" in reasons(some["accounts"].send("/login", form))[0]


def test_a_confirmation_that_arrives_twice_is_one_filing_and_answers_the_second(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts", plan("duplicate_submit")) as (clerk, branch):
        answer = file_account(clerk, BASIC)
        assert answer.status_code == 409
        assert "该账户已备案" in reasons(answer)[0]
        truth = truth_of(branch)
        assert truth.commits.total() == truth.attempts_again.total() == 1


def test_a_clock_is_wrong_on_pages_in_headers_and_on_receipts_but_not_in_the_truth(tmp_path: Path) -> None:
    skewed = Faults(plan={"clock_skew": (1,)}, skew_seconds=-36_000.0)
    with clerk_at(
        tmp_path,
        "accounts",
        skewed,
    ) as (clerk, branch):
        answer = clerk.get("/")
        assert answer.headers["date"] == "Tue, 30 Jun 2026 16:00:00 GMT"
        skewed.skew_seconds = 86_400.0
        shown = cells(file_account(clerk, GENERAL))
        assert shown["备案时间"] == "2026-07-02T10:00:00"
        assert shown["备案编号"].startswith("BA20260702")
        [at] = truth_of(branch).filed_at.values()
        assert at == branch.sites["accounts"].clock()
        skewed.switch("clock_skew")
        assert clerk.get("/").headers["date"] == "Wed, 01 Jul 2026 02:00:00 GMT"


def test_faults_strike_by_chance_as_often_as_they_are_told_and_the_same_seed_strikes_alike() -> None:
    def hits(seed: int) -> list[bool]:
        faults = Faults({"error_500": 0.2}, rng=np.random.default_rng(seed))
        return [faults.strikes("error_500") for _ in range(1_000)]

    assert 150 < sum(hits(1)) < 250
    assert hits(1) == hits(1) != hits(2)


def test_faults_can_be_switched_while_a_system_runs(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "images", Faults()) as (clerk, branch):
        faults = branch.sites["images"].faults
        assert clerk.get("/").status_code == 200
        faults.switch("error_503", plan=(1, 2))
        assert [clerk.get("/").status_code for _ in range(3)] == [503, 503, 200]
        faults.plan = {"error_500": (1,)}
        faults.occasions.clear()
        assert clerk.get("/").status_code == 500
        assert {name: many for name, many in faults.struck.items() if many} == {"error_503": 2, "error_500": 1}


@pytest.mark.parametrize(
    "wrong",
    [
        {"rates": {"error_418": 0.1}},
        {"plan": {"error_418": (1,)}},
        {"only": {"error_418": "/"}},
        {"only": {"error_500": "("}},
        {"rates": {"error_500": 1.5}, "rng": np.random.default_rng(1)},
        {"rates": {"error_500": 0.5}},
    ],
)
def test_switches_that_are_none_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(RpaError, match=r"418|regular expression|from 0 to 1|generator"):
        Faults(**wrong)  # type: ignore[arg-type]  # wrong on purpose


def test_places_name_switches_and_systems() -> None:
    assert set(PLACES) <= set(NAMES)
    assert {system for systems in PLACES.values() for system in systems} == {"operations", "accounts", "images"}
