"""The account-management system: what it takes, what it refuses and in which words, and that it files once."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from filing_sample import BASIC, GENERAL
from visiting import (
    NOW,
    cells,
    clerk_at,
    details_of,
    draft_of,
    file_account,
    key_of,
    reasons,
    text_of,
)

from rpa.systems import central_bank
from rpa.systems.records import Records
from rpa.systems.truth import on_record, truth_of


def test_what_was_typed_is_what_is_checked_and_what_is_filed(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts", banks={BASIC.bank_code: BASIC.bank_name}) as (clerk, branch):
        draft = draft_of(clerk, BASIC)
        checked = cells(clerk.get(draft + "/check"))
        assert checked["存款人名称"] == BASIC.depositor_name
        assert checked["银行机构名称"] == BASIC.bank_name
        assert checked["行业分类"] == "C 制造业"
        assert checked["注册资金（元）"] == "86500000.00"
        receipt = cells(clerk.send(draft + "/confirm", {}))
        filed = truth_of(branch).filed[BASIC.bank_code, BASIC.account_number]
        assert {name: filed[name] for name in on_record(BASIC)} == on_record(BASIC)
        assert receipt["备案编号"] == filed["receipt"]
        assert receipt["基本存款账户编号"] == filed["basic_account_number"]
        sheet = cells(clerk.get(f"/sheet/{filed['receipt']}"))
        assert sheet["备案时间"] == "2026-07-01T10:00:00"
        assert sheet["经营范围"] == BASIC.business_scope


def test_a_query_tells_what_is_on_record_and_what_is_not(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts") as (clerk, _):
        address = f"/query?bank_code={BASIC.bank_code}&account_number={BASIC.account_number}"
        assert "无记录" in text_of(clerk.get(address))
        file_account(clerk, BASIC)
        found = cells(clerk.get(address))
        assert found["备案编号"] == "BA20260701000001"
        assert found["存款人名称"] == BASIC.depositor_name
        assert reasons(clerk.get(f"/query?bank_code={BASIC.bank_code}")) == ["请输入银行机构代码和账号"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"account_type": ""}, "请选择账户性质"),
        ({"account_type": "savings"}, "请选择账户性质"),
        ({"certificate_number": "91620100126154355X"}, "校验位不符"),
        ({"certificate_number": "91620100126154355r"}, "校验位不符"),
        ({"account_number": "1234567"}, "账号应为8至32位数字"),
        ({"account_number": "１２３４５６７８"}, "账号应为8至32位数字"),
        ({"bank_code": "3018210000"}, "银行机构代码应为12位数字"),
        ({"bank_code": "999999999999"}, "银行机构代码999999999999不存在"),
        ({"opened_on": "2026-07-02"}, "开户日期不能晚于系统日期2026-07-01"),
        ({"opened_on": "2026-02-30"}, "开户日期格式应为YYYY-MM-DD"),
        ({"opened_on": "2026-W27-3"}, "开户日期格式应为YYYY-MM-DD"),
    ],
)
def test_wrong_key_information_is_refused_in_words(tmp_path: Path, changes: dict[str, str], said: str) -> None:
    with clerk_at(tmp_path, "accounts", banks={BASIC.bank_code: BASIC.bank_name}) as (clerk, _):
        answer = clerk.send("/filing/new", key_of(BASIC, **changes))
        assert len(reasons(answer)) == 1
        assert said in reasons(answer)[0]
        assert f'value="{BASIC.account_number}"' in text_of(answer) or "account_number" in changes  # it stays typed


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"depositor_name": ""}, "存款人名称不能为空"),
        ({"depositor_name": "河" * 101}, "存款人名称长度应为2至100个字符"),
        ({"depositor_name": "河西\x07公司"}, "存款人名称含有系统无法识别的字符"),
        ({"depositor_category": "99"}, "请选择存款人类别"),
        ({"industry": "Z"}, "请选择行业分类"),
        ({"post_code": "73000"}, "邮政编码应为6位数字"),
        ({"area_code": "62010"}, "注册地地区代码应为6位数字"),
        ({"area_code": "990100"}, "注册地地区代码990100不存在"),
        ({"phone": "0931"}, "联系电话格式错误"),
        ({"capital": "1.005"}, "注册资金应为数字"),
        ({"capital": "0.00"}, "注册资金应为数字"),
        ({"capital_currency": ""}, "注册资金应为数字"),
        ({"capital_currency": "GBP"}, "注册资金应为数字"),
        ({"capital": "未注明"}, "注册资金未注明时币种应为空"),
    ],
)
def test_wrong_details_are_refused_in_words(tmp_path: Path, changes: dict[str, str], said: str) -> None:
    with clerk_at(tmp_path, "accounts") as (clerk, branch):
        page = clerk.send("/filing/new", key_of(BASIC))
        answer = clerk.send(str(page.url), details_of(BASIC, **changes))
        assert [said in one for one in reasons(answer)] == [True]
        assert not branch.records["accounts"].log("filed")


def test_a_capital_that_is_not_stated_is_taken(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts") as (clerk, _):
        answer = file_account(clerk, replace(BASIC, capital_fen=None, capital_currency=""))
        assert "备案成功" in text_of(answer)


@pytest.mark.parametrize(
    ("filing", "known", "said"),
    [
        (BASIC, "open", "已开立基本存款账户"),
        (BASIC, "dormant", "久悬"),
        (replace(GENERAL, certificate_number=BASIC.certificate_number), "cancelled", "已销户"),
        (replace(GENERAL, certificate_number=BASIC.certificate_number), "dormant", "久悬状态"),
        (replace(GENERAL, certificate_number=BASIC.certificate_number), "", "未查询到该存款人的基本存款账户"),
    ],
)
def test_the_state_of_the_basic_account_decides(tmp_path: Path, filing: Any, known: str, said: str) -> None:
    before = [(BASIC.certificate_number, "J8210000000001", known)] if known else []
    with clerk_at(tmp_path, "accounts", known=before) as (clerk, _):
        assert [said in one for one in reasons(clerk.send("/filing/new", key_of(filing)))] == [True]


def test_a_firm_whose_basic_account_was_cancelled_may_open_another(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts", known=[(BASIC.certificate_number, "J8210000000001", "cancelled")]) as (
        clerk,
        _,
    ):
        assert cells(file_account(clerk, BASIC))["基本存款账户编号"] != "J8210000000001"


def test_a_general_account_needs_the_number_of_its_own_firm(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts") as (clerk, _):
        page = clerk.send("/filing/new", key_of(GENERAL))
        answer = clerk.send(str(page.url), details_of(GENERAL, basic_account_number="J8210000015839"))
        assert reasons(answer) == ["基本存款账户编号与存款人不符，请核对"]
        assert "备案成功" in text_of(file_account(clerk, GENERAL))


@pytest.mark.parametrize(("state", "said"), [("cancelled", "该账户已销户"), ("dormant", "该账户为久悬账户")])
def test_an_account_that_was_closed_is_not_filed_again(tmp_path: Path, state: str, said: str) -> None:
    account = (BASIC.bank_code, BASIC.account_number, state)
    with clerk_at(tmp_path, "accounts", known_accounts=[account]) as (clerk, branch):
        assert said in reasons(clerk.send("/filing/new", key_of(BASIC)))[0]
        shown = clerk.get(f"/query?bank_code={BASIC.bank_code}&account_number={BASIC.account_number}")
        assert cells(shown)["账户状态"] == central_bank.STATES[state]
        assert truth_of(branch).filed == {}


def test_a_second_confirmation_is_refused_with_the_first_one_s_receipt(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts") as (clerk, branch):
        draft = draft_of(clerk, BASIC)
        clerk.send(draft + "/confirm", {})
        again = clerk.send(draft + "/confirm", {})
        assert again.status_code == 409
        assert "备案编号BA20260701000001" in reasons(again)[0]
        assert reasons(clerk.send("/filing/new", key_of(BASIC))) == reasons(again)
        assert "备案成功" in text_of(clerk.get(draft + "/check"))  # a draft that was filed leads to its receipt
        assert truth_of(branch).commits.total() == 1
        assert truth_of(branch).attempts_again.total() == 1


def test_two_confirmations_at_the_same_moment_are_one_filing(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts") as (clerk, branch):
        draft = draft_of(clerk, BASIC)
        answers = clerk.both(("POST", draft + "/confirm"), ("POST", draft + "/confirm"))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        assert truth_of(branch).commits.total() == 1


def test_two_processes_on_one_file_make_one_filing_and_one_basic_account(tmp_path: Path) -> None:
    mine, theirs = (Records(tmp_path / "accounts.db") for _ in range(2))
    forms = [
        {**on_record(BASIC), "basic_account_number": "", "account_number": f"6200000{place}"} for place in range(8)
    ]
    done: list[Any] = []

    def file(records: Records, form: dict[str, str]) -> None:
        done.append(central_bank.commit(records, form, "clerk", shown_at=NOW, at=NOW))

    threads = [threading.Thread(target=file, args=(records, form)) for form in forms for records in (mine, theirs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(one, dict) for one in done) == 1
    assert len(done) == 16
    assert mine.count("account") == mine.count("depositor") == mine.count("receipt") == 1
    mine.close()
    theirs.close()


def test_two_drafts_of_one_firm_do_not_make_two_basic_accounts(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts") as (clerk, branch):
        one, other = draft_of(clerk, BASIC), draft_of(clerk, replace(BASIC, account_number="62000000000001"))
        clerk.send(one + "/confirm", {})
        assert "已开立基本存款账户" in reasons(clerk.send(other + "/confirm", {}))[0]
        assert truth_of(branch).commits.total() == 1
        assert [entry.what for entry in branch.records["accounts"].log("refused")] == ["refused"]


def test_a_draft_belongs_to_whoever_began_it(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts") as (clerk, branch):
        draft = draft_of(clerk, BASIC)
        other = clerk.another().log_in("other")
        for answer in (other.get(draft + "/check"), other.get(draft + "/details"), other.send(draft + "/confirm", {})):
            assert reasons(answer) == ["该备案草稿不存在或已失效，请重新录入"]
        assert truth_of(branch).filed == {}


def test_a_draft_without_details_is_not_filed(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts") as (clerk, branch):
        page = clerk.send("/filing/new", key_of(BASIC))
        answer = clerk.send(str(page.url).replace("/details", "/confirm"), {})
        assert str(answer.url) == str(page.url)
        assert truth_of(branch).filed == {}


def test_whoever_goes_back_finds_what_was_typed(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts") as (clerk, _):
        shown = text_of(clerk.get(draft_of(clerk, BASIC) + "/details"))
        assert f'value="{BASIC.address}"' in shown
        assert '<option value="C" selected>' in shown


@pytest.mark.parametrize("name", ["兰州𠮷祥䶮商贸有限公司", "兰州“河”·西（集团）公司", "A&amp;B <b>公司</b> &#26;"])
def test_what_gbk_lacks_goes_there_and_back(tmp_path: Path, name: str) -> None:
    with clerk_at(tmp_path, "accounts") as (clerk, branch):
        if "&#26;" in name:
            page = clerk.send("/filing/new", key_of(BASIC))
            answer = clerk.send(str(page.url), details_of(BASIC, depositor_name=name))
            assert "含有系统无法识别的字符" in reasons(answer)[0]  # the reference is a control character
            name = name.removesuffix(" &#26;")
        answer = clerk.get(draft_of(clerk, replace(BASIC, depositor_name=name)) + "/check")
        assert answer.headers["content-type"] == "text/html; charset=gbk"
        assert "<b>公司" not in answer.content.decode("gbk")
        clerk.send(answer.url.path.replace("/check", "/confirm"), {})
        filed = truth_of(branch).filed[BASIC.bank_code, BASIC.account_number]
        assert filed["depositor_name"] == name


def test_bytes_that_are_no_gbk_are_refused(tmp_path: Path) -> None:
    with clerk_at(tmp_path, "accounts") as (clerk, _):
        page = clerk.send("/filing/new", key_of(BASIC))
        body = b"depositor_name=%FF%FF%C0"
        answer = clerk.ask(
            "POST", str(page.url), content=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert any("存款人名称含有系统无法识别的字符" in one for one in reasons(answer))


def test_no_two_basic_accounts_have_the_same_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(central_bank, "_spread", lambda _: 10**9 - 1)
    records, numbers = Records(Path(":memory:")), set()
    for place in range(3):
        form = on_record(BASIC) | {"certificate_number": f"firm {place}", "account_number": f"6200000{place}"}
        filed = central_bank.commit(records, form, "clerk", shown_at=NOW, at=NOW)
        assert isinstance(filed, dict)
        numbers.add(filed["basic_account_number"])
    assert numbers == {"J6201999999999", "J6201000000000", "J6201000000001"}
