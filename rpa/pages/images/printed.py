"""An account's pages as they are printed (影像打印): one sheet for each, with its name and hash."""

from dataclasses import dataclass

from rpa.browser.reading import has_heading, texts_at, title
from rpa.errors import UnknownPageError
from rpa.pages.images.home import SYSTEM

__all__ = ["Printed", "read", "recognise"]


@dataclass(frozen=True, slots=True)
class Printed:
    """What the pages say of themselves, and the SHA-256 that stands on each sheet."""

    caption: str
    digests: tuple[str, ...]


def recognise(html: str) -> bool:
    """Return whether this is the page.

    Examples
    --------
    >>> recognise("<html><body><h2>另一个页面</h2></body></html>")
    False
    """
    return SYSTEM in title(html) and has_heading(html, "影像打印")


def read(html: str) -> Printed:
    """Return what is printed.

    Raises
    ------
    UnknownPageError
        If a sheet has no hash.
    """
    sheets, digests = texts_at(html, ".sheet"), texts_at(html, ".sheet .mono")
    if len(sheets) != len(digests) or not all(digests):
        raise UnknownPageError(f"{len(sheets)} sheets are printed, {len(digests)} of them with a hash")
    return Printed(next(iter(texts_at(html, "h2 + p")), ""), digests)
