"""The genesis: what a ledger begins with comes back as it was, and what can not begin is refused with its field."""

from collections.abc import Callable
from typing import Any

import ledger_sample
import pytest

from ledger.canonical import decode, encode
from ledger.errors import GenesisError
from ledger.genesis import Genesis, genesis_bytes, ledger_id, opening_state, read_genesis
from ledger.identity.authority import authority_certificate
from ledger.node import Node, found
from ledger.stores import MemoryStore
from ledger.suites import by_name

People = ledger_sample.Consortium
CONTRACTS = {"receivables": 1, "members": 1}


def test_it_comes_back_as_it_was(people: People) -> None:
    assert read_genesis(genesis_bytes(people.genesis)) == people.genesis


def test_the_id_covers_all_of_it(people: People) -> None:
    """Whoever signs for the id signs for the suite, the members, the contracts and the policies."""
    changes: list[dict[str, Any]] = [
        {"time": people.genesis.time + 1},
        {"members": people.genesis.members[:-1]},
        {"certificates": people.genesis.certificates[:-1]},
        {"contracts": CONTRACTS},
        {"policies": {}},
        {"longest_validity": 3600},
    ]
    suite = by_name(people.genesis.suite)
    ids = {ledger_id(genesis_bytes(people.genesis._replace(**change)), suite) for change in [{}, *changes]}
    assert len(ids) == len(changes) + 1


def test_the_opening_state_has_members_certificates_versions_and_policies(people: People) -> None:
    state = opening_state(people.genesis)
    assert [name for name, _ in state.records("members")] == sorted(ledger_sample.ORGANISATIONS)
    assert len(list(state.records("certificates"))) == len(people.genesis.certificates)
    assert state.get("versions", "receivables") == {"version": 1}
    assert state.get("policies", "*") == {"roles": ["maker"]}


FIELDS: dict[str, tuple[str, Any]] = {
    "no members' list": ("members", {}),
    "a member of no known kind": ("members", [{"authority": "ab", "kind": "casino", "name": "x"}]),
    "a member without an authority": ("members", [{"kind": "bank", "name": "x"}]),
    "a certificate in capitals": ("certificates", ["AB"]),
    "version 0 of a contract": ("contracts", {"receivables": 0}),
    "a version that is a text": ("contracts", {"receivables": "1"}),
    "another format": ("format", 2),
    "transactions that stay acceptable for a month": ("longest_validity", 30 * 86_400),
    "transactions that are never acceptable": ("longest_validity", 0),
    "an origin of two lines": ("origin", "a\nb"),
    "no origin": ("origin", ""),
    "a time before 1970": ("time", -1),
    "a suite that is a number": ("suite", 7),
    "a field too many": ("motto", "trust"),
}


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_that_holds_what_it_may_not_is_named(people: People, name: str) -> None:
    field, value = FIELDS[name]
    broken = encode({**decode(genesis_bytes(people.genesis)), field: value})
    with pytest.raises(GenesisError, match=rf"genesis\.{field}"):
        read_genesis(broken)


@pytest.mark.parametrize("field", Genesis._fields)
def test_a_field_that_is_missing_is_named(people: People, field: str) -> None:
    value = decode(genesis_bytes(people.genesis))
    del value[field]
    with pytest.raises(GenesisError, match=rf"genesis\.{field} is missing"):
        read_genesis(encode(value))


def test_bytes_that_are_not_canonical_are_refused(people: People) -> None:
    data = genesis_bytes(people.genesis)
    for broken in (data + b"\n", b" " + data, data[:-1], data.replace(b",", b", ", 1), b"", b"null"):
        with pytest.raises(GenesisError, match="the genesis cannot be read"):
            read_genesis(broken)


def _expired(genesis: Genesis) -> Genesis:
    return genesis._replace(time=ledger_sample.START + 20 * ledger_sample.YEAR)


def _foreign(genesis: Genesis) -> Genesis:
    one, two = genesis.members[:2]
    return genesis._replace(members=(one._replace(authority=two.authority), *genesis.members[1:]))


HOLDS: dict[str, tuple[Callable[[Genesis], Genesis], str]] = {
    "certificates after their time": (_expired, "expired at"),
    "an authority that speaks for another": (_foreign, "speaks for maker-of-parts"),
    "a member twice": (lambda genesis: genesis._replace(members=genesis.members[:1] * 2), "arguments.name is core"),
    "a certificate twice": (
        lambda genesis: genesis._replace(certificates=genesis.certificates[:1] * 2),
        "registered already",
    ),
    "a certificate of a stranger": (
        lambda genesis: genesis._replace(members=genesis.members[1:]),
        "core is not a member",
    ),
    "a suite that is not known": (lambda genesis: genesis._replace(suite="rot13"), "rot13"),
    "a contract that nobody wrote": (
        lambda genesis: genesis._replace(contracts={"gambling": 1}, policies={}),
        "genesis.contracts.gambling is 1",
    ),
    "a version that nobody wrote": (
        lambda genesis: genesis._replace(contracts={"pledges": 9}, policies={}),
        "genesis.contracts.pledges is 9",
    ),
    "a policy for an action with a slip of the pen": (
        lambda genesis: genesis._replace(policies={"pledges.relase": {"roles": ["maker"]}}),
        "genesis.policies.pledges.relase is for no action",
    ),
    "a policy for a contract that is not there": (
        lambda genesis: genesis._replace(policies={"gambling": {"roles": ["maker"]}}),
        "genesis.policies.gambling is for no action",
    ),
    "a policy for an action without a name": (
        lambda genesis: genesis._replace(policies={"pledges.": {"roles": ["maker"]}}),
        "genesis.policies.pledges. is for no action",
    ),
}


@pytest.mark.parametrize("name", HOLDS)
def test_what_can_not_begin_is_refused(people: People, name: str) -> None:
    change, says = HOLDS[name]
    with pytest.raises(GenesisError) as caught:
        opening_state(change(people.genesis))
    assert says in str(caught.value)


def test_a_ledger_is_not_founded_on_what_can_not_begin(people: People) -> None:
    store = MemoryStore()
    with pytest.raises(GenesisError):
        found(store, people.genesis._replace(contracts={"gambling": 1}, policies={}), people.operator)
    assert store.height() == 0


def test_two_ledgers_of_the_same_members_do_not_take_each_others_transactions(people: People) -> None:
    """They differ in a second of their founding, and so in all that is signed for them."""
    other = people.genesis._replace(time=people.genesis.time + 1)
    store = MemoryStore()
    found(store, other, people.operator)
    node = Node(store, people.operator, lambda: ledger_sample.START + 5)
    [answer] = node.submit(ledger_sample.accepted(people)[:1])
    assert getattr(answer, "rule", "") == "OtherLedgerError"


def test_an_authority_must_be_valid_when_the_ledger_begins(people: People) -> None:
    suite = by_name(people.genesis.suite)
    times = {"not_before": people.genesis.time + 1, "not_after": people.genesis.time + ledger_sample.YEAR}
    der = authority_certificate(suite, b"a" * 32, "core", serial=1, **times)
    members = (people.genesis.members[0]._replace(authority=der.hex()),)
    with pytest.raises(GenesisError, match="is valid from"):
        opening_state(people.genesis._replace(members=members, certificates=()))
