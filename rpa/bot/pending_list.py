"""The platform's pending list, all pages of it, however many of them fail at first.

Each page is asked for until it comes; after a failure the bot goes back to the last page that it has read and turns
from there, as a clerk would.
"""

from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

from rpa.bot.desk import Desk
from rpa.bot.insisting import insist
from rpa.browser import Answer
from rpa.errors import FailureError
from rpa.pages import arrive, operations
from rpa.pages.operations.pending import PATH, Pending, PendingAccount

__all__ = ["shown_pages"]

_SYSTEM = "operations"
_MOST_PAGES = 5_000


async def shown_pages(desk: Desk, told: Callable[[str], None]) -> list[PendingAccount]:
    """Return all accounts that the platform shows, page by page.

    Parameters
    ----------
    desk
        Where it is read.
    told
        Called with what a person should know.

    Raises
    ------
    FailureError
        If a page fails again and again, or the list changes so much while it is read that not all of it is seen.
    SafetyError
        If a page is not known, or somebody must log in.
    """
    asked = partial(insist, desk, tries=desk.settings.patience.most_attempts, rng=desk.settings.rng("list"), told=told)
    shown, path = await asked(partial(_first, desk))
    found = {one.filing_id: one for one in shown.accounts}
    for _ in range(_MOST_PAGES):
        if shown.page >= shown.last:
            break
        shown, path = await asked(partial(_next, desk, path))
        found |= {one.filing_id: one for one in shown.accounts}
    if len(found) < shown.total:
        raise FailureError(f"the platform says {shown.total} pending accounts, its pages show {len(found)}")
    return list(found.values())


async def _first(desk: Desk) -> tuple[Pending, str]:
    _, answer = await desk.visit(_SYSTEM, PATH, [operations.pending])
    return _read(answer)


async def _next(desk: Desk, path: str) -> tuple[Pending, str]:
    """Turn from the page of a path, going back to it first if the tab is elsewhere."""
    if not desk.is_at(_SYSTEM, path):
        await desk.visit(_SYSTEM, path, [operations.pending])
    tab = await desk.tab(_SYSTEM)
    _, answer = await arrive(tab, await operations.pending.submit(tab), [operations.pending])
    return _read(answer)


def _read(answer: Answer) -> tuple[Pending, str]:
    """Return what a page says, and its path."""
    parts = urlsplit(answer.address)
    return operations.pending.read(answer.html), parts.path + (f"?{parts.query}" if parts.query else "")
