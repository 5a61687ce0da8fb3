"""The result of a filing (备案结果): the receipt's number, and the number of a basic account."""

from dataclasses import dataclass

from rpa.browser import Answer, Button, Tab, press
from rpa.browser.reading import pairs, text_at
from rpa.errors import UnknownPageError
from rpa.pages.accounts.forms import is_page

__all__ = ["Result", "read", "recognise", "submit"]

_LABELS = {
    **{"receipt": "备案编号", "account_number": "账号", "filed_at": "备案时间"},
    "basic_account_number": "基本存款账户编号",
}


@dataclass(frozen=True, slots=True)
class Result:
    """A receipt; `filed_at` is ISO without a zone, the system's time."""

    receipt: str
    account_number: str
    filed_at: str
    basic_account_number: str


def recognise(html: str) -> bool:
    """Return whether this is the page, and it says that the filing is done.

    Examples
    --------
    >>> recognise("<html><body><h2>另一个页面</h2></body></html>")
    False
    """
    return is_page(html, "账户备案 - 备案结果") and text_at(html, "#done") == "备案成功"


def read(html: str) -> Result:
    """Return the receipt.

    Raises
    ------
    UnknownPageError
        If it lacks a line, or has no number.
    """
    shown = pairs(html, "#receipt")
    missing = [label for label in _LABELS.values() if label not in shown]
    if missing or not shown[_LABELS["receipt"]]:
        raise UnknownPageError(f"the receipt lacks {(missing or ['备案编号'])[0]}")
    return Result(**{name: shown[label] for name, label in _LABELS.items()})


async def submit(tab: Tab, item: None = None) -> Answer:
    """Go on to the printable account sheet."""
    del item
    return await press(tab, Button("打印账户信息表", "link"))
