"""Contracts called directly, one transaction after the other, as if the signers had signed; with a clock to turn."""

import itertools
from collections.abc import Mapping
from typing import Any

import pytest

from ledger.contracts import contract
from ledger.contracts.call import Transaction
from ledger.errors import RefusalError
from ledger.genesis import policy_of
from ledger.policies import Signer
from ledger.state import State

_numbers = itertools.count(1)
_FRAGMENTS = {"fragments", "receivables"}
WRITES = {
    "agreements": {"agreements", "agreement_signatures", "agreement_texts"},
    "discounts": {"discounts", *_FRAGMENTS},
    "funds": {"funds", "takings", *_FRAGMENTS},
    "keys": {"key_rings", "published_keys", "recipient_keys"},
    "members": {"certificates", "members", "revocations"},
    "payloads": {"payloads"},
    "pledges": {"pledges", *_FRAGMENTS},
    "quotes": {"bids", "quote_requests", *_FRAGMENTS},
    "receivables": _FRAGMENTS,
    "tenders": {"tender_offers", "tenders", *_FRAGMENTS},
}
"""Whose records each contract writes: its own, and fragments by way of their controller."""


class Play:
    """A state that goes on with each transaction; `now` is the time of the next block."""

    def __init__(self, state: State, now: int) -> None:
        self.state, self.now = state, now

    def do(self, call: str, arguments: Mapping[str, Any], *by: str) -> str:
        """Apply a call, signed by the makers of these organisations (or "organisation/role"); return its id."""
        name, action = call.split(".")
        called, before = contract(name, 1), self.state
        called.actions[action].check(arguments, "arguments")
        identity = f"{next(_numbers):064x}"[::-1]
        signers = tuple(map(_signer, by))
        policy = policy_of(self.state, name, action)
        self.state = called.apply(self.state, Transaction(identity, name, action, arguments, signers, self.now, policy))
        assert set(self.state.changed_since(before)) <= WRITES[name]
        return identity

    def refuse(self, error: type[RefusalError], call: str, arguments: Mapping[str, Any], *by: str) -> str:
        """Apply a call that must be refused by exactly this error, with the state as it was; return the message."""
        before = self.state.everything()
        with pytest.raises(error) as caught:
            self.do(call, arguments, *by)
        assert caught.type is error
        assert self.state.everything() == before
        return str(caught.value)


def _signer(text: str) -> Signer:
    organisation, _, role = text.partition("/")
    role = role or "maker"
    return Signer(organisation, role, f"{role} of {organisation}", f"{organisation}/{role}")


def circulate(play: Play, name: str = "R1", amount: int = 1_000_000, days: int = 90) -> str:
    """Bring a receivable of the core enterprise's to its first holder, maker-of-parts; return the fragment."""
    terms = {
        "acceptor": "core",
        "amount": amount,
        "due": play.now + days * 86_400,
        "holder": "maker-of-parts",
        "invoice": "ab" * 32,
        "obligor": "core",
        "receivable": name,
        "recourse": True,
    }
    play.do("receivables.draft", terms, "core")
    play.do("receivables.issue", {"receivable": name}, "core")
    return f"{play.do('receivables.accept', {'receivable': name}, 'core')[:32]}:0"


TEXT = "cd" * 32


def agree(play: Play, *organisations: str, digest: str = TEXT, name: str = "forfaiting") -> None:
    """Have an agreement of the core enterprise's in force, and signed."""
    propose = {"agreement": name, "digest": digest, "from": play.now, "keeper": "core"}
    play.do("agreements.propose", propose, "core")
    for one in organisations:
        play.do("agreements.sign", {"digest": digest, "organisation": one}, one)
