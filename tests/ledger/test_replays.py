"""Replays: nothing is accepted twice, and what the clock refuses anyway is forgotten."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import ExpiredTransactionError, RefusalError, ReplayedError, TooLongValidError
from ledger.replays import check_fresh, forget, remember
from ledger.state import State

HOUR = 3600
LONGEST = 6 * HOUR


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(-10, LONGEST + 10), st.integers(0, HOUR)), max_size=40))
def test_it_is_what_a_list_of_everything_would_say(tries: list[tuple[str, int, int]]) -> None:
    """The twin never forgets. An id has one `valid_until`, since it covers it."""
    state, seen, now = State(), set(), 1_000_000
    for name, ahead, passed in tries:
        now += passed
        state = forget(state, now)
        valid_until = now + ahead
        identity = f"{name}{valid_until}"
        wanted = {
            ExpiredTransactionError: valid_until < now,
            TooLongValidError: valid_until > now + LONGEST,
            ReplayedError: identity in seen,
        }
        refused = [error for error, is_so in wanted.items() if is_so]
        if refused:
            with pytest.raises(refused[0]):
                check_fresh(state, identity, valid_until, now, LONGEST)
            continue
        check_fresh(state, identity, valid_until, now, LONGEST)
        state = remember(state, identity, valid_until)
        seen.add(identity)
        with pytest.raises(ReplayedError):
            check_fresh(state, identity, valid_until, now, LONGEST)


@given(st.lists(st.integers(0, 20 * HOUR), max_size=30), st.integers(0, 30 * HOUR))
def test_only_what_the_clock_refuses_is_forgotten(times: list[int], now: int) -> None:
    state = State()
    for number, time in enumerate(times):
        state = remember(state, str(number), time)
    after = forget(state, now)
    for number, time in enumerate(times):
        with pytest.raises((ReplayedError, ExpiredTransactionError)):
            check_fresh(after, str(number), time, now, 10**9)
    assert all((int(space.split("/")[1]) + 1) * HOUR > now for space in after.spaces())


def test_forgetting_leaves_other_records_and_the_state_before() -> None:
    state = remember(State().write("fragments", {"A": {"amount": 5}}), "ab", 100)
    after = forget(state, 10**9)
    assert after.spaces() == ["fragments"]
    assert state.spaces() == ["fragments", "seen/0"]


@pytest.mark.parametrize(
    ("valid_until", "refusal"), [(99, ExpiredTransactionError), (100, None), (110, None), (111, TooLongValidError)]
)
def test_bounds_are_inside(valid_until: int, refusal: type[RefusalError] | None) -> None:
    if refusal is None:
        check_fresh(State(), "ab", valid_until, 100, 10)
        return
    with pytest.raises(refusal, match=f"body.valid_until is {valid_until}"):
        check_fresh(State(), "ab", valid_until, 100, 10)
