"""What refusals of requests for quotes say: the field, its value and what would be right."""

from collections.abc import Mapping
from typing import Any

import ledger_sample
import pytest
import quoting
from play import Play, agree, circulate
from tendering import PARTS, SCREWS

from ledger import errors
from ledger.genesis import opening_state

DAY, START = 86_400, ledger_sample.START

DUE = START + 90 * DAY

Given = Mapping[str, Any]


@pytest.fixture
def play(people: ledger_sample.Consortium) -> Play:
    return Play(opening_state(people.genesis), START)


def says(play: Play, error: str, call: str, given: Given, *by: str) -> str:
    """The sentence with which a call is refused; names of fragments, which are long, are put as F."""
    fragment = given.get("fragment", "F")
    return play.refuse(getattr(errors, error), call, given, *by).replace(fragment, "F")


def test_a_request_says_what_it_can_not_be(play: Play) -> None:
    agree(play, PARTS)
    wish = quoting.terms(play, circulate(play))
    no_days = {key: wish[key] for key in wish if key != "convention"}
    for error, change, sentence in (
        ("TermError", {"commit_until": START}, "commit_until is {0}, it must be after the block's time, {0}"),
        ("TermError", {"reveal_until": START + 100}, "reveal_until is {1}, it must be after commit_until, {1}"),
        ("TermError", {"settle_until": START + 200}, "settle_until is {2}, it must be after reveal_until, {2}"),
        ("MaturityError", {"settle_until": DUE}, "settle_until is {3}, it must be before {3}, the due day"),
        ("UnknownMemberError", {"invited": ["z"]}, "invited is z: no such organisation is a member"),
        ("SumError", {"limit": 10_001}, "limit is 10001, with lowest_rate it must be from 0 to 10000"),
        ("BadFieldError", {"rule": "highest_price"}, "convention is there, highest_price needs no day count"),
    ):
        right = "arguments." + sentence.format(START, START + 100, START + 200, DUE)
        assert says(play, error, "quotes.publish", wish | change, PARTS) == right
    assert says(play, "BadFieldError", "quotes.publish", no_days, PARTS) == (
        "arguments.convention is missing, lowest_rate needs a day count"
    )
    by_price = {**no_days, "limit": 1_000_001, "rule": "highest_price"}
    assert says(play, "SumError", "quotes.publish", by_price, PARTS) == (
        "arguments.limit is 1000001, with highest_price it must be from 1 to 1000000"
    )
    play.do("quotes.publish", wish, PARTS)
    assert says(play, "AlreadyThereError", "quotes.publish", wish, PARTS) == (
        "arguments.request is Q1: there is one of that name, choose another"
    )


def test_a_request_says_who_may_quote_and_when(play: Play) -> None:
    quoting.published(play, invited=["bank-a", "maker-of-screws"], limit=400)
    commit, reveal, settle = (START + one for one in (quoting.COMMIT, quoting.REVEAL, quoting.SETTLE))
    bid = quoting.commitment(play, "bank-a", 310)
    assert says(play, "UninvitedError", "quotes.commit", bid | {"bank": "bank-b"}, "bank-b") == (
        f"arguments.bank is bank-b, request Q1 invites bank-a, {SCREWS}"
    )
    assert says(play, "PayeeError", "quotes.commit", bid | {"bank": SCREWS}, SCREWS) == (
        f"arguments.bank is {SCREWS}, it must be a bank other than the seller {PARTS}"
    )
    play.do("quotes.commit", bid, "bank-a")
    assert says(play, "AlreadyThereError", "quotes.commit", bid, "bank-a") == (
        "bank-a has committed to a quote for request Q1 already: there is one for each"
    )
    shown = quoting.revelation("bank-a", 310)
    assert says(play, "TermError", "quotes.reveal", shown, "bank-a") == (
        f"quotes for request Q1 are revealed after {commit} and until {reveal}, the block's time is {START}"
    )
    play.now = commit + 1
    assert says(play, "TermError", "quotes.commit", bid, "bank-a") == (
        f"request Q1 took commitments until {commit}: it is too late for one"
    )
    assert says(play, "RevealError", "quotes.reveal", shown | {"offer": 311}, "bank-a") == (
        "what bank-a reveals is not what it committed to for request Q1"
    )
    play.do("quotes.reveal", shown, "bank-a")
    assert says(play, "StatusError", "quotes.reveal", shown, "bank-a") == (
        "bank-a has revealed its quote for request Q1 already"
    )
    assert says(play, "StatusError", "quotes.withdraw", {"request": "Q1"}, PARTS) == (
        "of request Q1 a quote is revealed already: it can not be withdrawn any more"
    )
    assert says(play, "TermError", "quotes.close", {"request": "Q1"}, PARTS) == (
        f"quotes for request Q1 are revealed until {reveal}: it ends after that"
    )
    play.now = reveal + 1
    assert says(play, "StatusError", "quotes.close", {"request": "Q1"}, PARTS) == (
        f"request Q1 is won by bank-a, who may settle until {settle}"
    )
    assert says(play, "WinnerError", "quotes.award", quoting.award("bank-b", 1), PARTS, "bank-b") == (
        "arguments.winner is bank-b, request Q1 must be bank-a by lowest_rate"
    )
    assert says(play, "WrongPriceError", "quotes.award", quoting.award("bank-a", 1), PARTS, "bank-a") == (
        "arguments.price is 1, bank-a has won with 992336"
    )
    play.now = settle + 1
    assert says(play, "TermError", "quotes.award", quoting.award("bank-a", 992_336), PARTS, "bank-a") == (
        f"request Q1 was to be settled until {settle}: it can only be closed now"
    )


def test_a_request_without_quotes_says_that_it_must_be_closed(play: Play) -> None:
    quoting.published(play)
    play.now += quoting.REVEAL + 1
    assert says(play, "WinnerError", "quotes.award", quoting.award("bank-a", 1), PARTS, "bank-a") == (
        "arguments.winner is bank-a, request Q1 must be closed: nobody has quoted"
    )


@pytest.mark.parametrize(
    ("rule", "limit", "offer", "sentence"),
    [
        ("lowest_rate", 400, 401, "arguments.offer is 401, this request takes lowest_rate from 0 to 400"),
        *[
            ("highest_price", 5, n, f"arguments.offer is {n}, this request takes highest_price from 5 to 1000000")
            for n in (4, 1_000_001)
        ],
    ],
)
def test_a_quote_beyond_the_limit_is_told_the_limit(
    play: Play, rule: str, limit: int, offer: int, sentence: str
) -> None:
    quoting.published(play, rule, limit=limit)
    play.do("quotes.commit", quoting.commitment(play, "bank-a", offer), "bank-a")
    play.now += quoting.COMMIT + 1
    shown = quoting.revelation("bank-a", offer)
    assert says(play, "WrongPriceError", "quotes.reveal", shown, "bank-a") == sentence
