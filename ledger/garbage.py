"""Garbage: not looked for while a block is worked on.

The collector of cycles looks through whatever has been made, the more often the more is made. A block makes thousands
of records that stay, and no cycles: a quarter of the time would go into finding nothing.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["left_alone"]


@contextmanager
def left_alone() -> Iterator[None]:
    """Keep the collector of cycles from running, if it does, until the block of code ends.

    Examples
    --------
    >>> import gc
    >>> with left_alone():
    ...     gc.isenabled()
    False
    """
    was_running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_running:
            gc.enable()
