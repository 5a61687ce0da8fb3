"""Which page this is: one of those that are expected, a notice to pass, or a reason to stop.

A page is taken for what exactly one page object recognises. A log-in where none is expected means that the session has
ended; one that asks for what only people have is handed over; maintenance and a server's failure are failures; whatever
else is not known, and nothing is done with it.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from rpa.browser import Answer, Tab
from rpa.browser.reading import headings, text_at, title
from rpa.errors import FailureError, HandOverError, SessionExpiredError, UnknownPageError
from rpa.pages import login, maintenance, notice

__all__ = ["PageObject", "arrive", "check_alive", "which_page"]

_MOST_NOTICES = 3


class PageObject(Protocol):
    """A module of this package: it recognises a page and reads it."""

    __name__: str

    def recognise(self, html: str) -> bool:
        """Return whether this is the page."""

    def read(self, html: str) -> Any:
        """Return what it says."""


def which_page(html: str, pages: Sequence[PageObject], status: int = 200) -> PageObject:
    """Return the page object that recognises a page.

    Parameters
    ----------
    html, status
        The answer.
    pages
        Those that may come; a notice always may.

    Raises
    ------
    FailureError
        If the server fails (5xx, 429), or is under maintenance.
    SessionExpiredError
        If it is a log-in, and that is not among `pages`.
    HandOverError
        If a log-in asks for more than a name and a password.
    UnknownPageError
        If none recognises it, or several do.

    Examples
    --------
    >>> which_page("<title>x</title><h2>新版系统升级说明</h2>", [])
    Traceback (most recent call last):
    rpa.errors.UnknownPageError: none of the pages that may come is titled 'x', with the heading '新版系统升级说明'
    """
    check_alive(html, status)
    if login.recognise(html):
        asks = login.read(html).asks
        if asks:
            raise HandOverError(f"the log-in asks for what only a person can give: {'、'.join(asks)}")
        if login not in pages:
            said = "、".join(login.read(html).messages) or "it wants a log-in"
            raise SessionExpiredError(f"the session has ended: {said}")
        return login
    if notice.recognise(html):
        return notice
    found = [page for page in pages if page.recognise(html)]
    if len(found) == 1:
        return found[0]
    named = f"titled {title(html)!r:.60}, with the heading {next(iter(headings(html)), '')!r:.60}"
    if found:
        names = ", ".join(page.__name__ for page in found)
        raise UnknownPageError(f"the page {named} could be each of {names}")
    raise UnknownPageError(f"none of the pages that may come is {named}")


def check_alive(html: str, status: int) -> None:
    """Refuse what a server answers when it is not well.

    Raises
    ------
    FailureError
        If the status is 429 or from 500, or the page is about maintenance, or the browser's own about a failure.
    """
    if maintenance.recognise(html):
        raise FailureError(f"the system is under maintenance: {maintenance.read(html).text:.80}")
    if status == 429 or status >= 500:
        raise FailureError(f"the system answers {status}")
    if text_at(html, "#main-frame-error"):
        raise FailureError("the browser got no answer from the system")


async def arrive(tab: Tab, answer: Answer, pages: Sequence[PageObject]) -> tuple[PageObject, Answer]:
    """Return the page that an answer is, after passing notices that stand before it.

    Raises
    ------
    FailureError
        If notices do not end; else as `which_page`.
    """
    for _ in range(_MOST_NOTICES + 1):
        page = which_page(answer.html, pages, answer.status)
        if page is not notice:
            return page, answer
        answer = await notice.submit(tab)
    raise FailureError("one notice after another stands before the page")
