"""The first page after the log-in (影像档案): the sets that were stored last."""

from dataclasses import dataclass

from rpa.browser import Answer, Button, Tab, press
from rpa.browser.reading import has_heading, rows, title

__all__ = ["PATH", "SYSTEM", "Home", "read", "recognise", "submit"]

SYSTEM = "影像平台"
PATH = "/"


@dataclass(frozen=True, slots=True)
class Home:
    """How many pages each set has, by entity and serial number."""

    pages: dict[tuple[str, str], int]


def recognise(html: str) -> bool:
    """Return whether this is the page.

    Examples
    --------
    >>> recognise("<html><body><h2>另一个页面</h2></body></html>")
    False
    """
    return SYSTEM in title(html) and has_heading(html, "影像档案")


def read(html: str) -> Home:
    """Return the sets that it shows."""
    return Home({(one["法人机构"], one["流水号"]): int(one["页数"]) for one in rows(html, "#sets")})


async def submit(tab: Tab, item: None = None) -> Answer:
    """Go on to the upload."""
    del item
    return await press(tab, Button("影像上传", "link", name="/upload"))
