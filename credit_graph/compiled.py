"""The compiler of the kernels: numba, whose machine code is kept on disk.

A kernel is a plain function on arrays that reads as Python and runs as machine code. The first call in a fresh
checkout compiles it (seconds), later ones load it from a cache. numba would look at the file of the kernel alone, and
go on with old machine code when a function that the kernel calls has changed in another file; here the cache's folder
is named after the text of all kernels. Without the extra `graph` the library still imports, and what needs a kernel
says so.
"""

import functools
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from credit_graph.errors import ExtraMissingError

__all__ = ["compiled"]

F = TypeVar("F", bound=Callable[..., Any])
_HOUSE = Path(__file__).resolve().parent
_KEPT = 3
"""Caches of so many versions are kept, so that one can go back and forth between two."""


def compiled(function: F) -> F:
    """Compile a function on arrays and numbers; it releases the interpreter's lock while it runs.

    Raises
    ------
    ExtraMissingError
        When the function is called and numba is not installed.

    Examples
    --------
    >>> @compiled
    ... def double(number):
    ...     return number * 2
    >>> double(21)
    42
    """
    try:
        import numba
    except ImportError:  # pragma: no cover  # the tests run with every extra

        @functools.wraps(function)
        def absent(*_: object, **__: object) -> None:
            raise ExtraMissingError(
                f"{function.__name__} is compiled by numba, which is not installed: pip install -e '.[graph]'"
            )

        return cast(F, absent)
    # a function typed at a prompt or in a doctest is none of the house's and is not kept
    is_ours = Path(function.__code__.co_filename).resolve().is_relative_to(_HOUSE)
    config: Any = numba.config  # its settings are read from the environment, so that the types do not know them
    before = config.CACHE_DIR
    if is_ours and not before:
        config.CACHE_DIR = _cache_folder()
    try:
        return cast(F, numba.njit(cache=is_ours, nogil=True)(function))
    finally:
        config.CACHE_DIR = before


@functools.cache
def _cache_folder() -> str:
    """Return the folder for the machine code of the kernels as they are now; "" leaves the choice to numba."""
    text = hashlib.sha256()
    for path in sorted(_HOUSE.rglob("*.py")):
        source = path.read_bytes()
        if b"@compiled" in source:
            text.update(source)
    folder = _HOUSE / "__pycache__" / f"kernels-{text.hexdigest()[:16]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.touch()
        known = sorted(folder.parent.glob("kernels-*"), key=lambda path: path.stat().st_mtime)
        for old in known[:-_KEPT]:
            shutil.rmtree(old, ignore_errors=True)
    except OSError:  # a checkout that may only be read
        return ""
    return str(folder)
