"""Funds that a bank publishes, and owners who take them up."""

from typing import Any

import ledger_sample
import pytest
from play import TEXT, Play, agree, circulate

from ledger.errors import (
    AlreadyThereError,
    LockedError,
    NotApprovedError,
    OldVersionError,
    PayeeError,
    RefusalError,
    StatusError,
    SumError,
    TermError,
    UnknownMemberError,
    UnknownRecordError,
    UnsignedAgreementError,
    WrongPriceError,
)
from ledger.genesis import opening_state

SELLER = "maker-of-parts"
PRICE = 992_250
"""Of 1,000,000 fen for 90 days at 3.10 %, Actual/360."""


@pytest.fixture
def play(people: ledger_sample.Consortium) -> Play:
    one = Play(opening_state(people.genesis), ledger_sample.START)
    agree(one, SELLER, "bank-a", "bank-b")
    return one


def funds(play: Play, **more: Any) -> dict[str, Any]:
    return {
        "acceptors": ["core"],
        "agreement": TEXT,
        "amount": 1_500_000,
        "bank": "bank-a",
        "convention": "ACT/360",
        "funds": "F1",
        "rate_bp": 310,
        "until": play.now + 3600,
        **more,
    }


def take(fragment: str, price: int = PRICE) -> dict[str, Any]:
    return {"fragment": fragment, "funds": "F1", "price": price}


def test_an_owner_takes_funds_and_the_fragment_goes_to_the_bank(play: Play) -> None:
    play.do("funds.publish", funds(play), "bank-a")
    identity = play.do("funds.take", take(circulate(play)), SELLER)
    fragment = play.state.get("fragments", f"{identity[:32]}:0")
    assert fragment is not None
    assert (fragment["owner"], fragment["amount"], fragment["endorsers"]) == ("bank-a", 1_000_000, [])
    record = play.state.get("funds", "F1")
    assert record is not None
    assert record["left"] == 1_500_000 - PRICE


def test_funds_are_not_overdrawn_and_end_when_they_are_spent(play: Play) -> None:
    play.do("funds.publish", funds(play, amount=2 * PRICE - 1), "bank-a")
    play.do("funds.publish", funds(play, amount=PRICE, funds="F2"), "bank-a")
    one, two = circulate(play), circulate(play, "R2")
    play.do("funds.take", take(one), SELLER)
    play.refuse(SumError, "funds.take", take(two), SELLER)
    play.do("funds.take", take(two) | {"funds": "F2"}, SELLER)
    play.refuse(StatusError, "funds.take", take(circulate(play, "R3")) | {"funds": "F2"}, SELLER)


@pytest.mark.parametrize("off", [-1, 1])
def test_the_price_is_the_one_of_the_rule(play: Play, off: int) -> None:
    play.do("funds.publish", funds(play), "bank-a")
    play.refuse(WrongPriceError, "funds.take", take(circulate(play), PRICE + off), SELLER)


def test_the_owner_signs_and_nobody_else(play: Play) -> None:
    play.do("funds.publish", funds(play), "bank-a")
    fragment = circulate(play)
    play.refuse(NotApprovedError, "funds.take", take(fragment), "bank-a")
    play.refuse(NotApprovedError, "funds.take", take(fragment), f"{SELLER}/checker")
    play.refuse(NotApprovedError, "funds.withdraw", {"funds": "F1"}, SELLER)


def test_what_ended_or_was_withdrawn_is_not_taken(play: Play) -> None:
    play.do("funds.publish", funds(play), "bank-a")
    play.do("funds.publish", funds(play, funds="F2"), "bank-a")
    fragment = circulate(play)
    play.do("funds.withdraw", {"funds": "F1"}, "bank-a")
    play.refuse(StatusError, "funds.take", take(fragment), SELLER)
    play.refuse(StatusError, "funds.withdraw", {"funds": "F1"}, "bank-a")
    play.now += 3601
    play.refuse(TermError, "funds.take", take(fragment) | {"funds": "F2"}, SELLER)
    play.refuse(UnknownRecordError, "funds.take", take(fragment) | {"funds": "F3"}, SELLER)


def test_only_named_promises_of_others_are_bought(play: Play) -> None:
    play.do("funds.publish", funds(play, acceptors=["bank-b"]), "bank-a")
    play.do("funds.publish", funds(play, funds="F2"), "bank-a")
    fragment = circulate(play)
    play.refuse(PayeeError, "funds.take", take(fragment), SELLER)
    paid = play.do(
        "receivables.pay_on",
        {"fragment": fragment, "payees": [{"amount": 1_000_000, "to": "bank-a"}]},
        SELLER,
    )
    play.refuse(PayeeError, "funds.take", take(f"{paid[:32]}:0") | {"funds": "F2"}, "bank-a")


def test_a_locked_fragment_is_not_sold(play: Play) -> None:
    play.do("funds.publish", funds(play), "bank-a")
    fragment = circulate(play)
    pledge = {"fragment": fragment, "pledgee": "bank-b", "registration": "Z1", "until": play.now + 60}
    play.do("pledges.pledge", pledge, SELLER, "bank-b")
    play.refuse(LockedError, "funds.take", take(fragment), SELLER)


def test_both_have_signed_the_agreement_in_force(play: Play) -> None:
    play.do("funds.publish", funds(play), "bank-a")
    fragment = circulate(play)
    later = {"agreement": "forfaiting", "digest": "ef" * 32, "from": play.now + 1, "keeper": "core"}
    play.do("agreements.propose", later, "core")
    play.now += 1
    for party in ("bank-a", SELLER):
        play.refuse(UnsignedAgreementError, "funds.take", take(fragment), SELLER)
        play.do("agreements.sign", {"digest": "ef" * 32, "organisation": party}, party)
    play.do("funds.take", take(fragment), SELLER)
    play.refuse(OldVersionError, "funds.publish", funds(play, funds="F2"), "bank-a")


REFUSED: list[tuple[type[RefusalError], dict[str, Any], str]] = [
    (PayeeError, {"bank": "core"}, "core"),
    (UnknownMemberError, {"bank": "bank-z"}, "bank-a"),
    (UnknownMemberError, {"acceptors": ["bank-z"]}, "bank-a"),
    (NotApprovedError, {}, "bank-b"),
    (TermError, {"until": ledger_sample.START}, "bank-a"),
    (UnknownRecordError, {"agreement": "00" * 32}, "bank-a"),
]


@pytest.mark.parametrize(("error", "change", "by"), REFUSED)
def test_a_publication_must_be_one_that_can_be_taken(
    play: Play, error: type[RefusalError], change: dict[str, Any], by: str
) -> None:
    play.refuse(error, "funds.publish", funds(play) | change, by)


def test_a_bank_that_has_not_signed_or_a_name_that_is_taken_is_refused(play: Play) -> None:
    play.do("funds.publish", funds(play), "bank-a")
    play.refuse(AlreadyThereError, "funds.publish", funds(play), "bank-a")
    play.do("agreements.propose", {"agreement": "x", "digest": "ef" * 32, "from": play.now, "keeper": "core"}, "core")
    play.refuse(UnsignedAgreementError, "funds.publish", funds(play, funds="F2", agreement="ef" * 32), "bank-a")
