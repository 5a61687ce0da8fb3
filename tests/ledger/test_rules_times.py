"""The last second of each term counts, and the second after it does not; and what a commitment commits to."""

from hashlib import sha256
from typing import Any

import ledger_sample
import pytest
import quoting
import tendering
from play import TEXT, Play, agree, circulate
from refusing import Case, authority, check, signed
from tendering import BANK, COMMIT, PARTS, REVEAL, SCREWS, SETTLE

from ledger import errors
from ledger.contracts.bids import quote_commitment
from ledger.contracts.tenders import offer_commitment
from ledger.genesis import opening_state

DAY, START = 86_400, ledger_sample.START
DUE = START + 90 * DAY


@pytest.fixture
def play(people: ledger_sample.Consortium) -> Play:
    return Play(opening_state(people.genesis), START)


def at(play: Play, moment: int, call: str, given: dict[str, Any], *by: str) -> str:
    play.now = moment
    return play.do(call, given, *by)


def test_a_tender_is_open_to_the_last_second_of_each_of_its_terms(people: ledger_sample.Consortium) -> None:
    play = tendering.two_owners(people)
    play.do("tenders.publish", tendering.publication(play), BANK)
    at(play, START + COMMIT, "tenders.commit", tendering.commitment(play, PARTS, 310), PARTS)
    at(play, START + COMMIT, "tenders.commit", tendering.commitment(play, SCREWS, 315), SCREWS)
    at(play, START + COMMIT + 1, "tenders.reveal", tendering.revelation(play, SCREWS, 315), SCREWS)
    at(play, START + REVEAL, "tenders.reveal", tendering.revelation(play, PARTS, 310), PARTS)
    leave = {"seller": PARTS, "tender": "T1"}
    last = START + SETTLE
    at(play, last, "tenders.award", tendering.award(SCREWS, tendering.AT_315), BANK, SCREWS)
    play.refuse(errors.TermError, "tenders.leave", leave, PARTS)
    play.refuse(errors.StatusError, "tenders.close", {"tender": "T1"}, BANK)
    before = play.state
    at(play, last + 1, "tenders.leave", leave, PARTS)
    play.state = before
    at(play, last + 1, "tenders.close", {"tender": "T1"}, BANK)
    assert play.refuse(errors.StatusError, "tenders.leave", leave, PARTS) == (
        f"no fragment of {PARTS} is locked for tender T1 any more"
    )


def test_a_tender_counts_days_as_it_was_published(people: ledger_sample.Consortium) -> None:
    """From 22 September, when it is settled, to 20 December: 88 days of 30/360, one less than in fact."""
    play = tendering.two_owners(people)
    play.do("tenders.publish", tendering.publication(play, convention="30/360"), BANK)
    play.do("tenders.commit", tendering.commitment(play, PARTS, 310), PARTS)
    at(play, START + COMMIT + 1, "tenders.reveal", tendering.revelation(play, PARTS, 310), PARTS)
    offers = play.state.everything()["tender_offers"]["T1"]["offers"]
    assert offers[0]["price"] == 500_000 - 3_789


def test_a_request_is_open_to_the_last_second_of_each_of_its_terms(play: Play) -> None:
    quoting.published(play, convention="30/360")
    at(play, START + quoting.COMMIT, "quotes.commit", quoting.commitment(play, "bank-a", 310), "bank-a")
    at(play, START + quoting.COMMIT, "quotes.commit", quoting.commitment(play, "bank-b", 315), "bank-b")
    at(play, START + quoting.COMMIT + 1, "quotes.reveal", quoting.revelation("bank-a", 310), "bank-a")
    at(play, START + quoting.REVEAL, "quotes.reveal", quoting.revelation("bank-b", 315), "bank-b")
    last, price = START + quoting.SETTLE, 1_000_000 - 7_578  # 88 days of 30/360
    play.now = last
    play.refuse(errors.StatusError, "quotes.close", {"request": "Q1"}, PARTS)
    before = play.state
    at(play, last, "quotes.award", quoting.award("bank-a", price), PARTS, "bank-a")
    play.state = before
    at(play, last + 1, "quotes.close", {"request": "Q1"}, PARTS)


def test_a_request_that_is_called_back_says_so_and_releases_the_fragment(play: Play) -> None:
    fragment = quoting.published(play)
    play.do("quotes.withdraw", {"request": "Q1"}, PARTS)
    assert play.state.everything()["quote_requests"]["Q1"]["status"] == "withdrawn"
    assert "lock" not in play.state.everything()["fragments"][fragment]


def test_funds_end_after_their_last_second(play: Play) -> None:
    agree(play, PARTS, BANK)
    funds = {
        **{"acceptors": ["core"], "agreement": TEXT, "amount": 2_000_000, "bank": BANK, "convention": "30/360"},
        **{"funds": "F1", "rate_bp": 310, "until": START + 60},
    }
    play.do("funds.publish", funds, BANK)
    taking = {"fragment": circulate(play), "funds": "F1", "price": 992_336}  # 89 days of 30/360
    play.now = START + 61
    play.refuse(errors.TermError, "funds.take", taking, PARTS)
    at(play, START + 60, "funds.take", taking, PARTS)


def test_a_pledge_is_enforced_after_its_last_second_and_extended_by_one_at_least(play: Play) -> None:
    play.do(
        "pledges.pledge",
        {"fragment": circulate(play), "pledgee": BANK, "registration": "P1", "until": START + 1},
        *(PARTS, BANK),
    )
    play.now = START + 1
    play.refuse(errors.TermError, "pledges.enforce", {"registration": "P1"}, BANK)
    play.refuse(errors.TermError, "pledges.extend", {"registration": "P1", "until": START + 1}, PARTS, BANK)
    play.do("pledges.extend", {"registration": "P1", "until": START + 2}, PARTS, BANK)
    at(play, START + 3, "pledges.enforce", {"registration": "P1"}, BANK)


def test_on_its_day_a_receivable_is_redeemed_and_a_second_before_it_still_moves(play: Play) -> None:
    name = circulate(play)
    moved = f"{at(play, DUE - 1, 'receivables.transfer', {'fragment': name, 'to': SCREWS}, PARTS)[:32]}:0"
    play.refuse(errors.MaturityError, "receivables.redeem", {"fragments": [moved]}, "core", SCREWS)
    play.now = DUE
    play.refuse(errors.MaturityError, "receivables.transfer", {"fragment": moved, "to": PARTS}, SCREWS)
    play.do("receivables.redeem", {"fragments": [moved]}, "core", SCREWS)


def test_a_commitment_is_the_hash_of_its_purpose_the_salt_and_the_offer() -> None:
    """So that what one commits to a request can not be shown to a tender, nor to another request of the same name."""
    salt, opening = bytes(range(32)), "ab" * 32

    def digest(data: bytes) -> bytes:
        return sha256(data).digest()

    quote = b"hexi quote\x00" + salt + f'["{opening}","bank-a",315]'.encode()
    offer = b"hexi tender\x00" + salt + f'["{opening}","shop","cd:0",315]'.encode()
    assert quote_commitment(digest, opening, "bank-a", 315, salt) == sha256(quote).hexdigest()
    assert offer_commitment(digest, opening, "shop", "cd:0", 315, salt) == sha256(offer).hexdigest()


def test_an_authority_signs_certificates_and_nothing_else() -> None:
    check(
        Case(
            errors.ForeignCertificateError,
            lambda stage: signed(
                stage, "members.register", {"certificate": authority(stage, "bank-a")}, "bank-a/admin"
            ),
            ("the authority of bank-a signs certificates, nothing else",),
        )
    )
