"""Approval on a ledger: parties always, m of n in votes and of named organisations, a maker and a checker as two."""

from collections.abc import Mapping
from typing import Any

import ledger_sample
import pytest
from refusing import YEAR

from ledger.canonical import decode, encode
from ledger.errors import GenesisError
from ledger.genesis import genesis_bytes, opening_state, policy_of, read_genesis
from ledger.identity.authority import authority_certificate, issue
from ledger.node import Node, found
from ledger.policies import Policy
from ledger.stores import MemoryStore
from ledger.wallet import sign, wallet

MAKER = {"roles": ["maker"]}
NAMES = list(ledger_sample.ORGANISATIONS)


class Small:
    """A ledger with policies of its own."""

    def __init__(self, policies: Mapping[str, Mapping[str, Any]]) -> None:
        self.people = ledger_sample.consortium(policies=policies)
        store = MemoryStore()
        found(store, self.people.genesis, self.people.operator)
        self.node = Node(store, self.people.operator, lambda: ledger_sample.START)

    def ask(self, call: str, arguments: Mapping[str, Any], *by: str) -> str:
        """What a node answers: "accepted", or who is missing."""
        [answer] = self.node.submit([self.people.sign(call, arguments, by)])
        if not hasattr(answer, "rule"):
            return "accepted"
        assert answer.rule == "NotApprovedError", answer
        return str(answer.message)

    def draft(self, *by: str, name: str = "R1") -> str:
        terms = {
            **{"acceptor": "core", "amount": 100, "due": ledger_sample.START + 99, "holder": "bank-b"},
            **{"invoice": "ab" * 32, "obligor": "core", "receivable": name, "recourse": True},
        }
        return self.ask("receivables.draft", terms, *by)

    def fragment(self, *by: str) -> str:
        assert self.draft(*by) == "accepted"
        assert self.ask("receivables.issue", {"receivable": "R1"}, *by) == "accepted"
        assert self.ask("receivables.accept", {"receivable": "R1"}, *by) == "accepted"
        return next(iter(dict(self.node.state.records("fragments"))))


def test_where_no_policy_says_otherwise_a_maker_and_a_checker_sign() -> None:
    small = Small({"members": {"roles": ["admin"]}})
    assert "nobody with the role checker" in small.draft("core/maker")
    assert "nobody with the role maker" in small.draft("core/checker")
    assert "nobody with the role checker" in small.draft("core/maker", "bank-a/checker")
    assert "nobody with the role checker" in small.draft("core/maker", "core/admin")
    assert small.draft("core/maker", "core/checker") == "accepted"


def test_one_person_with_two_certificates_is_one() -> None:
    """Li has a maker's and a checker's certificate, over two keys: still one person."""
    small = Small({"members": {"roles": ["admin"]}})
    people = small.people
    both = []
    for number, role in enumerate(("maker", "checker")):
        key = bytes([number + 1]) * 32
        terms = {"role": role, "name": "Li Na", "public_key": people.suite.public_key(key), "serial": 900 + number}
        times = {"not_before": ledger_sample.START, "not_after": ledger_sample.START + YEAR}
        der = issue(people.suite, people.authorities["core"], "core", **terms, **times)
        assert small.ask("members.register", {"certificate": der.hex()}, "core/admin") == "accepted"
        both.append(wallet(people.suite, der, key))
    terms = {"acceptor": "core", "amount": 5, "due": ledger_sample.START + 99, "holder": "bank-b", "invoice": "ab" * 32}
    body = people.body("receivables.draft", {**terms, "obligor": "core", "receivable": "R1", "recourse": True})
    [answer] = small.node.submit([sign(people.suite, body, both)])
    assert getattr(answer, "rule", "") == "NotApprovedError"
    [answer] = small.node.submit([sign(people.suite, body, [both[0], people.wallets["core", "checker"]])])
    assert not hasattr(answer, "rule")


@pytest.mark.parametrize(("voters", "is_carried"), [(NAMES[:2], False), (NAMES[:3], True), (NAMES[1:4], True)])
def test_a_vote_is_carried_by_m_of_n(voters: list[str], is_carried: bool) -> None:
    small = Small({"*": MAKER, "members": {"roles": ["admin"], "threshold": 3}})
    answer = small.ask("members.dismiss", {"name": "bank-b"}, *(f"{one}/admin" for one in voters))
    assert answer == "accepted" if is_carried else "2 of the 3 approvals needed are there" in answer


