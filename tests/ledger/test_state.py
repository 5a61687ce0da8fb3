"""Every version of a state stays as it was."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.state import Record, State, state_digest

SPACES, KEYS = ["fragments", "pledges"], ["A", "B", "C"]
WRITES = st.tuples(
    st.integers(0, 30),
    st.sampled_from(SPACES),
    st.dictionaries(st.sampled_from(KEYS), st.none() | st.integers(0, 9).map(lambda amount: {"amount": amount})),
)
Copy = dict[str, dict[str, Record]]


def digest(data: bytes) -> bytes:
    return sha256(data).digest()


def contents(state: State) -> Copy:
    return {space: dict(state.records(space)) for space in state.spaces()}


def written(copy: Copy, space: str, changes: dict[str, Record | None]) -> Copy:
    """The readable twin: copy everything."""
    after = {name: dict(records) for name, records in copy.items()}
    records = after.setdefault(space, {})
    for key, record in changes.items():
        records.pop(key, None)
        if record is not None:
            records[key] = record
    return {name: records for name, records in after.items() if records}


@given(st.lists(WRITES, max_size=25))
def test_every_version_equals_a_copy_made_at_the_time(writes: list[tuple[int, str, dict[str, Record | None]]]) -> None:
    states, copies = [State()], [Copy()]
    for start, space, changes in writes:  # from any version, not only from the newest: histories branch
        number = start % len(states)
        states.append(states[number].write(space, changes))
        copies.append(written(copies[number], space, changes))
    for state, copy in list(zip(states, copies, strict=True))[::-1] + list(zip(states, copies, strict=True)):
        assert contents(state) == copy
        for space in SPACES:
            assert [state.get(space, key) for key in KEYS] == [copy.get(space, {}).get(key) for key in KEYS]


@given(st.lists(WRITES, max_size=20), st.data())
def test_changes_lead_from_one_version_to_the_other(
    writes: list[tuple[int, str, dict[str, Record | None]]], data: st.DataObject
) -> None:
    states = [State()]
    for start, space, changes in writes:
        states.append(states[start % len(states)].write(space, changes))
    one, two = data.draw(st.sampled_from(states)), data.draw(st.sampled_from(states))
    copy = contents(one)
    for space, records in two.changed_since(one).items():
        copy = written(copy, space, records)
    assert copy == contents(two)


def test_states_of_two_ledgers_have_no_difference() -> None:
    with pytest.raises(ValueError, match="not a version of the same ledger"):
        State().changed_since(State())


def test_the_digest_does_not_depend_on_the_order_of_writes() -> None:
    changes: list[tuple[str, str, Record]] = [("a", "x", {"n": 1}), ("b", "x", {"n": 2}), ("a", "y", {"n": 3})]
    forth, back = State(), State()
    ends = []
    for start, order in ((forth, changes), (back, changes[::-1])):
        end = start
        for space, key, record in order:
            end = end.write(space, {key: record})
        ends.append(state_digest(bytes(32), end.changed_since(start), digest))
    assert ends[0] == ends[1]


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"a": {"x": {"n": 2}}},
        {"a": {"x": None}},
        {"a": {"y": {"n": 1}}},
        {"b": {"x": {"n": 1}}},
        {"ax": {"": {"n": 1}}},
        {"a": {"x": {"n": 1}, "y": None}},
    ],
)
def test_other_changes_have_another_digest(other: dict[str, dict[str, Record | None]]) -> None:
    assert state_digest(bytes(32), {"a": {"x": {"n": 1}}}, digest) != state_digest(bytes(32), other, digest)


def test_the_digest_goes_on_from_the_one_before() -> None:
    assert state_digest(bytes(32), {}, digest) != state_digest(bytes([1] * 32), {}, digest)


@given(st.lists(WRITES, max_size=25))
def test_what_is_derived_from_records_is_forgotten_when_they_change(
    writes: list[tuple[int, str, dict[str, Record | None]]],
) -> None:
    both, states = tuple(SPACES), [State()]
    for start, space, changes in writes:
        states.append(states[start % len(states)].write(space, changes))
        for state in (states[-1], states[start // 2 % len(states)]):  # the newest, and one from which others came
            for spaces in (both, both[:1]):
                table = state.derived(spaces)
                now = {one: dict(state.records(one)) for one in spaces}
                assert table.setdefault("what it was", now) == now
                assert table is state.derived(spaces)


def test_a_space_that_has_been_emptied_takes_no_room() -> None:
    state = State()
    for hour in range(50):
        state = state.write(f"seen/{hour}", {str(number): {} for number in range(100)})
        state = state.write(f"seen/{hour}", dict.fromkeys(map(str, range(100))))
    assert state.spaces() == []
    assert state._spaces == {}
