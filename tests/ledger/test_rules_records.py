"""What each step writes down, field by field: whoever reads the ledger later has nothing else to go by."""

from collections.abc import Mapping
from typing import Any

import ledger_sample
import pytest
import quoting
import tendering
from play import TEXT, Play, agree, circulate
from tendering import BANK, PARTS, SCREWS

from ledger.contracts import contracts, fragments
from ledger.genesis import opening_state

DAY, START = 86_400, ledger_sample.START


@pytest.fixture
def play(people: ledger_sample.Consortium) -> Play:
    return Play(opening_state(people.genesis), START)


def record(play: Play, kind: str, name: str) -> Mapping[str, Any]:
    found = play.state.get(kind, name)
    assert found is not None, f"{kind} {name} is not there"
    return found


def test_a_discount_keeps_its_terms_its_days_and_who_sold(play: Play) -> None:
    """By the day count that was agreed: from 21 September to 20 December are 89 days of 30/360, and 90 in fact."""
    wish = {"bank": BANK, "convention": "30/360", "fragment": circulate(play), "price": 992_336, "rate_bp": 310}
    identity = play.do("discounts.discount", wish, PARTS, BANK)
    more = {"amount": 1_000_000, "days": 89, "recourse": True, "seller": PARTS, "time": START}
    assert record(play, "discounts", identity) == wish | more


def test_funds_keep_what_is_left_of_them_and_a_taking_what_was_sold(play: Play) -> None:
    agree(play, PARTS, BANK)
    funds = {
        **{"acceptors": ["core"], "agreement": TEXT, "amount": 992_251, "bank": BANK, "convention": "ACT/360"},
        **{"funds": "F1", "rate_bp": 310, "until": START + 60},
    }
    play.do("funds.publish", funds, BANK)
    assert record(play, "funds", "F1") == funds | {"left": 992_251, "status": "open"}
    fragment = circulate(play)
    taking = {"fragment": fragment, "funds": "F1", "price": 992_250}
    identity = play.do("funds.take", taking, PARTS)
    assert record(play, "takings", identity) == taking | {"amount": 1_000_000, "seller": PARTS, "time": START}
    assert record(play, "funds", "F1") == funds | {"left": 1, "status": "open"}
    play.do("funds.withdraw", {"funds": "F1"}, BANK)
    assert record(play, "funds", "F1") == funds | {"left": 1, "status": "withdrawn"}


def test_funds_that_are_spent_to_the_last_fen_are_taken(play: Play) -> None:
    agree(play, PARTS, BANK)
    funds = {
        **{"acceptors": ["bank-b", "core"], "agreement": TEXT, "amount": 992_250, "bank": BANK, "funds": "F1"},
        **{"convention": "ACT/360", "rate_bp": 310, "until": START},
    }
    play.do("funds.publish", funds | {"until": START + 1}, BANK)
    play.now += 1  # the last second in which they can be taken; the due day is as far as before
    play.do("funds.take", {"fragment": circulate(play), "funds": "F1", "price": 992_250}, PARTS)
    assert record(play, "funds", "F1") == funds | {"left": 0, "status": "taken", "until": START + 1}


def test_a_tender_keeps_its_opening_and_each_offer_its_way_to_an_award(people: ledger_sample.Consortium) -> None:
    play = tendering.two_owners(people)
    terms = tendering.publication(play)
    opening = play.do("tenders.publish", terms, BANK)
    tender = terms | {"left": 1_000_000, "opening": opening, "status": "open"}
    assert record(play, "tenders", "T1") == tender
    sealed = tendering.commitment(play, PARTS, 310)
    play.do("tenders.commit", sealed, PARTS)
    offer = {"commitment": sealed["commitment"], "seller": PARTS, "time": START}
    assert record(play, "tender_offers", "T1") == {"offers": [offer]}
    play.do("tenders.commit", tendering.commitment(play, SCREWS, 300), SCREWS)
    play.now = START + tendering.COMMIT + 1
    shown = tendering.revelation(play, PARTS, 310)
    play.do("tenders.reveal", shown, PARTS)
    offer |= {"fragment": shown["fragment"], "price": tendering.AT_310, "rate_bp": 310}
    other = record(play, "tender_offers", "T1")["offers"][1]
    assert record(play, "tender_offers", "T1") == {"offers": [offer, other]}
    assert record(play, "fragments", shown["fragment"])["lock"] == {"by": "tenders/T1", "payee": PARTS}
    play.now = START + tendering.REVEAL + 1
    play.do("tenders.award", tendering.award(PARTS, tendering.AT_310), BANK, PARTS)
    assert record(play, "tender_offers", "T1") == {"offers": [offer | {"ended": "awarded"}, other]}
    assert record(play, "tenders", "T1") == tender | {"left": 1_000_000 - tendering.AT_310}
    play.do("tenders.close", {"tender": "T1"}, BANK)
    assert record(play, "tenders", "T1") == tender | {"left": 1_000_000 - tendering.AT_310, "status": "closed"}


