"""What is done for speed changes no value: fetching ahead, keys that are looked up once, memory that is used again."""

import numpy as np
import pandas as pd
import pytest

from fraud.features import FEATURES, FeatureBuilder
from fraud.features.checks import require_equal
from fraud.online import OnlineFeatures
from fraud.online.keys import Keys, key_of
from fraud.online.reading import MOST_WORDS, Reader, key_of_number
from tests.fraud.test_features_agree_with_definition import OPTIONAL, random_frame
from tests.fraud.test_online_features import BASIC, pushed

ALL = [feature.name for feature in FEATURES]


def test_a_table_that_is_fetched_ahead_gives_what_single_events_give():
    frame = random_frame(5, 300, OPTIONAL, "category")
    online = OnlineFeatures(frame.columns, features=ALL)
    whole = OnlineFeatures(frame.columns, features=ALL).update(frame)
    require_equal(pushed(frame, online), whole, "when events come one by one")


def test_features_are_written_into_memory_that_is_given_and_are_the_same():
    frame = random_frame(6, 60, OPTIONAL, "str")
    plain, given = FeatureBuilder(frame.columns), FeatureBuilder(frame.columns)
    room = np.full((40, len(given.names)), 7.0)
    for part in (frame.iloc[:40], frame.iloc[40:]):
        made = given.update(part, room)
        require_equal(made, plain.update(part), "when memory is given")
        assert np.shares_memory(made.to_numpy(), room)


@pytest.mark.parametrize(
    "numbers",
    [[0, 7, 10**18 - 1], [10**18, 1], [-1, 5], ["17", "017", None], [1.5, 2.0]],
    ids=["whole", "too long", "negative", "text", "real"],
)
def test_numbers_of_a_column_have_the_keys_of_single_ones(numbers):
    seconds = np.zeros(len(numbers), np.int64)
    chunk = pd.DataFrame({"transaction_id": numbers, "amount_fen": 1, "occurred_at": 0})
    rows, _ = Reader(["transaction_id"]).table(chunk, seconds, with_numbers=True)
    assert rows[:, 2].tolist() == [key_of_number(value) for value in chunk["transaction_id"]]
    texts = [None if pd.isna(value) else str(value) for value in chunk["transaction_id"]]
    assert rows[:, 2].tolist() == [key_of_number(text) for text in texts]


def test_categories_that_are_read_anew_have_the_same_keys_and_others_have_their_own():
    keys = Keys()
    for names in (["a", "b"], ["a", "b"], ["b", "a"], ["b", "c"], ["a"]):
        column = pd.Series(pd.Categorical([*names, None], categories=names))
        assert keys.column(column, "device_id").tolist() == [*map(key_of, names), -1]


def test_categories_that_are_equal_as_numbers_but_not_as_text_have_keys_of_their_own():
    keys = Keys()
    for numbers, texts in (([1, 2], ["1", "2"]), ([1.0, 2.0], ["1.0", "2.0"])):
        column = pd.Series(pd.Categorical(numbers))
        assert keys.column(column, "device_id").tolist() == [*map(key_of, texts)]


def test_an_event_with_a_new_word_and_a_new_identifier_is_read_as_one_with_known_ones():
    columns = [*BASIC, "channel", "device_id"]
    event = {"occurred_at": 0, "customer_id": "a", "amount_fen": 1, "channel": "pigeon", "device_id": "D"}
    reader = Reader(columns)
    reader.one(event)
    first = reader.event.copy()
    reader.one(event)
    assert reader.event.tolist() == first.tolist()
    assert 0 <= first[0, 14] < MOST_WORDS
