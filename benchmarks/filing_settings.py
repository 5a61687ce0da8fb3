"""How our bot is set up where it is measured: who logs in, with which keys, and what time it is.

Read by both sides, the systems' and the bot's; it knows no data set, so that the bot's process loads none.
"""

import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rpa.bot import SYSTEMS, Patience, Settings
from rpa.browser import find_browser
from rpa.deadlines.rules import CHINA
from rpa.evidence import Credentials
from rpa.evidence.credentials import Secret
from rpa.listing import ListKeys, Registry

if TYPE_CHECKING:
    from benchmarks.filing_job import Job

__all__ = ["MORNING", "PASSWORD", "SIGNING", "USER", "clock_since", "keys", "settings_of"]

USER, PASSWORD = "clerk", "measured-2020"
MORNING = datetime(2020, 7, 1, 9, 0, tzinfo=CHINA)
SIGNING = bytes(range(32))
_SECRET = bytes(range(1, 33))


def keys() -> ListKeys:
    """Return the bank's keys for lists.

    Examples
    --------
    >>> keys().bank
    'measured'
    """
    public = Ed25519PrivateKey.from_private_bytes(SIGNING).public_key().public_bytes_raw()
    return ListKeys("measured", "aes-256-gcm", _SECRET, public)


def clock_since(began: float) -> Callable[[], datetime]:
    """Return a clock that was at the morning of the day at a moment (Unix seconds): the same for all processes."""
    return lambda: MORNING + timedelta(seconds=time.time() - began)


def settings_of(job: "Job") -> Settings:
    """Return the settings of our bot for a job."""
    names = ("certificate_number", "legal_representative", "address", "business_scope", "industry")
    rows = [{name: getattr(one, name) for name in names} | {"name": one.depositor_name} for one in job.accounts]
    credentials = {name: Credentials(job.user, Secret(job.password)) for name in SYSTEMS}
    return Settings(
        job.urls,
        credentials,
        keys(),
        Registry(rows),
        job.folder / "bot",
        find_browser(os.environ),
        clock_since(job.began),
        contexts=job.contexts,
        patience=Patience(page_seconds=30.0, step_seconds=120.0, lease_seconds=120.0),
    )
