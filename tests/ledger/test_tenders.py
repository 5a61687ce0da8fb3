"""Funds put out to tender: sealed offers, the best awarded as far as the money reaches, everything else refused."""

from typing import Any

import ledger_sample
import pytest
from play import Play
from tendering import (
    AT_310,
    AT_315,
    BANK,
    COMMIT,
    PARTS,
    REVEAL,
    SCREWS,
    SETTLE,
    Arguments,
    award,
    commitment,
    held,
    offered,
    publication,
    revelation,
    two_owners,
)

from ledger.contracts.tenders import next_offer
from ledger.errors import (
    AlreadyThereError,
    BadFieldError,
    LockedError,
    MaturityError,
    NotApprovedError,
    OldVersionError,
    PayeeError,
    RefusalError,
    RevealError,
    StatusError,
    SumError,
    TermError,
    UnknownMemberError,
    UnknownRecordError,
    UnsignedAgreementError,
    WinnerError,
    WrongPriceError,
)


@pytest.fixture
def play(people: ledger_sample.Consortium) -> Play:
    return two_owners(people)


def test_offers_are_awarded_in_turn_the_highest_rate_first(play: Play) -> None:
    offered(play)
    assert f"is {SCREWS}'s" in play.refuse(WinnerError, "tenders.award", award(PARTS, AT_310), BANK, PARTS)
    play.do("tenders.award", award(SCREWS, AT_315), BANK, SCREWS)
    play.refuse(StatusError, "tenders.close", {"tender": "T1"}, BANK)
    play.do("tenders.award", award(PARTS, AT_310), BANK, PARTS)
    play.refuse(WinnerError, "tenders.award", award(PARTS, AT_310), BANK, PARTS)
    play.do("tenders.close", {"tender": "T1"}, BANK)
    records = [record for _, record in play.state.records("fragments")]
    assert [(one["owner"], one["amount"], "lock" in one) for one in records] == [(BANK, 500_000, False)] * 2
    assert sorted(one["endorsers"] for one in records) == [[], [PARTS]]  # who sold is not liable, who paid on is


def test_whom_the_money_does_not_reach_is_released(play: Play) -> None:
    offered(play, amount=AT_315 + AT_310 - 1)
    play.do("tenders.award", award(SCREWS, AT_315), BANK, SCREWS)
    play.refuse(WinnerError, "tenders.award", award(PARTS, AT_310), BANK, PARTS)
    play.do("tenders.close", {"tender": "T1"}, BANK)
    transfer = {"fragment": held(play, PARTS), "to": "bank-b"}
    play.do("receivables.transfer", transfer, PARTS)


def test_the_next_is_by_rate_then_by_block_then_by_name_and_must_fit() -> None:
    def one(seller: str, rate: int, time: int, **more: Any) -> Arguments:
        return {"price": 90, "rate_bp": rate, "seller": seller, "time": time, **more}

    offers = [one("d", 310, 5), one("b", 310, 4), one("a", 310, 5), one("c", 309, 1), {"seller": "e", "time": 1}]
    order = []
    while (best := next_offer(offers, 90)) is not None:
        order.append(best["seller"])
        offers[offers.index(dict(best))]["ended"] = "awarded"
    assert order == ["b", "a", "d", "c"]
    assert next_offer([one("a", 310, 5)], 89) is None


def test_a_revealed_fragment_rests_until_the_end(play: Play) -> None:
    offered(play)
    play.refuse(LockedError, "receivables.transfer", {"fragment": held(play, PARTS), "to": "bank-b"}, PARTS)
    leave = {"seller": PARTS, "tender": "T1"}
    play.refuse(TermError, "tenders.leave", leave, PARTS)
    play.now += SETTLE
    play.refuse(TermError, "tenders.award", award(SCREWS, AT_315), BANK, SCREWS)
    play.refuse(NotApprovedError, "tenders.leave", leave, SCREWS)
    play.refuse(UnknownRecordError, "tenders.leave", {"seller": "bank-b", "tender": "T1"}, "bank-b")
    play.do("tenders.leave", leave, PARTS)
    play.refuse(StatusError, "tenders.leave", leave, PARTS)
    play.do("tenders.close", {"tender": "T1"}, BANK)
    play.refuse(StatusError, "tenders.leave", {"seller": SCREWS, "tender": "T1"}, SCREWS)
    assert not any("lock" in record for _, record in play.state.records("fragments"))


def test_before_a_reveal_the_bank_may_withdraw_and_not_after(play: Play) -> None:
    play.do("tenders.publish", publication(play), BANK)
    play.do("tenders.commit", commitment(play, PARTS, 310), PARTS)
    before, now = play.state, play.now
    play.refuse(NotApprovedError, "tenders.withdraw", {"tender": "T1"}, PARTS)
    play.do("tenders.withdraw", {"tender": "T1"}, BANK)
    for call, arguments in (
        ("tenders.commit", commitment(play, SCREWS, 310)),
        ("tenders.reveal", revelation(play, PARTS, 310)),
        ("tenders.award", award(PARTS, AT_310)),
        ("tenders.withdraw", {"tender": "T1"}),
        ("tenders.close", {"tender": "T1"}),
    ):
        play.refuse(StatusError, call, arguments, BANK, PARTS, SCREWS)
    play.state, play.now = before, now + COMMIT + 1
    play.do("tenders.reveal", revelation(play, PARTS, 310), PARTS)
    play.refuse(StatusError, "tenders.withdraw", {"tender": "T1"}, BANK)


