"""Requests for quotes: sealed, revealed, won by the stated rule, and settled; every other step refused by name."""

from typing import Any

import ledger_sample
import pytest
from play import Play, agree, circulate
from quoting import COMMIT, REVEAL, SETTLE, award, commitment, published, quote, revelation, terms

from ledger.contracts.awards import best_bid
from ledger.contracts.bids import bids_of
from ledger.contracts.requests import request_of
from ledger.errors import (
    AlreadyThereError,
    DoubleSpendError,
    LockedError,
    NotApprovedError,
    PayeeError,
    RevealError,
    StatusError,
    TermError,
    UninvitedError,
    UnknownMemberError,
    UnknownRecordError,
    WinnerError,
    WrongPriceError,
)
from ledger.genesis import opening_state

SELLER = "maker-of-parts"
Change = dict[str, Any]


@pytest.fixture
def play(people: ledger_sample.Consortium) -> Play:
    return Play(opening_state(people.genesis), ledger_sample.START)


def owner(play: Play, fragment: str) -> str:
    record = play.state.get("fragments", fragment)
    assert record is not None
    return str(record["owner"])


def pay(fragment: str) -> Change:
    return {"fragment": fragment, "payees": [{"to": "maker-of-screws", "amount": 1}]}


def test_the_lowest_rate_wins_and_the_fragment_goes_over(play: Play) -> None:
    published(play)
    quote(play, bank_a=315, bank_b=310)
    # 89 days at 3.10 % on 10,000 yuan, Actual/360: the interest is 76.64 yuan
    identity = play.do("quotes.award", award("bank-b", 992_336), SELLER, "bank-b")
    assert owner(play, f"{identity[:32]}:0") == "bank-b"
    record = request_of(play.state, "Q1")
    assert (record["status"], record["winner"], record["price"]) == ("awarded", "bank-b", 992_336)


def test_the_seller_is_not_liable_afterwards_but_whoever_was_before(play: Play) -> None:
    agree(play, "maker-of-screws", "bank-a")
    paid = play.do("receivables.pay_on", pay(circulate(play)), SELLER)
    wish = terms(play, f"{paid[:32]}:0", "highest_price")
    play.do("quotes.publish", wish, "maker-of-screws")
    quote(play, bank_a=1)
    identity = play.do("quotes.award", award("bank-a", 1), "maker-of-screws", "bank-a")
    record = play.state.get("fragments", f"{identity[:32]}:0")
    assert record is not None
    assert (record["owner"], record["endorsers"]) == ("bank-a", [SELLER])


def test_who_buys_back_what_it_passed_on_is_not_liable_to_itself(play: Play) -> None:
    fragment = circulate(play)
    for owner_now, to in ((SELLER, "bank-a"), ("bank-a", "maker-of-screws")):
        moved = play.do("receivables.transfer", {"fragment": fragment, "to": to}, owner_now)
        fragment = f"{moved[:32]}:0"
    agree(play, "maker-of-screws", "bank-a")
    play.do("quotes.publish", terms(play, fragment, "highest_price"), "maker-of-screws")
    quote(play, bank_a=1)
    identity = play.do("quotes.award", award("bank-a", 1), "maker-of-screws", "bank-a")
    record = play.state.get("fragments", f"{identity[:32]}:0")
    assert record is not None
    assert (record["owner"], record["endorsers"]) == ("bank-a", [SELLER])


def test_the_highest_price_wins(play: Play) -> None:
    fragment = published(play, "highest_price")
    quote(play, bank_a=990_001, bank_b=990_000)
    identity = play.do("quotes.award", award("bank-a", 990_001), SELLER, "bank-a")
    assert owner(play, f"{identity[:32]}:0") == "bank-a"
    assert play.state.get("fragments", fragment) is None


def test_of_equal_quotes_the_one_committed_to_earlier_wins(play: Play) -> None:
    published(play)
    quote(play, bank_b=310, bank_a=310)
    assert "bank-b by lowest_rate" in play.refuse(
        WinnerError, "quotes.award", award("bank-a", 992_336), SELLER, "bank-a"
    )
    play.do("quotes.award", award("bank-b", 992_336), SELLER, "bank-b")


def test_of_equal_quotes_in_one_block_the_first_name_wins() -> None:
    bids = [{"bank": name, "offer": 5, "time": 9} for name in ("c", "a", "b")]
    for rule in ("lowest_rate", "highest_price"):
        best = best_bid(rule, bids)
        assert best is not None
        assert best["bank"] == "a"


def test_a_quote_that_is_not_revealed_is_none(play: Play) -> None:
    published(play)
    play.do("quotes.commit", commitment(play, "bank-a", 300), "bank-a")
    quote(play, bank_b=310)
    play.refuse(WinnerError, "quotes.award", award("bank-a", 992_583), SELLER, "bank-a")
    play.do("quotes.award", award("bank-b", 992_336), SELLER, "bank-b")


