"""A notice (系统公告) that stands before a page: it is read, and passed by the one link that says so."""

from dataclasses import dataclass

from rpa.browser import Answer, Button, Tab, press
from rpa.browser.reading import has_heading, links, text_at

__all__ = ["Notice", "read", "recognise", "submit"]

_ONWARD = Button("已阅，继续", "link", synonyms=("已阅", "继续", "我已阅读"))


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice says, and where it leads."""

    text: str
    onward: str


def recognise(html: str) -> bool:
    """Return whether a page is a notice that can be passed; one that wants more than being read is not.

    Examples
    --------
    >>> recognise("<html><body><h2>另一个页面</h2></body></html>")
    False
    """
    return has_heading(html, "系统公告", "系统通知") and _ONWARD.label in links(html)


def read(html: str) -> Notice:
    """Return what a notice says."""
    return Notice(text_at(html, "p"), links(html).get(_ONWARD.label, ""))


async def submit(tab: Tab, item: None = None) -> Answer:
    """Pass it."""
    del item
    return await press(tab, _ONWARD)
