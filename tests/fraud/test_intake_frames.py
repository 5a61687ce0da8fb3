"""A frame of one's own is checked against the schema, and told in one sentence what is wrong with it."""

import numpy as np
import pandas as pd
import pytest

from fraud.errors import FrameError
from fraud.intake import DTYPES, check_frame, frame_schema
from fraud.schema import COLUMNS, column


def good() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "transaction_id": ["a", "b", "c"],
            "occurred_at": pd.to_datetime(["2018-04-01 09:00", "2018-04-01 09:00", "2018-04-01 10:00"]),
            "customer_id": ["7", "8", "7"],
            "amount_fen": [1, 2, 3],
            "device_id": ["d", None, "d"],
            "channel": pd.Series(["pos", None, "atm"], dtype="category"),
            "customer_age": [30, 40.5, np.nan],
            "is_fraud": [0, 1, 0],
        },
        index=[10, 11, 12],
    )


def test_a_good_frame_comes_back_unchanged() -> None:
    frame = good()
    assert check_frame(frame) is frame
    pd.testing.assert_frame_equal(frame, good())


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_times_of_any_unit_are_taken(unit: str) -> None:
    check_frame(good().astype({"occurred_at": f"datetime64[{unit}]", "customer_id": object, "is_fraud": bool}))


def test_an_empty_frame_is_taken() -> None:
    check_frame(good().iloc[:0])


BROKEN = {
    "missing column": (lambda f: f.drop(columns="amount_fen"), "no column amount_fen: amount in fen"),
    "extra column": (lambda f: f.assign(V1=1), "has a column 'V1'; the columns we know are transaction_id"),
    "two of one name": (lambda f: pd.concat([f, f[["device_id"]]], axis=1), "two columns device_id"),
    "amount in yuan": (lambda f: f.assign(amount_fen=f["amount_fen"] / 100), "amount_fen holds float64, but must hold"),
    "time as text": (lambda f: f.assign(occurred_at="2018-04-01"), "occurred_at holds str, but must hold local times"),
    "time with zone": (
        lambda f: f.assign(occurred_at=f["occurred_at"].dt.tz_localize("UTC")), "datetime64.*UTC.*without a zone"
    ),
    "customer as number": (lambda f: f.assign(customer_id=[1, 2, 3]), "customer_id holds int64, but must hold text"),
    "category of numbers": (lambda f: f.assign(channel=pd.Categorical([1, 2, 1])), "channel holds category, but must"),
    "text and numbers": (lambda f: f.assign(device_id=np.array(["d", 1, "e"], object)), "device_id holds object"),
    "label as text": (lambda f: f.assign(is_fraud=["0", "1", "0"]), r"is_fraud holds str, but must hold 0 or 1"),
    "no customer": (lambda f: f.assign(customer_id=["7", None, "7"]), "Row 11 has no customer_id: who pays"),
    "no time": (lambda f: f.assign(occurred_at=[*f["occurred_at"][:2], pd.NaT]), "Row 12 has no occurred_at"),
    "negative amount": (lambda f: f.assign(amount_fen=[1, -2, 3]), "Row 11 has the amount_fen -2, but it must be"),
    "huge amount": (lambda f: f.assign(amount_fen=[1, 2, 10**14]), "Row 12 has the amount_fen 100000000000000, but"),
    "age of 200": (lambda f: f.assign(customer_age=[1, 2, 200.0]), "customer_age 200.0, but it must be from 0 to 130"),
    "label 2": (lambda f: f.assign(is_fraud=[0, 1, 2]), "Row 12 has the is_fraud 2, but it must be 0 or 1"),
    "repeated number": (lambda f: f.assign(transaction_id=["a", "b", "a"]), "Row 12 has the transaction_id a, which"),
    "not in time order": (
        lambda f: f.iloc[[0, 2, 1]], "Row 11 has the occurred_at 2018-04-01 09:00:00, earlier than the row before"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("broken", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_frame_is_told_what_would_be_right(broken, message: str) -> None:
    with pytest.raises(FrameError, match=message) as refusal:
        check_frame(broken(good()))
    assert "\n" not in str(refusal.value)


def test_the_schema_has_every_column_and_dtype() -> None:
    names = [entry.name for entry in COLUMNS]
    assert list(frame_schema(names).columns) == ["occurred_at", "customer_id", "amount_fen"] + [
        name for name in names if not column(name).required
    ]
    assert {entry.kind for entry in COLUMNS} == set(DTYPES)
    with pytest.raises(KeyError):
        frame_schema(["V1"])
