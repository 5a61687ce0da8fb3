"""What it costs to write a long ledger and to verify it again, beside the signatures alone, and in which memory."""

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from benchmarks.cost import peak_bytes
from benchmarks.ledger_clock import Spent, children_seconds, spent_since
from benchmarks.ledger_workload import Consortium, consortium, opening, opening_node, place_of, transfers
from ledger.auditor.stored import file_blocks
from ledger.auditor.verification import verify
from ledger.block import split_entries
from ledger.frontier import Frontier, leaf_hashes
from ledger.pipeline import Pipeline
from ledger.processes import started_clean
from ledger.stores import SqliteStore

__all__ = ["Audit", "audit_alone", "merkle_seconds", "signed_ahead", "write_ledger", "write_transfers"]

LANES = 2
"""How many processes sign ahead."""


class Audit(NamedTuple):
    """What an audit took: this process (which walks and executes) and those that verify signatures, and peak memory."""

    spent: Spent
    entries: int
    peak_bytes: int


def write_transfers(folder: Path, suite: str, fragments: int, count: int) -> None:
    """Sign transfers ahead, on all cores, so that signing them costs nothing when they are measured."""
    with ProcessPoolExecutor(LANES, mp_context=started_clean()) as pool:
        list(pool.map(partial(_write_lane, folder, suite, fragments, count), range(LANES)))


def _write_lane(folder: Path, suite: str, fragments: int, count: int, lane: int) -> None:
    people = consortium(suite)
    made = opening(people, fragments)[1]
    with (folder / f"lane-{lane}").open("wb") as file:
        file.writelines(one + b"\n" for one in transfers(people, made, count, lane, LANES))


def signed_ahead(folder: Path, count: int) -> Iterator[bytes]:
    """Yield the first transfers that were signed ahead."""
    with ExitStack() as stack:
        lanes = [stack.enter_context((folder / f"lane-{lane}").open("rb")) for lane in range(LANES)]
        for number in range(count):
            yield lanes[number % LANES].readline()[:-1]


def write_ledger(people: Consortium, path: Path, calls: Iterable[bytes], fragments: int, processes: int) -> Spent:
    """Write a ledger of an opening and some transfers, close it, and return what the transfers took."""
    node = opening_node(people, SqliteStore(path, create=True))
    with Pipeline(node, processes=processes) as line:
        line.submit(opening(people, fragments)[0])
        start = spent_since()
        for answer in line.answers(calls):
            place_of(answer)
        spent = spent_since(start)
    node.close()
    return spent


def audit_alone(path: Path, processes: int) -> Audit:
    """Verify a ledger in a process of its own that has done nothing before.

    Raises
    ------
    AssertionError
        If the ledger does not hold.
    """
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_audit, path, processes).result()


def _audit(path: Path, processes: int) -> Audit:
    seen = 0.0

    def look(*_: object) -> None:
        nonlocal seen
        seen = children_seconds()

    start = spent_since()
    report = verify(path, processes=processes, progress=look)
    spent = spent_since(start)
    assert report.holds, report.findings
    return Audit(spent._replace(children=seen), report.entries, peak_bytes())


def merkle_seconds(path: Path) -> tuple[float, int]:
    """Return the CPU seconds that the Merkle tree over a ledger takes, block by block, and the bytes of its leaves."""
    tree, total, seconds = Frontier(), 0, 0.0
    for block in file_blocks(path):
        entries = split_entries(block.body, block.body.count(b"\n"))
        start = time.process_time()
        tree = tree.extend(leaf_hashes(entries))
        tree.root()
        seconds += time.process_time() - start
        total += len(block.body) - len(entries)
    return seconds, total
