"""The list of pending accounts (待备案账户), page by page."""

from dataclasses import dataclass

from rpa.browser import Answer, Button, Tab, press
from rpa.browser.reading import has_heading, headings, rows, text_at, title
from rpa.errors import UnknownPageError
from rpa.pages.operations.home import SYSTEM

__all__ = ["PATH", "Pending", "PendingAccount", "read", "recognise", "submit"]

PATH = "/pending"
_LABELS = {
    **{"filing_id": "流水号", "entity": "法人机构", "account_type": "账户性质", "depositor_name": "存款人名称"},
    **{"account_number": "账号", "opened_at": "开户时间", "state": "状态"},
}


@dataclass(frozen=True, slots=True)
class PendingAccount:
    """A line of the list, in the page's words."""

    filing_id: str
    entity: str
    account_type: str
    depositor_name: str
    account_number: str
    opened_at: str
    state: str


@dataclass(frozen=True, slots=True)
class Pending:
    """A page of the list: its accounts, its number, the last page's number, and how many accounts there are in all."""

    accounts: tuple[PendingAccount, ...]
    page: int
    last: int
    total: int


def recognise(html: str) -> bool:
    """Return whether this is the page.

    Examples
    --------
    >>> recognise("<html><body><h2>另一个页面</h2></body></html>")
    False
    """
    return SYSTEM in title(html) and has_heading(html, "待备案账户")


def read(html: str) -> Pending:
    """Return what a page of the list says.

    Raises
    ------
    UnknownPageError
        If its numbers are none, its table lacks a column, or an account has no number.
    """
    numbers = [text_at(html, selector) for selector in ("#page-number", "#page-last", "#total")]
    if not all(number.isdecimal() and number.isascii() for number in numbers):
        raise UnknownPageError(f"the list {headings(html)[:1]} does not say which page it is")
    lines = rows(html, "#pending")
    page, last, total = map(int, numbers)
    if not lines and total:
        raise UnknownPageError(f"the list says {total} accounts, page {page} shows none that can be read")
    for line in lines:
        missing = [label for label in _LABELS.values() if label not in line]
        if missing or not line["流水号"]:
            raise UnknownPageError(f"a line of the list lacks {(missing or ['流水号'])[0]}")
    accounts = (PendingAccount(**{name: line[label] for name, label in _LABELS.items()}) for line in lines)
    return Pending(tuple(accounts), page, last, total)


async def submit(tab: Tab, item: None = None) -> Answer:
    """Turn to the next page; whoever has read the page knows whether there is one."""
    del item
    return await press(tab, Button("下一页", "link"))
