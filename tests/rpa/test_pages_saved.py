"""Saved pages: each is recognised by one module alone and read as expected; what was broken in them is refused.

The pages come from the running systems by `save_pages.py`; the readings beside them were looked at by people.
"""

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filing_sample import BASIC, GENERAL
from save_pages import SAVED, plain

from rpa.errors import (
    BusinessError,
    FailureError,
    HandOverError,
    ReadBackError,
    RpaError,
    SessionExpiredError,
    UnknownPageError,
    UnsureError,
    UploadError,
)
from rpa.pages import accounts, images, login, maintenance, notice, operations, refused, which_page

PAGES: dict[str, list[Any]] = {
    "accounts": [getattr(accounts, name) for name in accounts.__all__],
    "operations": [getattr(operations, name) for name in operations.__all__],
    "images": [getattr(images, name) for name in images.__all__],
}
SHARED: list[Any] = [login, notice, maintenance, refused]
EVERY: list[Any] = [*SHARED, *(page for pages in PAGES.values() for page in pages)]
CASES = sorted(SAVED.glob("*/*.html"))


def saved(name: str) -> str:
    return (SAVED / f"{name}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_saved_page_is_recognised_by_its_module_alone_and_read_as_expected(path: Path) -> None:
    html, expected = path.read_text(encoding="utf-8"), json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    recognised = [page.__name__ for page in EVERY if page.recognise(html)]
    assert recognised == [expected["page"]]
    module: Any = importlib.import_module(expected["page"])
    assert plain(module.read(html)) == expected["reading"]


def test_every_page_object_has_a_saved_page() -> None:
    known = {json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["page"] for path in CASES}
    assert known == {page.__name__ for page in EVERY}


def test_a_page_of_one_system_is_not_known_in_another() -> None:
    for system, pages in PAGES.items():
        for path in CASES:
            if path.parent.name != system and path.stem in ("home", "query", "pending", "upload", "page_set", "lists"):
                with pytest.raises(UnknownPageError, match="none of the pages that may come"):
                    which_page(path.read_text(encoding="utf-8"), pages)


# what stands in the place of a page


@pytest.mark.parametrize(
    ("html", "status", "error", "said"),
    [
        (saved("accounts/login_expired"), 200, SessionExpiredError, "会话已超时"),
        (saved("accounts/login"), 200, SessionExpiredError, "the session has ended"),
        (saved("accounts/login_captcha"), 200, HandOverError, "图形验证码"),
        (saved("accounts/login_one_time"), 200, HandOverError, "短信验证码"),
        (saved("accounts/maintenance"), 503, FailureError, "under maintenance"),
        (saved("accounts/maintenance"), 200, FailureError, "under maintenance"),
        ("<h1>500</h1>", 500, FailureError, "answers 500"),
        ("<h1>429</h1>", 429, FailureError, "answers 429"),
        (saved("accounts/query_nothing"), 502, FailureError, "answers 502"),
        ("<title>404</title><h1>404</h1>", 404, UnknownPageError, "none of the pages"),
        ("", 200, UnknownPageError, "none of the pages"),
        (saved("accounts/home").replace("首页</h2>", "新版升级说明</h2>"), 200, UnknownPageError, "新版升级说明"),
    ],
)
def test_what_is_no_page_is_called_by_its_name(html: str, status: int, error: type[RpaError], said: str) -> None:
    with pytest.raises(error, match=said):
        which_page(html, PAGES["accounts"], status)


def test_a_notice_is_known_wherever_it_comes_and_one_that_wants_more_is_not() -> None:
    html = saved("accounts/notice")
    assert which_page(html, []) is notice
    with pytest.raises(UnknownPageError):
        which_page(html.replace("已阅，继续", "同意升级"), PAGES["accounts"])


def test_a_log_in_is_a_page_where_it_is_expected_unless_it_asks_for_more() -> None:
    assert which_page(saved("accounts/login"), [login]) is login
    with pytest.raises(HandOverError):
        which_page(saved("accounts/login_captcha"), [login])


def test_a_page_that_two_could_be_is_not_taken() -> None:
    with pytest.raises(UnknownPageError, match="could be each of"):
        which_page(saved("accounts/home"), [accounts.home, accounts.home])


# what was broken in a page, and who must notice


def compare(html: str) -> None:
    accounts.check.compare(html, BASIC)


def asked(html: str) -> None:
    accounts.query.on_record(html, accounts.query.Account(BASIC.bank_code, BASIC.account_number))


def stored(html: str) -> None:
    digests = {page.name: page.digest for page in images.page_set.read(saved("images/page_set")).pages}
    images.page_set.check(html, BASIC.entity, BASIC.filing_id, digests)


def written(html: str) -> None:
    outcome = operations.account.Outcome(
        is_filed=True, receipt="BA20260701000001", basic_account_number="J6201898273514"
    )
    operations.account.check_written(html, BASIC.filing_id, outcome)


REJECTS: list[tuple[str, str, str, Callable[[str], object], type[RpaError]]] = [
    # the check page
    ("accounts/check_basic", "0931-8880001", "730000", compare, ReadBackError),
    ("accounts/check_basic", "胡林</td>", "胡琳</td>", compare, ReadBackError),
    ("accounts/check_basic", "<tr><th>联系电话</th><td>0931-8880001</td></tr>", "", compare, ReadBackError),
    ("accounts/check_basic", "86500000.00", "8650000.00", compare, ReadBackError),
    ("accounts/check_basic", "C 制造业", "F 制造业", compare, ReadBackError),
    ("accounts/check_basic", "<th>联系电话</th>", "<th>传真</th>", compare, UnknownPageError),
    ("accounts/check_basic", "<th>联系电话</th>", "<th>邮政编码</th>", compare, UnknownPageError),
    ("accounts/check_basic", 'id="check"', 'id="other"', compare, ReadBackError),
    # the query
    ("accounts/query_nothing", 'value="3018210000000105"', 'value="3018210000000106"', asked, UnknownPageError),
    ("accounts/query_nothing", 'value="301821000019"', 'value=""', asked, UnknownPageError),
    ("accounts/query_nothing", "无记录", "查询超时", asked, UnknownPageError),
    ("accounts/query_nothing", 'id="nothing"', "", asked, UnknownPageError),
    ("accounts/query_nothing", "查询结果", "", asked, UnknownPageError),
    ("accounts/query", "", "", asked, UnknownPageError),
    ("accounts/query_found", "<td>3018210000000105</td>", "<td>3018210000000106</td>", asked, UnknownPageError),
    ("accounts/query_found", "<th>备案编号</th>", "<th>编号</th>", asked, UnknownPageError),
    ("accounts/query_found", "</table>\n", '</table><p id="nothing">无记录</p>', asked, UnknownPageError),
    # receipts
    ("accounts/result_basic", "<td>BA20260701000001</td>", "<td></td>", accounts.result.read, UnknownPageError),
    ("accounts/result_basic", "备案时间", "时间", accounts.result.read, UnknownPageError),
    ("accounts/sheet_basic", "<td>BA20260701000001</td>", "<td></td>", accounts.sheet.read, UnknownPageError),
    ("accounts/sheet_basic", "<th>注册地址</th>", "<th>住所</th>", accounts.sheet.read, UnknownPageError),
    # operations
    (
        "operations/pending",
        '<span id="page-last">1',
        '<span id="page-last">?',
        operations.pending.read,
        UnknownPageError,
    ),
    ("operations/pending", "<th>流水号</th>", "<th>序号</th>", operations.pending.read, UnknownPageError),
    ("operations/pending", 'id="pending"', 'id="p"', operations.pending.read, UnknownPageError),
    ("operations/pending", ">L00000001</a>", "></a>", operations.pending.read, UnknownPageError),
    ("operations/lists", "SHA-256", "MD5", operations.lists.read, UnknownPageError),
    ("operations/lists", 'id="lists"', 'id="l"', operations.lists.read, UnknownPageError),
    ("operations/account", "影像SHA-256", "影像", operations.account.read, UnknownPageError),
    (
        "operations/account_filed",
        "<th>备案结果</th><td>备案成功",
        "<th>备案结果</th><td>处理中",
        written,
        UnknownPageError,
    ),
    ("operations/account_filed", "BA20260701000001", "BA20260701000002", written, ReadBackError),
    ("operations/account_filed", "J6201898273514", "", written, ReadBackError),
    ("operations/account_filed", "<td>L00000001</td>", "<td>L00000002</td>", written, ReadBackError),
    ("operations/account", "", "", written, ReadBackError),
    ("operations/account_refused", "", "", written, BusinessError),
    # images
    ("images/page_set", "<th>页数</th><td>2", "<th>页数</th><td>3", stored, UnknownPageError),
    ("images/page_set", "<td>陇上银行</td>", "<td>河西银行</td>", stored, UploadError),
    ("images/page_set", "营业执照.png", "营业执照(1).png", stored, UploadError),
    ("images/page_set", "<th>法人机构</th>", "<th>机构</th>", stored, UnknownPageError),
    ("images/upload_refused", "", "", images.upload.check, BusinessError),
    ("images/printed", 'class="mono"', "", images.printed.read, UnknownPageError),
]


@pytest.mark.parametrize(
    ("name", "there", "instead", "call", "error"),
    REJECTS,
    ids=[f"{name}: {there or 'as it is'} -> {instead}" for name, there, instead, _, _ in REJECTS],
)
def test_a_broken_page_is_refused(
    name: str, there: str, instead: str, call: Callable[[str], object], error: type[RpaError]
) -> None:
    html = saved(name)
    assert there in html
    with pytest.raises(error):
        call(html.replace(there, instead))


def test_the_same_pages_unbroken_are_taken() -> None:
    compare(saved("accounts/check_basic"))
    asked(saved("accounts/query_nothing"))
    asked(saved("accounts/query_found"))
    stored(saved("images/page_set"))
    written(saved("operations/account_filed"))
    images.upload.check(saved("images/upload"))


def test_the_check_page_of_one_account_is_not_taken_for_anothers() -> None:
    with pytest.raises(ReadBackError) as caught:
        accounts.check.compare(saved("accounts/check_general"), BASIC)
    assert {"account_type", "depositor_name", "certificate_number", "account_number"} <= set(caught.value.fields)
    accounts.check.compare(saved("accounts/check_general"), GENERAL)


@pytest.mark.parametrize("wrong", range(64))
def test_a_stored_page_with_one_other_digit_in_its_hash_is_noticed(wrong: int) -> None:
    html = saved("images/page_set")
    digest = images.page_set.read(html).pages[0].digest
    other = digest[:wrong] + ("0" if digest[wrong] != "0" else "1") + digest[wrong + 1 :]
    with pytest.raises(UploadError, match="otherwise than it was sent"):
        stored(html.replace(digest, other))


# why a form came back


def test_a_form_that_was_not_refused_says_nothing() -> None:
    accounts.key.check(saved("accounts/key"), BASIC)
    accounts.details.check(saved("accounts/details"), GENERAL)


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("该存款人基本存款账户已销户，不得开立一般存款账户", BusinessError),
        ("该账户已备案，请勿重复提交（账号3018210000000202，备案编号BA1）", UnsureError),
        ("该备案草稿不存在或已失效，请重新录入", FailureError),
    ],
)
def test_a_refused_form_is_a_rule_s_refusal_a_doubt_or_a_failure(message: str, error: type[RpaError]) -> None:
    html = saved("accounts/key").replace("<form method=", f'<div role="alert"><p>{message}</p></div><form method=')
    with pytest.raises(error) as caught:
        accounts.key.check(html, GENERAL)
    assert type(caught.value) is error


def test_a_refused_form_that_holds_otherwise_than_the_source_is_no_rule_s_refusal() -> None:
    # what was typed there is not what GENERAL says: whoever typed it, the account is not to blame
    with pytest.raises(ReadBackError) as caught:
        accounts.key.check(saved("accounts/key_refused"), GENERAL)
    assert caught.value.fields == ("certificate_number", "opened_on")
    with pytest.raises(ReadBackError) as caught:
        accounts.details.check(saved("accounts/details_wrapped_refused"), GENERAL)
    assert caught.value.fields == ("phone", "basic_account_number")
    with pytest.raises(ReadBackError) as caught:
        accounts.details.check(saved("accounts/details_swapped_refused"), GENERAL)
    assert {"depositor_name", "legal_representative"} <= set(caught.value.fields)


def test_a_page_object_says_where_its_errors_are() -> None:
    assert accounts.key.read(saved("accounts/key_refused")).messages
    assert operations.account.read(saved("operations/account_refused")).messages
    assert images.upload.read(saved("images/upload_refused")).messages
    assert login.read(saved("accounts/login_refused")).messages == ("用户名或密码错误",)


def test_a_password_stands_in_no_representation() -> None:
    assert "hunter2" not in repr(login.Credentials("clerk", "hunter2"))
