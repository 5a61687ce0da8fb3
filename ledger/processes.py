"""Processes beside this one: how those that verify signatures are started.

They are forked from a server that has loaded the ledger's code once, so that the second costs little. Nothing of this
process goes along but what is handed over; a lock that somebody holds here stays here.
"""

from multiprocessing import get_context
from multiprocessing.context import ForkServerContext

__all__ = ["started_clean"]

_LOADED = ["ledger.screening", "ledger.auditor.signatures", "ledger.suites.ed25519", "ledger.suites.sm2"]


def started_clean() -> ForkServerContext:
    """Return what starts processes.

    Examples
    --------
    >>> started_clean().get_start_method()
    'forkserver'
    """
    context = get_context("forkserver")
    context.set_forkserver_preload(_LOADED)  # of no effect if the server runs already; what is missing is left out
    return context
