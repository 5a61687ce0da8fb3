"""The operations platform: the list page by page, files with checksums, results that are written once."""

import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from filing_sample import BASIC, GENERAL
from visiting import NOW, cells, clerk_at, reasons, text_of

from rpa.systems.documents import documents
from rpa.systems.operations import ListFile
from rpa.systems.truth import truth_of

RESULT = {"result": "filed", "receipt": "BA20260701000001", "basic_account_number": "J6201000000001", "reason": ""}
REFUSED = {"result": "refused", "receipt": "", "basic_account_number": "", "reason": "已开立基本存款账户"}
PAGE = f"/accounts/{BASIC.filing_id}"


def test_the_list_has_pages_and_an_odd_number_leads_to_the_nearest(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "operations") as (clerk, branch):
        names = ("account_type", "depositor_name", "account_number", "entity")
        row = {name: getattr(BASIC, name) for name in names} | {"opened_at": "09:30"}
        branch.publish([row | {"filing_id": f"N{place:03d}"} for place in range(43)], NOW)
        shown = {}
        for asked in (
            "",
            "?page=2",
            "?page=3",
            "?page=99",
            "?page=-1",
            "?page=x",
            "?page=%C2%B2",
            "?page=" + "9" * 5000,
        ):
            answer = clerk.get("/pending" + asked)
            assert answer.status_code == 200
            text = text_of(answer)
            assert '<span id="total">45</span>' in text
            shown[asked] = text.split('id="page-number">')[1].split("<")[0], text.count("待备案</td>")
        assert shown[""] == shown["?page=-1"] == shown["?page=x"] == shown["?page=%C2%B2"] == ("1", 20)
        assert shown["?page=2"] == ("2", 20)
        assert shown["?page=3"] == shown["?page=99"] == ("3", 5)
        assert "上一页" in text_of(clerk.get("/pending?page=3"))


def test_papers_are_what_the_page_s_hash_says(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "operations") as (clerk, _):
        said = cells(clerk.get(PAGE))["影像SHA-256"]
        answer = clerk.get(PAGE + "/papers.zip")
        assert hashlib.sha256(answer.content).hexdigest() == said
        assert f'filename="{BASIC.filing_id}.zip"' in answer.headers["content-disposition"]
        with zipfile.ZipFile(io.BytesIO(answer.content)) as box:
            assert {name: box.read(name) for name in box.namelist()} == documents(BASIC.account_number, 400)


def test_a_list_package_is_handed_out_as_it_was_given(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "operations") as (clerk, branch):
        assert "暂无清单" in text_of(clerk.get("/lists"))
        branch.lists.append(ListFile("清单 1.json", "2026-07-01", b"sealed"))
        page = text_of(clerk.get("/lists"))
        assert hashlib.sha256(b"sealed").hexdigest() in page
        answer = clerk.get(page.split('<td><a href="')[1].split('"')[0])
        assert answer.content == b"sealed"
        assert answer.headers["content-disposition"].endswith("UTF-8''%E6%B8%85%E5%8D%95%201.json")


def test_a_result_is_written_once_and_the_same_again_changes_nothing(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "operations") as (clerk, branch):
        assert cells(clerk.send(PAGE + "/result", RESULT))["备案结果"] == "备案成功"
        assert cells(clerk.send(PAGE + "/result", RESULT))["状态"] == "备案成功"
        other = clerk.send(PAGE + "/result", REFUSED)
        assert other.status_code == 409
        assert reasons(other) == ["该流水号结果已回写：备案成功，不得更改"]
        assert len(branch.records["operations"].log("written back")) == 1
        assert truth_of(branch).written_back[BASIC.filing_id]["receipt"] == RESULT["receipt"]


def test_a_refusal_may_be_followed_by_a_filing_and_by_nothing_else(tmp_path: Path) -> None:
    """A person has put the account right, and it was filed after all."""
    with clerk_at(tmp_path, "operations") as (clerk, branch):
        assert cells(clerk.send(PAGE + "/result", REFUSED))["备案结果"] == "备案失败"
        assert clerk.send(PAGE + "/result", REFUSED | {"reason": "其他"}).status_code == 409
        assert cells(clerk.send(PAGE + "/result", RESULT))["备案结果"] == "备案成功"
        assert clerk.send(PAGE + "/result", REFUSED).status_code == 409
        assert truth_of(branch).written_back[BASIC.filing_id]["receipt"] == RESULT["receipt"]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "请选择备案结果"),
        ({"result": "<b>"}, "请选择备案结果"),
        (RESULT | {"receipt": " "}, "备案成功应填写备案编号"),
        (RESULT | {"receipt": "第一号"}, "备案编号格式错误"),
        (RESULT | {"basic_account_number": ""}, "应填写基本存款账户编号"),
        (REFUSED | {"reason": ""}, "备案失败应填写原因"),
        (REFUSED | {"reason": "因" * 1001}, "失败原因过长"),
        (REFUSED | {"reason": "因\x00果"}, "无法识别的字符"),
    ],
)
def test_a_result_that_says_nothing_is_refused_and_stays_typed(tmp_path: Path, form: dict[str, str], said: str) -> None:
    with clerk_at(tmp_path, "operations") as (clerk, branch):
        answer = clerk.send(PAGE + "/result", form)
        assert answer.status_code == 422
        assert [said in one for one in reasons(answer)] == [True]
        assert ("selected" in text_of(answer)) == (form.get("result") in ("filed", "refused"))
        assert truth_of(branch).written_back == {}


def test_a_reason_is_shown_as_text(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "operations") as (clerk, _):
        answer = clerk.send(PAGE + "/result", REFUSED | {"reason": "<script>alert(1)</script>"})
        assert "<script>alert(1)" not in answer.text
        assert "&lt;script&gt;" in answer.text


@pytest.mark.parametrize(
    "path", ["/accounts/L0", "/accounts/L0/papers.zip", "/lists/none.json", "/accounts/..%2F..%2Fetc"]
)
def test_what_is_not_there_is_said_so(tmp_path: Path, path: str) -> None:
    with clerk_at(tmp_path, "operations") as (clerk, _):
        answer = clerk.get(path)
        assert answer.status_code == 404
        assert len(reasons(answer)) == 1


def test_a_user_of_another_legal_entity_sees_nothing_of_it(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "operations") as (clerk, branch):
        guest = clerk.another().log_in("guest")
        assert '<span id="total">0</span>' in text_of(guest.get("/pending"))
        assert guest.get(PAGE).status_code == guest.get(PAGE + "/papers.zip").status_code == 404
        assert guest.send(PAGE + "/result", RESULT).status_code == 404
        assert GENERAL.depositor_name in text_of(clerk.get("/pending"))
        assert truth_of(branch).written_back == {}
