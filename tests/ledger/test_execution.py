"""Execution: the same transaction on several states, in any order, with whatever is remembered between."""

import itertools

import pytest
from contract_vectors import Stage
from refusing import certificate, circulate, registered, revocations, send, signed

from ledger.errors import RefusalError
from ledger.execution import admit, execute
from ledger.state import State
from ledger.wallet import sign

EVERYBODY = ("core", "maker-of-parts", "maker-of-screws", "bank-a", "bank-b")


def outcome(stage: Stage, state: State, data: bytes, time: int | None = None) -> str:
    try:
        execute(state, admit(data, stage.node.rules), time or stage.now, stage.node.rules)
    except RefusalError as error:
        return type(error).__name__
    return "accepted"


def test_what_is_remembered_of_one_state_does_not_count_in_another() -> None:
    """Members, certificates and versions seldom change, so what follows from them is kept: but never too long."""
    stage = Stage()
    fragment = circulate(stage)
    person = registered(stage, "bank-a")
    transfer = signed(stage, "receivables.transfer", {"fragment": fragment, "to": "bank-b"}, "maker-of-parts")
    body = stage.people.body("keys.withdraw", {"number": 1, "organisation": "bank-a"})
    withdraw = sign(stage.people.suite, body, [person])
    first = stage.node.state
    send(
        stage,
        "members.dismiss",
        {"name": "maker-of-parts"},
        *(f"{one}/admin" for one in EVERYBODY if one != "maker-of-parts"),
    )
    second = stage.node.state
    send(stage, "members.revoke", revocations(stage, 900), "bank-a/admin")
    third = stage.node.state
    wanted = {
        (first, transfer): "accepted",
        (second, transfer): "UnknownMemberError",
        (third, transfer): "UnknownMemberError",
        (first, withdraw): "UnknownRecordError",
        (second, withdraw): "UnknownRecordError",
        (third, withdraw): "RevokedCertificateError",
    }
    for order in itertools.islice(itertools.permutations(wanted), 0, 720, 31):
        for state, data in order:
            assert outcome(stage, state, data) == wanted[state, data]


def test_a_certificate_that_was_good_a_moment_ago_is_looked_at_again() -> None:
    stage = Stage()
    person = registered(stage, not_after=stage.now + 10)
    body = stage.people.body("keys.withdraw", {"number": 1, "organisation": "bank-a"})
    data = sign(stage.people.suite, body, [person])
    for after, wanted in [(0, "UnknownRecordError"), (10, "UnknownRecordError"), (11, "ExpiredCertificateError")] * 2:
        assert outcome(stage, stage.node.state, data, stage.now + after) == wanted


def test_a_state_stays_as_it_was_whatever_was_tried_on_it() -> None:
    stage = Stage()
    fragment = circulate(stage)
    state, before = stage.node.state, stage.node.state.everything()
    wishes = [
        signed(stage, "receivables.transfer", {"fragment": fragment, "to": to}, "maker-of-parts") for to in EVERYBODY
    ]
    ends = [outcome(stage, state, data) for data in wishes * 2]
    assert ends == ["accepted", "PayeeError", "accepted", "accepted", "accepted"] * 2
    assert state.everything() == before


def test_of_two_who_spend_the_same_in_one_block_the_first_is_served() -> None:
    stage = Stage()
    fragment = circulate(stage)
    wishes = [
        signed(stage, "receivables.transfer", {"fragment": fragment, "to": to}, "maker-of-parts")
        for to in ("bank-a", "bank-b", "maker-of-screws")
    ]
    rules = [getattr(one, "rule", "accepted") for one in stage.node.submit(wishes)]
    assert rules == ["accepted", "DoubleSpendError", "DoubleSpendError"]
    [(_, record)] = stage.node.state.records("fragments")
    assert record["owner"] == "bank-a"


def test_what_comes_first_in_a_block_can_be_spent_in_it() -> None:
    """A transfer of what a transfer before it made: the name of a fragment follows from the transaction's id."""
    stage = Stage()
    fragment = circulate(stage)
    first = signed(stage, "receivables.transfer", {"fragment": fragment, "to": "bank-a"}, "maker-of-parts")
    made = f"{admit(first, stage.node.rules).id.hex()[:32]}:0"
    second = signed(stage, "receivables.transfer", {"fragment": made, "to": "bank-b"}, "bank-a")
    backwards = Stage()
    assert circulate(backwards) == fragment
    assert [getattr(one, "rule", "accepted") for one in backwards.node.submit([second, first])] == [
        *("DoubleSpendError", "accepted")
    ]
    assert [getattr(one, "rule", "accepted") for one in stage.node.submit([first, second])] == ["accepted"] * 2


@pytest.mark.parametrize("verified", [True, False])
def test_a_stranger_is_refused_whether_or_not_signatures_were_verified(verified: bool) -> None:
    stage = Stage()
    body = stage.people.body("receivables.cancel", {"receivable": "R1"})
    read = admit(sign(stage.people.suite, body, [certificate(stage)]), stage.node.rules)
    with pytest.raises(RefusalError, match="no such certificate is registered"):
        execute(stage.node.state, read, stage.now, stage.node.rules, verified=verified)
