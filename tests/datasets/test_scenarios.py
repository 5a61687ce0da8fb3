"""Frauds and their look-alikes: exact sizes, valid codes, and more honest payments than fraud of every kind."""

import importlib
import pkgutil

import numpy as np
import pandas as pd
import pytest

from datasets import conduct, scenarios, truth, world
from datasets.rows import COLUMNS, NONE, UNSET
from datasets.scenarios import SCENARIOS, Episode
from datasets.transactions import Slice, codes, frame_of, numbers

TOWNS = 6
DAY = 86_400
TEXT = (
    *("customer_id", "account_id", "card_id", "channel", "kind", "payee_id", "terminal_id", "merchant_category"),
    *("device_id", "ip", "place", "country"),
)
MODULES = [
    importlib.import_module(f"datasets.scenarios.{found.name}")
    for found in pkgutil.iter_modules(scenarios.__path__)
    if found.name != "episode"
]
every_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
every_module = pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.split(".")[-1])


def episodes(scenario):
    """Return every size up to the longest, each three times: early, anywhere and late, in any town."""
    rng = np.random.default_rng(17)
    for size in range(1, scenario.longest + 1):
        for start in (0, int(rng.integers(0, 120 * DAY)), 120 * DAY - 1):
            yield Episode(start, size, int(rng.integers(0, TOWNS))), np.random.default_rng(rng.integers(2**32))


@every_scenario
def test_a_scenario_makes_exactly_as_many_rows_as_were_asked_for(scenario):
    here = world.build(7, TOWNS)
    for episode, rng in episodes(scenario):
        made = scenario.act(here, rng, episode)
        assert set(made) == set(COLUMNS)
        assert {len(column) for column in made.values()} == {episode.size}
        assert {column.dtype for column in made.values()} == {np.dtype(np.int64)}
        assert (made["amount_fen"] > 0).all()


@every_scenario
def test_all_that_a_scenario_leaves_open_is_filled_with_valid_codes(scenario):
    here = world.build(7, TOWNS)
    for episode, rng in episodes(scenario):
        part = Slice(here, 0, conduct.complete(here, rng, scenario.act(here, rng, episode)))
        assert all((column != UNSET).all() for column in part.rows.values())
        for name in TEXT:
            assert (codes(part, name) >= NONE).all(), name
            assert (codes(part, name) < len(here.labels[name])).all(), name
        for name in ("customer", "account", "channel", "kind", "place", "account_age"):
            assert (part.rows[name] >= 0).all(), name
        assert (numbers(part, "sim_age_days")[part.rows["customer"] < here.persons] >= 0).all()


@every_scenario
def test_a_payment_has_what_its_channel_and_kind_need(scenario):
    here = world.build(7, TOWNS)
    for episode, rng in episodes(scenario):
        frame = frame_of(Slice(here, 0, conduct.complete(here, rng, scenario.act(here, rng, episode))))
        is_transfer = frame["kind"] == "transfer"
        assert frame.loc[is_transfer, "payee_id"].notna().all()
        assert frame.loc[~is_transfer, "terminal_id"].notna().all()
        assert frame.loc[frame["kind"] == "withdrawal", "merchant_category"].eq("cash").all()
        assert frame.loc[frame["channel"].isin(["atm", "pos", "counter"]), ["device_id", "ip"]].isna().all(axis=None)
        assert frame.loc[frame["channel"].isin(["mobile", "web", "qr"]), "ip"].notna().all()


@every_module
def test_a_module_holds_one_typology_and_its_look_alikes(module):
    assert sum(scenario.is_fraud for scenario in module.SCENARIOS) == 1
    assert len(module.SCENARIOS) >= 2
    assert set(module.SCENARIOS) <= set(SCENARIOS)


@every_module
def test_a_look_alike_has_more_payments_than_its_fraud(module):
    known = pd.concat(truth.make(150_000, 7))
    count = known["typology"].value_counts()
    fraud = next(scenario.name for scenario in module.SCENARIOS if scenario.is_fraud)
    honest = [int(count[scenario.name]) for scenario in module.SCENARIOS if not scenario.is_fraud]
    assert count[fraud] > 0
    assert max(honest) > count[fraud]


def test_every_module_is_listed_and_names_and_shares_are_right():
    assert len(SCENARIOS) == sum(len(module.SCENARIOS) for module in MODULES)
    assert len({scenario.name for scenario in SCENARIOS}) == len({scenario.name_zh for scenario in SCENARIOS})
    assert sum(scenario.share for scenario in SCENARIOS if scenario.is_fraud) == pytest.approx(1)
    assert sum(scenario.share for scenario in SCENARIOS if not scenario.is_fraud) < 0.1
    assert all(1 <= scenario.shortest <= scenario.longest for scenario in SCENARIOS)


def test_an_episode_of_a_stream_has_one_scenario_and_at_most_the_longest_size():
    known = pd.concat(truth.make(150_000, 7))
    longest = {scenario.name: scenario.longest for scenario in SCENARIOS}
    for _, episode in known.groupby("episode_id"):
        assert episode["typology"].nunique() == 1
        assert episode["ring_id"].nunique() <= 1
        assert len(episode) <= longest[episode["typology"].iloc[0]]


def test_every_typology_happens_in_both_halves_of_a_long_stream():
    """A model that learns from the past must have seen what it is asked about."""
    table = pd.concat(truth.make(300_000, 7)).query("is_fraud == 1")
    half = table["transaction_id"] * 2 // 300_000
    counts = pd.crosstab(table["typology"].astype(str), half)
    assert counts.shape == (7, 2)
    assert (counts > 0).all(axis=None)
