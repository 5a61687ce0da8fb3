"""The day's list packages (清单下载): encrypted lists of what is to be filed, each with its checksum."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from rpa.browser import Button, Tab, download
from rpa.browser.reading import has_heading, rows, text_at, title
from rpa.errors import DownloadError, UnknownPageError
from rpa.pages.operations.home import SYSTEM

__all__ = ["PATH", "Package", "check_file", "read", "recognise", "submit"]

PATH = "/lists"


@dataclass(frozen=True, slots=True)
class Package:
    """A list package that is offered: name, day, SHA-256 as hexadecimal digits, bytes."""

    name: str
    day: str
    digest: str
    size: int


def recognise(html: str) -> bool:
    """Return whether this is the page.

    Examples
    --------
    >>> recognise("<html><body><h2>另一个页面</h2></body></html>")
    False
    """
    return SYSTEM in title(html) and has_heading(html, "清单下载")


def read(html: str) -> tuple[Package, ...]:
    """Return the packages that are offered, as often as the page shows them; empty if it says that there is none yet.

    Raises
    ------
    UnknownPageError
        If the page has neither packages nor the words for none, or a line cannot be read.
    """
    lines = rows(html, "#lists")
    if not lines:
        if text_at(html, "#nothing") == "暂无清单":
            return ()
        raise UnknownPageError("the page shows neither list packages nor 暂无清单")
    try:
        return tuple(Package(line["清单"], line["日期"], line["SHA-256"].lower(), int(line["字节"])) for line in lines)
    except (KeyError, ValueError) as error:
        raise UnknownPageError(f"a line of the list packages cannot be read: {error}") from None


async def submit(tab: Tab, item: Package) -> Path:
    """Download a package, and return where it lies.

    Raises
    ------
    DownloadError
        If it is not the file whose checksum the page shows.
    """
    path = await download(tab, Button("下载", "link", name=f"{PATH}/{item.name}"), f"{item.digest[:16]}.list")
    check_file(path, item.digest)
    return path


def check_file(path: Path, digest: str) -> None:
    """Refuse a file that is not what its checksum says, and remove it.

    Raises
    ------
    DownloadError
        Naming both checksums.
    """
    there = hashlib.sha256(path.read_bytes()).hexdigest()
    if there != digest.lower():
        size = path.stat().st_size
        path.unlink()
        raise DownloadError(f"{path.name} came with {size} bytes and SHA-256 {there[:16]}..., not {digest[:16]}...")
