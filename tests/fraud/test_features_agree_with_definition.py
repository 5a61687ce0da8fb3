"""The numpy builder against the definition (the kernel: test_online_features), and the laws of any builder."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud.errors import FeatureLawError
from fraud.features import CORE, FEATURES, FeatureBuilder, available
from fraud.features.arrays import ARRAY_FEATURES, ArrayFeatures
from fraud.features.checks import (
    check_chunks_do_not_matter,
    check_future_is_not_read,
    check_labels_wait_for_the_delay,
    require_equal,
)
from fraud.features.reference import features_by_definition
from fraud.schema import COLUMNS, LABEL, REQUIRED

HOUR, DAY = 3_600, 86_400
OPTIONAL = [entry.name for entry in COLUMNS if not entry.required]
# Steps that fall on the edges of windows and of the delay, and beside them; zero makes ties.
STEPS = [
    0,
    0,
    0,
    1,
    HOUR - 1,
    HOUR,
    HOUR + 1,
    6 * HOUR,
    DAY,
    7 * DAY - 1,
    7 * DAY,
    7 * DAY + 1,
    30 * DAY,
    37 * DAY,
]
WORDS = {
    "channel": ["qr", "counter", "drone"],
    "kind": ["deposit", "purchase", "gift"],
    "country": ["CN", "HK", "US"],
    "merchant_category": ["food", "fuel", "books"],
}


def random_frame(seed: int, rows: int, columns: list[str], text: str) -> pd.DataFrame:
    chance = np.random.default_rng(seed)
    start = pd.Timestamp("2026-03-01 05:00")
    data: dict[str, object] = {
        "occurred_at": start + pd.to_timedelta(np.cumsum(chance.choice(STEPS, rows)), unit="s"),
        "amount_fen": chance.choice([0, 1, 10_000, 33_333, 10**13], rows),
    }
    for entry in COLUMNS:
        if entry.kind in ("identifier", "category"):
            words = np.array(WORDS.get(entry.name, ["u", "v", "w"]), dtype=object)[chance.integers(0, 3, rows)]
            data[entry.name] = pd.Series(np.where(chance.random(rows) < 0.15, None, words)).astype(text)
        elif entry.name in ("latitude", "longitude"):
            data[entry.name] = chance.choice([np.nan, 36.06, 36.05, 34.34, -89.9, 95.0], rows)
        elif entry.kind == "number":
            data[entry.name] = chance.choice([np.nan, 0.0, 7.5], rows)
        elif entry.kind == "flag":
            data[entry.name] = chance.choice([0.0, 1.0, 1.0, np.nan], rows)
    return pd.DataFrame(data)[[*REQUIRED, *columns]]


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    columns = draw(st.one_of(st.just(OPTIONAL), st.lists(st.sampled_from(OPTIONAL), unique=True)))
    text = draw(st.sampled_from(["str", "object", "category"]))
    return random_frame(draw(st.integers(0, 2**32)), draw(st.integers(1, 30)), columns, text)


@settings(max_examples=60, deadline=None)
@given(frames(), st.lists(st.integers(0, 30), max_size=5), st.sampled_from([7.0, 1.0, 1 / 86_400]))
def test_numpy_in_pieces_equals_the_definition_bit_for_bit(frame, cuts, delay_days):
    kept, _ = available(frame.columns, [name for name in CORE if name in ARRAY_FEATURES])
    builder = ArrayFeatures(frame.columns, delay_days, [feature.name for feature in kept])
    edges = [0, *sorted(min(cut, len(frame)) for cut in cuts), len(frame)]
    # Categories that a piece does not use are dropped, so that their codes differ from piece to piece.
    pieces = [narrow(frame.iloc[begin:end]) for begin, end in pairwise(edges)]
    found = pd.concat([builder.update(piece) for piece in pieces])
    require_equal(found, features_by_definition(frame, frame.columns, delay_days, builder.names), "by numpy")


def narrow(piece: pd.DataFrame) -> pd.DataFrame:
    categorical = piece.select_dtypes("category").columns
    return piece.assign(**{name: piece[name].cat.remove_unused_categories() for name in categorical})


@settings(max_examples=15, deadline=None)
@given(frames(), st.lists(st.integers(0, 30), max_size=5), st.integers(0, 29))
def test_laws_hold(frame, cuts, row):
    row = min(row, len(frame) - 1)

    def make() -> FeatureBuilder:
        return FeatureBuilder(frame.columns, 7.0, [feature.name for feature in FEATURES])

    check_chunks_do_not_matter(make, frame, cuts)
    check_future_is_not_read(make, frame, row)
    if LABEL in frame:
        check_labels_wait_for_the_delay(make, frame, row, 7.0)


def test_every_feature_of_the_catalogue_takes_a_value_in_the_random_frames():
    frame = pd.concat([random_frame(seed, 60, OPTIONAL, "str").assign(s=seed) for seed in range(3)])
    names = [feature.name for feature in FEATURES]
    values = pd.concat(FeatureBuilder(frame.columns, 7.0, names).update(part) for _, part in frame.groupby("s"))
    assert list(values.columns) == names
    assert values.columns[values.nunique() < 2].tolist() == []


class Peeking:
    """A builder that breaks all laws at once: it looks at the whole chunk, and at its labels."""

    def update(self, chunk: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({"mean": chunk["amount_fen"] * 0 + chunk["is_fraud"].sum() + len(chunk)}, dtype="float64")


def test_builder_that_breaks_a_law_is_caught_by_name():
    frame = random_frame(1, 10, ["is_fraud"], "str")
    with pytest.raises(FeatureLawError, match=r"Feature mean of row 0 .* cut at rows \[5\]"):
        check_chunks_do_not_matter(Peeking, frame, [5])
    with pytest.raises(FeatureLawError, match="rows after row 4"):
        check_future_is_not_read(Peeking, frame, 4)
    with pytest.raises(FeatureLawError, match="labels younger than"):
        check_labels_wait_for_the_delay(Peeking, frame, 4, 7.0)


def test_delay_that_is_too_short_is_caught():
    frame = random_frame(2, 30, ["is_fraud", "device_id"], "str")
    frame["occurred_at"] = pd.date_range("2026-03-01", periods=30, freq="6h")
    with pytest.raises(FeatureLawError, match="frauds_30d"):
        check_labels_wait_for_the_delay(lambda: FeatureBuilder(frame.columns, 6.0), frame, 29, 7.0)