def test_the_fragment_does_not_move_while_the_request_is_open(play: Play) -> None:
    fragment = published(play)
    play.refuse(LockedError, "receivables.pay_on", pay(fragment), SELLER)
    pledge = {"fragment": fragment, "pledgee": "bank-a", "registration": "Z1", "until": play.now + 60}
    play.refuse(LockedError, "pledges.pledge", pledge, SELLER, "bank-a")
    play.refuse(LockedError, "quotes.publish", terms(play, fragment, request="Q2"), SELLER)
    quote(play, bank_a=315)
    play.refuse(LockedError, "receivables.pay_on", pay(fragment), SELLER)
    play.now += SETTLE
    play.do("quotes.close", {"request": "Q1"}, SELLER)
    play.do("receivables.pay_on", pay(fragment), SELLER)


def test_a_withdrawn_request_takes_no_more_quotes_and_frees_the_fragment(play: Play) -> None:
    fragment = published(play)
    play.do("quotes.commit", commitment(play, "bank-a", 315), "bank-a")
    play.refuse(NotApprovedError, "quotes.withdraw", {"request": "Q1"}, "bank-a")
    play.do("quotes.withdraw", {"request": "Q1"}, SELLER)
    play.refuse(StatusError, "quotes.commit", commitment(play, "bank-b", 315), "bank-b")
    play.now += COMMIT + 1
    play.refuse(StatusError, "quotes.reveal", revelation("bank-a", 315), "bank-a")
    play.refuse(StatusError, "quotes.withdraw", {"request": "Q1"}, SELLER)
    play.do("receivables.pay_on", pay(fragment), SELLER)


def test_a_request_is_withdrawn_only_before_the_first_reveal(play: Play) -> None:
    published(play)
    quote(play, bank_a=315)
    play.refuse(StatusError, "quotes.withdraw", {"request": "Q1"}, SELLER)


def test_when_nobody_quotes_nobody_wins(play: Play) -> None:
    fragment = published(play)
    play.do("quotes.commit", commitment(play, "bank-a", 315), "bank-a")
    play.now += REVEAL
    play.refuse(TermError, "quotes.close", {"request": "Q1"}, SELLER)
    play.now += 1
    play.refuse(WinnerError, "quotes.award", award("bank-a", 992_212), SELLER, "bank-a")
    play.refuse(NotApprovedError, "quotes.close", {"request": "Q1"}, "bank-a")
    play.do("quotes.close", {"request": "Q1"}, SELLER)
    assert request_of(play.state, "Q1")["status"] == "unsold"
    assert owner(play, fragment) == SELLER
    play.do("receivables.pay_on", pay(fragment), SELLER)


def test_a_winner_has_until_settlement_and_not_longer(play: Play) -> None:
    fragment = published(play)
    start = play.now
    quote(play, bank_a=315)
    play.refuse(StatusError, "quotes.close", {"request": "Q1"}, SELLER)
    play.now = start + SETTLE + 1
    play.refuse(TermError, "quotes.award", award("bank-a", 992_212), SELLER, "bank-a")
    play.do("quotes.close", {"request": "Q1"}, SELLER)
    assert request_of(play.state, "Q1")["status"] == "lapsed"
    assert owner(play, fragment) == SELLER


def test_a_winner_that_is_no_member_any_more_does_not_get_it(play: Play) -> None:
    published(play)
    quote(play, bank_a=315, bank_b=320)
    admins = [f"{one}/admin" for one in ("core", SELLER, "maker-of-screws", "bank-b")]
    play.do("members.dismiss", {"name": "bank-a"}, *admins)
    play.refuse(UnknownMemberError, "quotes.award", award("bank-a", 992_212), SELLER, "bank-a")
    play.refuse(WinnerError, "quotes.award", award("bank-b", 992_089), SELLER, "bank-b")
    play.now += SETTLE
    play.do("quotes.close", {"request": "Q1"}, SELLER)


def test_a_request_forgotten_past_the_due_day_is_redeemed_to_the_seller(play: Play) -> None:
    fragment = published(play)
    play.now += 90 * 86_400
    play.do("receivables.redeem", {"fragments": [fragment]}, "core", SELLER)
    play.do("quotes.close", {"request": "Q1"}, SELLER)
    play.refuse(DoubleSpendError, "receivables.pay_on", pay(fragment), SELLER)


@pytest.mark.parametrize("by", [(SELLER,), ("bank-a",), (SELLER, "bank-b"), (SELLER, "bank-a/checker"), ("core",)])
def test_seller_and_winner_sign_the_award(play: Play, by: tuple[str, ...]) -> None:
    published(play)
    quote(play, bank_a=315)
    play.refuse(NotApprovedError, "quotes.award", award("bank-a", 992_212), *by)


