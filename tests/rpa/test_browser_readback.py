"""Reading back: other ways to write the same are forgiven, and no real difference is."""

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from filing_sample import BASIC, GENERAL
from hypothesis import assume, given
from hypothesis import strategies as st

from rpa.browser import differences, readback
from rpa.browser.readback import SHOWN, fen_of
from rpa.errors import ReadBackError
from rpa.filing import ACCOUNT_TYPES, CATEGORIES, CURRENCIES, INDUSTRIES, LABELS, Filing

WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
CHOICES = {
    **{"account_type": ACCOUNT_TYPES, "depositor_category": CATEGORIES},
    **{"industry": INDUSTRIES, "capital_currency": CURRENCIES},
}


def shown(filing: Filing) -> dict[str, str]:
    """What an honest page shows, in the plainest way."""
    found = {name: str(getattr(filing, name)) for name in LABELS}
    fen = filing.capital_fen
    found["capital_fen"] = "未注明" if fen is None else f"{fen // 100}.{fen % 100:02d}"
    return found


text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=12)
digits = st.text("0123456789", min_size=6, max_size=20)
filings = st.builds(
    Filing,
    filing_id=st.just("L1"),
    entity=st.just("陇上银行"),
    account_type=st.sampled_from(sorted(ACCOUNT_TYPES)),
    depositor_category=st.sampled_from(sorted(CATEGORIES)),
    depositor_name=text,
    certificate_number=digits,
    opened_on=st.dates(date(1990, 1, 1), date(2099, 12, 31)),
    account_number=digits,
    area_code=digits,
    bank_code=digits,
    bank_name=text,
    phone=digits,
    address=text,
    post_code=digits,
    legal_representative=text,
    industry=st.sampled_from(sorted(INDUSTRIES)),
    capital_fen=st.none() | st.integers(0, 10**15),
    capital_currency=st.sampled_from(["", *CURRENCIES]),
    business_scope=text,
    superior_unit=st.just("") | text,
    basic_account_number=digits,
)


@given(filings)
def test_an_honest_page_does_not_differ(filing: Filing) -> None:
    assert differences(filing, shown(filing)) == ()


@given(filings, st.data())
def test_other_ways_to_write_the_same_do_not_differ(filing: Filing, data: st.DataObject) -> None:
    page = shown(filing)
    day, fen = filing.opened_on, filing.capital_fen
    ways = [
        f"{day:%Y/%m/%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        day.isoformat().translate(WIDE),
    ]
    page["opened_on"] = data.draw(st.sampled_from(ways))
    if fen is not None:
        yuan = f"{fen // 100:,}.{fen % 100:02d}"
        page["capital_fen"] = data.draw(
            st.sampled_from([yuan, f"￥{yuan}", f"{yuan}元", f" {yuan}", yuan.translate(WIDE)])
        )
    for name, choices in CHOICES.items():
        code = getattr(filing, name)
        if code:
            words = choices[code]
            page[name] = data.draw(st.sampled_from([words, f"{code} {words}", f"{code}-{words}", f"{words}（{code}）"]))
    for name in ("account_number", "phone", "post_code"):
        page[name] = f" {page[name][:4]} {page[name][4:].translate(WIDE)}　"
    page["address"] = f"  {page['address']}\n"
    assert differences(filing, page) == ()


@given(filings, filings, st.sampled_from(SHOWN))
def test_whatever_another_filing_says_differs_in_that_field_alone(filing: Filing, other: Filing, name: str) -> None:
    assume(" ".join(shown(filing)[name].split()) != " ".join(shown(other)[name].split()))
    assume(shown(filing)[name].translate(WIDE) != shown(other)[name].translate(WIDE))
    page = shown(filing) | {name: shown(other)[name]}
    assume(
        not (name == "superior_unit" and {page[name], filing.superior_unit} <= {"", "无", "-", "—", "（无）", "(无)"})
    )
    assert differences(filing, page) == (name,)


@given(filings, st.sampled_from(SHOWN))
def test_what_is_not_shown_differs(filing: Filing, name: str) -> None:
    page = shown(filing)
    del page[name]
    assert differences(filing, page) == (name,)


