"""Three members that run nodes of one ledger, for tests: their keys, their copies, and what they might submit."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import ledger_sample

from ledger.consortium import Keys, Member, OrderedLog, found_ordered
from ledger.errors import LedgerError, OrderingError
from ledger.genesis import genesis_bytes, ledger_id
from ledger.identity.authority import issue
from ledger.stores import MemoryStore, SqliteStore
from ledger.stores.store import Store
from ledger.verifier_keys import Signer
from ledger.wallet import Wallet, wallet

NODES = ("core", "bank-a", "bank-b")


class Nodes(NamedTuple):
    """A small consortium with its nodes' wallets."""

    people: ledger_sample.Consortium
    wallets: dict[str, Wallet]

    @property
    def ledger(self) -> str:
        return self.people.ledger


def nodes(
    seed: int = 7, suite_name: str = ledger_sample.ED25519, names: Sequence[str] = NODES, operator: Signer | None = None
) -> Nodes:
    people = ledger_sample.consortium(seed, suite_name)
    people = people._replace(operator=operator or people.operator)
    suite, wallets, certificates = people.suite, {}, list(people.genesis.certificates)
    for place, name in enumerate(names):
        private = bytes([place + 1, seed]) * 16
        der = issue(
            suite,
            people.authorities[name],
            name,
            role="node",
            name=f"node of {name}",
            public_key=suite.public_key(private),
            serial=1000 + place,
            not_before=ledger_sample.START - 1,
            not_after=ledger_sample.START + ledger_sample.YEAR,
        )
        wallets[name] = wallet(suite, der, private)
        certificates.append(der.hex())
    genesis = people.genesis._replace(certificates=tuple(certificates), log_key=str(people.operator.key))
    return Nodes(people._replace(genesis=genesis, ledger=ledger_id(genesis_bytes(genesis), suite)), wallets)


def clock() -> int:
    return ledger_sample.START + 60


def ordered(keys: Keys, some: Nodes, **more: Any) -> OrderedLog:
    return OrderedLog(keys, some.ledger, pause=lambda _: None, **more)


def member(some: Nodes, log: OrderedLog, name: str, store: Store | None = None, **more: Any) -> Member:
    """A member's node; the first of them holds the log's key."""
    operator = some.people.operator if name == NODES[0] else None
    return Member(
        MemoryStore() if store is None else store,
        log,
        some.wallets[name],
        more.pop("clock", clock),
        operator=more.pop("operator", operator),
        **more,
    )


class Trio:
    """Three members in one thread: while one waits, all follow."""

    def __init__(self, some: Nodes, keys_of: Callable[[str], Keys], directory: Path | None = None, **more: Any) -> None:
        self.some, self.more, self.directory = some, more, directory
        self.keys_of = keys_of
        found_ordered(ordered(keys_of(NODES[0]), some), some.people.genesis, some.people.operator)
        self.members: dict[str, Member] = {}
        for name in NODES:
            self.open(name)

    def open(self, name: str) -> Member:
        path = None if self.directory is None else self.directory / f"{name}.ledger"
        store = None if path is None else SqliteStore(path, create=not path.exists())
        log = ordered(self.keys_of(name), self.some)
        try:
            self.members[name] = member(self.some, log, name, store, meanwhile=self.others_follow, **self.more)
        except LedgerError:
            if store is not None:
                store.close()
            raise
        return self.members[name]

    def shut(self, name: str) -> None:
        self.members.pop(name).close()

    def close(self) -> None:
        for name in list(self.members):
            self.shut(name)

    def others_follow(self, _: float = 0) -> None:
        for one in list(self.members.values()):
            if one.halted is None:
                with suppress(OrderingError):
                    one.follow()

    def settle(self) -> None:
        """Until nobody has anything new to take in."""
        while sum(one.follow() for one in self.members.values() if one.halted is None):
            pass

    def draft(self, receivable: str) -> bytes:
        return draft(self.some, receivable)


def draft(some: Nodes, receivable: str) -> bytes:
    terms = {
        "acceptor": "core",
        "amount": 1_000_000,
        "due": ledger_sample.START + 90 * 86_400,
        "holder": "maker-of-parts",
        "invoice": "ab" * 32,
        "obligor": "core",
        "receivable": receivable,
        "recourse": True,
    }
    return some.people.sign("receivables.draft", terms, ["core"])


def drafts(some: Nodes, name: str) -> Iterator[bytes]:
    """Drafts without end; each has the name of whoever drafts and a number."""
    return (draft(some, f"{name}-{one}") for one in itertools.count())


def heads(trio: Trio) -> set[tuple[int, str, str]]:
    """Where the members stand; one place if they agree."""
    return {(one.head.number, one.head.previous, one.head.digest.hex()) for one in trio.members.values()}
