"""A small consortium for tests: organisations with authorities, people with keys, and a way to sign what they want."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from ledger.contracts.catalogue import contracts
from ledger.genesis import Genesis, Member, genesis_bytes, ledger_id
from ledger.identity.authority import authority_certificate, issue
from ledger.suites import Suite, by_name
from ledger.transaction import Body
from ledger.verifier_keys import Signer, ed25519_signer
from ledger.wallet import Wallet, sign, wallet

ED25519 = "ed25519-sha256-aesgcm"
START = 1_790_000_000
YEAR = 365 * 86_400
ORGANISATIONS: Mapping[str, str] = {
    "core": "enterprise",
    "maker-of-parts": "enterprise",
    "maker-of-screws": "enterprise",
    "bank-a": "bank",
    "bank-b": "bank",
}
ROLES = ("maker", "checker", "admin")
ONE_MAKER: Mapping[str, Mapping[str, Any]] = {"*": {"roles": ["maker"]}, "members": {"roles": ["admin"]}}


class Consortium(NamedTuple):
    """Who takes part, with all keys."""

    suite: Suite
    genesis: Genesis
    ledger: str
    operator: Signer
    authorities: Mapping[str, bytes]
    wallets: Mapping[tuple[str, str], Wallet]
    nonces: Iterator[int]

    def body(self, call: str, arguments: Mapping[str, Any], *, valid_until: int = START + 3600) -> Body:
        name, action = call.split(".")
        version = self.genesis.contracts.get(name, 1)
        return Body(self.ledger, name, version, action, arguments, f"{next(self.nonces):032x}", valid_until)

    def sign(self, call: str, arguments: Mapping[str, Any], by: Iterable[str], **more: Any) -> bytes:
        """Sign a call: `by` names organisations (their maker signs), or "organisation/role"."""
        keys = [self.wallets[tuple(one.split("/")) if "/" in one else (one, "maker")] for one in by]  # type: ignore[index]  # two parts
        return sign(self.suite, self.body(call, arguments, **more), keys)


def consortium(
    seed: int = 7,
    suite: str = ED25519,
    organisations: Mapping[str, str] = ORGANISATIONS,
    policies: Mapping[str, Mapping[str, Any]] = ONE_MAKER,
) -> Consortium:
    rng = np.random.default_rng(seed)
    crypto = by_name(suite)
    serials = itertools.count(1)
    authorities, members, certificates, wallets = {}, [], [], {}
    for name, kind in organisations.items():
        key = rng.bytes(32)
        authorities[name] = key
        der = authority_certificate(
            crypto, key, name, serial=next(serials), not_before=START - YEAR, not_after=START + 9 * YEAR
        )
        members.append(Member(name, kind, der.hex()))
        for role in ROLES:
            private = rng.bytes(32)
            der = issue(
                crypto,
                key,
                name,
                role=role,
                name=f"{role} of {name}",
                public_key=crypto.public_key(private),
                serial=next(serials),
                not_before=START - YEAR,
                not_after=START + 5 * YEAR,
            )
            certificates.append(der.hex())
            wallets[name, role] = wallet(crypto, der, private)
    operator = ed25519_signer("hexi.example/receivables", rng.bytes(32))
    genesis = Genesis(
        origin="hexi.example/receivables",
        suite=suite,
        log_key=str(operator.key),
        time=START,
        members=tuple(members),
        certificates=tuple(certificates),
        contracts={name: version for name, version in contracts() if version == 1},
        policies=policies,
    )
    identity = ledger_id(genesis_bytes(genesis), crypto)
    return Consortium(crypto, genesis, identity, operator, authorities, wallets, itertools.count(1))


def accepted(people: Consortium, name: str = "R1", amount: int = 1_000_000, days: int = 90, **more: Any) -> list[bytes]:
    """The three transactions that bring a receivable of the core enterprise's into circulation."""
    terms = {
        "acceptor": "core",
        "amount": amount,
        "due": START + days * 86_400,
        "holder": "maker-of-parts",
        "invoice": "ab" * 32,
        "obligor": "core",
        "receivable": name,
        "recourse": True,
        **more,
    }
    return [
        people.sign("receivables.draft", terms, [terms["obligor"]]),
        people.sign("receivables.issue", {"receivable": name}, [terms["obligor"]]),
        people.sign("receivables.accept", {"receivable": name}, [terms["acceptor"]]),
    ]