@given(filings, st.integers(-400, 400))
def test_another_day_differs(filing: Filing, days: int) -> None:
    assume(days)
    page = shown(filing) | {"opened_on": (filing.opened_on + timedelta(days)).isoformat()}
    assert differences(filing, page) == ("opened_on",)


@given(st.integers(0, 10**14), st.integers(1, 10**6))
def test_another_fen_differs(fen: int, more: int) -> None:
    filing = replace(BASIC, capital_fen=fen)
    assert differences(filing, shown(replace(BASIC, capital_fen=fen + more))) == ("capital_fen",)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("opened_on", "01/07/2026"),  # which of them is the month?
        ("opened_on", "2026-07/01"),
        ("opened_on", "2026-07-32"),
        ("opened_on", "26-07-01"),
        ("opened_on", "2026-07-01 23:00"),
        ("capital_fen", "8,650,0000.00"),
        ("capital_fen", "86500000.001"),
        ("capital_fen", "86500000,00"),
        ("capital_fen", "-86500000"),
        ("capital_fen", "8650"),
        ("capital_fen", "8650万"),
        ("capital_fen", "86500000美元"),
        ("capital_fen", "未注明"),
        ("capital_fen", ""),
        ("industry", "C 批发和零售业"),
        ("industry", "F 制造业"),
        ("industry", "制造"),
        ("depositor_category", "02 企业法人"),
        ("depositor_category", "1"),
        ("capital_currency", "人民币元"),
        ("depositor_name", "兰州河西通建材有限 公司"),
        ("depositor_name", "兰州河西通建材有限公司."),
        ("depositor_name", "蘭州河西通建材有限公司"),
        ("legal_representative", "胡 林"),
        ("certificate_number", "91620100126154355r"),
        ("certificate_number", "9162010012615435SR"),
        ("phone", "09318880001"),
        ("account_number", "3018210000000105-1"),
        ("address", "兰州市黄河路12号\u200b"),
        ("superior_unit", "甲集团"),
    ],
)
def test_what_is_not_the_same_or_not_clear_differs(name: str, said: str) -> None:
    assert differences(BASIC, shown(BASIC) | {name: said}) == (name,)


def test_two_values_that_were_exchanged_both_differ() -> None:
    page = shown(BASIC)
    page["phone"], page["post_code"] = page["post_code"], page["phone"]
    assert differences(BASIC, page) == ("phone", "post_code")
    with pytest.raises(ReadBackError, match="联系电话、邮政编码: for 联系电话 it shows '730000'") as caught:
        readback(BASIC, page)
    assert caught.value.fields == ("phone", "post_code")


def test_a_general_account_must_show_its_basic_accounts_number_and_a_basic_account_need_not() -> None:
    page = shown(GENERAL)
    assert differences(GENERAL, page | {"basic_account_number": "J8210000015839"}) == ("basic_account_number",)
    del page["basic_account_number"]
    assert differences(GENERAL, page) == ("basic_account_number",)
    assert differences(BASIC, shown(BASIC) | {"basic_account_number": "J6201898273514"}) == ()


def test_a_capital_that_is_not_stated_is_shown_so() -> None:
    silent = replace(BASIC, capital_fen=None, capital_currency="")
    assert differences(silent, shown(silent) | {"capital_currency": "（无）"}) == ()
    assert differences(silent, shown(silent) | {"capital_fen": "0.00"}) == ("capital_fen",)
    assert differences(silent, shown(silent) | {"capital_currency": "人民币"}) == ("capital_currency",)


def test_every_field_of_a_filing_is_compared_or_known_not_to_be() -> None:
    assert {one.name for one in fields(Filing)} - set(SHOWN) == {
        *("filing_id", "entity", "bank_name", "basic_account_number"),
    }


@given(st.integers(0, 10**16))
def test_amounts_are_read_as_they_are_written(fen: int) -> None:
    assert fen_of(f"{fen // 100:,}.{fen % 100:02d}") == fen
    assert fen_of(f"{fen}万元") == fen * 1_000_000
