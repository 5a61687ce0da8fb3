"""What is written as a file is read back as it was, whatever its order, and however it is cut into blocks."""

import random
import tempfile
from pathlib import Path

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_sample import HEADER, MAPPING, into, staged, write

from fraud.intake import chunks, guess, peek, stage
from fraud.schema import MAX_AMOUNT_FEN

MISSING = {"NULL", "null", "None", "none", "NaN", "nan", "\\N", "<NA>", "<null>"}
# A quote or a separator in a cell is the writer's business; a line end or space around it would not come back.
printable = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"])
words = st.text(printable, min_size=1, max_size=20).filter(lambda word: word not in MISSING)
row = st.fixed_dictionaries(
    {
        "occurred_at": st.integers(631_152_000, 4_102_444_799),
        "customer_id": words,
        "amount_fen": st.integers(0, MAX_AMOUNT_FEN),
        "device_id": st.none() | words,
        "channel": st.none() | words,
        "customer_age": st.none() | st.floats(0, 130),
        "is_fraud": st.integers(0, 1),
    }
)


def as_frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows).sort_values("occurred_at", kind="stable", ignore_index=True)
    kinds = {"amount_fen": "int64", "customer_age": "float64", "is_fraud": "int8"}
    kinds |= dict.fromkeys(("customer_id", "device_id", "channel"), "str")
    times = pd.Series(frame["occurred_at"].to_numpy("datetime64[s]"))
    frame = frame.astype(kinds).assign(occurred_at=times)
    frame.insert(0, "transaction_id", [f"n{place}" for place in range(len(frame))])
    return frame.astype({"transaction_id": "str"})


@settings(max_examples=25, deadline=None)
@given(st.lists(row, min_size=1, max_size=20), st.sampled_from(["csv", "parquet"]), st.randoms(use_true_random=False))
def test_a_frame_comes_back_from_a_file(rows, kind: str, chance: random.Random) -> None:
    frame = as_frame(rows)
    # Equal times keep the order of the file, so only rows with different times may be mixed up.
    order = list(range(len(frame)))
    if frame["occurred_at"].is_unique:
        chance.shuffle(order)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / f"ours.{kind}"
        mixed = frame.iloc[order]
        mixed.to_csv(path, index=False) if kind == "csv" else mixed.to_parquet(path, index=False)
        head = peek(path)
        result = stage(path, guess(head.header, head.sample), into(path.parent))
        back = pd.concat(chunks(result, rows=7))
    assert (result.rows, result.quarantined) == (len(frame), 0)
    pd.testing.assert_frame_equal(back, frame[list(result.columns)])


def lines(count: int) -> list[str]:
    """Rows of which one in nine is bad in one way or another."""
    bad = {3: ",x", 12: ",-1", 21: ",,1", 30: ",1,1,1"}
    return [
        f"t{place},2018-04-01 {place // 3600:02d}:{place // 60 % 60:02d}:{place % 60:02d},c{place % 7}"
        + bad.get(place % 36, f",{place / 100:.2f},{place % 2}")
        for place in range(count)
    ]


@settings(max_examples=6, deadline=None)
@given(st.randoms(use_true_random=False))
def test_shuffled_rows_give_the_same_table(chance: random.Random) -> None:
    rows = lines(150)
    mixed = chance.sample(rows, len(rows))
    frames = []
    for order in (rows, mixed):
        with tempfile.TemporaryDirectory() as name:
            result = staged(Path(name), "\n".join(order))
            frames.append(pd.concat(chunks(result)))
        assert any("sorted" in note for note in result.notes) == (order != rows)
        assert result.quarantined == 17
    pd.testing.assert_frame_equal(*frames)


def test_the_size_of_a_block_changes_nothing(tmp_path) -> None:
    path = write(tmp_path, HEADER + "\n".join([*lines(200), *lines(20)]))
    results, frames = [], []
    for block_bytes in (256, 1_000, 1 << 21):
        result = stage(path, MAPPING, into(tmp_path), block_bytes=block_bytes)
        frames += [pd.concat(chunks(result, rows=rows)) for rows in (7, 10_000)] if block_bytes == 256 else []
        frames.append(pd.concat(chunks(result)))
        results.append(result)
    assert all(result == results[0] for result in results)
    assert results[0].reasons["id-repeated"] == 18
    assert (results[0].rows + results[0].quarantined, results[0].counted_in) == (220, "line")
    for frame in frames[1:]:
        pd.testing.assert_frame_equal(frame, frames[0])


def test_every_refused_row_is_on_the_line_that_is_named(tmp_path) -> None:
    text = HEADER + "\n".join(lines(1_000))
    result = stage(write(tmp_path, text), MAPPING, into(tmp_path), block_bytes=512)
    named = {row.row for row in result.bad_rows}
    assert named == {number for number, line in enumerate(text.split("\n"), 1) if (number - 2) % 36 in (3, 12, 21, 30)}


def test_of_equal_times_the_earlier_row_is_first(tmp_path) -> None:
    rows = "b,2018-04-02,7,1,0\nz,2018-04-01,7,1,0\na,2018-04-01,7,1,0\nm,2018-04-01,7,1,0\n"
    assert next(chunks(staged(tmp_path, rows)))["transaction_id"].tolist() == ["z", "a", "m", "b"]