def test_whoever_is_to_go_does_not_vote() -> None:
    small = Small({"*": MAKER, "members": {"roles": ["admin"], "threshold": 3}})
    assert "2 of the 3" in small.ask("members.dismiss", {"name": "core"}, "core/admin", "bank-a/admin", "bank-b/admin")


def test_an_organisation_votes_once_however_many_sign() -> None:
    small = Small({"*": {"roles": ["maker"], "threshold": 2}})
    der = authority_certificate(
        *(small.people.suite, b"a" * 32, "bank-c"),
        **{"serial": 1, "not_before": ledger_sample.START, "not_after": ledger_sample.START + YEAR},
    )
    terms = {"authority": der.hex(), "kind": "bank", "name": "bank-c"}
    assert "1 of the 2" in small.ask("members.admit", terms, "core/maker", "core/checker", "core/admin")
    assert small.ask("members.admit", terms, "core", "bank-a") == "accepted"


def test_no_policy_puts_somebodys_property_to_the_vote() -> None:
    """One of two would do, if it were a vote: but a pledgee can not pledge what is another's."""
    small = Small({"*": {"roles": ["maker"], "threshold": 1}})
    fragment = small.fragment("core")
    terms = {"fragment": fragment, "pledgee": "bank-a", "registration": "P1", "until": ledger_sample.START + 50}
    assert "bank-b" in small.ask("pledges.pledge", terms, "bank-a")
    assert "bank-a" in small.ask("pledges.pledge", terms, "bank-b")
    assert small.ask("pledges.pledge", terms, "bank-a", "bank-b") == "accepted"


def test_a_policy_can_ask_for_named_organisations_beside_the_parties() -> None:
    others = ["bank-a", "maker-of-parts", "maker-of-screws"]
    small = Small({"*": MAKER, "receivables.draft": {**MAKER, "organisations": others, "threshold": 2}})
    assert "0 of the 2 approvals needed" in small.draft("core")
    assert "1 of the 2 approvals needed" in small.draft("core", "bank-a")
    assert "core" in small.draft("bank-a", "maker-of-parts", "maker-of-screws")
    assert small.draft("core", "bank-a", "maker-of-screws") == "accepted"


def test_named_organisations_alone_vote_where_members_would() -> None:
    small = Small({"*": MAKER, "members": {**MAKER, "organisations": ["core", "bank-a"], "threshold": 1}})
    refused = small.ask("members.dismiss", {"name": "bank-b"}, "maker-of-parts", "maker-of-screws")
    assert "lacks the approval of bank-a" in refused
    assert small.ask("members.dismiss", {"name": "bank-b"}, "bank-a") == "accepted"


def test_the_narrowest_policy_counts() -> None:
    policies = {"*": MAKER, "pledges": {"roles": ["checker"]}, "pledges.release": {"roles": ["admin"]}}
    state = opening_state(ledger_sample.consortium(policies=policies).genesis)
    assert policy_of(state, "pledges", "release") == Policy(("admin",))
    assert policy_of(state, "pledges", "pledge") == Policy(("checker",))
    assert policy_of(state, "receivables", "issue") == Policy(("maker",))


BROKEN = {
    "roles that are missing": {"*": {}},
    "no role": {"*": {"roles": []}},
    "a threshold of nothing": {"*": {"roles": ["maker"], "threshold": 0}},
    "a word that no policy reads": {"*": {"roles": ["maker"], "sometimes": True}},
    "roles that are a text": {"*": {"roles": "maker"}},
    "a list of policies": {"*": ["maker"]},
    "organisations that are none": {"*": {"roles": ["maker"], "organisations": []}},
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_genesis_with_a_broken_policy_is_refused(people: ledger_sample.Consortium, name: str) -> None:
    value = {**decode(genesis_bytes(people.genesis)), "policies": BROKEN[name]}
    with pytest.raises(GenesisError, match=r"genesis\.policies"):
        read_genesis(encode(value))


def test_a_policy_comes_back_as_it_was_written(people: ledger_sample.Consortium) -> None:
    policies = {"*": {"roles": ["maker", "checker"], "threshold": 2, "organisations": ["core", "bank-a"]}}
    genesis = people.genesis._replace(policies=policies)
    assert read_genesis(genesis_bytes(genesis)).policies == policies
    assert policy_of(opening_state(genesis), "any", "thing") == Policy(("maker", "checker"), 2, ("core", "bank-a"))
