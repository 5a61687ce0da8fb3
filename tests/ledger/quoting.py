"""A request for quotes with its agreement signed, for tests of quotes, awards and payloads."""

from typing import Any

from play import TEXT, Play, agree, circulate

from ledger.contracts.bids import quote_commitment
from ledger.contracts.requests import request_of
from ledger.suites import by_name

COMMIT, REVEAL, SETTLE = 100, 200, 86_400
"""Seconds from the publication to each deadline."""


def terms(play: Play, fragment: str, rule: str = "lowest_rate", **more: Any) -> dict[str, Any]:
    by_rate = {"convention": "ACT/360"} if rule == "lowest_rate" else {}
    return {
        "agreement": TEXT,
        "commit_until": play.now + COMMIT,
        "fragment": fragment,
        "request": "Q1",
        "reveal_until": play.now + REVEAL,
        "rule": rule,
        "settle_until": play.now + SETTLE,
        **by_rate,
        **more,
    }


def published(play: Play, rule: str = "lowest_rate", parties: tuple[str, ...] = (), **more: Any) -> str:
    """Publish a fragment of 1,000,000 fen as request Q1; return the fragment."""
    agree(play, *(parties or ("maker-of-parts", "bank-a", "bank-b")))
    fragment = circulate(play)
    play.do("quotes.publish", terms(play, fragment, rule, **more), "maker-of-parts")
    return fragment


def commitment(play: Play, bank: str, offer: int, salt: int = 1) -> dict[str, Any]:
    settings = play.state.get("ledger", "settings")
    assert settings is not None
    opening = request_of(play.state, "Q1")["opening"]
    hidden = quote_commitment(by_name(settings["suite"]).hash, opening, bank, offer, salt.to_bytes(32, "big"))
    return {"bank": bank, "commitment": hidden, "request": "Q1"}


def revelation(bank: str, offer: int, salt: int = 1) -> dict[str, Any]:
    return {"bank": bank, "offer": offer, "request": "Q1", "salt": f"{salt:064x}"}


def quote(play: Play, **offers: int) -> None:
    """Have banks (bank_a=315) commit in this order, one second apart, and reveal; then no more can be."""
    start = play.now
    for place, (bank, offer) in enumerate(offers.items()):
        play.now = start + place
        play.do("quotes.commit", commitment(play, bank.replace("_", "-"), offer), bank.replace("_", "-"))
    play.now = start + COMMIT + 1
    for bank, offer in offers.items():
        play.do("quotes.reveal", revelation(bank.replace("_", "-"), offer), bank.replace("_", "-"))
    play.now = start + REVEAL + 1


def award(winner: str, price: int) -> dict[str, Any]:
    return {"price": price, "request": "Q1", "winner": winner}
