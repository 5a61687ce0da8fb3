"""Durable transfers beside nothing but their signatures, in turns, on the same cores."""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median

from benchmarks.ledger_audit import write_ledger
from benchmarks.ledger_clock import Spent, spent_since, spread
from benchmarks.ledger_floor import FLOORS, Claims, claims_of
from benchmarks.ledger_workload import consortium, opening, opening_node, place_of, transfers
from benchmarks.measurement import SHARE, Measurement
from ledger.genesis import genesis_bytes, ledger_id
from ledger.processes import started_clean
from ledger.stores import SqliteStore
from ledger.stores.store import Block

__all__ = ["CORES", "WORKERS", "floor_spent", "speed", "storing"]

CORES = 2
WORKERS = CORES + 1
"""How many processes screen: with one more than there are cores, none idles while the node commits."""
_CHUNK = 250
_LEDGER, _ALONE = "ledger: pipeline, durable", "ledger: node alone, durable"


def speed(suite: str, count: int, fragments: int, runs: int) -> Iterator[Measurement]:
    """Yield how fast transfers are written, and how much of it their signatures alone would take.

    Parameters
    ----------
    suite
        Name of the crypto suite.
    count, fragments
        How many transfers, of how many fragments by turns.
    runs
        How often each subject is measured; ratios are those of one turn, and of them the median.
    """
    people = consortium(suite)
    calls = list(transfers(people, opening(people, fragments)[1], count))
    keys = {one.fingerprint: people.suite.public_key(one.private) for one in people.wallets.values()}
    claims = claims_of(calls, ledger_id(genesis_bytes(people.genesis), people.suite), people.suite, keys)
    turns: list[dict[str, Spent]] = []
    with tempfile.TemporaryDirectory(prefix="hexi-") as folder:
        for turn in range(runs):
            found = {name: floor_spent(verified, claims) for name, verified in FLOORS[suite]}
            path = Path(folder) / f"{turn}.ledger"
            found[_LEDGER] = write_ledger(people, path, iter(calls), fragments, WORKERS)
            node = opening_node(people, SqliteStore(path.with_suffix(".alone"), create=True))
            node.submit(opening(people, fragments)[0])
            start = spent_since()
            for answer in node.submit(calls):
                place_of(answer)
            found[_ALONE] = spent_since(start)
            node.close()
            turns.append(found)
    yield from _told(f"{count:,} transfers, {suite}", count, turns)


def floor_spent(verified: Callable[[Claims], float], claims: Claims) -> Spent:
    """Return what it takes to verify signatures on all cores; CPU seconds are those of verifying alone."""
    parts = [Claims(*(one[start : start + _CHUNK] for one in claims)) for start in range(0, len(claims.keys), _CHUNK)]
    with ProcessPoolExecutor(CORES, mp_context=started_clean()) as pool:
        list(pool.map(verified, parts[: 2 * CORES]))  # both have started and loaded what they need
        start = time.perf_counter()
        return Spent(0.0, sum(pool.map(verified, parts)), time.perf_counter() - start)


def _told(dataset: str, count: int, turns: Sequence[Mapping[str, Spent]]) -> Iterator[Measurement]:
    floor, *_ = turns[0]
    for name in turns[0]:
        spent = [turn[name] for turn in turns]
        yield Measurement(dataset, name, "CPU each", median(one.cpu for one in spent) / count * 1e6, "µs")
        yield Measurement(dataset, name, "spread of it", spread([one.cpu for one in spent]), SHARE)
        yield Measurement(dataset, name, "a second", count / median(one.wall for one in spent), "/s")
        against = [(turn[floor].cpu / turn[name].cpu, turn[floor].wall / turn[name].wall) for turn in turns]
        yield Measurement(dataset, name, "of the floor, CPU", median(cpu for cpu, _ in against), SHARE)
        yield Measurement(dataset, name, "of the floor, wall", median(wall for _, wall in against), "×")
    ours = [turn[_LEDGER] for turn in turns]
    yield Measurement(dataset, _LEDGER, "CPU each, node", median(one.own for one in ours) / count * 1e6, "µs")
    yield Measurement(dataset, _LEDGER, "CPU each, screening", median(one.children for one in ours) / count * 1e6, "µs")


def storing(commits: int, body: bytes) -> Iterator[Measurement]:
    """Yield how many transactions a second a file takes with one and with a thousand of them to a commit."""
    with tempfile.TemporaryDirectory(prefix="hexi-") as folder:
        for each in (1, 1_000):
            store = SqliteStore(Path(folder) / f"{each}.ledger", create=True)
            blocks = [Block(number, bytes(400), body * each, bytes(300)) for number in range(commits)]
            start = time.perf_counter()
            for block in blocks:
                store.append(block)
            seconds = time.perf_counter() - start
            store.close()
            name = f"{each:,} to a commit"
            yield Measurement("storing alone, SQLite", name, "a second", commits * each / seconds, "/s")
