"""The suites by name; a suite's packages are loaded when it is asked for."""

from functools import cache
from importlib import import_module

from ledger.errors import MissingExtraError, UnknownSuiteError
from ledger.suites.suite import Suite

__all__ = ["NAMES", "by_name"]

NAMES = ("ed25519-sha256-aesgcm", "sm2-sm3-sm4")


@cache
def by_name(name: str) -> Suite:
    """Return a suite.

    Raises
    ------
    UnknownSuiteError
        If there is none of that name.
    MissingExtraError
        If its packages are not installed.

    Examples
    --------
    >>> by_name("ed25519-sha256-aesgcm").hash(b"").hex()[:8]
    'e3b0c442'
    >>> by_name("rot13")
    Traceback (most recent call last):
    ledger.errors.faults.UnknownSuiteError: suite is 'rot13', it must be one of ed25519-sha256-aesgcm, sm2-sm3-sm4
    """
    if name not in NAMES:
        raise UnknownSuiteError(f"suite is {name!r}, it must be one of {', '.join(NAMES)}")
    try:
        module = import_module("ledger.suites.ed25519" if name == NAMES[0] else "ledger.suites.sm2")
    except ModuleNotFoundError as error:
        missing = str(error.name).partition(".")[0]
        raise MissingExtraError(f"the suite {name} needs {missing}: pip install -e '.[sm2]'") from None
    found: Suite = module.SUITE
    return found
