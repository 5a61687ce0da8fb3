"""The set of an account's pages as it is stored (影像资料), which can be printed."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from rpa.browser import Answer, Button, Tab, press
from rpa.browser.reading import has_heading, pairs, rows, title
from rpa.errors import UnknownPageError, UploadError
from rpa.pages.images.home import SYSTEM

__all__ = ["PageSet", "StoredPage", "address", "check", "read", "recognise", "submit"]


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A file that is stored: its name, type, bytes, and SHA-256 as hexadecimal digits."""

    name: str
    kind: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class PageSet:
    """What is stored for an account."""

    entity: str
    filing_id: str
    pages: tuple[StoredPage, ...]


def recognise(html: str) -> bool:
    """Return whether this is the page.

    Examples
    --------
    >>> recognise("<html><body><h2>另一个页面</h2></body></html>")
    False
    """
    return SYSTEM in title(html) and has_heading(html, "影像资料") and bool(pairs(html, "#set"))


def address(base: str, entity: str, filing_id: str) -> str:
    """Return where an account's set lies.

    Examples
    --------
    >>> address("http://i", "甲", "L1")
    'http://i/sets/%E7%94%B2/L1'
    """
    return f"{base}/sets/{quote(entity, safe='')}/{quote(filing_id, safe='')}"


def read(html: str) -> PageSet:
    """Return what is stored.

    Raises
    ------
    UnknownPageError
        If the page does not say whose pages they are, or shows not as many as it says.
    """
    shown, lines = pairs(html, "#set"), rows(html, "#pages")
    try:
        pages = tuple(StoredPage(one["文件"], one["类型"], int(one["字节"]), one["SHA-256"].lower()) for one in lines)
        found = PageSet(shown["法人机构"], shown["流水号"], pages)
        count = int(shown["页数"])
    except (KeyError, ValueError) as error:
        raise UnknownPageError(f"the set of pages cannot be read: {error}") from None
    if count != len(pages):
        raise UnknownPageError(f"the set of {found.filing_id} says {count} pages and shows {len(pages)}")
    return found


async def submit(tab: Tab, item: None = None) -> Answer:
    """Go on to the pages as they are printed."""
    del item
    return await press(tab, Button("打印影像", "link"))


def check(html: str, entity: str, filing_id: str, digests: Mapping[str, str]) -> PageSet:
    """Return what is stored, if that is what was sent.

    Parameters
    ----------
    digests
        SHA-256 of each file that was sent, by name.

    Raises
    ------
    UploadError
        If a file is missing, other than it was sent, or one too many, or the set is another account's.
    """
    found = read(html)
    if (found.entity, found.filing_id) != (entity, filing_id):
        raise UploadError(f"the image platform shows the pages of {found.entity} {found.filing_id}, not of {filing_id}")
    stored = {page.name: page.digest for page in found.pages}
    missing = [name for name in digests if name not in stored]
    if missing:
        raise UploadError(f"the image platform has not stored {missing[0]} of {filing_id}")
    wrong = [name for name, digest in digests.items() if stored[name] != digest.lower()]
    if wrong:
        raise UploadError(f"the image platform stores {wrong[0]} of {filing_id} otherwise than it was sent")
    beyond = sorted(set(stored) - set(digests))
    if beyond:
        raise UploadError(f"the image platform has {beyond[0]} of {filing_id}, which was not sent")
    return found
