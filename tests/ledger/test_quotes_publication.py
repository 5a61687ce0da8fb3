"""What may be published for quotes, by whom, and under which agreement."""

import importlib
import pkgutil
from typing import Any

import ledger_sample
import pytest
from play import TEXT, Play, agree, circulate
from quoting import COMMIT, REVEAL, award, commitment, published, revelation, terms

from ledger.contracts import contracts
from ledger.contracts.data import DataContract
from ledger.errors import (
    AlreadyThereError,
    BadFieldError,
    DoubleSpendError,
    LockedError,
    MaturityError,
    NotApprovedError,
    NotItsControllerError,
    OldVersionError,
    RefusalError,
    SumError,
    TermError,
    UnknownMemberError,
    UnknownRecordError,
    UnsignedAgreementError,
)
from ledger.genesis import opening_state

SELLER = "maker-of-parts"
Change = dict[str, Any]


@pytest.fixture
def play(people: ledger_sample.Consortium) -> Play:
    return Play(opening_state(people.genesis), ledger_sample.START)


REFUSED: list[tuple[type[RefusalError], Change]] = [
    (TermError, {"commit_until": ledger_sample.START}),
    (TermError, {"reveal_until": ledger_sample.START + COMMIT}),
    (TermError, {"settle_until": ledger_sample.START + REVEAL}),
    (MaturityError, {"settle_until": ledger_sample.START + 90 * 86_400}),
    (SumError, {"limit": 10_001}),
    (SumError, {"rule": "highest_price", "limit": 0, "convention": None}),
    (SumError, {"rule": "highest_price", "limit": 1_000_001, "convention": None}),
    (BadFieldError, {"convention": None}),
    (BadFieldError, {"rule": "highest_price"}),
    (BadFieldError, {"rule": "cheapest"}),
    (BadFieldError, {"convention": "30E/365"}),
    (BadFieldError, {"invited": []}),
    (UnknownMemberError, {"invited": ["bank-z"]}),
    (UnknownRecordError, {"agreement": "00" * 32}),
    (DoubleSpendError, {"fragment": "nothing"}),
]


@pytest.mark.parametrize(("error", "change"), REFUSED)
def test_a_request_must_be_one_that_can_end(play: Play, error: type[RefusalError], change: Change) -> None:
    agree(play, SELLER)
    wish = terms(play, circulate(play)) | change
    play.refuse(error, "quotes.publish", {name: value for name, value in wish.items() if value is not None}, SELLER)


MOVES: list[tuple[str, Change, tuple[str, ...]]] = [
    ("receivables.pay_on", {"payees": [{"amount": 1, "to": "maker-of-screws"}]}, (SELLER,)),
    ("receivables.transfer", {"to": "maker-of-screws"}, (SELLER,)),
    ("receivables.split", {"amounts": [1, 999_999]}, (SELLER,)),
    ("discounts.discount", {"bank": "bank-a", "convention": "ACT/360", "price": 1, "rate_bp": 1}, (SELLER, "bank-a")),
    (
        "pledges.pledge",
        {"pledgee": "bank-a", "registration": "Z1", "until": ledger_sample.START + 60},
        (SELLER, "bank-a"),
    ),
    ("funds.take", {"funds": "F1", "price": 992_250}, (SELLER,)),
]


@pytest.mark.parametrize(("call", "more", "by"), MOVES, ids=lambda one: one if isinstance(one, str) else "")
def test_no_contract_moves_a_fragment_that_is_out_for_quotes(
    play: Play, call: str, more: Change, by: tuple[str, ...]
) -> None:
    fragment = published(play)
    funds = {"acceptors": ["core"], "agreement": TEXT, "amount": 10**7, "bank": "bank-a", "convention": "ACT/360"}
    play.do("funds.publish", {**funds, "funds": "F1", "rate_bp": 310, "until": play.now + 60}, "bank-a")
    said = play.refuse(LockedError, call, {"fragment": fragment, **more}, *by)
    assert "quotes/Q1" in said
    play.do("quotes.withdraw", {"request": "Q1"}, SELLER)
    if call != "discounts.discount":  # whose price was not the rule's
        play.do(call, {"fragment": fragment, **more}, *by)