@pytest.mark.parametrize("off", [-1, 1])
def test_the_award_is_at_the_price_that_was_quoted(play: Play, off: int) -> None:
    published(play)
    quote(play, bank_a=315)
    play.refuse(WrongPriceError, "quotes.award", award("bank-a", 992_212 + off), SELLER, "bank-a")
    play.do("quotes.award", award("bank-a", 992_212), SELLER, "bank-a")
    play.refuse(StatusError, "quotes.award", award("bank-a", 992_212), SELLER, "bank-a")


@pytest.mark.parametrize(("after", "holds"), [(COMMIT, True), (COMMIT + 1, False)])
def test_a_commitment_comes_up_to_its_deadline(play: Play, after: int, holds: bool) -> None:
    published(play)
    wish = commitment(play, "bank-a", 315)
    play.now += after
    if holds:
        play.do("quotes.commit", wish, "bank-a")
    else:
        play.refuse(TermError, "quotes.commit", wish, "bank-a")


@pytest.mark.parametrize(("after", "holds"), [(0, False), (COMMIT, False), (COMMIT + 1, True), (REVEAL + 1, False)])
def test_a_quote_is_revealed_between_the_two_deadlines(play: Play, after: int, holds: bool) -> None:
    published(play)
    play.do("quotes.commit", commitment(play, "bank-a", 315), "bank-a")
    play.now += after
    if holds:
        play.do("quotes.reveal", revelation("bank-a", 315), "bank-a")
        play.refuse(StatusError, "quotes.reveal", revelation("bank-a", 315), "bank-a")
        play.refuse(TermError, "quotes.award", award("bank-a", 992_212), SELLER, "bank-a")
    else:
        play.refuse(TermError, "quotes.reveal", revelation("bank-a", 315), "bank-a")


@pytest.mark.parametrize(("offer", "salt"), [(314, 1), (316, 1), (315, 2), (315, 1 << 255)])
def test_what_is_revealed_is_what_was_committed_to(play: Play, offer: int, salt: int) -> None:
    published(play)
    play.do("quotes.commit", commitment(play, "bank-a", 315), "bank-a")
    play.now += COMMIT + 1
    play.refuse(RevealError, "quotes.reveal", revelation("bank-a", offer, salt), "bank-a")


def test_who_copies_a_commitment_can_not_reveal_it(play: Play) -> None:
    published(play)
    mine = commitment(play, "bank-a", 315)
    play.do("quotes.commit", mine, "bank-a")
    play.do("quotes.commit", mine | {"bank": "bank-b"}, "bank-b")
    play.now += COMMIT + 1
    play.do("quotes.reveal", revelation("bank-a", 315), "bank-a")
    play.refuse(RevealError, "quotes.reveal", revelation("bank-b", 315), "bank-b")


def test_a_bank_quotes_once_for_itself_and_after_a_commitment(play: Play) -> None:
    published(play)
    play.refuse(NotApprovedError, "quotes.commit", commitment(play, "bank-a", 315), "bank-b")
    play.do("quotes.commit", commitment(play, "bank-a", 315), "bank-a")
    play.refuse(AlreadyThereError, "quotes.commit", commitment(play, "bank-a", 300), "bank-a")
    play.now += COMMIT + 1
    play.refuse(NotApprovedError, "quotes.reveal", revelation("bank-a", 315), "bank-b")
    play.refuse(UnknownRecordError, "quotes.reveal", revelation("bank-b", 315), "bank-b")


def test_only_banks_quote_and_only_those_invited(play: Play) -> None:
    published(play, invited=["bank-b"])
    play.refuse(PayeeError, "quotes.commit", commitment(play, "maker-of-screws", 315), "maker-of-screws")
    play.refuse(UnknownMemberError, "quotes.commit", commitment(play, "bank-z", 315), "bank-a")
    play.refuse(UninvitedError, "quotes.commit", commitment(play, "bank-a", 315), "bank-a")
    play.do("quotes.commit", commitment(play, "bank-b", 315), "bank-b")


@pytest.mark.parametrize(
    ("rule", "limit", "good", "bad"),
    [
        ("lowest_rate", {"limit": 320}, (0, 320), (321, 10_001)),
        ("lowest_rate", {}, (0, 10_000), (10_001,)),
        ("highest_price", {"limit": 990_000}, (990_000, 1_000_000), (989_999, 1_000_001)),
        ("highest_price", {}, (1, 1_000_000), (0, 1_000_001)),
    ],
)
def test_a_quote_beyond_the_limit_is_refused(
    play: Play, rule: str, limit: Change, good: tuple[int, ...], bad: tuple[int, ...]
) -> None:
    published(play, rule, **limit)
    start, before = play.now, play.state
    for offer in good + bad:
        play.now, play.state = start, before
        play.do("quotes.commit", commitment(play, "bank-a", offer), "bank-a")
        play.now = start + COMMIT + 1
        if offer in good:
            play.do("quotes.reveal", revelation("bank-a", offer), "bank-a")
            assert bids_of(play.state, "Q1")[0]["offer"] == offer
        else:
            play.refuse(WrongPriceError, "quotes.reveal", revelation("bank-a", offer), "bank-a")
