"""The upload of an account's papers (影像上传): several files at once, under entity and serial number."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from rpa.browser import Answer, Button, Field, Tab, attach, fill_form, press
from rpa.browser.reading import alerts, forms, has_heading, title
from rpa.errors import BusinessError, FailureError, UnsureError
from rpa.pages.images.home import SYSTEM

__all__ = ["PATH", "Papers", "Upload", "address", "check", "read", "recognise", "submit"]

PATH = "/upload"
_FIELDS = (Field("entity", "法人机构"), Field("filing_id", "流水号"))
_FILES = Field("files", "影像文件", "file")
_BUTTON = Button("上传")


@dataclass(frozen=True, slots=True)
class Papers:
    """Files of an account."""

    entity: str
    filing_id: str
    paths: Sequence[Path]


@dataclass(frozen=True, slots=True)
class Upload:
    """The form as it stands, and why it was refused."""

    entity: str
    filing_id: str
    messages: tuple[str, ...]


def recognise(html: str) -> bool:
    """Return whether this is the page.

    Examples
    --------
    >>> recognise("<html><body><h2>另一个页面</h2></body></html>")
    False
    """
    return SYSTEM in title(html) and has_heading(html, "影像上传")


def address(base: str, entity: str, filing_id: str) -> str:
    """Return where the form lies that holds an account already.

    Examples
    --------
    >>> address("http://i", "A", "L1")
    'http://i/upload?entity=A&filing_id=L1'
    """
    return f"{base}{PATH}?{urlencode({'entity': entity, 'filing_id': filing_id})}"


def read(html: str) -> Upload:
    """Return what the form holds."""
    held = {name: one.value for form in forms(html) for name, one in form.by_name.items()}
    return Upload(held.get("entity", ""), held.get("filing_id", ""), alerts(html))


def check(html: str) -> None:
    """Raise why the form came back.

    Raises
    ------
    BusinessError
        If the platform does not take the files.
    """
    messages = read(html).messages
    if messages:
        raise BusinessError(f"the image platform refuses the papers: {'；'.join(messages):.200}")


async def submit(tab: Tab, item: Papers) -> Answer:
    """Upload; `page_set.check` says whether everything arrived.

    Raises
    ------
    UnsureError
        If no answer comes: the files may have been stored, or be stored later.
    """
    await fill_form(tab, _FIELDS, {"entity": item.entity, "filing_id": item.filing_id})
    await attach(tab, _FILES, item.paths)
    try:
        return await press(tab, _BUTTON)
    except FailureError as error:
        raise UnsureError(f"whether the papers were stored is not known: {error}") from None
