"""A consortium on a real etcd of three nodes: the leader is killed under load, and a member, and both come back."""

import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import consortium_sample
import pytest
from consortium_sample import NODES

from ledger.auditor import verify
from ledger.block import split_entries
from ledger.consortium import Etcd, Member, OrderedLog, found_ordered
from ledger.consortium.cluster import HOW_TO_GET_IT, Cluster, cluster, main
from ledger.consortium.demonstration import run_demo
from ledger.errors import ClusterError, OrderingError
from ledger.node import Receipt
from ledger.stores import MemoryStore, SqliteStore
from ledger.transaction import read_transaction

HERE = Path(__file__).parent
SOME = consortium_sample.nodes()
ROUNDS = 12 if os.environ.get("HEXI_FULL") == "1" else 1
"""How often the leader is killed."""


@pytest.fixture(scope="module")
def etcd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    if shutil.which("etcd") is None:
        pytest.skip(f"waits for etcd: {HOW_TO_GET_IT}")
    with cluster(tmp_path_factory.mktemp("etcd")) as found:
        yield found


class Told(NamedTuple):
    """A receipt that a member wrote down, and when."""

    id: str
    block: int
    place: int
    at: float


class Aftermath(NamedTuple):
    """What is left after three members wrote for some seconds, while things were killed."""

    folder: Path
    told: list[Told]
    members: dict[str, Member]
    leader_killed: float
    member_killed: float


def start(name: str, folder: Path, endpoints: list[str]) -> subprocess.Popen[bytes]:
    words = [sys.executable, str(HERE / "consortium_process.py"), name, str(folder), ",".join(endpoints)]
    roots = os.pathsep.join([str(HERE.parents[1]), str(HERE)])
    with (folder / f"{name}.log").open("ab") as log:
        return subprocess.Popen(words, stderr=log, env={**os.environ, "PYTHONPATH": roots})


def receipts(folder: Path, names: Sequence[str] = NODES) -> list[Told]:
    """Whole lines only: a process that was killed may have left half of one."""
    paths = [path for name in names if (path := folder / f"{name}.receipts").exists()]
    lines = [line.split() for path in paths for line in path.read_text().splitlines(keepends=True) if line[-1] == "\n"]
    return [Told(identity, int(block), int(place), float(at)) for identity, block, place, at in lines]


def wait_for(folder: Path, count: int, since: float, names: Sequence[str] = NODES) -> None:
    """Wait until so many receipts were written after a moment."""
    deadline = time.monotonic() + 40
    while sum(one.at > since for one in receipts(folder, names)) < count:
        logs = {path.name: path.read_text()[-2000:] for path in folder.glob("*.log")}
        assert time.monotonic() < deadline, f"there are not {count} receipts of {names} in time: {logs}"
        time.sleep(0.1)


def play(etcd: Cluster, folder: Path, processes: dict[str, subprocess.Popen[bytes]]) -> tuple[float, float]:
    for name in NODES:
        processes[name] = start(name, folder, etcd.endpoints)
    wait_for(folder, 20, 0.0)
    for _ in range(ROUNDS - 1):
        leader, since = etcd.leader(), time.time()
        etcd.kill(leader)
        wait_for(folder, 20, since + 1.5)
        etcd.start(leader)
        etcd.wait()
    leader, leader_killed = etcd.leader(), time.time()
    etcd.kill(leader)
    wait_for(folder, 20, leader_killed + 1.5)
    processes["bank-b"].kill()
    processes["bank-b"].wait()
    member_killed = time.time()
    etcd.start(leader)
    wait_for(folder, 10, member_killed)
    processes["bank-b"] = start("bank-b", folder, etcd.endpoints)
    for name in NODES:
        wait_for(folder, 1, member_killed, [name])
    (folder / "stop").touch()
    time.sleep(0.5)
    (folder / "end").touch()
    for process in processes.values():
        assert process.wait(30) == 0
    return leader_killed, member_killed


