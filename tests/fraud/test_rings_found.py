"""Rings in small stories and in simulated transfers of unseen seeds: found, explained, ranked, and acted upon."""

from datetime import datetime

import pandas as pd
import pytest

from datasets import laundering, transactions, truth
from fraud.errors import ColumnMissingError, RingInputError
from fraud.rings import account_features, account_scores, find, list_entries, proposed_rules, search
from fraud.rings.measures import account_precision, baselines, ring_quality
from fraud.rings.sample import payments
from fraud.rules import check_examples

N = 40_000


def world(seed, **kind):
    frame = next(laundering.make(N, seed, **kind))
    known = next(laundering.truth(N, seed, **kind)).merge(frame, on="transaction_id")
    bad = known[known["is_laundering"] == 1]
    rings = [set(some["account_id"]) | set(some["payee_id"]) for _, some in bad.groupby("episode_id")]
    return frame, rings


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ({"strangers": 0.0, "by_day": True, "look_alikes": 0}, 0.9),
        ({"strangers": 0.05, "by_day": True, "look_alikes": 0}, 0.85),
    ],
    ids=["habits alone", "some strangers"],
)
def test_rings_among_habits_are_found_far_better_than_by_size_or_chance(kind, least):
    frame, rings = world(301, **kind)
    found = search(frame)
    accounts = set().union(*rings)
    ours = account_precision(found.scores, accounts)
    assert ours > least
    assert ours > 3 * max(account_precision(scores, accounts) for scores in baselines(frame).values())
    quality = ring_quality([ring.accounts for ring in found.rings], rings)
    assert quality.precision > 0.75
    assert quality.recall > 0.75


def test_with_three_weddings_for_each_ring_it_is_hard_and_still_better_than_baselines():
    frame, rings = world(302, look_alikes=3)
    accounts = set().union(*rings)
    ours = account_precision(account_scores(frame), accounts)
    assert ours > 1.5 * max(account_precision(scores, accounts) for scores in baselines(frame).values())


def test_labels_of_another_time_tell_weddings_from_collectors():
    from sklearn.ensemble import HistGradientBoostingClassifier

    (learnt, known), (frame, rings) = world(305, look_alikes=3), world(306, look_alikes=3)
    table, accounts = account_features(learnt), set().union(*rings)
    label = table.index.isin(list(set().union(*known)))
    model = HistGradientBoostingClassifier(max_iter=40, max_leaf_nodes=15, random_state=0).fit(table, label)
    judged = account_features(frame)
    chance = pd.Series(model.predict_proba(judged)[:, 1], index=judged.index)
    assert account_precision(chance, accounts) > 1.3 * account_precision(account_scores(frame), accounts)


def test_members_who_also_pay_each_other_ordinarily_are_found_by_odd_sums():
    frame, rings = world(303, strangers=0.0, look_alikes=0, acquainted=1.0)
    accounts = set().union(*rings)
    ours = account_precision(account_scores(frame), accounts)
    assert ours > 1.5 * max(account_precision(scores, accounts) for scores in baselines(frame).values())


def test_the_order_of_rows_does_not_matter():
    frame, _ = world(304)
    frame = frame[~frame["occurred_at"].duplicated(keep=False)].head(8_000)
    mixed = frame.sample(frac=1, random_state=5)
    one, other = search(frame), search(mixed)
    assert [ring.id for ring in one.rings] == [ring.id for ring in other.rings]
    pd.testing.assert_series_equal(one.scores.sort_index(), other.scores.sort_index())


def test_a_landlord_whom_all_pay_is_no_ring():
    for ring in find(payments(), window_days=10):
        assert "LANDLORD" not in ring.accounts


def test_a_ring_says_who_when_how_much_and_can_be_drawn():
    ring = find(payments(), window_days=10)[0]
    assert (ring.start, ring.end) == (datetime(2026, 2, 1, 10), datetime(2026, 2, 5, 10))
    assert {one.part for one in ring.members} == {"passes on"}
    told = ring.explain()
    assert "5 accounts" in told
    assert "441,000.00 yuan" in told
    assert "资金回流" in ring.explain(chinese=True)
    drawn = ring.picture()
    names = {node["id"] for node in drawn["nodes"]}
    assert len(drawn["edges"]) == 5
    assert all({edge["from"], edge["to"]} <= names for edge in drawn["edges"])


def test_a_label_in_the_table_is_not_read():
    frame = payments()
    labelled = frame.assign(is_fraud=1)
    assert find(frame, window_days=10) == find(labelled, window_days=10)


def shared_phone():
    """Eight accounts on one device pay one payee within a week; thirty others have a device each; five are a campus."""
    start = pd.Timestamp(2026, 1, 1)
    rows = [(f"F{k}", "MULE", 50_000 + k, "DX", "10.0.0.9", 10 + k) for k in range(8)]
    rows += [(f"P{k}", f"Q{k % 7}", 8_000 + 11 * k, f"D{k}", "10.1.1.1", k) for k in range(60)]
    rows += [(f"P{k}", f"Q{k % 5}", 9_000 + 17 * k, f"D{k}", "10.1.1.1", 60 + k) for k in range(60)]
    frame = pd.DataFrame(rows, columns=["account_id", "payee_id", "amount_fen", "device_id", "ip", "day"])
    when = start + pd.to_timedelta(frame["day"], unit="D")
    return frame.assign(occurred_at=when, customer_id=frame["account_id"], transaction_id=range(len(frame)))


