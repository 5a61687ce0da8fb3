"""The evening: the systems are served, the bot files, a person decides what only a person can, and the bot goes on."""

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engines.filing.opening_day import BANK, EVENING, OpeningDay
from engines.progress import Report
from rpa.bot import SYSTEMS, Patience, Settings, Summary, run_once
from rpa.browser import find_browser
from rpa.evidence import Credentials
from rpa.evidence.credentials import Secret
from rpa.listing import ListKeys, Registry
from rpa.queue import State, WorkQueue
from rpa.systems import Faults, serve
from rpa.systems.branch import Branch, open_branch

__all__ = ["CONTEXTS", "Evening", "faults_of", "keys_of", "spend"]

CONTEXTS = 2
_ROUNDS = 4
_PATIENCE = Patience(
    page_seconds=10.0,
    lease_seconds=30.0,
    settle_seconds=2.0,
    first_backoff=0.2,
    longest_backoff=1.5,
    breaker_failures=8,
    breaker_seconds=1.0,
    most_attempts=20,
    list_tries=4,
    list_wait_seconds=0.5,
)
_SHARES: Mapping[str, Mapping[str, float]] = {
    "accounts": {
        **{"closed_after_commit": 1.0, "closed_before_commit": 0.5, "late_commit": 0.5, "error_503": 0.1},
        **{"session_expired": 0.1, "label_changed": 0.6, "label_wrapped": 0.3, "labels_swapped": 0.3},
        **{"layout_changed": 0.3, "label_moved": 0.3, "notice": 0.05},
    },
    "images": {"partial_upload": 0.8, "wrong_checksum": 0.5, "error_500": 0.1},
    "operations": {"download_truncated": 0.4, "error_502": 0.05},
}
"""How often each fault strikes, as a multiple of the rate that is asked for."""


@dataclass
class Evening:
    """What an evening came to.

    Parameters
    ----------
    branch
        The systems, for the judge.
    settings
        The bot's.
    summaries
        Of each round of the bot.
    helped
        What a person decided between rounds: why each account had been handed over, by number.
    addresses
        Of the systems, while they are served.
    """

    branch: Branch
    settings: Settings
    summaries: list[Summary]
    helped: dict[str, str]
    addresses: dict[str, str]


def keys_of(seed: int) -> tuple[ListKeys, bytes]:
    """Return the bank's keys for lists, and the platform's signing key; for teaching alone.

    Examples
    --------
    >>> keys_of(7)[0].bank, len(keys_of(7)[1])
    ('陇上银行', 32)
    """
    rng = np.random.default_rng([seed, 51])
    secret, signing = rng.bytes(32), rng.bytes(32)
    public = Ed25519PrivateKey.from_private_bytes(signing).public_key().public_bytes_raw()
    return ListKeys(BANK, "aes-256-gcm", secret, public), signing


def faults_of(seed: int, rate: float) -> dict[str, Faults]:
    """Return each system's faults; a rate of 0.1 lets one commit in ten lose its answer, and so on.

    Examples
    --------
    >>> faults_of(7, 0.1)["accounts"].rates["closed_after_commit"]
    0.1
    """
    return {
        system: Faults(
            rates={name: min(rate * share, 1.0) for name, share in shares.items()} if rate else {},
            late_seconds=0.5,
            rng=np.random.default_rng([seed, 52, place]),
        )
        for place, (system, shares) in enumerate(_SHARES.items())
    }


@contextmanager
def spend(
    folder: Path,
    seed: int,
    day: OpeningDay,
    rate: float,
    progress: Report,
    *,
    headed: bool = False,
    say: Callable[[str], None] | None = None,
) -> Iterator[Evening]:
    """Serve the systems, let the bot work until nothing is left, and give what came of it while they are served.

    Raises
    ------
    BrowserMissingError
        If there is no browser.
    """
    found = find_browser(os.environ, headed=headed)
    began = monotonic()
    passwords = {name: f"{name}-evening-2020" for name in SYSTEMS}

    def clock() -> datetime:
        return EVENING + timedelta(seconds=monotonic() - began)

    users = {name: {"clerk": passwords[name]} for name in SYSTEMS}
    branch = open_branch(
        folder, users, clock, known=day.known, banks=day.banks, faults=faults_of(seed, rate), session_seconds=3_600.0
    )
    keys, signing = keys_of(seed)
    nonce = np.random.default_rng([seed, 53]).bytes(12)
    branch.offer(day.records, keys, signing, at=EVENING, serial=1, nonce=nonce)
    with serve(branch.applications()) as addresses:
        settings = Settings(
            addresses,
            {name: Credentials("clerk", Secret(passwords[name])) for name in SYSTEMS},
            keys,
            Registry(day.registry),
            folder / "bot",
            found,
            clock,
            seed=seed,
            contexts=CONTEXTS,
            headed=headed,
            patience=_PATIENCE,
            watch=_watched(progress, len(day.records)),
        )
        evening = Evening(branch, settings, [], {}, dict(addresses))
        _work(evening, {one.filing.filing_id for one in day.expected if one.ends != "person"}, say)
        yield evening


def _watched(progress: Report, total: int) -> Callable[[str, str], None]:
    ended: set[str] = set()

    def watch(filing_id: str, what: str) -> None:
        if what in (State.DONE, State.REFUSED, State.WAITING):
            ended.add(filing_id)
            progress("accounts · 账户", len(ended), total)

    return watch


def _work(evening: Evening, for_the_bot: set[str], say: Callable[[str], None] | None) -> None:
    """Let the bot work; a person sends back what was handed over for a page's sake, until nothing is.

    An account that the central bank will refuse is sent back as well: its refusal is yet to be written.
    """
    for number in range(_ROUNDS):
        evening.summaries.append(asyncio.run(run_once(evening.settings, reconcile=True)))
        handed = _handed_over(evening.settings, for_the_bot)
        if not handed or number == _ROUNDS - 1:
            return
        if say is not None:
            say(f"a person looks at · 人工处理: {', '.join(sorted(handed))}")
        evening.helped |= handed
        queue = WorkQueue(evening.settings.queue_path)
        for filing_id in handed:
            queue.resume(filing_id, who="clerk", now=evening.settings.now(), reason="looked at; the page is right now")
        queue.close()


def _handed_over(settings: Settings, for_the_bot: set[str]) -> dict[str, str]:
    queue = WorkQueue(settings.queue_path)
    items: list[Any] = queue.items()
    queue.close()
    waiting = [item for item in items if item.state is State.WAITING]
    return {item.filing_id: item.reason for item in waiting if item.filing_id in for_the_bot}
