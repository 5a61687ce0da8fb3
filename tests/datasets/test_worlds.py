"""The tables of one world: repeatable, beginning alike for every n, valid codes, and everything joins."""

import numpy as np
import pandas as pd
import pytest
from stdnum.cn import uscc

from datasets import belongings, firms, people, places, towns, world
from datasets.catalogue import TABLES, frames
from datasets.errors import OutOfRangeError

AT_ONCE = {name: table.at_once for name, table in TABLES.items() if table.at_once is not None}
GRID = {"places", "networks", "terminals"}
"""Tables of which nothing is drawn: every province has the same."""
every_table = pytest.mark.parametrize("name", AT_ONCE)
TOWNS = 5
SEED = 7


@pytest.fixture(scope="module")
def province() -> dict[str, pd.DataFrame]:
    """All tables of five towns, of which the third has a college."""
    per_town = {
        **{"people": 500, "firms": 40, "addresses": 230, "accounts": 1040, "cards": 1000, "phones": 500},
        **{"devices": 1101, "networks": 299, "terminals": 66, "rings": 28},
    }
    return {name: AT_ONCE[name](count * TOWNS, SEED) for name, count in per_town.items()}


def forget() -> None:
    """Without this, an equal seed would find the same arrays in the cache instead of drawing them again."""
    for cached in (world.build, people.draw, firms.draw):
        cached.cache_clear()


@every_table
def test_the_first_rows_are_the_same_for_every_n(name):
    longest = AT_ONCE[name](3_000, SEED)
    for n in (0, 1, 28, 39, 41, 500, 1_102, 2_999):
        pd.testing.assert_frame_equal(AT_ONCE[name](n, SEED), longest.head(n))


@every_table
def test_a_table_has_as_many_rows_as_were_asked_for(name):
    most = len(places.PLACES) if name == "places" else 700
    assert [len(AT_ONCE[name](n, SEED)) for n in (0, 1, 700)] == [0, 1, most]


@every_table
def test_equal_seeds_give_equal_tables(name):
    forget()
    first = AT_ONCE[name](700, SEED)
    forget()
    np.random.seed(1)  # noqa: NPY002  # somebody else's global chance must change nothing
    pd.testing.assert_frame_equal(AT_ONCE[name](700, SEED), first)


@every_table
def test_another_seed_gives_another_table_unless_nothing_in_it_is_drawn(name):
    assert AT_ONCE[name](700, SEED).equals(AT_ONCE[name](700, SEED + 1)) == (name in GRID)


@pytest.mark.parametrize("name", sorted(set(AT_ONCE) - {"places"}))
def test_identifiers_are_unique(name, province):
    key = ["ring_id", "member_id", "role"] if name == "rings" else [province[name].columns[0]]
    assert not province[name].duplicated(key).any()


def test_2000_credit_codes_are_valid_and_unique():
    codes = firms.make(2_000, SEED)["credit_code"]
    assert codes.map(uscc.validate).tolist() == codes.tolist()
    assert codes.is_unique


def test_the_organisation_code_within_has_its_own_check_digit():
    """GB 11714: weights 3, 7, 9, 10, 5, 8, 4, 2; eleven less the sum modulo 11; ten is X and eleven is 0."""
    published = "91110000600037341L"  # the example of python-stdnum's documentation
    assert published[16] == organisation_check_digit(published[8:16])
    for code in firms.make(2_000, SEED)["credit_code"]:
        assert code[16] == organisation_check_digit(code[8:16])


def test_a_credit_code_names_the_division_of_the_firms_city(province):
    cities = places.make(30, SEED).set_index("place")["division_code"]
    firm = province["firms"]
    assert (firm["credit_code"].str[2:8] == firm["place"].map(cities)).all()


def organisation_check_digit(body: str) -> str:
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))


@pytest.mark.parametrize(
    ("name", "column", "others"),
    [
        ("people", "address_id", ["addresses.address_id"]),
        ("firms", "legal_representative_id", ["people.person_id"]),
        ("firms", "finance_officer_id", ["people.person_id"]),
        ("firms", "agent_id", ["people.person_id"]),
        ("firms", "address_id", ["addresses.address_id"]),
        ("firms", "basic_account_id", ["accounts.account_id"]),
        ("accounts", "owner_id", ["people.person_id", "firms.firm_id"]),
        ("cards", "account_id", ["accounts.account_id"]),
        ("cards", "owner_id", ["people.person_id"]),
        ("phones", "owner_id", ["people.person_id"]),
        ("terminals", "firm_id", ["firms.firm_id"]),
        ("rings", "member_id", ["people.person_id", "firms.firm_id"]),
    ],
)
def test_a_foreign_key_finds_its_row(name, column, others, province):
    known = set().union(*(province[other.split(".")[0]][other.split(".")[1]] for other in others))
    used = province[name][column].dropna()
    assert len(used)
    assert set(used) <= known


