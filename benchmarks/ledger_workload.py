"""A consortium that does nothing but pay each other: what the benchmark of the ledger is fed with.

Two suppliers hand receivables to and fro, each transfer one fragment to one payee under one signature, which is the
least that a transfer can be. As many fragments live at the end as at the beginning. A minute of the ledger's time goes
by with each block of a thousand, so that a million transfers take seventeen hours, as they may in a busy ledger, and
what a ledger remembers of past transactions comes and goes.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from ledger.contracts.catalogue import contracts
from ledger.genesis import Genesis, Member, genesis_bytes, ledger_id
from ledger.identity.authority import authority_certificate, issue
from ledger.node import MOST_TRANSACTIONS, Node, found
from ledger.stores.store import Store
from ledger.suites import Suite, by_name
from ledger.transaction import Body, body_bytes, message_of, signed_bytes, transaction_id
from ledger.verifier_keys import Signer, ed25519_signer
from ledger.wallet import Wallet, wallet

__all__ = ["ED25519", "SM2", "Consortium", "consortium", "opening", "opening_node", "place_of", "transfers"]

ED25519, SM2 = "ed25519-sha256-aesgcm", "sm2-sm3-sm4"
_START, _DAY, _MINUTE = 1_790_000_000, 86_400, 60
_NAMES = ("core", "supplier-a", "supplier-b")
_AMOUNT_FEN = 100_000_000


class Consortium(NamedTuple):
    """Who takes part, with keys: a core enterprise and two suppliers, one person each."""

    suite: Suite
    genesis: Genesis
    operator: Signer
    wallets: dict[str, Wallet]


def consortium(suite: str, seed: int = 7) -> Consortium:
    """Return a consortium whose ledger uses this suite.

    Examples
    --------
    >>> sorted(consortium(ED25519).wallets)
    ['core', 'supplier-a', 'supplier-b']
    """
    rng, crypto = np.random.default_rng(seed), by_name(suite)
    members, certificates, wallets = [], [], {}
    for place, name in enumerate(_NAMES):
        authority, private = rng.bytes(32), rng.bytes(32)
        dates = {"not_before": _START - _DAY, "not_after": _START + 900 * _DAY}
        root = authority_certificate(crypto, authority, name, serial=2 * place + 1, **dates)
        key, person, serial = crypto.public_key(private), f"maker of {name}", 2 * place + 2
        leaf = issue(crypto, authority, name, role="maker", name=person, public_key=key, serial=serial, **dates)
        members.append(Member(name, "enterprise", root.hex()))
        certificates.append(leaf.hex())
        wallets[name] = wallet(crypto, leaf, private)
    operator = ed25519_signer("hexi.example/benchmark", rng.bytes(32))
    genesis = Genesis(
        origin="hexi.example/benchmark",
        suite=suite,
        log_key=str(operator.key),
        time=_START,
        members=tuple(members),
        certificates=tuple(certificates),
        contracts={name: version for name, version in contracts() if version == 1},
        policies={"*": {"roles": ["maker"]}},
    )
    return Consortium(crypto, genesis, operator, wallets)


def opening_node(people: Consortium, store: Store) -> Node:
    """Found the ledger in an empty store, and open a node for which a minute passes with each block."""
    found(store, people.genesis, people.operator)
    return Node(store, people.operator, lambda: _START + _MINUTE * store.height())


def opening(people: Consortium, fragments: int) -> tuple[list[bytes], list[str]]:
    """Return the transactions that bring receivables into circulation, and the fragments that they make."""
    calls, made = [], []
    signer = _Signing(people, 0)
    for number in range(fragments):
        name = f"R{number}"
        terms = {"acceptor": "core", "amount": _AMOUNT_FEN, "due": _START + 300 * _DAY, "holder": _NAMES[1]}
        terms |= {"invoice": "ab" * 32, "obligor": "core", "receivable": name, "recourse": False}
        calls.append(signer.sign("core", "draft", terms, 0)[0])
        calls.append(signer.sign("core", "issue", {"receivable": name}, 0)[0])
        data, identity = signer.sign("core", "accept", {"receivable": name}, 0)
        calls.append(data)
        made.append(_fragment(identity))
    return calls, made


def transfers(people: Consortium, made: list[str], count: int, lane: int = 0, lanes: int = 1) -> Iterator[bytes]:
    """Yield so many transfers, each of the fragment that has waited longest.

    Parameters
    ----------
    made
        Fragments of the opening; their number is a multiple of the lanes.
    count
        How many transfers there are in all lanes.
    lane, lanes
        Yield only each so manieth: fragments of one lane do not depend on those of another, so that several processes
        can sign.
    """
    signer = _Signing(people, 1 + lane)
    live = list(made)
    blocks_before = 1 + -(-3 * len(made) // MOST_TRANSACTIONS)
    for number in range(lane, count, lanes):
        place, round_trip = number % len(live), number // len(live)
        owner, to = _NAMES[1:] if round_trip % 2 == 0 else _NAMES[:0:-1]
        arguments = {"fragment": live[place], "payees": [{"amount": _AMOUNT_FEN, "to": to}]}
        data, identity = signer.sign(owner, "pay_on", arguments, blocks_before + number // MOST_TRANSACTIONS)
        live[place] = _fragment(identity)
        yield data


def place_of(answer: object) -> int:
    """Return the place in the log that an answer names.

    Raises
    ------
    AssertionError
        If it is a refusal: then the workload is not what it should be.
    """
    place = getattr(answer, "place", None)
    assert place is not None, f"a transfer of the benchmark was refused: {answer}"
    return int(place)


class _Signing:
    def __init__(self, people: Consortium, stream: int) -> None:
        self._people, self._next = people, stream << 64
        self._ledger = ledger_id(genesis_bytes(people.genesis), people.suite)

    def sign(self, by: str, action: str, arguments: Mapping[str, object], block: int) -> tuple[bytes, bytes]:
        """Return a transaction that holds for some blocks from this one on, and its id."""
        self._next += 1
        until = _START + _MINUTE * (block + 20)
        body = body_bytes(Body(self._ledger, "receivables", 1, action, arguments, f"{self._next:032x}", until))
        identity = transaction_id(body, self._people.suite.hash)
        signature = self._people.suite.sign(self._people.wallets[by].private, message_of(identity))
        return signed_bytes(body, {self._people.wallets[by].fingerprint: signature}), identity


def _fragment(identity: bytes) -> str:
    return f"{identity.hex()[:32]}:0"
