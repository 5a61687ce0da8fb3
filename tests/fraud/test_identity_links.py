"""Identities: the same whatever the order of arrival, explained, bounded in time, and undone."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud.errors import IdentityInputError
from fraud.identity import Identities, Sighting
from fraud.identity.resolving import resolve

DAY = date(2026, 1, 1)


def seen(name, days=0, channel="mobile", **keys):
    return Sighting(name, channel, DAY + timedelta(days=days), **keys)


def known(*sightings):
    identities = Identities()
    for one in sightings:
        identities.add(one)
    return identities


def together(identities, *names):
    return len({identities.person(name) for name in names}) == 1


few = st.none() | st.integers(0, 3).map(str)
sightings = st.lists(
    st.tuples(st.integers(0, 300), st.sampled_from(["mobile", "counter"]), few, few, few, few, few), max_size=14
).map(
    lambda rows: [
        Sighting(f"s{number:02d}", channel, DAY + timedelta(days=days), id_card, login, phone, card, device)
        for number, (days, channel, id_card, login, phone, card, device) in enumerate(rows)
        if any((id_card, login, phone, card, device))
    ]
)


@settings(max_examples=80, deadline=None)
@given(sightings, st.randoms(use_true_random=False), st.data())
def test_growing_step_by_step_gives_what_resolving_all_gives(some, chance, data):
    mixed = list(some)
    chance.shuffle(mixed)
    identities, parted = Identities(), set()
    for place, one in enumerate(mixed):
        identities.add(one)
        if place and data.draw(st.integers(0, 3)) == 0:
            other = mixed[data.draw(st.integers(0, place - 1))]
            identities.part(one.id, other.id, "mistake", "Wang")
            parted.add(frozenset((one.id, other.id)))
        identities.person(mixed[data.draw(st.integers(0, place))].id)
    whole = resolve(some, parted)
    assert {one.id: identities.person(one.id) for one in some} == dict(whole.person)


@settings(max_examples=80, deadline=None)
@given(sightings)
def test_nobody_has_two_id_cards_and_every_person_hangs_together(some):
    identities = known(*some)
    cards = {one.id: one.id_card for one in some}
    for person, members in identities.people().items():
        assert len({cards[one] for one in members} - {None}) <= 1
        for member in members:
            path = identities.explain(person, member)
            assert bool(path) == (member != person)
            ends = [person]
            for link in path:
                assert ends[-1] in (link.one, link.other)
                ends.append(link.other if link.one == ends[-1] else link.one)
            assert ends[-1] == member


@settings(max_examples=100, deadline=None)
@given(sightings)
def test_taking_back_a_parting_restores_what_was(some):
    if len(some) < 2:
        return
    identities = known(*some)
    before = identities.people()
    identities.part(some[0].id, some[1].id, "mistake", "Wang")
    assert not together(identities, some[0].id, some[1].id)
    identities.rejoin(some[0].id, some[1].id)
    assert identities.people() == before


def test_one_person_is_followed_through_four_channels():
    identities = known(
        seen("app", login="li", phone="N7", device="D1"),
        seen("counter", 3, "counter", id_card="620102", phone="N7"),
        seen("till", 5, "pos", card="C1"),
        seen("atm", 9, "atm", card="C1", id_card="620102"),
    )
    assert together(identities, "app", "counter", "till", "atm")
    kinds = [kind for link in identities.explain("app", "till") for kind, _ in link.keys]
    assert kinds == ["phone", "id_card", "card"]


def test_a_family_on_one_phone_stays_a_family():
    identities = known(
        seen("a1", 0, id_card="1", device="D1"),
        seen("b1", 1, id_card="2", device="D1"),
        seen("a2", 2, id_card="1", device="D1"),
        seen("child", 3, login="kid", device="D1"),
    )
    assert len(identities.people()) == 3
    assert together(identities, "a1", "a2")


def test_the_tablet_on_the_counter_links_nobody():
    identities = known(*(seen(f"s{k:02d}", k, "counter", login=f"user{k}", device="T1", phone="P0") for k in range(30)))
    assert len(identities.people()) == 30


def test_a_phone_number_that_changed_hands_does_not_join_its_owners():
    identities = known(
        seen("old", 0, id_card="1", phone="N7"),
        seen("app of old", 10, login="wang", phone="N7"),
        seen("new", 200, id_card="2", phone="N7"),
        seen("app of new", 210, login="zhao", phone="N7"),
    )
    assert together(identities, "old", "app of old")
    assert together(identities, "new", "app of new")
    assert len(identities.people()) == 2


def test_between_two_holders_nobody_can_say_whose_the_phone_was():
    identities = known(
        seen("first", 0, id_card="1", phone="N7"),
        seen("whose", 20, login="x", phone="N7"),
        seen("second", 40, id_card="2", phone="N7"),
    )
    assert len(identities.people()) == 3


def test_a_device_alone_links_nobody_but_supports_another_key():
    alone = known(seen("a", login="x", device="D1"), seen("b", 1, "web", login="y", device="D1"))
    assert len(alone.people()) == 2
    both = known(seen("a", login="x", device="D1", phone="N1"), seen("b", 1, "web", login="y", device="D1", phone="N1"))
    link = both.explain("a", "b")[0]
    assert (dict(link.keys), link.strength) == ({"device": "D1", "phone": "N1"}, pytest.approx(1.1))


def test_a_card_seen_with_two_id_cards_by_turns_links_nobody():
    identities = known(
        seen("a", 0, id_card="1", card="C1"),
        seen("b", 1, id_card="2", card="C1"),
        seen("c", 2, id_card="1", card="C1"),
        seen("till", 3, "pos", card="C1"),
    )
    assert not together(identities, "a", "till")
    assert not together(identities, "b", "till")


def test_what_was_refused_is_told_with_the_reason():
    identities = known(
        seen("a", 0, id_card="1", login="x"), seen("b", 1, id_card="2", phone="N1"), seen("c", 2, login="x", phone="N1")
    )
    assert together(identities, "a", "c")
    told = [link.refused for link in identities.refused("a")]
    assert all(reason == "they have two id cards" for reason in told)


def test_a_wrong_merge_is_parted_and_says_who_did_it():
    identities = known(seen("a", login="x", phone="N1"), seen("b", 1, "web", login="y", phone="N1"))
    assert together(identities, "a", "b")
    identities.part("a", "b", "the clerk typed the neighbour's number", "Wang")
    assert not together(identities, "a", "b")
    assert identities.parted == {("a", "b"): ("the clerk typed the neighbour's number", "Wang")}
    assert identities.refused("a")[0].refused == "a person has parted them"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (lambda: seen("a"), "no identifier"),
        (lambda: seen("a", phone=" "), "phone is ' '"),
        (lambda: seen("", phone="N1"), "both need a name"),
        (lambda: Sighting("a", "web", "2026-01-01", phone="N1"), "seen_on"),
        (lambda: known(seen("a", phone="N1"), seen("a", phone="N2")), "other contents"),
        (lambda: known(seen("a", phone="N1")).person("b"), "no sighting has the id 'b'"),
        (lambda: known(seen("a", phone="N1")).part("a", "a", "x", "y"), "from itself"),
        (lambda: known(seen("a", phone="N1"), seen("b", phone="N1")).part("a", "b", " ", "y"), "a reason"),
        (lambda: known(seen("a", phone="N1"), seen("b", phone="N1")).rejoin("a", "b"), "not parted"),
    ],
)
def test_what_cannot_be_meant_is_refused(wrong, named):
    with pytest.raises(IdentityInputError, match=named):
        wrong()
