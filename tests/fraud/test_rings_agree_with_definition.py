"""The kernels that look for shapes agree with their definitions on random ties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud.rings.chance import chance_of
from fraud.rings.gatherings import find_fans, find_meetings
from fraud.rings.reference import best_fans, best_meetings, best_trails
from fraud.rings.trails import find_trails
from fraud.rings.transfers import DAY, Transfers, short_ties

ACCOUNTS = 7
WINDOW = 8 * DAY

transfer = st.tuples(
    st.integers(0, ACCOUNTS - 1),
    st.integers(0, ACCOUNTS - 1),
    st.integers(0, 30),
    st.sampled_from([0, 1, 3_600, 40_000]),
    st.sampled_from([1_000, 1_000, 950, 1_040, 700, 2_000, 90_000]),
)


@st.composite
def ties(draw):
    rows = [row for row in draw(st.lists(transfer, min_size=2, max_size=22)) if row[0] != row[1]]
    rows.sort(key=lambda row: row[2] * DAY + row[3])
    columns = np.array(rows, np.int64).reshape(-1, 5).T
    second = columns[2] * DAY + columns[3]
    names = np.array([f"A{code}" for code in range(ACCOUNTS)], object)
    return short_ties(Transfers(names, columns[0], columns[1], second, columns[4], np.arange(len(rows))), WINDOW)


@settings(max_examples=80, deadline=None)
@given(ties())
def test_cycles_and_chains_are_the_best_of_all_trails(some):
    if len(some) < 2:
        return
    chance = chance_of(some)
    cycle_log, cycle, chain_log, chain = find_trails(some, chance, WINDOW)
    np.testing.assert_allclose(cycle_log, best_trails(some, chance, WINDOW, "cycle"), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(chain_log, best_trails(some, chance, WINDOW, "chain"), rtol=1e-9, atol=1e-12)
    for begin in np.flatnonzero(cycle_log < 0):
        path = cycle[begin][cycle[begin] >= 0]
        assert path[0] == begin
        assert (some.payee[path] == some.payer[np.roll(path, -1)]).all()
    for begin in np.flatnonzero(chain_log < 0):
        path = chain[begin][chain[begin] >= 0]
        assert (some.payee[path][:-1] == some.payer[path][1:]).all()
        assert (np.diff(some.first[path]) >= 0).all()


@pytest.mark.parametrize("inward", [True, False])
@settings(max_examples=80, deadline=None)
@given(some=ties())
def test_fans_are_the_best_of_all_windows(inward, some):
    if len(some) < 2:
        return
    chance = chance_of(some)
    log, first, last, order = find_fans(some, chance, WINDOW, inward)
    np.testing.assert_allclose(log, best_fans(some, chance, WINDOW, inward), rtol=1e-9, atol=1e-12)
    for account in np.flatnonzero(log < 0):
        inside = order[first[account] : last[account] + 1]
        assert (np.asarray(some.payee if inward else some.payer)[inside] == account).all()


@pytest.mark.parametrize("onward", [True, False])
@settings(max_examples=80, deadline=None)
@given(some=ties())
def test_meetings_are_the_best_of_all_pairs(onward, some):
    if len(some) < 2:
        return
    chance = chance_of(some)
    log, other, count = find_meetings(some, chance, WINDOW, onward)
    np.testing.assert_allclose(log, best_meetings(some, chance, WINDOW, onward), rtol=1e-9, atol=1e-12)
    assert ((log < 0) <= ((other >= 0) & (count >= 2))).all()
