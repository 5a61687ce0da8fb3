"""Who takes part: organisations with an authority each, people with keys, and the genesis of their ledger.

The platform and the banks begin; firms are voted in and their people's certificates posted, as transactions of the log.
All keys come from the seed, so that equal seeds give equal ledgers: a demonstration, never a way to make real keys.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np

from ledger.contracts.catalogue import contracts
from ledger.genesis import Genesis, Member, genesis_bytes, ledger_id
from ledger.identity.authority import authority_certificate, issue
from ledger.suites import Suite, by_name
from ledger.transaction import Body
from ledger.verifier_keys import Signer, ed25519_signer
from ledger.wallet import Wallet, sign, wallet

__all__ = ["ORIGIN", "PLATFORM", "ROLES", "SUITE", "Consortium", "Party", "consortium", "party"]

ORIGIN = "hexi.example/receivables"
PLATFORM = "platform"
SUITE = "ed25519-sha256-aesgcm"
ROLES = ("maker", "checker", "admin")
_YEAR = 366 * 86_400
_POLICIES: Mapping[str, Mapping[str, Any]] = {
    "*": {"roles": ["maker", "checker"]},
    "members": {"roles": ["admin"]},
    "members.admit": {"roles": ["admin"], "threshold": 2},
}
"""Maker and checker (经办、复核) sign in each organisation concerned; two organisations' admins let a new one in."""


@dataclass(frozen=True)
class Party:
    """An organisation: its name, its kind, its authority's certificate (DER), and its people by role."""

    name: str
    kind: str
    authority: bytes
    people: Mapping[str, Wallet]


@dataclass(frozen=True)
class Consortium:
    """Everybody who takes part, and the ledger that they found.

    Parameters
    ----------
    parties
        By name; the platform and the banks begin, the others are let in later.
    genesis, ledger
        What the ledger begins with, and its id.
    operator
        Who signs checkpoints.
    """

    suite: Suite
    parties: Mapping[str, Party]
    genesis: Genesis
    ledger: str
    operator: Signer
    nonces: Iterator[bytes]

    @property
    def newcomers(self) -> list[Party]:
        """Who is not in the genesis, in order."""
        there = {member.name for member in self.genesis.members}
        return [party for name, party in self.parties.items() if name not in there]

    def sign(
        self, call: str, arguments: Mapping[str, Any], by: Iterable[str], now: int, roles: Iterable[str] = ROLES[:2]
    ) -> bytes:
        """Return a call that people of these roles of these organisations have signed, valid for an hour."""
        contract, action = call.split(".")
        version = self.genesis.contracts[contract]
        body = Body(self.ledger, contract, version, action, arguments, next(self.nonces).hex(), now + 3_600)
        people = [self.parties[name].people[role] for name in dict.fromkeys(by) for role in roles]
        return sign(self.suite, body, people)


def party(suite: Suite, rng: np.random.Generator, name: str, kind: str, serials: Iterator[int], now: int) -> Party:
    """Return an organisation with an authority of its own and a person for each role.

    Examples
    --------
    >>> bank = party(by_name(SUITE), np.random.default_rng(7), "K00000000", "bank", count(1), 1_600_000_000)
    >>> sorted(bank.people), bank.people["maker"].organisation
    (['admin', 'checker', 'maker'], 'K00000000')
    """
    key, begins, ends = rng.bytes(32), now - 86_400, now + 2 * _YEAR
    authority = authority_certificate(suite, key, name, serial=next(serials), not_before=begins, not_after=ends)
    people = {}
    for role in ROLES:
        private = rng.bytes(32)
        der = issue(
            suite,
            key,
            name,
            role=role,
            name=f"{role} of {name}",
            public_key=suite.public_key(private),
            serial=next(serials),
            not_before=begins,
            not_after=ends,
        )
        people[role] = wallet(suite, der, private)
    return Party(name, kind, authority, people)


def consortium(rng: np.random.Generator, banks: Iterable[str], firms: Iterable[str], now: int) -> Consortium:
    """Found a consortium of the platform, banks and firms.

    Parameters
    ----------
    rng
        Where all keys and nonces come from.
    banks, firms
        Names of the members; firms are let in after the founding.
    now
        Unix seconds of the founding.

    Examples
    --------
    >>> made = consortium(np.random.default_rng(7), ["K00000000"], ["F00000001"], 1_600_000_000)
    >>> [one.name for one in made.newcomers], len(made.ledger)
    (['F00000001'], 64)
    """
    suite, serials = by_name(SUITE), count(1)
    kinds = {PLATFORM: "platform"} | dict.fromkeys(banks, "bank") | dict.fromkeys(firms, "enterprise")
    parties = {name: party(suite, rng, name, kind, serials, now) for name, kind in kinds.items()}
    first = [one for one in parties.values() if one.kind != "enterprise"]
    operator = ed25519_signer(ORIGIN, rng.bytes(32))
    genesis = Genesis(
        origin=ORIGIN,
        suite=suite.name,
        log_key=str(operator.key),
        time=now,
        members=tuple(Member(one.name, one.kind, one.authority.hex()) for one in first),
        certificates=tuple(person.certificate.hex() for one in first for person in one.people.values()),
        contracts={name: version for name, version in contracts() if version == 1},
        policies=_POLICIES,
        longest_validity=86_400,
    )
    nonces = (rng.bytes(16) for _ in count())
    return Consortium(suite, parties, genesis, ledger_id(genesis_bytes(genesis), suite), operator, nonces)
