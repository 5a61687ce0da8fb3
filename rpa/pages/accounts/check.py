"""The page to check everything (信息核对), before the confirmation that cannot be taken back.

It cannot be submitted without being read back. What comes after is a receipt, a refusal, or doubt; a failure of any
kind is doubt, for the system may have taken the filing before it failed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rpa.browser import Answer, Button, Tab, press, readback
from rpa.browser.reading import forms, pairs
from rpa.errors import FailureError, UnsureError
from rpa.filing import Filing
from rpa.pages import notice, refused
from rpa.pages.accounts import result
from rpa.pages.accounts.forms import by_field, is_page
from rpa.pages.recognising import check_alive

__all__ = ["Check", "compare", "read", "recognise", "submit"]

_BUTTON = Button("确认提交", synonyms=("确认",))


@dataclass(frozen=True, slots=True)
class Check:
    """What the page shows, by field of a filing."""

    shown: Mapping[str, str]


def recognise(html: str) -> bool:
    """Return whether this is the page, with its table and its button.

    Examples
    --------
    >>> recognise("<html><body><h2>另一个页面</h2></body></html>")
    False
    """
    has_button = any(_BUTTON.label in form.buttons for form in forms(html))
    return is_page(html, "账户备案 - 信息核对") and has_button and bool(pairs(html, "#check"))


def read(html: str) -> Check:
    """Return what the page shows.

    Raises
    ------
    UnknownPageError
        If it shows something that is no known field.
    """
    return Check(by_field(pairs(html, "#check")))


def compare(html: str, filing: Filing) -> Mapping[str, str]:
    """Return what the page shows, if that is what the source says.

    Raises
    ------
    ReadBackError
        Naming each field that differs.
    """
    shown = read(html).shown
    readback(filing, shown)
    return shown


async def submit(tab: Tab, item: Filing) -> Answer:
    """Read the page back, confirm, and return the result or the refusal.

    Raises
    ------
    ReadBackError
        If the page differs from the source; nothing was confirmed.
    UnsureError
        If it is not known whether the filing was taken: ask the system before anything is sent again.
    """
    tab.check_dialogs()
    compare(await tab.html(), item)
    try:
        answer = await press(tab, _BUTTON)
        if notice.recognise(answer.html):
            answer = await notice.submit(tab)
        check_alive(answer.html, answer.status)
    except FailureError as error:
        raise UnsureError(f"whether {item.account_number} was filed is not known: {error}") from None
    if refused.recognise(answer.html):
        said = refused.read(answer.html).messages
        if refused.is_already_filed(said):
            raise UnsureError(f"the system says that it has {item.account_number} already: {'；'.join(said):.200}")
    elif not result.recognise(answer.html):
        raise UnsureError(
            f"whether {item.account_number} was filed is not known: after the confirmation came a page of status"
            f" {answer.status} that is neither a receipt nor a refusal"
        )
    return answer
