"""Settings of a bot: where the systems are, who it is there, how patient it is, and what it is told from outside.

The clock, the generator of chance, the keys and the folder are given; nothing is looked for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np

from rpa.browser import Found
from rpa.deadlines import Policy, WorkingDays, default_policy
from rpa.errors import PolicyError
from rpa.evidence import Credentials
from rpa.listing import ListKeys, Registry

__all__ = ["SYSTEMS", "Patience", "Settings", "Watch"]

SYSTEMS = ("operations", "accounts", "images")
"""The operations platform (运营管理平台), account management (账户管理系统), the image platform (影像平台)."""

Watch = Callable[[str, str], None]
"""Hears of every step: the account's number, and the state that was reached."""


@dataclass(frozen=True)
class Patience:
    """How long a bot waits, and how often it tries.

    Parameters
    ----------
    page_seconds
        For a page.
    step_seconds
        For one step of one account, whatever it does.
    lease_seconds
        How long an account stays a bot's own without a heartbeat; several times a page.
    settle_seconds
        How long after a lost answer an account may still appear on record; longer than the longest late commit.
    settle_queries
        How often it is asked in that time.
    most_attempts
        Failures of an account in a row, after which a person gets it.
    most_rounds
        How often one account may be sent without an answer, after which a person gets it.
    first_backoff, longest_backoff
        Seconds after a failure; see `rpa.queue.retry_after`.
    breaker_failures, breaker_seconds
        Failures of a system in a row after which it is left alone, and for how long.
    seconds_each
        How long an account takes, for warnings of deadlines.
    list_tries, list_wait_seconds
        How often a list that is late is asked for, and the time between.
    """

    page_seconds: float = 5.0
    step_seconds: float = 60.0
    lease_seconds: float = 60.0
    settle_seconds: float = 30.0
    settle_queries: int = 5
    most_attempts: int = 8
    most_rounds: int = 5
    first_backoff: float = 1.0
    longest_backoff: float = 120.0
    breaker_failures: int = 5
    breaker_seconds: float = 30.0
    seconds_each: float = 2.0
    list_tries: int = 6
    list_wait_seconds: float = 300.0

    def __post_init__(self) -> None:
        """Refuse what would let two bots file one account, or never end."""
        if self.lease_seconds < 2 * self.page_seconds:
            raise PolicyError(
                f"a lease of {self.lease_seconds:g} s ends while a page of {self.page_seconds:g} s is waited for:"
                " it must be at least twice as long"
            )
        for name in ("settle_queries", "most_attempts", "most_rounds", "breaker_failures", "list_tries"):
            if getattr(self, name) < 1:
                raise PolicyError(f"{name} is {getattr(self, name)}, it must be 1 or more")


def _hear_nothing(filing_id: str, what: str) -> None:
    del filing_id, what


@dataclass(frozen=True)
class Settings:
    """What a bot is told.

    Parameters
    ----------
    addresses, credentials
        By system, see `SYSTEMS`.
    keys
        Of the list packages.
    registry
        Extract of the registry of firms.
    folder
        Holds the queue, the evidence and what was downloaded; bots that share a queue share it.
    browser
        Which one.
    clock
        The time, with its time zone.
    seed
        Of the chance by which retries are spread.
    name
        Of this bot; bots that share a queue need different ones.
    contexts
        How many accounts it files side by side, while it carries the papers of as many others.
    headed
        Whether people can watch.
    pictures
        Whether screenshots are kept as evidence.
    watch
        Hears of every step.
    """

    addresses: Mapping[str, str]
    credentials: Mapping[str, Credentials] = field(repr=False)
    keys: ListKeys = field(repr=False)
    registry: Registry = field(repr=False)
    folder: Path
    browser: Found
    clock: Callable[[], datetime] = field(repr=False)
    seed: int = 0
    name: str = "bot"
    contexts: int = 1
    headed: bool = False
    pictures: bool = True
    patience: Patience = Patience()
    policy: Policy = field(default_factory=default_policy)
    days: WorkingDays = field(default_factory=WorkingDays, repr=False)
    watch: Watch = field(default=_hear_nothing, repr=False)

    def __post_init__(self) -> None:
        """Refuse a bot that lacks a system."""
        for name in SYSTEMS:
            if name not in self.addresses or name not in self.credentials:
                raise PolicyError(f"the bot lacks the address or the log-in of {name}")
        if self.contexts < 1:
            raise PolicyError(f"{self.contexts} accounts side by side are not possible: 1 or more")

    @property
    def queue_path(self) -> Path:
        """Where the work queue lies."""
        return self.folder / "queue.db"

    @property
    def evidence_folder(self) -> Path:
        """Where the evidence lies."""
        return self.folder / "evidence"

    def rng(self, use: str) -> np.random.Generator:
        """Return the generator of chance for one use."""
        words = [int.from_bytes(part.encode(), "big") % 2**32 for part in (self.name, use)]
        return np.random.default_rng([self.seed, *words])

    def now(self) -> float:
        """Return the time in Unix seconds."""
        return self.clock().timestamp()
