"""The day that bots are measured on: ordinary accounts of the province, three systems without faults, and one list."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from datasets import filings
from rpa.bot import SYSTEMS, Patience, Settings
from rpa.browser import find_browser
from rpa.deadlines.rules import CHINA
from rpa.evidence import Credentials
from rpa.evidence.credentials import Secret
from rpa.filing import Filing, from_record, to_record
from rpa.listing import ListKeys, Registry
from rpa.systems import Faults, serve
from rpa.systems.branch import Branch, open_branch

if TYPE_CHECKING:
    from benchmarks.filing_peers import Job

__all__ = ["PASSWORD", "USER", "day_of", "served", "settings_of"]

USER, PASSWORD = "clerk", "measured-2020"
_MORNING = datetime(2020, 7, 1, 9, 0, tzinfo=CHINA)
_SIGNING = bytes(range(32))
_SECRET = bytes(range(1, 33))
_SEED = 7


def _keys() -> ListKeys:
    public = Ed25519PrivateKey.from_private_bytes(_SIGNING).public_key().public_bytes_raw()
    return ListKeys("measured", "aes-256-gcm", _SECRET, public)


def day_of(count: int) -> list[Filing]:
    """Return so many accounts of the province that are as they should be.

    Examples
    --------
    >>> [one.account_type for one in day_of(3)]
    ['general', 'basic', 'basic']
    """
    found: list[Filing] = []
    town = 0
    while len(found) < count:
        table = filings.of_towns(_SEED, range(town, town + 1)).drop(columns=["opened_at"])
        kinds = filings.truth_of_towns(_SEED, range(town, town + 1))["kind"]
        rows: list[dict[str, Any]] = table[(kinds == "").to_numpy()].to_dict("records")  # type: ignore[assignment]  # columns are named by text
        for row in rows:
            capital = None if pd.isna(row["capital_fen"]) else int(row["capital_fen"])
            found.append(from_record(row | {"capital_fen": capital, "opened_on": _MORNING.date().isoformat()}))
        town += 1
    return found[:count]


@contextmanager
def served(
    accounts: Sequence[Filing], folder: Path, latency: float, document_size: int, began: float
) -> Iterator[tuple[Branch, dict[str, str]]]:
    """Serve three systems with these accounts on the day's list; every request takes `latency` seconds longer.

    The day's morning is at `began`, Unix seconds.
    """
    towns = range(1 + max(int(one.filing_id[1:5]) for one in accounts))
    known = list(filings.existing_of_towns(_SEED, towns).itertuples(index=False, name=None))
    faults = {name: Faults(latency=latency) for name in SYSTEMS}
    users = {name: {USER: PASSWORD} for name in SYSTEMS}
    branch = open_branch(
        folder, users, _clock_since(began), known=known, faults=faults, document_size=document_size // 3
    )
    records = [to_record(one) | {"opened_at": _MORNING.isoformat()} for one in accounts]
    branch.offer(records, _keys(), _SIGNING, at=_MORNING, serial=1, nonce=bytes(12))
    with serve(branch.applications()) as addresses:
        yield branch, dict(addresses)


def _clock_since(began: float) -> Callable[[], datetime]:
    """Return a clock that was at the morning of the day at a moment (Unix seconds): the same for all processes."""
    return lambda: _MORNING + timedelta(seconds=time.time() - began)


def settings_of(job: "Job") -> Settings:
    """Return the settings of our bot for a job."""
    import os

    names = ("certificate_number", "legal_representative", "address", "business_scope", "industry")
    rows = [{name: getattr(one, name) for name in names} | {"name": one.depositor_name} for one in job.accounts]
    credentials = {name: Credentials(job.user, Secret(job.password)) for name in SYSTEMS}
    return Settings(
        job.urls,
        credentials,
        _keys(),
        Registry(rows),
        job.folder / "bot",
        find_browser(os.environ),
        _clock_since(job.began),
        contexts=job.contexts,
        patience=Patience(page_seconds=30.0, step_seconds=120.0, lease_seconds=120.0),
    )
