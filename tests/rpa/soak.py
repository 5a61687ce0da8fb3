"""A soak run: many accounts, every fault, a clerk who looks at what is handed over; judged by the truth.

`python -m tests.rpa.soak --accounts 2000 --faults 0.2` takes a while. The share says how much goes wrong: a fifth means
about two faults for each account on its dozen of pages, and that every seventh confirmation gets no answer. Three
accounts in twenty are not as they should be, and must not be filed.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from rpa.bot import Settings, Summary, run_once
from rpa.browser import find_browser
from rpa.filing import Filing
from rpa.queue import State, WorkQueue
from rpa.systems import Faults
from tests.rpa.bot_world import QUICK, World, basic, basic_number, general, judged, row_of, world

MOST_ROUNDS = 6
PATIENCE = replace(QUICK, page_seconds=4.0, settle_seconds=2.0, longest_backoff=1.0)


@dataclass(frozen=True)
class Soaked:
    """What came of it: what is wrong by the truth, accounts by state, faults that struck, hand-overs, and the time."""

    faults: dict[str, list[str]]
    counts: dict[State, int]
    struck: Counter[str]
    handed_over: int
    filed: int
    late: int
    seconds: float


def faults_of(share: float, seed: int) -> dict[str, Faults]:
    """Rates of every fault for a share, by system."""
    door = ("error_500", "error_502", "error_503", "error_429", "maintenance", "slow_page", "notice", "session_expired")
    pages = dict.fromkeys(door, share / 20) | {"dialog": share / 20, "slow_page": share / 60}
    commits = dict.fromkeys(("closed_before_commit", "closed_after_commit", "late_commit"), share / 4)
    forms = dict.fromkeys(("label_changed", "label_moved", "label_wrapped", "layout_changed"), share / 4)
    rates: Mapping[str, dict[str, float]] = {
        "operations": pages | dict.fromkeys(commits, share / 12) | {"download_truncated": share / 3},
        "accounts": pages | commits | forms | {"duplicate_submit": share / 4, "labels_swapped": share / 8},
        "images": pages
        | dict.fromkeys(commits, share / 12)
        | dict.fromkeys(("partial_upload", "wrong_checksum", "disk_full"), share / 4),
    }
    return {
        name: Faults(rates=given, slow_seconds=5.0, late_seconds=0.8, rng=np.random.default_rng([seed, place]))
        for place, (name, given) in enumerate(rates.items())
    }


def accounts_of(count: int) -> tuple[list[Filing], list[Filing], list[tuple[str, str, str]], list[dict[str, str]]]:
    """Accounts, those that must be filed, what the central bank knows, and the registry."""
    filings, right, known = [], [], []
    for number in range(1, count + 1):
        one = general(number) if number % 3 == 0 else basic(number)
        flaw = {0: "cancelled", 5: "second", 7: "contradicted"}.get(number % 20, "")
        if number % 20 in (3, 11):
            one = replace(one, capital_fen=None, capital_currency="")
        if flaw == "cancelled":
            one = general(number)
            known.append((one.certificate_number, one.basic_account_number, "cancelled"))
        elif flaw == "second":
            one = basic(number)
            known.append((one.certificate_number, basic_number(number), "open"))
        elif flaw == "contradicted":
            one = replace(one, legal_representative="别人")
        filings.append(one)
        right += [] if flaw else [one]
    return filings, right, known, [row_of(basic(number)) for number in range(1, count + 1)]


async def _rounds(settings: Settings, made: World, registry_problem: str) -> tuple[int, Summary]:
    """Run; let a clerk hand back what waits because something was odd, not because the data are; run again."""
    handed_over = 0
    for _ in range(MOST_ROUNDS):
        summary = await run_once(settings, reconcile=False)
        queue = WorkQueue(settings.queue_path)
        waiting = [
            item for item in queue.items() if item.state is State.WAITING and registry_problem not in item.reason
        ]
        for item in waiting:
            queue.resume(
                item.filing_id, who="clerk", now=made.clock().timestamp(), reason="looked at, nothing is wrong"
            )
        queue.close()
        handed_over += len(waiting)
        if not waiting:
            break
    return handed_over, summary


def soak(folder: Path, count: int, share: float, seed: int, contexts: int) -> Soaked:
    """Run, and judge."""
    filings, right, known, registry = accounts_of(count)
    began = time.monotonic()
    with world(folder, filings, known=known, registry=registry, faults=faults_of(share, seed)) as made:
        settings = made.settings(find_browser(os.environ), patience=PATIENCE, contexts=contexts, seed=seed)
        handed_over, summary = asyncio.run(_rounds(settings, made, "contradict each other"))
        struck: Counter[str] = sum(made.truth.struck.values(), Counter())
        wrong = judged(made, right)
        return Soaked(
            wrong,
            summary.counts,
            struck,
            handed_over,
            len(made.truth.filed),
            len(summary.late),
            time.monotonic() - began,
        )


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("--accounts", type=int, default=2_000)
    words.add_argument("--faults", type=float, default=0.2)
    words.add_argument("--seed", type=int, default=7)
    words.add_argument("--contexts", type=int, default=4)
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = soak(Path(folder), given.accounts, given.faults, given.seed, given.contexts)
    states = {str(state): count for state, count in found.counts.items() if count}
    sys.stdout.write(
        f"{given.accounts} accounts in {found.seconds:.0f} s, {found.struck.total()} faults: {dict(found.struck)}\n"
        f"{states}, handed over {found.handed_over} times, late {found.late}\n"
        f"by the truth: {found.faults or 'nothing missed, double or wrong'}\n"
    )
    return bool(found.faults)


if __name__ == "__main__":
    sys.exit(main())
