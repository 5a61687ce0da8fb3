"""What refusals of funds and tenders say: the field, its value and what would be right, in one whole sentence."""

from collections.abc import Mapping
from typing import Any

import ledger_sample
import pytest
import quoting
import tendering
from play import TEXT, Play, agree, circulate
from tendering import BANK, PARTS, SCREWS

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


def test_funds_say_what_is_wrong_with_them(play: Play) -> None:
    agree(play, PARTS, BANK)
    funds = {
        **{"acceptors": ["core"], "agreement": TEXT, "amount": 992_249, "bank": BANK, "convention": "ACT/360"},
        **{"funds": "F1", "rate_bp": 310, "until": START + 60},
    }
    for error, change, sentence in (
        ("PayeeError", {"bank": "core"}, "arguments.bank is core, it must be a bank"),
        ("UnknownMemberError", {"bank": "z"}, "arguments.bank is z: no such organisation is a member"),
        ("UnknownMemberError", {"acceptors": ["z"]}, "arguments.acceptors is z: no such organisation is a member"),
        ("TermError", {"until": START}, f"arguments.until is {START}, it must be after the block's time {START}"),
        ("NotApprovedError", {"bank": "bank-b"}, _lacks("funds.publish", "bank-b")),
    ):
        assert says(play, error, "funds.publish", funds | change, BANK, "core") == sentence
    play.do("funds.publish", funds, BANK)
    assert says(play, "AlreadyThereError", "funds.publish", funds, BANK) == (
        "arguments.funds is F1: there is a publication of that name, choose another"
    )
    taking = {"fragment": circulate(play), "funds": "F1", "price": 992_250}
    assert says(play, "SumError", "funds.take", taking, PARTS) == (
        "the price is 992250 fen, of the funds F1 992249 are left"
    )
    assert says(play, "WrongPriceError", "funds.take", taking | {"price": 1}, PARTS) == (
        "arguments.price is 1, it must be 992250: 90 days at 310 basis points, ACT/360"
    )
    play.now = START + 61
    assert says(play, "TermError", "funds.take", taking, PARTS) == (
        f"publication of funds F1 ended at {START + 60}, before the block's time"
    )
    play.do("funds.withdraw", {"funds": "F1"}, BANK)
    assert says(play, "StatusError", "funds.take", taking, PARTS) == (
        "publication of funds F1 is withdrawn, it must be open"
    )
    assert says(play, "UnknownRecordError", "funds.take", taking | {"funds": "F2"}, PARTS) == (
        "there is no publication of funds F2"
    )


def test_funds_say_whose_promises_they_are_for(play: Play) -> None:
    agree(play, PARTS, BANK)
    funds = {
        **{"acceptors": ["bank-b", "maker-of-screws"], "agreement": TEXT, "amount": 1_000_000, "bank": BANK},
        **{"convention": "ACT/360", "funds": "F1", "rate_bp": 310, "until": START + 60},
    }
    play.do("funds.publish", funds, BANK)
    taking = {"fragment": circulate(play), "funds": "F1", "price": 1}
    assert says(play, "PayeeError", "funds.take", taking, PARTS) == (
        f"fragment F of {PARTS}, promised by core, is not one that {BANK} buys with F1: promised by bank-b,"
        f" {SCREWS}, of another owner than the bank"
    )
    dismissed = [f"{one}/admin" for one in ledger_sample.ORGANISATIONS if one != BANK]
    play.do("funds.publish", funds | {"acceptors": ["core"], "funds": "F2"}, BANK)
    play.do("members.dismiss", {"name": BANK}, *dismissed)
    assert says(play, "UnknownMemberError", "funds.take", taking | {"funds": "F2"}, PARTS) == (
        f"the bank is {BANK}: no such organisation is a member"
    )


