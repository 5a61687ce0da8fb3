"""Random tenders are awarded as the readable twin says, within the published sum, and no fen is lost."""

import ledger_sample
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from play import TEXT, Play, agree, circulate

from ledger.contracts.discounts import days_between, price
from ledger.contracts.tenders import next_offer, offer_commitment
from ledger.errors import RefusalError
from ledger.genesis import opening_state
from ledger.reference.tenders import Event, awards
from ledger.state import State
from ledger.suites import NAMES, by_name

AMOUNTS = {"maker-of-parts": 400_000, "shop-1": 300_000, "shop-2": 200_000, "shop-3": 100_000}
RATES = (299, 300, 310, 320)
BANK = "bank-a"
DAY = 86_400
HASH = by_name(NAMES[0]).hash
sellers = st.sampled_from(sorted(AMOUNTS))
WILD = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 1, 3, 4, 7]),
        sellers,
        st.sampled_from(["commit", "reveal"]),
        st.sampled_from(RATES),
        st.just(2),
    ),
    max_size=6,
)
HONEST = st.lists(st.tuples(sellers, st.sampled_from(RATES), st.integers(0, 2)), max_size=8)


@pytest.fixture(scope="module")
def opened() -> State:
    """One receivable in four hands."""
    organisations = {"core": "enterprise", **dict.fromkeys(AMOUNTS, "enterprise"), BANK: "bank"}
    people = ledger_sample.consortium(organisations=organisations)
    play = Play(opening_state(people.genesis), ledger_sample.START)
    agree(play, *AMOUNTS, BANK)
    payees = [{"amount": amount, "to": name} for name, amount in AMOUNTS.items() if name != "maker-of-parts"]
    play.do("receivables.pay_on", {"fragment": circulate(play), "payees": payees}, "maker-of-parts")
    return play.state


def story(wild: list[tuple[int, str, str, int, int]], honest: list[tuple[str, int, int]]) -> list[Event]:
    events, time = [], 1
    for passed, seller, action, rate, salt in wild:
        time += passed
        events.append(Event(time, seller, action, rate, salt))
    for seller, rate, late in honest:
        events += [Event(2 + late, seller, "commit", rate, 1), Event(11 + late, seller, "reveal", rate, 1)]
    return sorted(events, key=lambda event: event.time)


@settings(max_examples=120, deadline=None)
@given(WILD, HONEST, st.sampled_from([150_000, 450_000, 700_000, 2_000_000]), st.booleans())
def test_awards_are_the_twins_and_sums_are_conserved(
    opened: State,
    wild: list[tuple[int, str, str, int, int]],
    honest: list[tuple[str, int, int]],
    amount: int,
    forgetful: bool,
) -> None:
    play = Play(opened, ledger_sample.START)
    start, settle = play.now, play.now + DAY
    deadlines = {"commit_until": start + 10, "reveal_until": start + 20, "settle_until": settle}
    rest = {"acceptors": ["core"], "agreement": TEXT, "amount": amount, "bank": BANK, "convention": "ACT/360"}
    opening = play.do("tenders.publish", {**deadlines, **rest, "lowest_rate_bp": 300, "tender": "T1"}, BANK)
    owned = {record["owner"]: name for name, record in play.state.records("fragments")}
    events = story(wild, honest)
    for event in events:
        play.now = start + event.time
        salt = event.salt.to_bytes(32, "big")
        named = {"seller": event.seller, "tender": "T1"}
        fragment = owned[event.seller]
        sealed = offer_commitment(HASH, opening, event.seller, fragment, event.rate_bp, salt)
        shown = {"fragment": fragment, "rate_bp": event.rate_bp, "salt": salt.hex()}
        arguments = {"commitment": sealed} if event.action == "commit" else shown
        try:
            play.do(f"tenders.{event.action}", arguments | named, event.seller)
        except RefusalError:
            continue
    play.now = max(play.now, start + 21)
    days = days_between(settle, start + 90 * DAY, "ACT/360")
    prices = {(who, rate): price(AMOUNTS[who], rate, days, "ACT/360") for who in AMOUNTS for rate in RATES}
    right = awards(events, prices, amount=amount, lowest_rate_bp=300, commit_until=10, reveal_until=20)
    served = []
    while (best := next_offer(offers(play), left(play))) is not None:
        served.append((best["seller"], best["price"]))
        play.do(
            "tenders.award", {"price": best["price"], "seller": best["seller"], "tender": "T1"}, BANK, best["seller"]
        )
    assert served == right
    assert left(play) == amount - sum(paid for _, paid in right) >= 0
    if forgetful:  # the bank does nothing more: owners leave by themselves
        play.now = settle + 1
        for offer in offers(play):
            if "price" in offer and "ended" not in offer:
                play.do("tenders.leave", {"seller": offer["seller"], "tender": "T1"}, offer["seller"])
    else:
        play.do("tenders.close", {"tender": "T1"}, BANK)
    fragments = [record for _, record in play.state.records("fragments")]
    assert sum(one["amount"] for one in fragments) == sum(AMOUNTS.values())
    assert not any("lock" in one for one in fragments)
    assert {one["owner"] for one in fragments} - {BANK} == set(AMOUNTS) - {who for who, _ in right}


def offers(play: Play) -> list[dict[str, object]]:
    record = play.state.get("tender_offers", "T1")
    return [] if record is None else list(record["offers"])


def left(play: Play) -> int:
    record = play.state.get("tenders", "T1")
    assert record is not None
    return int(record["left"])
