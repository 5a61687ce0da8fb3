"""A bad row goes to the quarantine with its number, column, value and reason; the others go on."""

import pandas as pd
import pytest
from intake_sample import GOOD, HEADER, MAPPING, NAMES, into, staged, write

from fraud.intake import REASONS, BadRow, Mapping, chunks, stage, write_quarantine
from fraud.intake import quarantine as quarantine_module

BAD_ROWS = {
    "missing time": ("b,,7,1,0", "occurred_at", "", "time-missing"),
    "bad date": ("b,2018-02-30 10:00:00,7,1,0", "occurred_at", "2018-02-30 10:00:00", "time-unreadable"),
    "day or month first": ("b,03/04/2018,7,1,0", "occurred_at", "03/04/2018", "time-ambiguous"),
    "year 1889": ("b,1889-04-01,7,1,0", "occurred_at", "1889-04-01", "time-implausible"),
    "zone among times without": (
        "b,2018-04-01T10:00:00Z,7,1,0",
        "occurred_at",
        "2018-04-01T10:00:00Z",
        "time-zone-mixed",
    ),
    "missing customer": ("b,2018-04-01,,1,0", "customer_id", "", "id-missing"),
    "customer NULL": ("b,2018-04-01,NULL,1,0", "customer_id", "", "id-missing"),
    "missing amount": ("b,2018-04-01,7,,0", "amount_fen", "", "amount-missing"),
    "wrong type": ("b,2018-04-01,7,many,0", "amount_fen", "many", "amount-not-a-number"),
    "negative amount": ("b,2018-04-01,7,-3.50,0", "amount_fen", "-3.50", "amount-negative"),
    "infinite amount": ("b,2018-04-01,7,inf,0", "amount_fen", "inf", "amount-not-finite"),
    "huge amount": ("b,2018-04-01,7,100000000001,0", "amount_fen", "100000000001", "amount-too-large"),
    "label 2": ("b,2018-04-01,7,1,2", "is_fraud", "2", "label-unknown"),
    "no label": ("b,2018-04-01,7,1,", "is_fraud", "", "label-missing"),
    "no transaction number": (",2018-04-01,7,1,0", "transaction_id", "", "id-missing"),
    "duplicate id": ("t1,2018-04-01,7,1,0", "transaction_id", "t1", "id-repeated"),
    "too few cells": ("b,2018-04-01,7", "", "b,2018-04-01,7", "fields-too-few"),
    "too many cells": ("b,2018-04-01,7,1,0,extra", "", "b,2018-04-01,7,1,0,extra", "fields-too-many"),
    "endless text": (f"b,2018-04-01,{'7' * 300},1,0", "customer_id", "7" * 79 + "…", "text-too-long"),
    "two faults": ("b,x,,-1,9", "occurred_at", "x", "time-unreadable"),
}


@pytest.mark.parametrize(("line", "column", "value", "reason"), BAD_ROWS.values(), ids=BAD_ROWS.keys())
def test_a_bad_row_is_named(tmp_path, line: str, column: str, value: str, reason: str) -> None:
    result = staged(tmp_path, GOOD + line + "\n")
    assert result.bad_rows == (BadRow(6, column, value, reason),)
    assert (result.rows, result.quarantined, result.reasons) == (4, 1, {reason: 1})
    assert result.counted_in == "line"
    assert next(chunks(result))["transaction_id"].tolist() == ["t1", "t2", "t3", "t4"]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("-1", "number-out-of-range"),
        ("131", "number-out-of-range"),
        ("old", "number-unreadable"),
        ("inf", "number-unreadable"),
    ],
)
def test_a_number_is_checked_against_its_range(tmp_path, value: str, reason: str) -> None:
    header = "occurred_at,customer_id,amount_fen,customer_age\n"
    mapping = Mapping({name: name for name in header.strip().split(",")}, amount_unit="fen")
    result = staged(tmp_path, f"2018-04-01,7,1,{value}\n2018-04-01,7,1,\n2018-04-01,7,1,+30.5\n", header, mapping)
    assert result.bad_rows == (BadRow(2, "customer_age", value, reason),)
    ages = next(chunks(result))["customer_age"]
    assert pd.isna(ages[0])
    assert ages[1] == 30.5


@pytest.mark.parametrize(
    ("text", "label"),
    [("0", 0), ("1", 1), ("0.0", 0), ("1.0", 1), ("True", 1), ("FALSE", 0), ("yes", 1), ("N", 0), ("是", 1), ("否", 0)],
)
def test_labels_are_read_in_many_spellings(tmp_path, text: str, label: int) -> None:
    assert staged(tmp_path, f"a,2018-04-01,7,1,{text}\n").frauds == label


def test_identifiers_stay_text(tmp_path) -> None:
    frame = next(chunks(staged(tmp_path, "007,2018-04-01, 0596 ,1,0\n1e5,2018-04-01,+7,1,0\n")))
    assert frame["transaction_id"].tolist() == ["007", "1e5"]
    assert frame["customer_id"].tolist() == ["0596", "+7"]


def test_the_row_number_becomes_a_missing_transaction_number(tmp_path) -> None:
    columns = {name: source for name, source in NAMES.items() if name != "transaction_id"}
    result = staged(tmp_path, GOOD + "t5,x,7,1,0\n" + "t6,2018-04-02,7,1,0\n", mapping=Mapping(columns))
    assert next(chunks(result))["transaction_id"].tolist() == ["2", "3", "4", "5", "7"]