def test_an_offer_that_left_says_so_and_a_tender_that_is_called_back_too(people: ledger_sample.Consortium) -> None:
    play = tendering.two_owners(people)
    tendering.offered(play)
    play.now = START + tendering.SETTLE + 1
    play.do("tenders.leave", {"seller": SCREWS, "tender": "T1"}, SCREWS)
    offers = record(play, "tender_offers", "T1")["offers"]
    assert [one.get("ended") for one in offers] == [None, "left"]
    play.do("tenders.publish", tendering.publication(play, tender="T2"), BANK)
    play.do("tenders.withdraw", {"tender": "T2"}, BANK)
    assert record(play, "tenders", "T2")["status"] == "withdrawn"


def test_a_request_keeps_its_terms_and_each_bid_what_was_shown(play: Play) -> None:
    fragment = quoting.published(play)
    wish = quoting.terms(play, fragment)
    request = record(play, "quote_requests", "Q1")
    more = {"amount": 1_000_000, "due": START + 90 * DAY, "invited": [], "limit": 10_000, "opening": request["opening"]}
    assert request == wish | more | {"revealed": 0, "seller": PARTS, "status": "open"}
    assert record(play, "fragments", fragment)["lock"] == {"by": "quotes/Q1", "payee": PARTS}
    sealed = {
        one: quoting.commitment(play, one, rate)["commitment"] for one, rate in (("bank-a", 310), ("bank-b", 320))
    }
    quoting.quote(play, bank_a=310, bank_b=320)
    assert record(play, "bids", "Q1")["bids"] == [
        {"bank": "bank-a", "commitment": sealed["bank-a"], "offer": 310, "price": 992_336, "time": START},
        {"bank": "bank-b", "commitment": sealed["bank-b"], "offer": 320, "price": 992_089, "time": START + 1},
    ]
    assert record(play, "quote_requests", "Q1") == request | {"revealed": 2}
    play.do("quotes.award", quoting.award("bank-a", 992_336), PARTS, "bank-a")
    end = {"awarded_at": play.now, "price": 992_336, "status": "awarded", "winner": "bank-a"}
    assert record(play, "quote_requests", "Q1") == request | {"revealed": 2} | end


@pytest.mark.parametrize(("offers", "after", "status"), [({}, 0, "unsold"), ({"bank_a": 310}, DAY, "lapsed")])
def test_a_request_that_nobody_wins_says_why(play: Play, offers: dict[str, int], after: int, status: str) -> None:
    quoting.published(play)
    quoting.quote(play, **offers)
    play.now += after
    play.do("quotes.close", {"request": "Q1"}, PARTS)
    assert record(play, "quote_requests", "Q1")["status"] == status


def test_the_worst_price_that_counts_is_one_fen_unless_it_is_said(play: Play) -> None:
    quoting.published(play, "highest_price")
    assert record(play, "quote_requests", "Q1")["limit"] == 1


def test_a_pledge_keeps_its_parties_and_its_term(play: Play) -> None:
    fragment = circulate(play)
    wish = {"fragment": fragment, "pledgee": BANK, "registration": "P1", "until": START + 60}
    play.do("pledges.pledge", wish, PARTS, BANK)
    pledge = {"amount": 1_000_000, "fragment": fragment, "pledgee": BANK, "pledgor": PARTS}
    assert record(play, "pledges", "P1") == pledge | {"status": "pledged", "until": START + 60}
    assert record(play, "fragments", fragment)["lock"] == {"by": "pledges/P1", "payee": BANK}
    play.do("pledges.extend", {"registration": "P1", "until": START + 61}, PARTS, BANK)
    assert record(play, "pledges", "P1") == pledge | {"status": "pledged", "until": START + 61}
    before, play.now = play.state, START + 62
    play.do("pledges.enforce", {"registration": "P1"}, BANK)
    assert record(play, "pledges", "P1") == pledge | {"status": "enforced", "until": START + 61}
    play.state = before
    play.do("pledges.release", {"registration": "P1"}, BANK)
    assert record(play, "pledges", "P1") == pledge | {"status": "released", "until": START + 61}
    assert "lock" not in record(play, "fragments", fragment)


