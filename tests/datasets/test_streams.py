"""The stream of payments: exact counts, time order, identifiers that join, seasons, and no hint of the truth."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets import belongings, catalogue, firms, handbook, people, places, plan, rings, transactions, truth, world
from datasets.errors import OutOfRangeError
from datasets.plan import PAPER_BASE_RATE
from datasets.scenarios import SCENARIOS

SEED = 7
LENGTHS = (0, 1, 999, 20_000, 150_000)
TOWNS = 8
"""150,000 payments are made by 3,750 people: eight towns."""


def whole(frames) -> pd.DataFrame:
    return pd.concat(list(frames), ignore_index=True)


@pytest.fixture(scope="module")
def payments() -> pd.DataFrame:
    return whole(transactions.make(150_000, SEED))


@pytest.fixture(scope="module")
def known() -> pd.DataFrame:
    return whole(truth.make(150_000, SEED))


@pytest.mark.parametrize("n", LENGTHS)
@pytest.mark.parametrize("name", ["transactions", "handbook"])
def test_a_stream_has_exactly_n_rows_numbered_from_zero_in_time_order(name, n):
    frames = list(catalogue.frames(name, n, SEED))
    table = whole(frames)
    number, time = table.columns[0], "occurred_at" if name == "transactions" else "TX_DATETIME"
    assert table[number].tolist() == list(range(n))
    assert table[time].is_monotonic_increasing
    assert len(frames) >= (3 if n == 150_000 else 1), "the order over the borders of slices is to be seen"
    assert table[time].between(pd.Timestamp(world.FIRST_DAY), pd.Timestamp("2020-10-28 23:59:59")).all()


@pytest.mark.parametrize("rate", [0, PAPER_BASE_RATE, 0.002, 0.05, 0.5])
@pytest.mark.parametrize("n", LENGTHS)
def test_the_number_of_frauds_is_the_nearest_whole_number(n, rate):
    rows, listed, labelled = 0, 0, 0
    for part in transactions.stream(n, SEED, base_rate=rate):
        rows += len(part)
        listed += int(truth.truth_of(part)["is_fraud"].sum())
        labelled += int(truth.labels_of(part).sum())
    assert (rows, listed, labelled) == (n, round(n * rate), round(n * rate))


@settings(max_examples=25, deadline=None)
@given(n=st.integers(0, 3_000), seed=st.integers(0, 50), rate=st.floats(0, 0.5), days=st.integers(1, 400))
def test_any_stream_keeps_its_counts_and_its_days(n, seed, rate, days):
    parts = list(transactions.stream(n, seed, base_rate=rate, days=days, people=500))
    second = np.concatenate([part.rows["second"] for part in parts])
    assert len(second) == n
    assert sum(int(truth.labels_of(part).sum()) for part in parts) == round(n * rate)
    assert (np.diff(second) >= 0).all()
    assert ((second >= 0) & (second < days * 86_400)).all()


def test_the_truth_names_rows_of_the_stream_once(payments, known):
    assert known["transaction_id"].is_unique
    assert known["transaction_id"].isin(payments["transaction_id"]).all()
    assert known["transaction_id"].is_monotonic_increasing
    assert known["ring_id"].notna().equals(known["is_fraud"] == 1)
    assert known["typology"].notna().all()


def test_truth_labels_and_handbook_agree(known):
    labels = np.concatenate([truth.labels_of(part) for part in transactions.stream(150_000, SEED)])
    assert np.flatnonzero(labels).tolist() == known.loc[known["is_fraud"] == 1, "transaction_id"].tolist()
    assert whole(handbook.make(150_000, SEED))["TX_FRAUD"].tolist() == labels.tolist()


def test_no_column_of_the_payments_tells_the_truth(payments):
    assert tuple(payments.columns) == transactions.COLUMNS
    forbidden = ("fraud", "label", "typology", "scenario", "episode", "ring_id", "mule", "gang")
    assert [name for name in payments if any(word in name for word in forbidden)] == []
    names = {scenario.name for scenario in SCENARIOS}
    for name in payments.select_dtypes("category"):
        assert names.isdisjoint(payments[name].cat.categories)


def test_amounts_are_positive_whole_fen(payments):
    assert payments["amount_fen"].dtype == np.int64
    assert payments["amount_fen"].between(1, 10**9).all()


def test_ages_are_never_negative_and_people_have_them(payments):
    is_firm = payments["customer_id"].astype(str).str.startswith("F")
    assert (payments["account_age_days"] >= 0).all()
    for name in ("customer_age", "sim_age_days"):
        assert payments[name].isna().equals(is_firm)
        assert (payments[name].dropna() >= 0).all()
    assert payments["customer_age"].dropna().between(18, 89).all()


def test_nobody_pays_from_an_account_that_is_not_open_yet(payments):
    """Second accounts have no date in the table: a scenario opens them, and says how old they are."""
    accounts = belongings.accounts(1_040 * TOWNS, SEED).set_index("account_id")
    opened = payments["account_id"].astype(str).map(accounts["opened_on"])
    is_second = payments["account_id"].astype(str).map(accounts["kind"]) == "second"
    assert is_second.any()
    assert opened.notna().equals(~is_second)
    first = payments[~is_second]
    assert (first["occurred_at"] >= opened[~is_second]).all()
    age = (first["occurred_at"] - opened[~is_second]).dt.days
    assert (age - first["account_age_days"]).between(0, 1).all(), "the age counts from the hour, the table from the day"


@pytest.mark.parametrize(
    ("column", "table", "key", "per_town", "elsewhere"),
    [
        ("account_id", belongings.accounts, "account_id", 1_040, ()),
        ("payee_id", belongings.accounts, "account_id", 1_040, ()),
        ("card_id", belongings.cards, "card_id", 1_000, ()),
        ("device_id", belongings.devices, "device_id", 1_101, ()),
        ("ip", belongings.networks, "ip", 299, ()),
        ("terminal_id", belongings.terminals, "terminal_id", 66, ("T9999", "T8")),
        ("place", places.make, "place", 30, ()),
        ("phone", belongings.phones, "phone_id", 500, ()),
        ("merchant_id", firms.make, "firm_id", 40, ("M9999", "M8")),
    ],
)
def test_an_identifier_of_a_payment_finds_its_row(column, table, key, per_town, elsewhere, payments):
    used = set(payments[column].dropna().astype(str))
    stray = used - set(table(per_town * TOWNS, SEED)[key])
    assert len(used) > 1
    assert [name for name in stray if not name.startswith(elsewhere or ("none",))] == []


def test_a_terminal_has_one_merchant_and_a_merchant_may_have_several_terminals(payments):
    paid = payments[["terminal_id", "merchant_id"]].astype("str").drop_duplicates()
    assert paid["terminal_id"].dropna().is_unique
    assert paid["merchant_id"].value_counts().max() > 1
    is_bank = payments["merchant_category"].isin(["cash", "branch"]) | payments["terminal_id"].isna()
    assert payments["merchant_id"].isna().equals(is_bank)


def test_coordinates_lie_near_the_centre_of_the_place_and_a_terminal_stays_where_it_is(payments):
    centre = dict(zip(places.PLACES, places.CENTRES, strict=True))
    for number, name in enumerate(("latitude", "longitude")):
        off = payments[name] - payments["place"].astype("str").map({place: at[number] for place, at in centre.items()})
        assert off.abs().max() <= 0.121
        at_terminal = payments.loc[payments["channel"] == "atm"].groupby("terminal_id", observed=True)[name]
        assert at_terminal.nunique().max() == 1


def test_a_customer_is_a_person_or_a_firm(payments):
    known = {*people.make(500 * TOWNS, SEED)["person_id"], *firms.make(40 * TOWNS, SEED)["firm_id"]}
    assert set(payments["customer_id"].astype(str)) <= known


def test_a_payment_is_made_from_the_customers_own_account_with_that_accounts_card(payments):
    table = payments[["customer_id", "account_id", "card_id"]].astype("str")
    owner = belongings.accounts(1_040 * TOWNS, SEED).set_index("account_id")["owner_id"]
    assert (table["account_id"].map(owner) == table["customer_id"]).all()
    account = belongings.cards(1_000 * TOWNS, SEED).set_index("card_id")["account_id"]
    by_card = table[payments["card_id"].notna()]
    assert len(by_card)
    assert (by_card["card_id"].map(account) == by_card["account_id"]).all()


def test_terminals_of_the_table_have_the_place_and_category_of_the_payment(payments):
    table = belongings.terminals(66 * TOWNS, SEED).set_index("terminal_id")
    here = payments[payments["terminal_id"].isin(table.index)]
    for name, column in (("place", "place"), ("merchant_category", "merchant_category")):
        assert (here["terminal_id"].astype(str).map(table[column]) == here[name].astype(str)).all()


def test_the_ring_of_a_fraud_is_the_ring_of_the_mule_who_is_paid(payments, known):
    members = rings.make(28 * TOWNS, SEED).query("role == 'mule'").set_index("member_id")["ring_id"]
    owner = belongings.accounts(1_040 * TOWNS, SEED).set_index("account_id")["owner_id"]
    paid = known[known["typology"].isin(["account_takeover", "device_farm", "slow_theft"])].set_index("transaction_id")
    payee = payments["payee_id"].loc[paid.index].astype(str).map(owner)
    assert len(paid)
    assert (payee.map(members) == paid["ring_id"].astype(str)).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": -1}, "n is -1, but a stream has 0 rows or more"),
        ({"base_rate": 0.51}, "the base rate is 0.51, but it lies between 0 and 0.5"),
        ({"base_rate": float("nan")}, "the base rate is nan, but it lies between 0 and 0.5"),
        ({"days": 0}, "0 days were asked for, but a stream lasts 1 to 3650"),
        ({"people": -1}, "n is -1, but a table has 0 rows or more"),
        ({"seed": -1}, "the seed is -1, but a seed is 0 or more"),
    ],
)
def test_a_stream_out_of_range_is_refused_in_one_sentence(arguments, message):
    with pytest.raises(OutOfRangeError, match=f"^{message}$"):
        next(transactions.make(**{"n": 10, "seed": SEED, **arguments}))


def test_firms_hardly_pay_on_weekends(payments):
    assert busy(payments, firm=True, day=is_weekend) < 0.5 * busy(payments, firm=True, day=is_ordinary)


def test_people_pay_more_on_weekends(payments):
    assert busy(payments, firm=False, day=is_weekend) > 1.05 * busy(payments, firm=False, day=is_ordinary)


def test_workers_pay_more_on_payroll_days_and_the_elderly_when_pensions_come(payments):
    def ordinary(day: date) -> bool:
        return is_ordinary(day) and day.day != 25

    workers = of_segments(payments, {"worker", "professional"})
    assert busy(workers, firm=False, day=lambda day: day.day in (10, 11) and is_weekday(day)) > 1.25 * busy(
        workers, firm=False, day=ordinary
    )
    elderly = of_segments(payments, {"elderly"})
    assert busy(elderly, firm=False, day=lambda day: day.day == 25) > 1.25 * busy(elderly, firm=False, day=ordinary)


def test_the_october_holidays_are_for_shopping(payments):
    assert busy(payments, firm=False, day=is_holiday) > 1.15 * busy(payments, firm=False, day=is_ordinary)
    assert busy(payments, firm=True, day=is_holiday) < 0.5 * busy(payments, firm=True, day=is_ordinary)


def test_the_night_is_quiet(payments):
    hours = np.bincount(payments["occurred_at"].dt.hour, minlength=24)
    assert hours[0:5].mean() < 0.25 * hours[8:22].mean()
    assert (hours > 0).all()


def test_every_slice_of_the_plan_is_made_once():
    planned = plan.make(world.build(SEED, TOWNS), 150_000)
    cuts = plan.slices(planned)
    assert cuts[0][0] == 0
    assert [last for _, last in cuts[:-1]] == [first for first, _ in cuts[1:]]
    assert cuts[-1][1] == world.DAYS * 24
    assert all(planned.hourly[first:last].sum() <= plan.SLICE_ROWS for first, last in cuts)


def of_segments(payments: pd.DataFrame, segments: set[str]) -> pd.DataFrame:
    segment = people.make(500 * TOWNS, SEED).set_index("person_id")["segment"]
    return payments[payments["customer_id"].astype(str).map(segment).isin(segments)]


def busy(payments: pd.DataFrame, firm: bool, day) -> float:
    """Return the mean number of payments by firms, or by people, on the days that are meant."""
    of_kind = payments[payments["customer_id"].astype(str).str.startswith("F") == firm]
    counts = of_kind["occurred_at"].dt.date.value_counts()
    return float(counts[[day(when) for when in counts.index]].mean())


def is_weekday(day: date) -> bool:
    return day.weekday() < 5 and not is_holiday(day)


def is_weekend(day: date) -> bool:
    return day.weekday() >= 5 and not is_holiday(day)


def is_holiday(day: date) -> bool:
    return date(2020, 10, 1) <= day <= date(2020, 10, 8)


def is_ordinary(day: date) -> bool:
    return is_weekday(day) and day.day not in (10, 11)
