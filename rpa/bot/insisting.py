"""Insisting: what may be asked for again is, after a failure, page by page.

A long list has many pages, and where one page in fifty fails, hardly any list would come through if all of it had to
come without a failure. A dialog or a page that is not known is closed, never accepted; the page is asked for
once more, and a person is told. If it comes again, or somebody must log in, it ends.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import numpy as np

from rpa.bot.desk import Desk
from rpa.errors import FailureError, UnknownPageError
from rpa.queue import retry_after

__all__ = ["insist"]

T = TypeVar("T")


async def insist(
    desk: Desk, ask: Callable[[], Awaitable[T]], *, tries: int, rng: np.random.Generator, told: Callable[[str], None]
) -> T:
    """Return what is asked for; the system's tabs are closed after each failure.

    Parameters
    ----------
    desk
        Where it is asked.
    ask
        Looks before it sends anything, so that it may be done again.
    tries
        How often at the most.
    rng
        By which waiting is spread.
    told
        Called with what a person should know.

    Raises
    ------
    FailureError
        If it fails so often.
    SafetyError
        If what is not known comes twice, or somebody must log in.
    """
    patience, strange = desk.settings.patience, 0
    for failures in range(1, tries + 1):
        try:
            return await ask()
        except UnknownPageError as error:
            strange += 1
            if strange > 1 or failures == tries:
                raise
            told(f"{desk.last} showed what is not known, it was closed and asked again: {error}")
        except FailureError:
            if failures == tries:
                raise
        await desk.drop(desk.last)
        await asyncio.sleep(retry_after(failures, rng, patience.first_backoff, patience.longest_backoff))
    raise FailureError("nothing was asked")
