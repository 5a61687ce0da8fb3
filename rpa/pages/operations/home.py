"""The first page after the log-in (首页)."""

from dataclasses import dataclass

from rpa.browser import Answer, Button, Tab, press
from rpa.browser.reading import has_heading, text_at, title

__all__ = ["PATH", "SYSTEM", "Home", "read", "recognise", "submit"]

SYSTEM = "运营管理平台"
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
    return SYSTEM in title(html) and has_heading(html, "首页")


def read(html: str) -> Home:
    """Return what it says."""
    return Home(text_at(html, "#today"))


async def submit(tab: Tab, item: str) -> Answer:
    """Follow a link of the page by its text: 待备案账户 or 清单下载."""
    where = {"待备案账户": "/pending", "清单下载": "/lists"}.get(item, "")
    return await press(tab, Button(item, "link", name=where))
