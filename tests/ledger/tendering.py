"""A tender with two owners who offer to it, for tests of tenders and of what they write."""

from typing import Any

import ledger_sample
from play import TEXT, Play, agree, circulate

from ledger.contracts.tenders import offer_commitment
from ledger.genesis import opening_state
from ledger.suites import NAMES, by_name

PARTS, SCREWS, BANK = "maker-of-parts", "maker-of-screws", "bank-a"
COMMIT, REVEAL, SETTLE = 100, 200, 86_400
HASH = by_name(NAMES[0]).hash
AT_310, AT_315 = 496_168, 496_106
"""Prices of 500,000 fen for 89 days, Actual/360."""
Arguments = dict[str, Any]


def two_owners(people: ledger_sample.Consortium) -> Play:
    """Two owners with 500,000 fen each, and an agreement signed by all but bank-b."""
    one = Play(opening_state(people.genesis), ledger_sample.START)
    agree(one, PARTS, SCREWS, BANK)
    payees = [{"amount": 500_000, "to": SCREWS}]
    one.do("receivables.pay_on", {"fragment": circulate(one), "payees": payees}, PARTS)
    return one


def held(play: Play, owner: str) -> str:
    return next(name for name, record in play.state.records("fragments") if record["owner"] == owner)


def publication(play: Play, **more: Any) -> Arguments:
    return {
        "acceptors": ["core"],
        "agreement": TEXT,
        "amount": 1_000_000,
        "bank": BANK,
        "commit_until": play.now + COMMIT,
        "convention": "ACT/360",
        "lowest_rate_bp": 300,
        "reveal_until": play.now + REVEAL,
        "settle_until": play.now + SETTLE,
        "tender": "T1",
        **more,
    }


def commitment(play: Play, seller: str, rate_bp: int, fragment: str = "") -> Arguments:
    record = play.state.get("tenders", "T1")
    assert record is not None
    sealed = offer_commitment(HASH, record["opening"], seller, fragment or held(play, seller), rate_bp, bytes(32))
    return {"commitment": sealed, "seller": seller, "tender": "T1"}


def revelation(play: Play, seller: str, rate_bp: int, fragment: str = "") -> Arguments:
    shown = {"fragment": fragment or held(play, seller), "rate_bp": rate_bp, "salt": "00" * 32}
    return {**shown, "seller": seller, "tender": "T1"}


def offered(play: Play, parts: int = 310, screws: int = 315, **more: Any) -> None:
    """Publish, have both owners offer at these rates; the clock stands after the reveals."""
    start = play.now
    play.do("tenders.publish", publication(play, **more), BANK)
    for seller, rate in ((PARTS, parts), (SCREWS, screws)):
        play.do("tenders.commit", commitment(play, seller, rate), seller)
    play.now = start + COMMIT + 1
    for seller, rate in ((PARTS, parts), (SCREWS, screws)):
        play.do("tenders.reveal", revelation(play, seller, rate), seller)
    play.now = start + REVEAL + 1


def award(seller: str, price: int) -> Arguments:
    return {"price": price, "seller": seller, "tender": "T1"}
