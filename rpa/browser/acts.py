"""Acts of the browser (浏览器动作): each has a name, by which its failure is told, and a time, for whoever asks."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rpa.errors import FailureError

__all__ = ["act", "acts_timed", "first_line"]

_told: ContextVar[Callable[[str, float], None] | None] = ContextVar("told", default=None)


@contextmanager
def act(what: str, patience: float) -> Iterator[None]:
    """Let Playwright's errors, and what does not come in time, be failures that name what was being done.

    Parameters
    ----------
    what
        What is done; the first word says which kind of act it is, such as "clicking".
    patience
        Seconds that it may take, for the message.

    Raises
    ------
    FailureError
        If the browser cannot do it, or not in time.
    """
    from playwright.async_api import Error
    from playwright.async_api import TimeoutError as LateError

    told, began = _told.get(), time.perf_counter()
    try:
        yield
    except (LateError, TimeoutError):
        raise FailureError(f"{what} took longer than {patience:g} seconds") from None
    except Error as error:
        raise FailureError(f"{what} failed: {first_line(error)}") from None
    finally:
        if told is not None:
            told(what.split(maxsplit=1)[0], time.perf_counter() - began)


@contextmanager
def acts_timed(told: Callable[[str, float], None]) -> Iterator[None]:
    """Tell the kind and the seconds of each act that begins meanwhile, in tasks that are begun meanwhile too.

    Examples
    --------
    >>> seen = []
    >>> with acts_timed(lambda kind, seconds: seen.append((kind, seconds < 9))), act("going to a page", 5.0):
    ...     pass
    >>> seen
    [('going', True)]
    """
    token = _told.set(told)
    try:
        yield
    finally:
        _told.reset(token)


def first_line(error: Exception) -> str:
    """Return what an error of Playwright says, without the list of calls behind it."""
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]
