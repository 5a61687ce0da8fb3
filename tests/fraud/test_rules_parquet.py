"""Hits straight from Parquet: those of the same table in memory, whatever lies under a null."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_rules import EDGE_COLUMNS, EDGE_CONDITIONS, book_of, conditions, tables

from fraud.errors import RuleEventError
from fraud.rules import parse_condition
from fraud.rules.compiled import compile_rules
from fraud.rules.parquet import parquet_hits, prepared_of


def arrow_of(columns, as_nulls, under):
    """Make an Arrow table in which some NaN are nulls with a number of our choice under them, and others stay NaN."""
    made = {}
    for name, values in columns.items():
        if isinstance(values, np.ndarray) and values.dtype.kind == "f":
            null = np.isnan(values) & np.resize(as_nulls, len(values))
            laid = np.where(null, under, values).astype(values.dtype)
            bits = pa.py_buffer(np.packbits(~null, bitorder="little"))
            made[name] = pa.Array.from_buffers(pa.from_numpy_dtype(laid.dtype), len(laid), [bits, pa.py_buffer(laid)])
        else:
            made[name] = pa.array(values, from_pandas=True)
    return pa.table(made)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(conditions, min_size=1, max_size=5),
    tables,
    st.lists(st.booleans(), min_size=1, max_size=6),
    st.sampled_from([0.0, 1.0, -1.0, float("inf"), float("nan"), 1e30]),
    st.integers(0, 2),
)
def test_what_lies_under_a_null_changes_no_hit(found, columns, as_nulls, under, first):
    rules = compile_rules(book_of(*found))
    table = arrow_of(columns, as_nulls, under).slice(first)
    wanted = rules.hit_lists({name: values[first:] for name, values in columns.items()})
    hits = rules.prepared_hits(prepared_of(table))
    assert (hits.offsets.tolist(), hits.rules.tolist()) == (wanted.offsets.tolist(), wanted.rules.tolist())


@pytest.mark.parametrize("under", [0.0, 1.0, float("inf")])
def test_every_operator_at_every_edge_is_the_same_from_arrow(under):
    rules = compile_rules(book_of(*EDGE_CONDITIONS))
    wanted = rules.hit_lists(EDGE_COLUMNS)
    for as_nulls in ([True], [True, False]):
        hits = rules.prepared_hits(prepared_of(arrow_of(EDGE_COLUMNS, as_nulls, under)))
        assert hits.offsets.tolist() == wanted.offsets.tolist()
        assert hits.rules.tolist() == wanted.rules.tolist()


def test_parquet_gives_the_same_hits_as_memory(tmp_path):
    texts = ['channel == "atm" and amount_fen >= 5 yuan', "hour is null", "new_device == 1", "customer_age < 30.5"]
    rules = compile_rules(book_of(*map(parse_condition, texts)))
    frame = pd.DataFrame(
        {
            "channel": ["atm", None, "pos", "atm", "web", "atm"],
            "amount_fen": np.array([500, 499, 10**6, 2**53 + 1, 5, 0]),
            "hour": pd.array([1, None, 3, None, 5, 6], dtype="Int8"),
            "new_device": [True, False, None, True, False, True],
            "customer_age": np.array([30.25, np.nan, 31, 5, 6, 7], dtype=np.float32),
            "other": range(6),
        }
    )
    pq.write_table(pa.Table.from_pandas(frame), tmp_path / "some.parquet", row_group_size=4)
    found = [
        one.of(row).tolist()
        for one in parquet_hits(tmp_path / "some.parquet", rules)
        for row in range(len(one.offsets) - 1)
    ]
    assert found == [[0, 2, 3], [1], [], [0, 1, 2, 3], [3], [2, 3]]
    pq.write_table(pa.table({"channel": ["atm"]}), tmp_path / "less.parquet")
    with pytest.raises(RuleEventError, match="lacks 'amount_fen', 'hour'"):
        list(parquet_hits(tmp_path / "less.parquet", rules))