def test_the_owner_of_a_card_is_the_owner_of_its_account(province):
    joined = province["cards"].merge(province["accounts"], on="account_id", validate="one_to_one")
    assert (joined["owner_id_x"] == joined["owner_id_y"]).all()


def test_a_firm_owns_its_basic_account(province):
    owner = province["accounts"].set_index("account_id")["owner_id"]
    firm = province["firms"]
    assert (firm["basic_account_id"].map(owner) == firm["firm_id"]).all()


def test_people_live_in_homes_and_firms_sit_in_offices_of_their_own_city(province):
    address = province["addresses"].set_index("address_id")
    for name, kind in (("people", "home"), ("firms", "office")):
        where = address.loc[province[name]["address_id"]]
        assert set(where["kind"]) == {kind}
        assert where["place"].tolist() == province[name]["place"].tolist()


def test_the_shells_of_a_ring_share_representative_agent_and_address(province):
    members, firm = province["rings"], province["firms"].set_index("firm_id")
    for _, ring in members.groupby("ring_id"):
        shells = firm.loc[ring.loc[ring["role"] == "shell firm", "member_id"]]
        assert len(shells) == firms.SHELLS
        shared = shells[["legal_representative_id", "agent_id", "address_id"]]
        assert shared.nunique().tolist() == [1, 1, 1]
        representative = ring.loc[ring["role"] == "representative", "member_id"].tolist()
        assert representative == shared["legal_representative_id"].unique().tolist()


def test_no_table_but_the_rings_says_who_is_a_shell_or_a_mule(province):
    for name in set(province) - {"rings"}:
        text = province[name].astype(str)
        for word in ("shell", "mule", "gang", "fraud"):
            assert not any(word in column for column in text), (name, word)
            assert not text.apply(lambda column, word=word: column.str.contains(word)).any(axis=None), (name, word)


def test_the_devices_of_a_gang_do_not_stand_together_in_the_table(province):
    """Nobody may find them by taking the last rows of each town."""
    here = world.build(SEED, TOWNS)
    for town in range(TOWNS):
        codes = [here.gang_device(town, number) for number in range(towns.GANG_DEVICES)]
        devices = province["devices"].query("town == @town")
        is_gangs = devices["device_id"].isin(here.labels["device_id"][codes])
        assert set(devices.loc[is_gangs, "kind"]) == {"phone"}
        in_quarters = [int(part.sum()) for part in np.array_split(is_gangs.to_numpy(), 4)]
        assert sum(in_quarters) == towns.GANG_DEVICES
        assert min(in_quarters) >= 8


def test_a_mule_can_pay_from_the_first_day(province):
    opened = province["accounts"].query("kind == 'personal'").set_index("owner_id")["opened_on"]
    mules = province["rings"].query("role == 'mule'")["member_id"]
    assert (mules.map(opened) < pd.Timestamp(world.FIRST_DAY)).all()


def test_one_town_in_five_has_students_behind_one_address(province):
    networks = province["networks"].query("kind == 'college'")
    assert sorted(networks["town"]) == list(range(TOWNS))
    here = world.build(SEED, TOWNS).people
    assert set(here.town[here.campus]) == {2}
    assert belongings.networks(299, SEED)["kind"].value_counts()["college"] == 1


@pytest.mark.parametrize(
    ("name", "n", "seed", "message"),
    [
        ("accounts", -1, 7, "n is -1, but a table has 0 rows or more"),
        ("accounts", 10**9, 7, "n is 1,000,000,000, but the province holds at most 2,080,000 of these"),
        ("accounts", 10, -1, "the seed is -1, but a seed is 0 or more"),
        ("people", 10, -1, "the seed is -1, but a seed is 0 or more"),
        ("firms", 10, -1, "the seed is -1, but a seed is 0 or more"),
        ("addresses", 10, -1, "the seed is -1, but a seed is 0 or more"),
    ],
)
def test_numbers_out_of_range_are_refused_in_one_sentence(name, n, seed, message):
    with pytest.raises(OutOfRangeError, match=f"^{message}$"):
        frames(name, n, seed)


def test_a_table_that_is_not_made_from_payments_has_no_base_rate():
    with pytest.raises(OutOfRangeError, match="the table people has no base rate"):
        frames("people", 10, SEED, base_rate=0.1)
