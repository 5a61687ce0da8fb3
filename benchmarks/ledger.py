"""The ledger beside nothing but its signatures.

A transfer that is on disk and acknowledged must be verified first, so that verifying signatures alone, with the same
library and on the same two cores, is a bound that no ledger can pass. It is the floor here. Subjects take turns with
it: the pipeline (processes that screen before one node, blocks of a thousand in an SQLite file, write-ahead log, full
synchronisation) and the node alone, in one process. Another library that verifies Ed25519 is shown as a peer; it is not
used, because verifiers disagree on odd signatures and one verifier is a rule of the ledger. Both suites are measured.
Transfers are the least that they can be: one fragment, one payee, one signature (`benchmarks.ledger_workload`).

`CPU each` is what all processes together spend on a transfer; `a second` is by the clock on the wall. `of the floor`
compares the two within each turn; the numbers are medians of the turns, with the spread of CPU time beside them.

Long ledgers: written by the pipeline, then verified again from the file in a fresh process and two more for the
signatures. Its signatures are compared with the floor, as is the whole; `growth` is the cost of an entry beside that in
the smallest ledger, 1 if cost is linear. The peak memory is that of the process that walks. The Merkle tree is timed by
itself over the same entries. On a busy machine trust the ratios of CPU time.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.errors import PeerMissingError
from benchmarks.ledger_audit import audit_alone, merkle_seconds, signed_ahead, write_ledger, write_transfers
from benchmarks.ledger_floor import FLOORS, claims_of
from benchmarks.ledger_speed import CORES, WORKERS, floor_spent, speed, storing
from benchmarks.ledger_workload import ED25519, SM2, Consortium, consortium
from benchmarks.measurement import Measurement, Progress
from ledger.errors import MissingExtraError
from ledger.genesis import genesis_bytes, ledger_id

__all__ = ["TITLE_ZH", "run"]

TITLE_ZH = "账本：吞吐与复核"

_SIZES, _QUICK_SIZES = (10_000, 100_000, 1_000_000), (1_000, 2_000)
_SPEED, _QUICK_SPEED = {ED25519: 20_000, SM2: 4_000}, {ED25519: 1_000, SM2: 250}
_FRAGMENTS, _QUICK_FRAGMENTS = 1_000, 50
_RUNS, _COMMITS, _QUICK_COMMITS = 5, 200, 5
_SAMPLE = 20_000
"""Signatures with which the floor beside a long ledger is measured."""


def run(quick: bool = False, progress: Progress | None = None) -> tuple[Measurement, ...]:
    """Measure transfers, storing, and ledgers of several lengths.

    Parameters
    ----------
    quick
        A thousand transfers, once, and ledgers of one and two thousand.
    progress
        Called with the name of a step, how much is done and how much there is.

    Raises
    ------
    PeerMissingError
        If the national suite is not installed.
    """
    say = progress or (lambda *_: None)
    fragments = _QUICK_FRAGMENTS if quick else _FRAGMENTS
    found: list[Measurement] = []
    for place, (suite, count) in enumerate((_QUICK_SPEED if quick else _SPEED).items()):
        say("transfers · 转让", place, 2)
        try:
            found += speed(suite, count, fragments, 1 if quick else _RUNS)
        except MissingExtraError as error:
            raise PeerMissingError(str(error)) from None
    people = consortium(ED25519)
    sizes = _QUICK_SIZES if quick else _SIZES
    with tempfile.TemporaryDirectory(prefix="hexi-") as folder:
        say("signing · 签名", 0, 1)
        write_transfers(Path(folder), ED25519, fragments, sizes[-1])
        found += storing(_QUICK_COMMITS if quick else _COMMITS, next(signed_ahead(Path(folder), 1)) + b"\n")
        long: list[Measurement] = []
        for place, size in enumerate(sizes):
            say("long ledgers · 长账本", place, len(sizes))
            long += _long(people, Path(folder), size, fragments)
    return (*found, *sorted([*long, *_growth(long)], key=lambda one: one.dataset))


def _long(people: Consortium, folder: Path, size: int, fragments: int) -> Iterator[Measurement]:
    """Yield what it takes to write a ledger of so many transfers, and to verify it again."""
    row, path = f"{size:,} transfers", folder / "long.ledger"
    keys = {one.fingerprint: people.suite.public_key(one.private) for one in people.wallets.values()}
    sample = list(signed_ahead(folder, min(size, _SAMPLE)))
    claims = claims_of(sample, ledger_id(genesis_bytes(people.genesis), people.suite), people.suite, keys)
    before = floor_spent(FLOORS[ED25519][0][1], claims)
    write = write_ledger(people, path, signed_ahead(folder, size), fragments, WORKERS)
    audit = audit_alone(path, CORES)
    after = floor_spent(FLOORS[ED25519][0][1], claims)
    floor, wall = ((one + two) / 2 / len(sample) for one, two in ((before.cpu, after.cpu), (before.wall, after.wall)))
    spent, entries = audit.spent, audit.entries
    yield Measurement("long ledgers", row, "writing, CPU each", write.cpu / size * 1e6, "µs")
    yield Measurement("long ledgers", row, "verifying, CPU each", spent.cpu / entries * 1e6, "µs")
    yield Measurement("long ledgers", row, "of it, walking", spent.own / entries * 1e6, "µs")
    yield Measurement("long ledgers", row, "of it, signatures", spent.children / entries * 1e6, "µs")
    yield Measurement("long ledgers", row, "the floor's", floor * 1e6, "µs")
    yield Measurement("long ledgers", row, "verifying, wall", spent.wall, "s")
    yield Measurement("long ledgers", row, "peak memory, verifying", audit.peak_bytes / 1e6, "MB")
    yield Measurement("long ledgers, times the floor", row, "signatures", spent.children / entries / floor, "×")
    yield Measurement("long ledgers, times the floor", row, "whole, CPU", spent.cpu / entries / floor, "×")
    yield Measurement("long ledgers, times the floor", row, "whole, wall", spent.wall / entries / wall, "×")
    seconds, data = merkle_seconds(path)
    yield Measurement("long ledgers", row, "Merkle tree", seconds, "s")
    yield Measurement("long ledgers", row, "Merkle tree, speed", data / seconds / 1e6, "MB/s")
    path.unlink()
    for beside in folder.glob("long.ledger?*"):
        beside.unlink()


def _growth(long: list[Measurement]) -> Iterator[Measurement]:
    """Yield the cost of an entry as a multiple of that in the smallest ledger, once for each longer one."""
    smallest: dict[str, float] = {}
    for one in long:
        if one.unit == "µs" and smallest.setdefault(one.metric, one.value) != one.value:
            growth = one.value / smallest[one.metric]
            yield Measurement("long ledgers, growth of the cost of an entry", one.subject, one.metric, growth, "×")
