"""Query of an account (账户查询): is it on record? The question that makes a filing happen once.

"Nothing" is only an answer if the page says so (无记录) and its form still holds the account that was asked for.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from rpa.browser import Answer, Button, Field, Tab, fill_form, press
from rpa.browser.reading import forms, headings, pairs, text_at
from rpa.errors import UnknownPageError
from rpa.pages.accounts.forms import is_page

__all__ = ["PATH", "Account", "OnRecord", "Query", "address", "on_record", "read", "recognise", "submit"]

PATH = "/query"
_FIELDS = (
    Field("bank_code", "银行机构代码", synonyms=("机构代码",)),
    Field("account_number", "账号", synonyms=("账户账号", "银行账号")),
)
_BUTTON = Button("查询", synonyms=("查 询",))
_LABELS = {
    **{"bank_code": "银行机构代码", "account_number": "账号", "account_type": "账户性质"},
    **{"depositor_name": "存款人名称", "certificate_number": "统一社会信用代码", "receipt": "备案编号"},
    **{"filed_at": "备案时间", "basic_account_number": "基本存款账户编号"},
}


@dataclass(frozen=True, slots=True)
class Account:
    """What is asked for."""

    bank_code: str
    account_number: str


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What is on record of an account, in the page's words; `state` is empty for an account that is open.

    `filed_at` is ISO without a zone, the system's time.
    """

    bank_code: str
    account_number: str
    account_type: str
    depositor_name: str
    certificate_number: str
    receipt: str
    filed_at: str
    basic_account_number: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """The page: which account its form holds, whether that was asked for, and what is on record."""

    account: Account
    is_answered: bool
    found: OnRecord | None


def recognise(html: str) -> bool:
    """Return whether this is the page.

    Examples
    --------
    >>> recognise("<html><body><h2>另一个页面</h2></body></html>")
    False
    """
    return is_page(html, "账户查询")


def address(base: str, item: Account) -> str:
    """Return where an account's answer lies, which saves the empty form.

    Examples
    --------
    >>> address("http://a", Account("301", "62"))
    'http://a/query?bank_code=301&account_number=62'
    """
    return f"{base}{PATH}?{urlencode({'bank_code': item.bank_code, 'account_number': item.account_number})}"


def read(html: str) -> Query:
    """Return what the page says.

    Raises
    ------
    UnknownPageError
        If there is an answer that is neither a record nor the words for none, or both.
    """
    form = next((form for form in forms(html) if _BUTTON.label in form.buttons), None)
    if form is None or not {"bank_code", "account_number"} <= set(form.by_name):
        raise UnknownPageError("the query page has no form for a bank code and an account number")
    account = Account(*(form.by_name[name].value.strip() for name in ("bank_code", "account_number")))
    shown, nothing = pairs(html, "#found"), text_at(html, "#nothing")
    if "查询结果" not in headings(html):
        return Query(account, is_answered=False, found=None)
    if bool(shown) == (nothing == "无记录"):
        raise UnknownPageError("the query page shows neither a record nor 无记录, or both")
    if not shown:
        return Query(account, is_answered=True, found=None)
    missing = [label for label in _LABELS.values() if label not in shown]
    if missing:
        raise UnknownPageError(f"the record on the query page lacks {missing[0]}")
    values = {name: shown[label] for name, label in _LABELS.items()}
    return Query(account, is_answered=True, found=OnRecord(**values, state=shown.get("账户状态", "")))


def on_record(html: str, asked: Account) -> OnRecord | None:
    """Return what is on record of the account that was asked for, None if the system says that nothing is.

    Raises
    ------
    UnknownPageError
        If the page does not answer, or answers about another account.
    """
    page = read(html)
    if not page.is_answered or page.account != asked:
        raise UnknownPageError(f"the query page does not answer about {asked.bank_code} {asked.account_number}")
    found = page.found
    if found is not None and Account(found.bank_code, found.account_number) != asked:
        raise UnknownPageError(f"asked for {asked.account_number}, the query page shows {found.account_number}")
    return found


async def submit(tab: Tab, item: Account) -> Answer:
    """Ask for an account."""
    await fill_form(tab, _FIELDS, {"bank_code": item.bank_code, "account_number": item.account_number})
    return await press(tab, _BUTTON)
