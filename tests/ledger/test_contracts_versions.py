"""A contract in a later version: adopted by vote, and a replay applies the rules under which each was signed."""

from collections.abc import Iterator
from typing import Any

import pytest
from contract_vectors import Stage
from refusing import circulate, send, signed

from ledger.contracts import catalogue, pledges, versions
from ledger.contracts.call import Transaction
from ledger.contracts.catalogue import Contract
from ledger.errors import DamagedStoreError, TermError
from ledger.node import Node
from ledger.state import State
from ledger.wallet import sign

DAY = 86_400
LONGEST = 30 * DAY
EVERYBODY = ("core", "maker-of-parts", "maker-of-screws", "bank-a", "bank-b")


def apply(state: State, transaction: Transaction) -> State:
    """Pledges in version 2: a term is at most thirty days; the records are those of version 1."""
    if transaction.action == "pledge" and transaction.arguments["until"] > transaction.time + LONGEST:
        raise TermError(f"arguments.until is {transaction.arguments['until']}, a term is at most thirty days")
    return pledges.apply(state, transaction)


SECOND = Contract("pledges", 2, "Pledges of thirty days.", pledges.ACTIONS, apply)


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A program that has version 2 as well."""
    everything = {**catalogue.contracts(), ("pledges", 2): SECOND}
    for module in (catalogue, versions):
        monkeypatch.setattr(module, "contracts", lambda: everything)
    catalogue.contract.cache_clear()
    yield
    catalogue.contract.cache_clear()


def pledge(stage: Stage, fragment: str, number: str, days: int, version: int) -> bytes:
    terms = {"fragment": fragment, "pledgee": "bank-a", "registration": number, "until": stage.now + days * DAY}
    body = stage.people.body("pledges.pledge", terms)._replace(version=version)
    wallets = [stage.people.wallets[one, "maker"] for one in ("maker-of-parts", "bank-a")]
    return sign(stage.people.suite, body, wallets)


def rule(stage: Stage, data: bytes) -> str:
    return str(getattr(stage.node.submit([data])[0], "rule", "accepted"))


def lived(stage: Stage) -> None:
    """A pledge of sixty days under version 1; then version 2, under which there are none."""
    one, two, three = (circulate(stage, name) for name in ("R1", "R2", "R3"))
    assert rule(stage, pledge(stage, two, "P0", 60, 2)) == "UnknownContractError"
    assert rule(stage, pledge(stage, one, "P1", 60, 1)) == "accepted"
    send(stage, "versions.adopt", {"contract": "pledges", "version": 2}, *EVERYBODY)
    assert rule(stage, pledge(stage, two, "P2", 20, 1)) == "UnknownContractError"
    assert rule(stage, pledge(stage, two, "P2", 60, 2)) == "TermError"
    assert rule(stage, pledge(stage, two, "P2", 30, 2)) == "accepted"
    body = stage.people.body("pledges.release", {"registration": "P1"})._replace(version=2)
    assert rule(stage, sign(stage.people.suite, body, [stage.people.wallets["bank-a", "maker"]])) == "accepted"
    assert rule(stage, pledge(stage, three, "P3", 29, 2)) == "accepted"


def test_a_replay_applies_to_each_transaction_the_rules_under_which_it_was_signed(second: None) -> None:
    stage = Stage()
    lived(stage)
    again = Node(stage.node.store, stage.people.operator, lambda: stage.now)
    assert again.state.everything() == stage.node.state.everything()
    terms = {name: record["until"] - stage.now for name, record in again.state.records("pledges")}
    assert terms == {"P1": 60 * DAY, "P2": 30 * DAY, "P3": 29 * DAY}


def test_in_one_block_the_version_changes_between_two_transactions(second: None) -> None:
    stage = Stage()
    fragment = circulate(stage)
    adopt = signed(stage, "versions.adopt", {"contract": "pledges", "version": 2}, *EVERYBODY)
    first, long, later = (pledge(stage, fragment, "P1", days, version) for days, version in ((9, 2), (60, 1), (9, 2)))
    answers = stage.node.submit([first, adopt, long, later])
    assert [getattr(one, "rule", "accepted") for one in answers] == [
        *("UnknownContractError", "accepted", "UnknownContractError", "accepted")
    ]
    again = Node(stage.node.store, stage.people.operator, lambda: stage.now)
    assert again.state.everything() == stage.node.state.everything()


def test_a_program_that_lacks_a_version_stops_where_it_was_adopted(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage()
    everything = {**catalogue.contracts(), ("pledges", 2): SECOND}
    with monkeypatch.context() as patched:
        patched.setattr(versions, "contracts", lambda: everything)
        send(stage, "versions.adopt", {"contract": "pledges", "version": 2}, *EVERYBODY)
    with pytest.raises(DamagedStoreError, match=r"block 1 .* there is no contract pledges in that version here"):
        Node(stage.node.store, stage.people.operator, lambda: stage.now)


@pytest.mark.parametrize("version", [1, 2])
def test_a_version_does_not_go_back(second: None, version: int) -> None:
    stage = Stage()
    send(stage, "versions.adopt", {"contract": "pledges", "version": 2}, *EVERYBODY)
    wish: Any = {"contract": "pledges", "version": version}
    assert rule(stage, signed(stage, "versions.adopt", wish, *EVERYBODY)) == "OldVersionError"