def test_a_device_of_eight_accounts_is_a_ring_and_an_address_of_sixty_is_none():
    rings = find(shared_phone())
    things = {(one.kind, one.value) for ring in rings for one in ring.members if one.kind != "account"}
    assert ("device", "DX") in things
    assert ("address", "10.1.1.1") not in things


def test_confirmed_frauds_make_a_ring_of_payee_and_device_and_spare_the_victims():
    frame = pd.concat(
        [
            shared_phone(),
            pd.DataFrame(
                [
                    (f"P{k}", "MULE", 70_000 + k, "DX", "10.0.0.9", 5, pd.Timestamp(2026, 2, k + 1), 900 + k)
                    for k in range(3)
                ],
                columns=[
                    "account_id",
                    "payee_id",
                    "amount_fen",
                    "device_id",
                    "ip",
                    "day",
                    "occurred_at",
                    "transaction_id",
                ],
            ),
        ],
        ignore_index=True,
    )
    frame["customer_id"] = frame["account_id"]
    ring = next(one for one in find(frame, confirmed=[900, 901, 902]) if one.confirmed)
    parts = {one.value: one.part for one in ring.members}
    assert parts["MULE"] == "collector"
    assert parts["DX"] == "shared"
    assert all(parts[f"P{k}"] == "victim" for k in range(3))
    listed = {(one.colour, one.value) for one in list_entries(ring, datetime(2026, 3, 1))}
    assert ("black", "MULE") in listed
    assert ("grey", "DX") in listed
    assert not {value for _, value in listed} & {f"P{k}" for k in range(3)}


def test_proposed_rules_hit_the_ring_and_keep_their_examples():
    frame = shared_phone()
    ring = find(frame, confirmed=[0, 1, 2])[0]
    text, book = proposed_rules(ring, frame)
    assert check_examples(book) == []
    assert "MULE" in text
    columns = {name: frame[name] for name in ("payee_id", "device_id", "amount_fen")}
    hits = book.available(columns)[0].hits(columns)
    assert hits[:8].any(axis=1).all()
    assert not hits[8:].any()


def test_frauds_of_the_province_lead_to_the_gangs_accounts_and_devices():
    frame = pd.concat(transactions.make(60_000, 41, base_rate=0.004), ignore_index=True)
    known = pd.concat(truth.make(60_000, 41, base_rate=0.004), ignore_index=True)
    frauds = known[(known["is_fraud"] == 1) & known["typology"].isin(["device_farm", "telecom_fraud"])]
    half = frauds[frauds["transaction_id"] < 30_000]
    found = search(frame, confirmed=half["transaction_id"].tolist())
    later = frame[frame["transaction_id"].isin(frauds["transaction_id"]) & (frame["transaction_id"] >= 30_000)]
    mules = set(later["payee_id"].dropna().astype(str))
    assert account_precision(found.scores, mules) > 3 * max(
        account_precision(scores, mules) for scores in baselines(frame).values()
    )


@pytest.mark.parametrize(
    ("call", "error", "named"),
    [
        (lambda: find(payments().drop(columns="payee_id")), ColumnMissingError, "payee_id"),
        (lambda: find(payments().drop(columns=["account_id", "customer_id"])), ColumnMissingError, "who pays"),
        (lambda: find(payments().assign(occurred_at=pd.NaT)), RingInputError, "row 0 has no 'occurred_at'"),
        (lambda: find(payments().assign(amount_fen=1.5)), RingInputError, "amount_fen is .*1.5.* whole fen"),
        (lambda: find(payments(), window_days=0), RingInputError, "window_days is 0"),
        (lambda: find(payments(), confirmed=[1]), ColumnMissingError, "transaction_id"),
        (lambda: find(payments().assign(transaction_id=range(30)), confirmed=[99]), RingInputError, "99"),
    ],
)
def test_what_cannot_be_searched_is_refused(call, error, named):
    with pytest.raises(error, match=named):
        call()


def test_a_table_without_transfers_has_no_rings():
    assert find(payments().head(0)) == []
    assert find(payments().assign(payee_id=None)) == []


def test_identifiers_may_be_numbers():
    frame = payments()
    codes = {name: 1_000 + k for k, name in enumerate(sorted({*frame["account_id"], *frame["payee_id"]}))}
    numbers = frame.assign(
        account_id=frame["account_id"].map(codes), payee_id=frame["payee_id"].map(codes).astype(float)
    )
    ring, same = find(numbers, window_days=10)[0], find(frame, window_days=10)[0]
    assert ring.accounts == tuple(str(codes[name]) for name in same.accounts)
    assert ring.score == same.score
    assert len(ring.flows) == 5