@pytest.fixture(scope="module")
def aftermath(etcd: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    folder = tmp_path_factory.mktemp("members")
    client = Etcd(etcd.endpoints)
    found_ordered(OrderedLog(client, SOME.ledger), SOME.people.genesis, SOME.people.operator)
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        killed = play(etcd, folder, processes)
    finally:
        for process in processes.values():
            process.kill()
            process.wait()
    log = OrderedLog(client, SOME.ledger)
    members = {
        name: consortium_sample.member(SOME, log, name, SqliteStore(folder / f"{name}.ledger")) for name in NODES
    }
    for _ in range(2):
        for one in members.values():
            one.follow()
    yield Aftermath(folder, receipts(folder), members, *killed)
    for one in members.values():
        one.close()
    client.close()


def identities(one: Member) -> list[str]:
    digest = SOME.people.suite.hash
    bodies = [block.body for block in one.store.blocks() if block.number]
    return [
        read_transaction(entry, digest).id.hex() for body in bodies for entry in split_entries(body, body.count(b"\n"))
    ]


def test_nothing_that_was_acknowledged_is_lost(aftermath: Aftermath) -> None:
    for one in aftermath.members.values():
        found = identities(one)
        assert all(found[told.place - 1] == told.id for told in aftermath.told)


def test_nothing_is_doubled(aftermath: Aftermath) -> None:
    for one in aftermath.members.values():
        assert set(Counter(identities(one)).values()) == {1}


def test_it_went_on_after_each_kill(aftermath: Aftermath) -> None:
    assert any(one.at < aftermath.leader_killed for one in aftermath.told)
    assert any(aftermath.leader_killed + 1.5 < one.at < aftermath.member_killed for one in aftermath.told)
    for name in NODES:
        assert any(one.at > aftermath.member_killed for one in receipts(aftermath.folder, [name])), name


def test_all_members_stand_at_one_head(aftermath: Aftermath) -> None:
    assert len({(one.head.number, one.head.previous, one.head.digest) for one in aftermath.members.values()}) == 1


def test_the_auditor_accepts_every_copy(aftermath: Aftermath) -> None:
    reports = [verify(aftermath.folder / f"{name}.ledger", ledger=SOME.ledger) for name in NODES]
    assert all(report.holds for report in reports)
    assert len({(report.blocks, report.root, report.state) for report in reports}) == 1


def test_each_member_has_signed_for_each_block(etcd: Cluster, aftermath: Aftermath) -> None:
    client = Etcd(etcd.endpoints)
    votes = Counter(one.key.split("/")[0] for one in OrderedLog(client, SOME.ledger).votes(0, 100_000))
    client.close()
    assert set(votes.values()) == {len(NODES)}
    assert len(votes) == aftermath.members["core"].head.number


def test_another_ledger_in_the_same_etcd_is_not_touched(etcd: Cluster) -> None:
    other = consortium_sample.nodes(seed=8)
    client = Etcd(etcd.endpoints)
    log = OrderedLog(client, other.ledger)
    found_ordered(log, other.people.genesis, other.people.operator)
    one = consortium_sample.member(other, log, "core", MemoryStore(), quorum=1)
    one.submit([consortium_sample.draft(other, "R1")])
    assert (one.head.number, one.head.tree.size) == (1, 2)
    client.close()


def test_etcd_takes_away_only_what_it_may(etcd: Cluster) -> None:
    client = Etcd(etcd.endpoints)
    for key in ("gone/1", "gone/2", "kept"):
        client.put(key, b"x")
    assert not client.remove("gone/", "gone0", unless="kept")
    assert client.get("gone/1") == b"x"
    assert client.remove("gone/", "gone0", unless="not there")
    assert client.first("gone/", "gone0") is None
    client.close()


def test_news_wake_whoever_waits(etcd: Cluster) -> None:
    client = Etcd(etcd.endpoints)
    log = OrderedLog(client, "cd" * 32)
    log.propose(0, b"block")
    began = time.monotonic()
    log.wait(client.revision - 1, 20.0)
    assert time.monotonic() - began < 15.0
    log.wait(client.revision, 0.05)
    client.close()


def test_a_write_that_etcd_refuses_was_not_done(etcd: Cluster) -> None:
    client = Etcd(etcd.endpoints)
    with pytest.raises(OrderingError, match="etcd refuses, invalid argument: etcdserver: request is too large"):
        client.create("hexi/large", bytes(2_000_000))
    assert client.get("hexi/large") is None
    client.close()


def test_where_etcd_is_not_installed_one_sentence_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ClusterError, match="apt-get install etcd-server"):
        Cluster(tmp_path)
    assert main(["--directory", str(tmp_path)]) == 1


def test_the_start_script_says_where_it_listens_and_leaves_nothing_running(tmp_path: Path) -> None:
    if shutil.which("etcd") is None:
        pytest.skip(f"waits for etcd: {HOW_TO_GET_IT}")
    words = [sys.executable, "-W", "error", "-m", "ledger.consortium.cluster", "--directory", str(tmp_path)]
    for data in (None, b"kept"):  # the second time, what the first has written is there
        with subprocess.Popen(words, stdout=subprocess.PIPE, cwd=HERE.parents[1], text=True) as process:
            assert process.stdout is not None
            client = Etcd(process.stdout.readline().strip().split(","))
            assert client.get("hexi/kept") == data
            client.put("hexi/kept", b"kept")
            process.terminate()
            assert process.wait(20) == 0
        client.close()
        with pytest.raises(OrderingError):
            client.get("hexi/kept")
    with pytest.raises(ClusterError, match="is that of 3 nodes, 5 are asked for"):
        Cluster(tmp_path, 5)


def test_a_node_that_does_not_come_up_is_named_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "etcd"
    program.write_text("#!/bin/sh\necho the disk is full >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with (
        ExitStack() as stack,
        pytest.raises(ClusterError, match=r"node 0 of etcd .* last words: the disk is full"),
    ):
        stack.enter_context(cluster(tmp_path / "data", nodes=1))


def test_the_demonstration_ends_with_one_state_though_the_leader_was_killed(tmp_path: Path) -> None:
    if shutil.which("etcd") is None:
        pytest.skip(f"waits for etcd: {HOW_TO_GET_IT}")
    drafts = consortium_sample.drafts(SOME, "R")
    transactions = [next(drafts) for _ in range(7)]
    found = run_demo(
        tmp_path,
        SOME.people.genesis,
        SOME.people.operator,
        SOME.wallets,
        [*transactions, transactions[0]],
        consortium_sample.clock,
    )
    assert [isinstance(one, Receipt) for one in found.answers] == [True] * 7 + [False]
    assert (len(set(found.states.values())), found.blocks) == (1, 8)
    assert found.gap_seconds > 0
    assert all(verify(path, ledger=found.ledger).holds for path in found.copies.values())
