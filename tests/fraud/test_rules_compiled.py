"""The compiled rules, over columns and on one event, with numba and without, agree with the reference bit for bit."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from random_rules import conditions, event_of, tables

from fraud.rules import Rule, Rulebook, judge
from fraud.rules.compiled import compile_rules


def book_of(*found):
    rules = (
        Rule(f"r{n}", "", "", "", condition, "hold", 1, "", "", (), "", (), ()) for n, condition in enumerate(found)
    )
    return Rulebook("random", 1, "", "", tuple(rules))


@settings(max_examples=150, deadline=None)
@given(st.lists(conditions, min_size=1, max_size=5), tables)
def test_every_target_hits_what_the_reference_hits(found, columns):
    book, size = book_of(*found), len(columns["whole"])
    events = [event_of(columns, row) for row in range(size)]
    expected = [[judge(condition, event) is True for condition in found] for event in events]
    assert book.hits(columns).tolist() == expected
    for numba in (True, False):
        rules = compile_rules(book, numba=numba)
        assert rules.hits(columns).tolist() == expected
        lists = rules.hit_lists(columns)
        for row, event in enumerate(events):
            wanted = np.flatnonzero(expected[row]).tolist()
            assert lists.of(row).tolist() == wanted
            assert list(rules.event_hits(event)) == wanted