@pytest.mark.parametrize("by", [(BANK,), (SCREWS,), (BANK, PARTS), (BANK, f"{SCREWS}/checker")])
def test_bank_and_owner_sign_an_award_at_its_price(play: Play, by: tuple[str, ...]) -> None:
    offered(play)
    play.refuse(NotApprovedError, "tenders.award", award(SCREWS, AT_315), *by)
    for off in (-1, 1):
        play.refuse(WrongPriceError, "tenders.award", award(SCREWS, AT_315 + off), BANK, SCREWS)


def test_offers_come_in_their_time(play: Play) -> None:
    start = play.now
    play.do("tenders.publish", publication(play), BANK)
    late = commitment(play, SCREWS, 310)
    play.do("tenders.commit", commitment(play, PARTS, 310), PARTS)
    play.refuse(AlreadyThereError, "tenders.commit", commitment(play, PARTS, 320), PARTS)
    show = revelation(play, PARTS, 310)
    for after in (0, COMMIT, REVEAL + 1):
        play.now = start + after
        play.refuse(TermError, "tenders.reveal", show, PARTS)
    play.now = start + COMMIT + 1
    play.refuse(TermError, "tenders.commit", late, SCREWS)
    play.do("tenders.reveal", show, PARTS)
    play.refuse(StatusError, "tenders.reveal", show, PARTS)
    play.now = start + REVEAL
    play.refuse(TermError, "tenders.award", award(PARTS, AT_310), BANK, PARTS)
    play.refuse(TermError, "tenders.close", {"tender": "T1"}, BANK)


def test_what_is_revealed_is_what_was_committed_to(play: Play) -> None:
    play.do("tenders.publish", publication(play), BANK)
    mine = commitment(play, PARTS, 310)
    play.refuse(NotApprovedError, "tenders.commit", mine, SCREWS)
    play.do("tenders.commit", mine, PARTS)
    play.do("tenders.commit", mine | {"seller": SCREWS}, SCREWS)
    play.now += COMMIT + 1
    show = revelation(play, PARTS, 310)
    for change in ({"rate_bp": 311}, {"fragment": held(play, SCREWS)}, {"salt": "11" * 32}):
        play.refuse(RevealError, "tenders.reveal", show | change, PARTS)
    play.refuse(RevealError, "tenders.reveal", show | {"seller": SCREWS}, SCREWS)
    play.refuse(NotApprovedError, "tenders.reveal", show, SCREWS)
    play.refuse(UnknownRecordError, "tenders.reveal", show | {"seller": "bank-b"}, "bank-b")


@pytest.mark.parametrize(
    ("error", "rate", "change"),
    [
        (WrongPriceError, 299, {}),
        (SumError, 310, {"amount": AT_310 - 1}),
        (PayeeError, 310, {"acceptors": ["bank-b"]}),
        (MaturityError, 310, {"settle_until": ledger_sample.START + 90 * 86_400}),
    ],
)
def test_an_offer_that_can_not_be_awarded_is_refused(
    play: Play, error: type[RefusalError], rate: int, change: Arguments
) -> None:
    play.do("tenders.publish", publication(play, **change), BANK)
    play.do("tenders.commit", commitment(play, PARTS, rate), PARTS)
    play.now += COMMIT + 1
    play.refuse(error, "tenders.reveal", revelation(play, PARTS, rate), PARTS)


def test_nobody_offers_what_is_not_its_own_or_to_itself(play: Play) -> None:
    play.do("tenders.publish", publication(play), BANK)
    play.refuse(PayeeError, "tenders.commit", commitment(play, BANK, 310, "any"), BANK)
    play.refuse(UnknownMemberError, "tenders.commit", commitment(play, "bank-z", 310, "any"), BANK)
    play.refuse(UnsignedAgreementError, "tenders.commit", commitment(play, "bank-b", 310, "any"), "bank-b")
    others = held(play, SCREWS)
    play.do("tenders.commit", commitment(play, PARTS, 310, others), PARTS)
    play.now += COMMIT + 1
    play.refuse(PayeeError, "tenders.reveal", revelation(play, PARTS, 310, others), PARTS)


REFUSED: list[tuple[type[RefusalError], Arguments, str]] = [
    (PayeeError, {"bank": "core"}, "core"),
    (UnknownMemberError, {"bank": "bank-z"}, BANK),
    (UnknownMemberError, {"acceptors": ["bank-z"]}, BANK),
    (NotApprovedError, {}, "bank-b"),
    (UnsignedAgreementError, {"bank": "bank-b"}, "bank-b"),
    (UnknownRecordError, {"agreement": "00" * 32}, BANK),
    (TermError, {"commit_until": ledger_sample.START}, BANK),
    (TermError, {"reveal_until": ledger_sample.START + COMMIT}, BANK),
    (TermError, {"settle_until": ledger_sample.START + REVEAL}, BANK),
    (BadFieldError, {"lowest_rate_bp": 10_001}, BANK),
    (BadFieldError, {"amount": 0}, BANK),
]


@pytest.mark.parametrize(("error", "change", "by"), REFUSED)
def test_a_tender_must_be_one_that_can_end(play: Play, error: type[RefusalError], change: Arguments, by: str) -> None:
    play.refuse(error, "tenders.publish", publication(play) | change, by)


def test_a_name_is_used_once_and_under_the_agreement_in_force(play: Play) -> None:
    play.do("tenders.publish", publication(play), BANK)
    play.refuse(AlreadyThereError, "tenders.publish", publication(play), BANK)
    play.refuse(UnknownRecordError, "tenders.close", {"tender": "T2"}, BANK)
    later = {"agreement": "forfaiting", "digest": "ef" * 32, "from": play.now + 1, "keeper": "core"}
    play.do("agreements.propose", later, "core")
    play.now += 1
    play.refuse(OldVersionError, "tenders.publish", publication(play, tender="T2"), BANK)
    play.refuse(UnsignedAgreementError, "tenders.commit", commitment(play, PARTS, 310), PARTS)