def test_a_missing_value_of_an_optional_column_is_missing(tmp_path) -> None:
    columns = {"occurred_at": "when", "customer_id": "who", "amount_fen": "paid", "device_id": "device"}
    header = "when,who,paid,device\n"
    rows = "".join(f"2018-04-01,7,1,{device}\n" for device in ("", "NULL", r"\N", "nan", "None", "NA", "d1"))
    devices = next(chunks(staged(tmp_path, rows, header, Mapping(columns))))["device_id"]
    assert devices.isna().tolist() == [True] * 5 + [False] * 2
    assert devices.tolist()[5:] == ["NA", "d1"]


def test_blank_lines_keep_the_line_numbers_right(tmp_path) -> None:
    result = staged(tmp_path, "\n" + GOOD + "\n,,,,\nbad,x,7,1,0\n\n")
    assert (result.rows, result.quarantined, result.blank) == (4, 1, 4)
    assert (result.bad_rows[0].row, result.counted_in) == (9, "line")
    assert any("4 blank lines" in note for note in result.notes)


def test_a_line_end_in_a_cell_makes_lines_rows(tmp_path) -> None:
    result = staged(tmp_path, 't0,2018-04-01,7,1,0,"two\nlines"\n' + "t1,x,7,1,0,\n", header=HEADER.strip() + ",note\n")
    assert (result.bad_rows[0].row, result.counted_in) == (3, "row")


def test_lines_before_the_header_are_counted(tmp_path) -> None:
    result = staged(tmp_path, GOOD + "bad,x,7,1,0\n", header="\n\n" + HEADER)
    assert (result.bad_rows[0].row, result.counted_in) == (8, "line")


def test_rows_of_parquet_are_counted_from_one(tmp_path) -> None:
    frame = pd.DataFrame(
        {"TX_ID": ["a", "b"], "when": ["2018-04-01", "x"], "who": ["7", "7"], "paid": [1, 1], "label": [0, 0]}
    )
    frame.to_parquet(tmp_path / "a.parquet")
    result = stage(tmp_path / "a.parquet", MAPPING, into(tmp_path))
    assert (result.bad_rows[0].row, result.counted_in) == (2, "row")


def test_the_first_of_repeated_numbers_in_the_file_is_kept(tmp_path) -> None:
    rows = "t1,2018-04-05,first,1,0\nt2,2018-04-04,7,1,0\nt1,2018-04-03,second,1,1\nt1,2018-04-02,third,1,0\n"
    result = staged(tmp_path, rows)
    assert [row.row for row in result.bad_rows] == [4, 5]
    assert (result.rows, result.frauds) == (2, 0)
    assert next(chunks(result))["customer_id"].tolist() == ["7", "first"]


def test_the_quarantine_is_written_with_both_languages(tmp_path) -> None:
    result = staged(tmp_path, GOOD + "b,2018-04-01,7,-3,0\n" + 'c,2018-04-01,7,"a,b",0\n')
    path = tmp_path / "quarantine.csv"
    write_quarantine(result, path)
    table = pd.read_csv(path, encoding="utf-8-sig", dtype=str)
    assert table.columns.tolist() == ["line", "column", "value", "reason", "code", "原因"]
    assert table.iloc[0].tolist() == ["6", "amount_fen", "-3", "the amount is negative", "amount-negative", "金额为负"]
    assert table.iloc[1]["value"] == "a,b"


def test_a_quarantine_that_cannot_be_written_leaves_nothing(tmp_path, monkeypatch) -> None:
    result = staged(tmp_path, GOOD + "b,2018-04-01,7,-3,0\n")
    folder = tmp_path / "reports"
    folder.mkdir()
    monkeypatch.setattr(quarantine_module, "REASONS", {})
    with pytest.raises(KeyError):
        write_quarantine(result, folder / "quarantine.csv")
    assert list(folder.iterdir()) == []


def test_all_bad_rows_are_counted_but_not_all_kept(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(quarantine_module, "KEPT", 3)
    rows = "".join(f"g{row},2018-04-01,7,1,0\nb{row},2018-04-01,7,-1,0\n" for row in range(10))
    result = staged(tmp_path, rows)
    assert (result.quarantined, result.reasons, len(result.bad_rows)) == (10, {"amount-negative": 10}, 3)


def test_every_reason_is_said_in_english_and_chinese() -> None:
    named = {reason for *_, reason in BAD_ROWS.values()}
    assert named <= set(REASONS)
    assert all(english and any("一" <= letter <= "龥" for letter in chinese) for english, chinese in REASONS.values())


def test_rounding_is_told(tmp_path) -> None:
    result = staged(tmp_path, "t1,2018-04-01,7,1.005,0\nt2,2018-04-01,7,57.160000000000004,0\n")
    assert next(chunks(result))["amount_fen"].tolist() == [100, 5716]
    assert any(note.startswith("2 amounts had more than two decimals") for note in result.notes)


def test_extra_columns_are_ignored(tmp_path) -> None:
    result = staged(tmp_path, "x,t1,2018-04-01,7,1,0,y\n", header="V1," + HEADER.strip() + ",V2\n")
    assert result.columns == ("transaction_id", "occurred_at", "customer_id", "amount_fen", "is_fraud")


def test_totals_are_those_of_the_good_rows(tmp_path) -> None:
    result = stage(write(tmp_path, HEADER + GOOD), MAPPING, into(tmp_path))
    assert (result.rows, result.labelled, result.frauds) == (4, 4, 1)
    assert (str(result.first), str(result.last)) == ("2018-04-01 09:00:00", "2018-04-01 09:00:02")
