"""The first page after the log-in (首页)."""

from dataclasses import dataclass

from rpa.browser import Answer, Button, Tab, press
from rpa.browser.reading import text_at
from rpa.pages.accounts.forms import is_page

__all__ = ["PATH", "Home", "read", "recognise", "submit"]

PATH = "/"


@dataclass(frozen=True, slots=True)
class Home:
    """The day that the system believes it is, as text."""

    today: str


def recognise(html: str) -> bool:
    """Return whether this is the page.

    Examples
    --------
    >>> recognise("<html><body><h2>另一个页面</h2></body></html>")
    False
    """
    return is_page(html, "首页")


def read(html: str) -> Home:
    """Return what it says.

    Examples
    --------
    >>> read('<span id="today">2026-07-01</span>')
    Home(today='2026-07-01')
    """
    return Home(text_at(html, "#today"))


async def submit(tab: Tab, item: str) -> Answer:
    """Follow a link of the page by its text: 账户查询 or 账户备案."""
    where = {"账户查询": "/query", "账户备案": "/filing/new"}.get(item, "")
    return await press(tab, Button(item, "link", name=where))
