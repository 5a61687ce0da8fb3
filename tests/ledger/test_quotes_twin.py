"""The winner of random quotes is the readable twin's, and no fen is lost on the way to it."""

import ledger_sample
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from play import Play, agree, circulate
from quoting import award, commitment, revelation, terms

from ledger.contracts.awards import best_bid
from ledger.contracts.bids import bids_of, offered_price
from ledger.contracts.requests import request_of
from ledger.errors import RefusalError
from ledger.genesis import opening_state
from ledger.reference.quotes import Event, winner
from ledger.state import State

BANKS = ("bank-a", "bank-b", "bank-c", "bank-d")
FACE = 1_000_000
OFFERS = {
    "lowest_rate": (0, 1, 299, 300, 301, 10_000, 10_001),
    "highest_price": (0, 1, 989_999, 990_000, FACE, FACE + 1),
}
Story = list[tuple[int, str, str, int, int]]
# seconds passed, bank, action, which offer, salt: few of each, so that ties, repeats and mismatches are common
STEPS = st.tuples(
    st.sampled_from([0, 0, 1, 3, 4, 7]),
    st.sampled_from(BANKS),
    st.sampled_from(["commit", "reveal"]),
    st.integers(0, 6),
    st.integers(1, 2),
)
# a bank that does what it should, so that most stories have a winner
HONEST = st.lists(st.tuples(st.sampled_from(BANKS), st.integers(0, 6), st.integers(0, 2)), max_size=6)


@pytest.fixture(scope="module")
def opened() -> State:
    organisations = {"core": "enterprise", "maker-of-parts": "enterprise", **dict.fromkeys(BANKS, "bank")}
    people = ledger_sample.consortium(organisations=organisations)
    play = Play(opening_state(people.genesis), ledger_sample.START)
    agree(play, "maker-of-parts", *BANKS)
    circulate(play, amount=FACE)
    return play.state


def story_of(wild: Story, honest: list[tuple[str, int, int]], offers: tuple[int, ...]) -> list[Event]:
    """Events in order of time: what honest banks do around the deadlines 10 and 20, and anything in between."""
    events, time = [], 1
    for passed, bank, action, which, salt in wild:
        time += passed
        events.append(Event(time, bank, action, offers[which % len(offers)], salt))
    for bank, which, late in honest:
        events.append(Event(2 + late, bank, "commit", offers[which % len(offers)], 1))
        events.append(Event(11 + late, bank, "reveal", offers[which % len(offers)], 1))
    return sorted(events, key=lambda event: event.time)


def sum_of_fragments(state: State) -> int:
    return sum(record["amount"] for _, record in state.records("fragments"))


@settings(max_examples=200, deadline=None)
@given(st.lists(STEPS, max_size=12), HONEST, st.sampled_from(["lowest_rate", "highest_price"]), st.booleans())
def test_the_winner_is_the_twins_and_sums_are_conserved(
    opened: State, wild: Story, honest: list[tuple[str, int, int]], rule: str, limited: bool
) -> None:
    play = Play(opened, ledger_sample.START)
    ((fragment, _),) = play.state.records("fragments")
    limit = {"lowest_rate": 300, "highest_price": 990_000}[rule] if limited else None
    wish = terms(play, fragment, rule, commit_until=play.now + 10, reveal_until=play.now + 20)
    play.do("quotes.publish", wish if limit is None else wish | {"limit": limit}, "maker-of-parts")
    events = story_of(wild, honest, OFFERS[rule])
    for event in events:
        play.now = ledger_sample.START + event.time
        make = commitment(play, event.bank, event.offer, event.salt)
        show = revelation(event.bank, event.offer, event.salt)
        try:
            play.do(f"quotes.{event.action}", make if event.action == "commit" else show, event.bank)
        except RefusalError:
            continue
    record = request_of(play.state, "Q1")
    right = winner(events, rule=rule, limit=record["limit"], amount=FACE, commit_until=10, reveal_until=20)
    best = best_bid(rule, bids_of(play.state, "Q1"))
    assert (best and (best["bank"], best["offer"])) == right
    play.now = max(play.now, ledger_sample.START + 21)
    if right is None:
        play.do("quotes.close", {"request": "Q1"}, "maker-of-parts")
    else:
        price = offered_price(record, right[1])
        assert 1 <= price <= FACE
        play.do("quotes.award", award(right[0], price), "maker-of-parts", right[0])
    ((_, left),) = play.state.records("fragments")
    assert sum_of_fragments(play.state) == FACE
    assert left["owner"] == (right[0] if right else "maker-of-parts")
    assert "lock" not in left


def test_the_stories_have_winners_ties_and_losers() -> None:
    """The property above would be hollow if hardly anybody ever won."""
    drawn: list[tuple[str, int] | None] = []

    @settings(deadline=None)
    @given(st.lists(STEPS, max_size=12), HONEST)
    def collect(wild: Story, honest: list[tuple[str, int, int]]) -> None:
        events = story_of(wild, honest, OFFERS["lowest_rate"])
        drawn.append(winner(events, rule="lowest_rate", limit=10_000, amount=FACE, commit_until=10, reveal_until=20))

    collect()
    assert len({one[0] for one in drawn if one}) == len(BANKS)
    assert None in drawn
