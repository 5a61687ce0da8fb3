"""Tables as frames: what is no table, and every kind of frame read alike and given back as it came."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from table_sample import PARTIES, table

from credit_graph.errors import FrameError, MissingColumnError, OnBadError, UnknownKindError
from credit_graph.graph import KINDS
from credit_graph.intake.checking import Checked, check
from credit_graph.intake.frames import pandas_rows
from credit_graph.tables import PARTY_COLUMNS, TIE_COLUMNS


def quarantined(kind: str, *rows: dict[str, Any]) -> Checked:
    return check(PARTIES, {kind: table(kind, *rows)}, on_bad="quarantine")


@pytest.mark.parametrize("kind", KINDS)
def test_each_column_must_be_there(kind: str) -> None:
    for column in TIE_COLUMNS[kind]:
        with pytest.raises(MissingColumnError, match=f"{kind} has no column {column};"):
            check(PARTIES, {kind: table(kind, {}).drop(columns=column)}, on_bad="quarantine")
    for column in PARTY_COLUMNS:
        with pytest.raises(MissingColumnError, match=column):
            check(PARTIES.drop(columns=column), {}, on_bad="quarantine")


def test_an_unknown_kind_of_table_is_an_error_even_in_quarantine() -> None:
    with pytest.raises(UnknownKindError, match="guarantees"):
        check(PARTIES, {"guarantees": table("guarantee", {})}, on_bad="quarantine")


@pytest.mark.parametrize("frame", [None, [], {"party_id": ["A"]}, "A", pl.LazyFrame(), np.zeros((2, 2))])
def test_what_is_no_frame_is_an_error(frame: Any) -> None:
    with pytest.raises(FrameError, match="give a frame"):
        check(frame, {})
    with pytest.raises(FrameError, match="give the tables by kind"):
        check(PARTIES, [frame])  # type: ignore[arg-type]  # what a caller without a type checker may do


def test_two_columns_of_one_name_are_an_error() -> None:
    twice = pd.concat([PARTIES, PARTIES[["kind"]]], axis=1)
    with pytest.raises(FrameError, match="two columns called kind"):
        check(twice, {})


def test_another_word_for_on_bad_is_an_error() -> None:
    with pytest.raises(OnBadError, match="ignore"):
        check(PARTIES, {}, on_bad="ignore")


def test_empty_tables_pass() -> None:
    for kind in KINDS:
        for empty in (table(kind, {}).head(0), pd.DataFrame(columns=list(TIE_COLUMNS[kind]))):
            checked = check(PARTIES.head(0), {kind: empty})
            assert len(checked.edges[kind]) == len(checked.parties) == 0


MIXED: list[dict[str, Any]] = [
    {},
    {"amount_fen": 7, "valid_to": "2024-12-31"},
    {"to_id": "Z"},
    {"amount_fen": -5, "valid_to": "2020-01-01"},
]


def typed(frame: pd.DataFrame, form: str) -> Any:
    days = frame.assign(
        amount_fen=frame["amount_fen"].astype("int64"),
        valid_from=pd.to_datetime(frame["valid_from"]),
        valid_to=pd.to_datetime(frame["valid_to"]),
    ).astype(dict.fromkeys(("from_id", "to_id", "source"), "str"))
    forms: dict[str, Any] = {
        "objects": lambda: frame,
        "numpy": lambda: days,
        "with a time zone": lambda: days.assign(valid_from=days["valid_from"].dt.tz_localize("Asia/Shanghai")),
        "categories": lambda: days.astype(dict.fromkeys(("from_id", "to_id", "source"), "category")),
        "text in categories": lambda: frame.astype({"valid_from": "category", "to_id": "category"}),
        "arrow in pandas": lambda: days.convert_dtypes(dtype_backend="pyarrow"),
        "nullable": lambda: days.convert_dtypes(),
        "floats": lambda: days.astype({"amount_fen": "float64"}),
        "another index": lambda: days.set_index(np.array([9, 9, 3, 1])),
        "arrow": lambda: pa.Table.from_pandas(days, preserve_index=False),
        "polars": lambda: pl.from_pandas(days),
        "polars dates": lambda: pl.from_pandas(days).with_columns(pl.col("valid_from", "valid_to").cast(pl.Date)),
        "polars categories": lambda: pl.from_pandas(days).with_columns(pl.col("from_id").cast(pl.Categorical)),
    }
    return forms[form]()


FORMS = [
    "objects",
    "numpy",
    "with a time zone",
    "categories",
    "text in categories",
    "arrow in pandas",
    "nullable",
    "floats",
    "another index",
    "arrow",
    "polars",
    "polars dates",
    "polars categories",
]


@pytest.mark.parametrize("form", FORMS)
def test_every_kind_of_frame_is_read_alike_and_comes_back_as_it_was(form: str) -> None:
    given = typed(table("guarantee", *MIXED), form)
    who = pl.from_pandas(PARTIES) if form.startswith("polars") else PARTIES
    told = check(who, {"guarantee": given}, on_bad="quarantine")
    assert type(told.edges["guarantee"]) is type(given)
    assert type(told.report) is type(told.parties) is type(who)
    report = pandas_rows(told.report)
    assert report[["row", "field"]].to_numpy().tolist() == [[2, "to_id"], [3, "valid_to"], [3, "amount_fen"]]
    kept = pandas_rows(told.edges["guarantee"])
    assert kept["amount_fen"].tolist() == [500, 7]
    assert kept["to_id"].tolist() == ["B", "B"]


def test_a_midnight_in_shanghai_is_not_the_day_before() -> None:
    begin = pd.Timestamp("2024-01-02", tz="Asia/Shanghai")
    assert len(quarantined("guarantee", {"valid_from": begin, "valid_to": "2024-01-01"}).report) == 1


def test_hours_before_1970_belong_to_their_own_day() -> None:
    given = table("guarantee", {"valid_from": dt.datetime(1969, 12, 31, 13), "valid_to": dt.date(1969, 12, 31)})
    for frame in (given, given.assign(valid_from=pd.to_datetime(given["valid_from"]))):
        assert len(check(PARTIES, {"guarantee": frame}).report) == 0
