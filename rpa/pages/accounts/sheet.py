"""The printable account sheet (账户信息表): everything that was filed, with the numbers that the system gave."""

from collections.abc import Mapping
from dataclasses import dataclass

from rpa.browser.reading import pairs
from rpa.errors import UnknownPageError
from rpa.pages.accounts.forms import by_field, is_page

__all__ = ["PATH", "Sheet", "read", "recognise"]

PATH = "/sheet/"
_BEYOND = ("备案编号", "备案时间")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: the receipt's number, when it was filed, and what was filed by field of a filing."""

    receipt: str
    filed_at: str
    shown: Mapping[str, str]


def recognise(html: str) -> bool:
    """Return whether this is the page.

    Examples
    --------
    >>> recognise("<html><body><h2>另一个页面</h2></body></html>")
    False
    """
    return is_page(html, "账户信息表") and bool(pairs(html, "#sheet"))


def read(html: str) -> Sheet:
    """Return what the sheet says.

    Raises
    ------
    UnknownPageError
        If it has no receipt's number or moment, or shows what is no known field.
    """
    shown = pairs(html, "#sheet")
    if not all(shown.get(label) for label in _BEYOND):
        raise UnknownPageError("the account sheet lacks 备案编号 or 备案时间")
    return Sheet(shown["备案编号"], shown["备案时间"], by_field(shown, _BEYOND))
