"""The truth: what the systems really did, for judges alone; no page shows it.

Read from their own records and logs: which account was filed when and with which values, what was sent twice, what was
stored, and what was written back.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from rpa.systems.branch import Branch
from rpa.systems.documents import documents

__all__ = ["Truth", "right_pages", "truth_of"]


@dataclass(frozen=True)
class Truth:
    """What really happened.

    Parameters
    ----------
    filed
        Record of each account on file, by bank code and account number.
    filed_at
        When each was committed.
    commits, attempts_again
        How often each was committed, and how often somebody tried to again.
    stored
        Names and hashes of the pages of each set, by legal entity and filing id.
    written_back
        Result of each filing id.
    struck
        How often each fault has struck, by system.
    """

    filed: Mapping[tuple[str, str], Mapping[str, Any]]
    filed_at: Mapping[tuple[str, str], datetime]
    commits: Counter[tuple[str, str]]
    attempts_again: Counter[tuple[str, str]]
    stored: Mapping[tuple[str, str], Mapping[str, str]]
    written_back: Mapping[str, Mapping[str, Any]]
    struck: Mapping[str, Counter[str]]


def truth_of(branch: Branch) -> Truth:
    """Return what a branch's systems really did.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> from pathlib import Path
    >>> from datetime import UTC
    >>> from rpa.systems.branch import SYSTEMS, open_branch
    >>> branch = open_branch(Path(mkdtemp()), {name: {} for name in SYSTEMS}, lambda: datetime(2026, 7, 1, tzinfo=UTC))
    >>> truth_of(branch).filed
    {}
    """
    accounts, images, operations = (branch.records[name] for name in ("accounts", "images", "operations"))
    log = accounts.log("filed")
    return Truth(
        {_pair(key): value for key, value in accounts.all("account").items()},
        {_pair(entry.key): entry.at for entry in log},
        Counter(_pair(entry.key) for entry in log),
        Counter(_pair(entry.key) for entry in accounts.log("filed again")),
        {
            (value["entity"], value["filing_id"]): {page["name"]: page["digest"] for page in value["pages"]}
            for value in images.all("set").values()
        },
        operations.all("result"),
        {name: site.faults.struck for name, site in branch.sites.items()},
    )


def right_pages(account_number: str, size: int) -> dict[str, str]:
    """Return names and hashes of the pages that should be stored for an account."""
    return {name: sha256(data).hexdigest() for name, data in documents(account_number, size).items()}


def _pair(key: str) -> tuple[str, str]:
    bank_code, _, account_number = key.partition("/")
    return bank_code, account_number
