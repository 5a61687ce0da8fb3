"""The benchmark of the ledger: every subject is measured, and the workload is what it says."""

import itertools
import math
import multiprocessing
import time
from pathlib import Path

import pytest

from benchmarks import ledger, ledger_speed
from benchmarks.errors import PeerMissingError
from benchmarks.ledger_audit import audit_alone, merkle_seconds, signed_ahead, write_ledger, write_transfers
from benchmarks.ledger_clock import children_seconds, spent_since, spread
from benchmarks.ledger_floor import FLOORS, claims_of
from benchmarks.ledger_workload import ED25519, SM2, consortium, opening, opening_node, place_of, transfers
from benchmarks.measurement import SHARE, Measurement
from ledger.errors import MissingExtraError
from ledger.genesis import genesis_bytes, ledger_id
from ledger.node import Receipt, Refusal
from ledger.stores import MemoryStore

LEDGERS = {"ledger: pipeline, durable", "ledger: node alone, durable"}


@pytest.fixture(scope="module")
def quick():
    steps = []
    return ledger.run(quick=True, progress=lambda *step: steps.append(step)), steps


def test_every_number_is_finite_and_stands_once(quick):
    found, steps = quick
    assert len({(one.dataset, one.subject, one.metric) for one in found}) == len(found)
    assert all(math.isfinite(one.value) and one.value >= 0 for one in found)
    assert all(done < total for _, done, total in steps)


def test_both_suites_are_measured_beside_their_own_library(quick):
    subjects = {dataset: set() for dataset in (f"1,000 transfers, {ED25519}", f"250 transfers, {SM2}")}
    for one in quick[0]:
        if one.dataset in subjects:
            subjects[one.dataset].add(one.subject)
    assert list(subjects.values()) == [
        {"PyNaCl alone (floor)", "cryptography alone", *LEDGERS},
        {"tongsuopy alone (floor)", *LEDGERS},
    ]
    shares = [one for one in quick[0] if one.metric == "of the floor, CPU" and one.subject.endswith("(floor)")]
    assert [(one.value, one.unit) for one in shares] == [(1.0, SHARE)] * 2


def test_long_ledgers_are_written_verified_and_hashed_at_each_size(quick):
    rows = {}
    for one in quick[0]:
        if one.dataset == "long ledgers":
            rows.setdefault(one.subject, {})[one.metric] = one.value
    assert list(rows) == ["1,000 transfers", "2,000 transfers"]
    for row in rows.values():
        assert row["verifying, CPU each"] == pytest.approx(row["of it, walking"] + row["of it, signatures"])
        assert 20 < row["peak memory, verifying"] < 600
    growing = {one.metric for one in quick[0] if one.dataset == "long ledgers, growth of the cost of an entry"}
    assert growing >= {"writing, CPU each", "verifying, CPU each"}


def test_growth_is_the_cost_of_an_entry_beside_that_in_the_smallest_ledger():
    long = [Measurement("long ledgers", f"{size} transfers", "walking", 2.0 + size, "µs") for size in (0, 1, 2)]
    other = Measurement("long ledgers", "1 transfers", "Merkle tree", 5.0, "s")
    assert [(one.subject, one.value) for one in ledger._growth([*long, other])] == [
        ("1 transfers", 1.5),
        ("2 transfers", 2.0),
    ]


@pytest.mark.parametrize("suite", [ED25519, SM2])
def test_every_transfer_of_the_workload_is_accepted_and_fragments_stay_as_many(suite):
    people = consortium(suite)
    node = opening_node(people, MemoryStore())
    calls, made = opening(people, 3)
    answers = node.submit(calls) + node.submit(list(transfers(people, made, 20)))
    assert all(isinstance(one, Receipt) for one in answers)
    assert len(list(node.state.records("fragments"))) == 3
    assert place_of(answers[-1]) == 29
    with pytest.raises(AssertionError, match="a transfer of the benchmark was refused"):
        place_of(Refusal("SumError", "too much"))


def test_the_floor_verifies_the_signatures_of_the_transfers():
    people = consortium(ED25519)
    calls = list(transfers(people, opening(people, 2)[1], 6))
    keys = {one.fingerprint: people.suite.public_key(one.private) for one in people.wallets.values()}
    claims = claims_of(calls, ledger_id(genesis_bytes(people.genesis), people.suite), people.suite, keys)
    forged = claims._replace(signatures=claims.signatures[1:] + claims.signatures[:1])
    for _, verified in FLOORS[ED25519]:
        assert verified(claims) >= 0
        with pytest.raises(Exception, match=r"^$|Signature was forged or corrupt"):
            verified(forged)


def test_a_ledger_from_lines_holds_and_is_hashed(tmp_path: Path):
    people = consortium(ED25519)
    write_transfers(tmp_path, ED25519, 2, 30)
    calls = list(signed_ahead(tmp_path, 20))
    assert len(set(calls)) == 20
    assert write_ledger(people, tmp_path / "x.ledger", calls, 2, 1).own > 0
    audit = audit_alone(tmp_path / "x.ledger", 1)
    assert audit.entries == 1 + 6 + 20
    assert audit.peak_bytes > 1_000_000
    seconds, data = merkle_seconds(tmp_path / "x.ledger")
    assert seconds > 0
    assert data > 26 * 300


def test_the_clock_of_another_process_is_read():
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=time.sleep, args=(30,))
    start = spent_since()
    process.start()
    try:
        for _ in itertools.takewhile(lambda _: spent_since(start).children == 0, range(300)):
            time.sleep(0.05)
        assert children_seconds() > 0
        assert spent_since(start).cpu >= spent_since(start).children > 0
    finally:
        process.kill()
        process.join()
    assert spread([2.0, 2.0]) == 0


def test_a_missing_suite_is_named_in_one_sentence(monkeypatch):
    def missing(*_):
        raise MissingExtraError("the suite sm2-sm3-sm4 needs tongsuopy: pip install -e '.[sm2]'")

    monkeypatch.setattr(ledger, "speed", missing)
    with pytest.raises(PeerMissingError, match=r"^the suite sm2-sm3-sm4 needs tongsuopy"):
        ledger.run(quick=True)
    assert ledger_speed.WORKERS == ledger_speed.CORES + 1