def test_a_receivable_keeps_its_papers_and_what_is_open(play: Play) -> None:
    fragment = circulate(play)
    promise = {
        **{"acceptor": "core", "amount": 1_000_000, "due": START + 90 * DAY, "holder": PARTS, "invoice": "ab" * 32},
        **{"obligor": "core", "open": 1_000_000, "recourse": True, "status": "accepted"},
    }
    first = {"amount": 1_000_000, "endorsers": [], "owner": PARTS, "parent": "", "receivable": "R1"}
    assert record(play, "receivables", "R1") == promise
    assert record(play, "fragments", fragment) == first
    identity = play.do("receivables.split", {"amounts": [300_000], "fragment": fragment}, PARTS)[:32]
    assert [record(play, "fragments", f"{identity}:{place}") for place in (0, 1)] == [
        first | {"amount": amount, "parent": fragment} for amount in (300_000, 700_000)
    ]
    names = [f"{identity}:1", f"{identity}:0"]
    merged = f"{play.do('receivables.merge', {'fragments': names}, PARTS)[:32]}:0"
    assert record(play, "fragments", merged) == first | {"parent": names[0]}
    play.now = START + 90 * DAY
    play.do("receivables.default", {"fragment": merged, "receivable": "R1"}, PARTS)
    assert record(play, "receivables", "R1") == promise | {"status": "defaulted"}
    play.do("receivables.redeem", {"fragments": [merged]}, "core", PARTS)
    assert record(play, "receivables", "R1") == promise | {"open": 0, "status": "redeemed"}


def test_who_pays_on_is_written_down_behind_those_before(play: Play) -> None:
    fragment = circulate(play)
    moved = f"{play.do('receivables.transfer', {'fragment': fragment, 'to': SCREWS}, PARTS)[:32]}:0"
    payees = [{"amount": 1, "to": BANK}]
    paid = play.do("receivables.pay_on", {"fragment": moved, "payees": payees}, SCREWS)[:32]
    common = {"parent": moved, "receivable": "R1"}
    assert record(play, "fragments", f"{paid}:0") == {"amount": 1, "endorsers": [PARTS, SCREWS], "owner": BANK} | common
    assert record(play, "fragments", f"{paid}:1") == {"amount": 999_999, "endorsers": [PARTS], "owner": SCREWS} | common
    play.now = START + 90 * DAY
    play.do("receivables.default", {"fragment": f"{paid}:0", "receivable": "R1"}, BANK)
    back = play.do("receivables.recourse", {"fragment": f"{paid}:0"}, BANK, SCREWS)[:32]
    assert record(play, "fragments", f"{back}:0") == {
        **{"amount": 1, "endorsers": [PARTS], "owner": SCREWS, "parent": f"{paid}:0", "receivable": "R1"}
    }


def test_an_agreement_keeps_its_versions_its_keeper_and_when_each_signed(play: Play) -> None:
    agree(play, BANK)
    play.now += 5
    agree(play, BANK, digest="ef" * 32)
    versions = [{"digest": TEXT, "from": START}, {"digest": "ef" * 32, "from": START + 5}]
    assert record(play, "agreements", "forfaiting") == {"keeper": "core", "versions": versions}
    assert record(play, "agreement_texts", TEXT) == {"agreement": "forfaiting"}
    assert record(play, "agreement_signatures", f"{'ef' * 32}:{BANK}") == {"time": START + 5}


def test_a_key_keeps_its_number_and_its_time_in_each_of_its_records(
    play: Play, people: ledger_sample.Consortium
) -> None:
    one, two = (people.suite.recipient_key(bytes([seed]) * 32).hex() for seed in (1, 2))
    play.do("keys.publish", {"key": one, "organisation": BANK}, BANK)
    play.now += 1
    play.do("keys.publish", {"key": two, "organisation": BANK}, BANK)
    assert record(play, "published_keys", f"{BANK}:{two}") == {"number": 2}
    assert record(play, "key_rings", BANK) == {"current": 2, "last": 2}
    current = {"key": two, "since": START + 1, "status": "current"}
    assert record(play, "recipient_keys", f"{BANK}:2") == current
    play.now += 1
    play.do("keys.withdraw", {"number": 2, "organisation": BANK}, BANK)
    assert record(play, "key_rings", BANK) == {"current": 0, "last": 2}
    assert record(play, "recipient_keys", f"{BANK}:2") == current | {"status": "withdrawn", "until": START + 2}
    play.do("keys.withdraw", {"number": 1, "organisation": BANK}, BANK)
    old = {"key": one, "since": START, "status": "withdrawn", "until": START + 2}
    assert record(play, "recipient_keys", f"{BANK}:1") == old


def test_the_catalogue_has_each_contract_under_its_name_and_version_with_its_title() -> None:
    """Looked up anew, whatever was remembered before."""
    found = contracts.__wrapped__()  # type: ignore[attr-defined]  # what is remembered of it is `contracts()`
    one = found["pledges", 1]
    assert (one.name, one.version) == ("pledges", 1)
    assert (
        one.title == "Pledges (质押): a fragment is locked for a lender until the debt is paid, under one registration."
    )
    assert sorted(one.actions) == ["enforce", "extend", "pledge", "release"]
    assert one.apply.__module__ == "ledger.contracts.pledges"
    assert found.keys() == contracts().keys()


def test_a_fragment_is_called_by_half_of_what_made_it() -> None:
    assert fragments.fragment_id("0123456789abcdef" * 4, 12) == "0123456789abcdef0123456789abcdef:12"
