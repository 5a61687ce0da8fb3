"""The compiler of the kernels: numba where it is installed, plain Python where it is not.

A kernel is a plain function on arrays of whole numbers that gives the same results either way. numba would look at the
file of one kernel alone and go on with old machine code when a function that it calls has changed in another file, so
the cache's folder is named after the text of all kernels of this package.
"""

import functools
import hashlib
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

__all__ = ["HAS_NUMBA", "compiled", "fetch"]

try:
    numba: Any = importlib.import_module("numba")
except ImportError:  # pragma: no cover  # the tests run with every extra
    numba = None

F = TypeVar("F", bound=Callable[..., Any])
_HOUSE = Path(__file__).resolve().parent

HAS_NUMBA: bool = numba is not None
"""Whether kernels are machine code."""


def compiled(function: F) -> F:
    """Return the function as machine code, or as it is where numba is missing.

    Examples
    --------
    >>> @compiled
    ... def double(number):
    ...     return number * 2
    >>> double(21)
    42
    """
    if numba is None:  # pragma: no cover  # see above
        return function
    # a function typed at a prompt or in a doctest is none of the house's and is not kept
    is_ours = Path(function.__code__.co_filename).resolve().is_relative_to(_HOUSE)
    config = numba.config
    before = config.CACHE_DIR
    if is_ours and not before:
        config.CACHE_DIR = _cache_folder()
    try:
        # kernels make no arrays, so nothing counts who uses them: that took two thirds of the time
        return cast(
            F, numba.njit(cache=is_ours, nogil=True, error_model="numpy", _nrt=False, forceinline=True)(function)
        )
    finally:
        config.CACHE_DIR = before


@functools.cache
def _cache_folder() -> str:
    """Return the folder for the machine code of the kernels as they are now; "" leaves the choice to numba."""
    text = hashlib.sha256()
    for path in sorted(_HOUSE.glob("*.py")):
        source = path.read_bytes()
        if b"@compiled" in source or path.name in ("words.py", "board.py", "prefetch.py"):
            text.update(source)
    folder = _HOUSE / "__pycache__" / f"kernels-{text.hexdigest()[:16]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:  # a checkout that may only be read
        return ""
    return str(folder)


def _leave(array: Any, row: int) -> None:
    """Leave a row of an array where it is: without machine code there is nothing to hurry for."""


fetch: Any = _leave if numba is None else importlib.import_module("fraud.online.prefetch").fetch
"""Ask the processor to bring a row of an array into its cache; a row that is not there does no harm."""