def test_a_tender_says_when_and_to_whom(people: ledger_sample.Consortium) -> None:
    play = tendering.two_owners(people)
    terms = tendering.publication(play)
    play.do("tenders.publish", terms, BANK)
    assert says(play, "AlreadyThereError", "tenders.publish", terms, BANK) == (
        "arguments.tender is T1: there is one of that name, choose another"
    )
    mine = tendering.commitment(play, PARTS, 310)
    assert says(play, "PayeeError", "tenders.commit", mine | {"seller": BANK}, BANK) == (
        f"arguments.seller is {BANK}, who would sell to itself"
    )
    assert says(play, "UnknownMemberError", "tenders.commit", mine | {"seller": "z"}, BANK) == (
        "arguments.seller is z: no such organisation is a member"
    )
    play.do("tenders.commit", mine, PARTS)
    assert says(play, "AlreadyThereError", "tenders.commit", mine, PARTS) == (
        f"{PARTS} has committed to an offer to tender T1 already: there is one for each"
    )
    shown = tendering.revelation(play, PARTS, 310)
    assert says(play, "UnknownRecordError", "tenders.reveal", shown | {"seller": SCREWS}, SCREWS) == (
        f"there is no commitment of {SCREWS} to an offer to tender T1"
    )
    commit, reveal, settle = (START + one for one in (tendering.COMMIT, tendering.REVEAL, tendering.SETTLE))
    assert says(play, "TermError", "tenders.reveal", shown, PARTS) == (
        f"offers to tender T1 are revealed after {commit} and until {reveal}, the block's time is {START}"
    )
    play.now = commit + 1
    assert says(play, "TermError", "tenders.commit", mine | {"seller": SCREWS}, SCREWS) == (
        f"tender T1 took commitments until {commit}: it is too late for one"
    )
    assert says(play, "RevealError", "tenders.reveal", shown | {"rate_bp": 311}, PARTS) == (
        f"what {PARTS} reveals is not what it committed to for tender T1"
    )
    play.do("tenders.reveal", shown, PARTS)
    assert says(play, "StatusError", "tenders.reveal", shown, PARTS) == (
        f"{PARTS} has revealed its offer to tender T1 already"
    )
    assert says(play, "StatusError", "tenders.withdraw", {"tender": "T1"}, BANK) == (
        "an offer is revealed already: the tender can not be withdrawn any more"
    )
    assert says(play, "TermError", "tenders.close", {"tender": "T1"}, BANK) == (
        f"offers to tender T1 are revealed until {reveal}: it is awarded or closed after that"
    )
    play.now = reveal + 1
    leave = {"seller": PARTS, "tender": "T1"}
    assert says(play, "TermError", "tenders.leave", leave, PARTS) == (
        f"tender T1 is settled until {settle}: who has revealed leaves after that"
    )
    assert says(play, "StatusError", "tenders.close", {"tender": "T1"}, BANK) == (
        f"the next award of tender T1 is {PARTS}'s, until {settle}"
    )
    award = tendering.award(PARTS, tendering.AT_310)
    assert says(play, "WinnerError", "tenders.award", award | {"seller": SCREWS}, BANK, SCREWS) == (
        f"arguments.seller is {SCREWS}, the next award of tender T1 is {PARTS}'s"
    )
    assert says(play, "WrongPriceError", "tenders.award", award | {"price": 1}, BANK, PARTS) == (
        f"arguments.price is 1, {PARTS} has offered {tendering.AT_310}"
    )
    before, play.now = play.state, settle + 1
    assert says(play, "TermError", "tenders.award", award, BANK, PARTS) == (
        f"tender T1 was to be settled until {settle}: it can only be closed now"
    )
    play.state, play.now = before, reveal + 1
    play.do("tenders.award", award, BANK, PARTS)
    assert says(play, "WinnerError", "tenders.award", award, BANK, PARTS) == (
        f"arguments.seller is {PARTS}, the next award of tender T1 is nobody's"
    )
    play.now = settle + 1
    assert says(play, "StatusError", "tenders.leave", leave, PARTS) == (
        f"no fragment of {PARTS} is locked for tender T1 any more"
    )
    play.do("tenders.close", {"tender": "T1"}, BANK)
    assert says(play, "StatusError", "tenders.close", {"tender": "T1"}, BANK) == (
        "tender T1 is closed, for close it must be open"
    )


@pytest.mark.parametrize(
    ("error", "rate", "change", "sentence"),
    [
        ("WrongPriceError", 299, {}, "arguments.rate_bp is 299, tender T1 takes 300 or more"),
        ("SumError", 310, {"amount": 9}, f"the offer comes to {tendering.AT_310} fen, tender T1 is of 9"),
        (
            *("PayeeError", 310, {"acceptors": ["bank-b", "bank-a"]}),
            f"fragment F of {PARTS}, promised by core, is not one that tender T1 takes from {PARTS}: promised by"
            " bank-b, bank-a",
        ),
        (
            *("MaturityError", 310, {"settle_until": DUE}),
            f"receivable R1 is due at {DUE}, before tender T1 is settled",
        ),
    ],
)
def test_a_tender_says_what_it_does_not_take(
    people: ledger_sample.Consortium, error: str, rate: int, change: Given, sentence: str
) -> None:
    play = tendering.two_owners(people)
    play.do("tenders.publish", tendering.publication(play, **change), BANK)
    play.do("tenders.commit", tendering.commitment(play, PARTS, rate), PARTS)
    play.now += tendering.COMMIT + 1
    assert says(play, error, "tenders.reveal", tendering.revelation(play, PARTS, rate), PARTS) == sentence


def test_whoever_publishes_under_an_old_agreement_is_told_the_one_in_force(people: ledger_sample.Consortium) -> None:
    play = tendering.two_owners(people)
    request = quoting.terms(play, tendering.held(play, PARTS))
    tender = tendering.publication(play)
    shared = ("acceptors", "agreement", "amount", "bank", "convention")
    funds = {name: tender[name] for name in shared} | {"funds": "F1", "rate_bp": 1, "until": START + 60}
    play.now += 1
    agree(play, digest="ef" * 32)
    for call, given, by in (
        ("quotes.publish", request, PARTS),
        ("tenders.publish", tender, BANK),
        ("funds.publish", funds, BANK),
    ):
        assert says(play, "OldVersionError", call, given, by) == (
            f"arguments.agreement is {TEXT}, of forfaiting the version {'ef' * 32} is in force"
        )


def _lacks(what: str, whose: str) -> str:
    return f"{what} lacks the approval of {whose}: nobody with the role maker has signed for it"
