"""The compiler of the scorers' inner loops: numba where it is installed, plain Python where it is not.

Every kernel is an ordinary function on arrays that gives the same numbers either way; without the extra `fraud` a
single row takes a millisecond instead of some microseconds, and whole tables go through numpy. A kernel calls no
kernel of another file: numba's cache looks at the file of the function alone, and would keep old machine code.
"""

import importlib.util
from collections.abc import Callable
from typing import Any, TypeVar, cast

__all__ = ["HAS_NUMBA", "compiled"]

F = TypeVar("F", bound=Callable[..., Any])

HAS_NUMBA: bool = importlib.util.find_spec("numba") is not None
"""Whether kernels are machine code."""


def compiled(function: F) -> F:
    """Return the function as machine code that releases the interpreter's lock, or as it is where numba is missing.

    Examples
    --------
    >>> @compiled
    ... def double(number):
    ...     return number * 2
    >>> double(21)
    42
    """
    if not HAS_NUMBA:  # pragma: no cover  # the tests run with every extra
        return function
    import numba

    # A function typed at a prompt or in a doctest has no file beside which machine code could be kept.
    is_kept = not function.__code__.co_filename.startswith("<")
    return cast(F, numba.njit(cache=is_kept, nogil=True, error_model="numpy")(function))
