"""Analysts' capacity: hard limits, a price that finds the most valuable alerts, and hindsight as the measure."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud.engine.canonical import canonical
from fraud.engine.capacity import Capacity, first_come, hindsight
from fraud.errors import CapacityRefusedError

DAY = 86_400


def candidates(days, per_day, seed, tail=2.0):
    """Candidates at uneven hours with benefits of a heavy tail, in time order."""
    rng = np.random.default_rng(seed)
    hours = np.clip(rng.normal(14, 4, days * per_day), 0, 23.99)
    times = np.sort(np.repeat(np.arange(days), per_day) * DAY + (hours * 3_600).astype(int)).tolist()
    return times, (1_000 * (1 + rng.pareto(tail, len(times)))).tolist()


def held_online(times, benefits, per_day, per_hour=None):
    capacity = Capacity(per_day, per_hour)
    held = []
    for time, benefit in zip(times, benefits, strict=True):
        price = capacity.price(time)
        held.append(price == 0.0 or benefit > price)
        capacity.take(time, benefit, held[-1])
    return held


def value(held, benefits, first=0):
    return sum(benefit for taken, benefit in zip(held[first:], benefits[first:], strict=True) if taken)


@given(
    st.lists(st.tuples(st.integers(0, 3 * DAY), st.floats(1, 1e9)), max_size=60).map(sorted),
    st.none() | st.integers(0, 9),
    st.none() | st.integers(0, 3),
)
def test_limits_of_day_and_hour_hold_always(stream, per_day, per_hour):
    if per_day is not None and per_hour is not None:
        per_hour = min(per_hour, per_day)
    times, benefits = [time for time, _ in stream], [benefit for _, benefit in stream]
    for held in (held_online(times, benefits, per_day, per_hour), hindsight(times, benefits, per_day, per_hour)):
        for length, limit in ((DAY, per_day), (3_600, per_hour)):
            units = [time // length for time, taken in zip(times, held, strict=True) if taken]
            assert limit is None or all(units.count(unit) <= limit for unit in set(units))
    best = value(hindsight(times, benefits, per_day, per_hour), benefits)
    assert value(held_online(times, benefits, per_day, per_hour), benefits) <= best * (1 + 1e-12)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 2 * 3_600), st.integers(1, 9)), max_size=8).map(sorted),
    st.integers(0, 4),
    st.integers(0, 2),
)
def test_hindsight_is_the_best_of_all_choices(stream, per_day, per_hour):
    times, benefits = [time for time, _ in stream], [benefit for _, benefit in stream]
    per_hour = min(per_hour, per_day)
    best = 0
    for size in range(len(times) + 1):
        for chosen in combinations(range(len(times)), size):
            hours = [times[place] // 3_600 for place in chosen]
            if size <= per_day and all(hours.count(hour) <= per_hour for hour in hours):
                best = max(best, sum(benefits[place] for place in chosen))
    assert value(hindsight(times, benefits, per_day, per_hour), benefits) == best


@pytest.mark.parametrize("slots", [10, 50])
def test_price_gets_most_of_what_hindsight_gets_and_far_more_than_who_comes_first(slots):
    shares = []
    for seed in range(4):
        times, benefits = candidates(days=20, per_day=400, seed=seed)
        first = 400  # the first day knows nothing
        best = value(hindsight(times, benefits, slots), benefits, first)
        priced = value(held_online(times, benefits, slots), benefits, first)
        plain = value(first_come(times, benefits, slots), benefits, first)
        assert best - priced < 0.15 * (best - plain)
        shares.append(priced / best)
    assert min(shares) > 0.85
    assert np.mean(shares) > 0.9


def test_capacity_is_used_up_when_there_are_candidates_enough():
    times, benefits = candidates(days=20, per_day=400, seed=3)
    held = held_online(times, benefits, 50)
    by_day = np.bincount([time // DAY for time, taken in zip(times, held, strict=True) if taken])
    assert (by_day <= 50).all()
    assert by_day[1:].mean() > 47


def test_price_is_nothing_when_slots_are_left_over():
    times, benefits = candidates(days=10, per_day=20, seed=3)
    assert all(held_online(times, benefits, 50))


def test_demanded_hold_is_made_beyond_the_limit_and_counted():
    capacity = Capacity(1)
    for _ in range(3):
        capacity.take(0, 0.0, True)
    assert capacity.over == 2
    assert capacity.price(1) == float("inf")


def test_late_event_takes_a_slot_of_today():
    capacity = Capacity(1)
    capacity.take(2 * DAY, 5.0, True)
    assert capacity.price(0) == float("inf")


def test_state_continues_as_if_nothing_had_happened():
    times, benefits = candidates(days=4, per_day=50, seed=1)
    one, other = Capacity(10, 4), Capacity(10, 4)
    for time, benefit in zip(times, benefits, strict=True):
        other = Capacity.of_state(other.state())
        price = one.price(time)
        assert other.price(time) == price
        for capacity in (one, other):
            capacity.take(time, benefit, benefit > price)
    assert canonical(one.state()) == canonical(other.state())


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ((-1, None), "per_day is -1"),
        ((1.5, None), "per_day is 1.5"),
        ((1, 2), "per_hour is 2, above"),
        ((None, True), "per_hour"),
    ],
)
def test_limits_that_contradict_themselves_are_refused(limits, said):
    with pytest.raises(CapacityRefusedError, match=said):
        Capacity(*limits)
