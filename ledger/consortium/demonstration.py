"""A demonstration: members write one ledger over etcd on this machine; meanwhile the etcd node that leads is killed.

For a report or a workshop. All members live in this process, one after the other; each has its own copy on disk.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import NamedTuple

from ledger.consortium.cluster import cluster
from ledger.consortium.etcd import Etcd
from ledger.consortium.joining import found_ordered
from ledger.consortium.member import Member
from ledger.consortium.ordering import OrderedLog
from ledger.errors import OrderingError
from ledger.genesis import Genesis, genesis_bytes, ledger_id
from ledger.node import Receipt, Refusal
from ledger.stores import SqliteStore
from ledger.suites import by_name
from ledger.verifier_keys import Signer
from ledger.wallet import Wallet

__all__ = ["Demonstration", "run_demo"]


class Demonstration(NamedTuple):
    """What came of it.

    Parameters
    ----------
    ledger
        Id of the ledger.
    answers
        For each transaction, in order.
    blocks
        How many each copy holds, the first one included.
    states
        For each member, the digest of the state it came to; hexadecimal.
    copies
        For each member, its ledger's file, for `hexi ledger verify`.
    killed
        The etcd node that led and was killed.
    gap_seconds
        From the kill to the next receipt.
    """

    ledger: str
    answers: list[Receipt | Refusal]
    blocks: int
    states: dict[str, str]
    copies: dict[str, Path]
    killed: int
    gap_seconds: float


def run_demo(
    directory: Path,
    genesis: Genesis,
    operator: Signer,
    wallets: Mapping[str, Wallet],
    transactions: Sequence[bytes],
    clock: Callable[[], int],
) -> Demonstration:
    """Let members hand in transactions in turn, kill the leader of etcd half-way, and return what all came to.

    Parameters
    ----------
    directory
        For etcd's data and the members' copies; it must not hold those of another run.
    genesis
        It registers the certificates of the nodes (role `node`).
    operator
        The log's key, held by the first member.
    wallets
        Of each member's node.
    transactions
        Signed, at least two; each is submitted alone.

    Raises
    ------
    ClusterError
        If etcd is not installed, or does not come up.
    """
    ledger = ledger_id(genesis_bytes(genesis), by_name(genesis.suite))
    copies = {name: directory / f"{name}.ledger" for name in wallets}
    with ExitStack() as stack:
        etcd = stack.enter_context(cluster(directory / "etcd"))
        members: dict[str, Member] = {}

        def others(_: float) -> None:
            for one in members.values():
                with suppress(OrderingError):
                    one.follow()
            time.sleep(0.01)

        for name, wallet in wallets.items():
            log = OrderedLog(stack.enter_context(closing(Etcd(etcd.endpoints))), ledger)
            if not members:
                found_ordered(log, genesis, operator)
            store = stack.enter_context(closing(SqliteStore(copies[name], create=True)))
            holder = None if members else operator
            members[name] = Member(store, log, wallet, clock, operator=holder, meanwhile=others)
        turns = list(members.values())
        answers: list[Receipt | Refusal] = []
        killed, since, gap = -1, 0.0, 0.0
        for turn, transaction in enumerate(transactions):
            if turn == len(transactions) // 2:
                killed, since = etcd.leader(), time.monotonic()
                etcd.kill(killed)
            answers += turns[turn % len(turns)].submit([transaction])
            gap = gap or (time.monotonic() - since if since else 0.0)
        while sum(one.follow() for one in turns):
            pass
        states = {name: one.head.digest.hex() for name, one in members.items()}
        return Demonstration(ledger, answers, turns[0].head.number + 1, states, copies, killed, gap)