def test_only_the_owner_publishes_and_a_name_is_used_once(play: Play) -> None:
    fragment = published(play)
    play.refuse(AlreadyThereError, "quotes.publish", terms(play, circulate(play, "R2")), SELLER)
    play.do("quotes.withdraw", {"request": "Q1"}, SELLER)
    play.refuse(AlreadyThereError, "quotes.publish", terms(play, fragment), SELLER)
    play.refuse(NotApprovedError, "quotes.publish", terms(play, fragment, request="Q2"), "bank-a")


def data_contracts() -> list[DataContract]:
    package = importlib.import_module("ledger.contracts")
    modules = [
        importlib.import_module(f"ledger.contracts.{one.name}") for one in pkgutil.iter_modules(package.__path__)
    ]
    found = {id(one): one for module in modules for one in vars(module).values() if isinstance(one, DataContract)}
    return sorted(found.values(), key=lambda one: one.name)


def test_each_kind_of_records_has_one_data_contract_and_a_controller_in_force() -> None:
    names = [one.name for one in data_contracts()]
    assert len(set(names)) == len(names)
    assert {"agreements", "bids", "funds", "payloads", "quote_requests", "recipient_keys"} <= set(names)
    assert {one.controller for one in data_contracts()} <= {name for name, _ in contracts()}


@pytest.mark.parametrize("data", data_contracts(), ids=lambda one: one.name)
def test_records_accept_their_controller_alone(play: Play, data: DataContract) -> None:
    for stranger in {name for name, _ in contracts()} - {data.controller} | {
        "",
        data.controller.upper(),
        data.name + "x",
    }:
        for ask in (data.read, data.find, data.write):
            with pytest.raises(NotItsControllerError, match=f"accept {data.controller} alone"):
                ask(play.state, stranger, {} if ask == data.write else "Q1")  # type: ignore[arg-type]  # one of three
    assert data.find(play.state, data.controller, "no such record") is None


def test_whoever_has_not_signed_the_agreement_in_force_takes_no_part(play: Play) -> None:
    agree(play, "bank-a")
    fragment = circulate(play)
    play.refuse(UnsignedAgreementError, "quotes.publish", terms(play, fragment), SELLER)
    play.do("agreements.sign", {"digest": TEXT, "organisation": SELLER}, SELLER)
    play.do("quotes.publish", terms(play, fragment), SELLER)
    play.refuse(UnsignedAgreementError, "quotes.commit", commitment(play, "bank-b", 315), "bank-b")


def test_a_new_version_of_the_agreement_is_signed_before_going_on(play: Play) -> None:
    fragment = published(play)
    play.do("quotes.commit", commitment(play, "bank-a", 315), "bank-a")
    later = {"agreement": "forfaiting", "digest": "ef" * 32, "from": play.now + COMMIT + 1, "keeper": "core"}
    play.do("agreements.propose", later, "core")
    play.now += COMMIT + 1
    play.refuse(UnsignedAgreementError, "quotes.reveal", revelation("bank-a", 315), "bank-a")
    play.do("agreements.sign", {"digest": "ef" * 32, "organisation": "bank-a"}, "bank-a")
    play.do("quotes.reveal", revelation("bank-a", 315), "bank-a")
    play.now += REVEAL
    play.refuse(UnsignedAgreementError, "quotes.award", award("bank-a", 992_212), SELLER, "bank-a")
    play.do("agreements.sign", {"digest": "ef" * 32, "organisation": SELLER}, SELLER)
    play.do("quotes.award", award("bank-a", 992_212), SELLER, "bank-a")
    assert play.state.get("fragments", fragment) is None
    stale = terms(play, circulate(play, "R2"), request="Q2")
    play.refuse(OldVersionError, "quotes.publish", stale, SELLER)
