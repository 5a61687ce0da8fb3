"""Fingerprints: the fast comparison agrees with its definition, and matching beats what is simple on unseen seeds."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets import fingerprints
from fraud.errors import IdentityInputError
from fraud.identity import DeviceMatcher
from fraud.identity.attributes import ATTRIBUTES, MISSING, levels, prepare
from fraud.identity.blocking import candidate_pairs
from fraud.identity.reference import level_of

N = 4_000

some = st.none() | st.sampled_from(["a", "b"])
version = st.none() | st.sampled_from(["9.1", "10.0", "10.2", "11"])
fingerprint = st.fixed_dictionaries(
    {
        "seen_at": st.integers(0, 60).map(lambda day: datetime(2026, 1, 1) + timedelta(days=day)),
        "model": some,
        "gpu": some,
        "os_version": version,
        "app_version": version,
        "browser_version": version,
        "canvas": some,
        "fonts": st.none() | st.sampled_from(["x", "x y", "x y z", "x y z v", "q"]),
        "sensor": st.none() | st.integers(-4_000, 4_000),
        "time_zone": some,
        "language": some,
        "carrier": some,
        "ip": st.none() | st.sampled_from(["10.0.0.1", "10.0.0.2", "10.9.0.1"]),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(fingerprint, min_size=2, max_size=6))
def test_levels_of_many_pairs_are_those_of_each_pair(seen):
    seen.sort(key=lambda one: one["seen_at"])
    pairs = [(one, other) for other in range(len(seen)) for one in range(other)]
    found = levels(prepare(pd.DataFrame(seen)), *np.array(pairs).T)
    for place, (one, other) in enumerate(pairs):
        for attribute in ATTRIBUTES:
            if attribute.name == "hardware":
                named = _hardware(seen[one], seen[other], ("model", "gpu"))
            else:
                named = level_of(attribute.name, seen[one], seen[other])
            level = int(found[attribute.name][place])
            assert named == ("missing" if level == MISSING else attribute.levels[level]), attribute.name


def _hardware(older, newer, columns):
    values = [[seen[column] for column in columns] for seen in (older, newer)]
    if None in values[0] + values[1]:
        return "missing"
    return "same" if values[0] == values[1] else "other"


@pytest.fixture(scope="module")
def judged():
    """Learn on one seed from labels, and judge another."""
    learnt = next(fingerprints.make(N, 21))
    matcher = DeviceMatcher().fit(learnt, next(fingerprints.truth(N, 21))["device_id"])
    frame, truth = next(fingerprints.make(N, 22)), next(fingerprints.truth(N, 22))
    pairs = matcher.pairs(frame)
    ids = truth["device_id"].to_numpy()
    return matcher, frame, truth, pairs, ids[pairs["older"]] == ids[pairs["newer"]]


def test_same_is_nearly_always_true_and_finds_more_than_equal_fingerprints(judged):
    _, frame, truth, pairs, is_same = judged
    said = (pairs["decision"] == "same").to_numpy()
    assert is_same[said].mean() > 0.93
    total = (truth["device_id"].value_counts() * (truth["device_id"].value_counts() - 1) / 2).sum()
    kept = ["os", "os_version", "model", "storage_gb", "app_version", "canvas", "fonts", "language", "carrier"]
    equal = frame.groupby(kept, dropna=False).ngroup().to_numpy()
    naive = equal[pairs["older"]] == equal[pairs["newer"]]
    assert is_same[said].sum() / total > 5 * (is_same & naive).sum() / total


def test_learnt_weights_rank_pairs_better_than_equal_weights(judged):
    from fraud.metrics import average_precision

    _, frame, _, pairs, is_same = judged
    table = prepare(frame)
    found = levels(table, pairs["older"].to_numpy(), pairs["newer"].to_numpy())
    equal = sum((level == 0).astype(float) for level in found.values())
    known = sum((level != MISSING).astype(float) for level in found.values())
    ours = average_precision(is_same, pairs["probability"])
    assert ours > 0.9
    assert ours > 1.5 * average_precision(is_same, equal / known)


def test_blocking_keeps_nearly_all_true_pairs_and_few_others(judged):
    _, frame, truth, pairs, is_same = judged
    total = (truth["device_id"].value_counts() * (truth["device_id"].value_counts() - 1) / 2).sum()
    assert is_same.sum() / total > 0.9
    assert len(pairs) < 0.02 * len(frame) ** 2 / 2


def test_thirty_phones_of_one_sale_are_not_one_device(judged):
    matcher, frame, truth, _, _ = judged
    device = matcher.devices(frame)
    shop = (truth["kind"] == "shop").to_numpy()
    of_found = truth[shop].groupby(device[shop].to_numpy())["device_id"].nunique()
    assert (of_found == 1).mean() > 0.8


def test_without_labels_the_estimate_still_beats_equal_weights(judged):
    from fraud.metrics import average_precision

    _, frame, _, _, is_same = judged
    learnt = DeviceMatcher().fit(next(fingerprints.make(N, 23)))
    assert average_precision(is_same, learnt.pairs(frame)["probability"]) > 0.75


def test_a_match_adds_up_and_names_every_attribute(judged):
    matcher, frame, _, pairs, _ = judged
    best = pairs.sort_values("probability", kind="stable").iloc[-1]
    match = matcher.compare(dict(frame.iloc[int(best["older"])]), dict(frame.iloc[int(best["newer"])]))
    assert match.decision == "same"
    assert sum(part.weight for part in match.parts) == pytest.approx(match.weight, abs=1e-9)
    assert [part.attribute for part in match.parts] == [one.name for one in ATTRIBUTES]
    assert "hardware (硬件)" in match.explain()


def test_a_version_that_falls_speaks_against_and_one_that_rises_does_not(judged):
    matcher, frame, _, _, _ = judged
    first = dict(frame.iloc[0])
    later = first | {"seen_at": first["seen_at"] + timedelta(days=40)}
    risen = matcher.compare(first, later | {"browser_version": "200.0", "app_version": "90.0", "os_version": "20.0"})
    fallen = matcher.compare(first, later | {"browser_version": "1.0", "app_version": "1.0", "os_version": "1.0"})
    assert risen.probability > 0.5 > fallen.probability


def test_candidates_do_not_depend_on_the_order_of_rows():
    frame = next(fingerprints.make(300, 5))
    mixed = frame.sample(frac=1, random_state=3)
    assert _named_pairs(frame) == _named_pairs(mixed)


def _named_pairs(frame):
    number = frame["observation_id"].to_numpy()
    return sorted((number[one], number[other]) for one, other in zip(*candidate_pairs(prepare(frame)), strict=True))


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ({"model": "M1"}, "seen_at"),
        ({"seen_at": datetime(2026, 1, 1)}, "no attribute"),
        ({"seen_at": datetime(2026, 1, 1), "os_version": "ten"}, "os_version is 'ten'"),
        ({"seen_at": datetime(2026, 1, 1), "sensor": "still"}, "sensor is 'still'"),
    ],
)
def test_what_is_no_fingerprint_is_refused(row, named):
    with pytest.raises(IdentityInputError, match=named):
        prepare(pd.DataFrame([row]))


def test_the_later_fingerprint_cannot_come_first(judged):
    matcher, frame, _, _, _ = judged
    with pytest.raises(IdentityInputError, match="earlier one first"):
        matcher.compare(dict(frame.iloc[-1]), dict(frame.iloc[0]))
