"""A file that cannot be used gets one clear sentence, and leaves nothing behind."""

import gzip
import io

import pandas as pd
import pytest
from intake_sample import GOOD, HEADER, MAPPING, into, left_in, staged, staged_by_guess, write

from fraud.errors import BadRowsError, FileError, FraudError, MappingError
from fraud.intake import chunks, peek, stage


def parquet_bytes(rows: int = 1000) -> bytes:
    frame = pd.DataFrame({
        "TX_ID": [f"t{row}" for row in range(rows)],
        "when": pd.date_range("2018-04-01", periods=rows, freq="min"),
        "who": [str(row * 7_919 % 1_000) for row in range(rows)],
        "paid": [row * 7_919 % 100_000 / 100 for row in range(rows)],
        "label": 0,
    })  # fmt: skip
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    return buffer.getvalue()


BAD_FILES: dict[str, tuple[str, bytes, str]] = {
    "an empty file": ("a.csv", b"", "a.csv is empty: it has neither a header nor rows."),
    "only blank lines": ("a.csv", b"\n\n  \n", "a.csv is empty: it has neither a header nor rows."),
    "an empty gzip": ("a.csv.gz", gzip.compress(b""), "a.csv.gz is empty"),
    "header only": ("a.csv", HEADER.encode(), "a.csv has a header, but no rows."),
    "header without line end": ("a.csv", HEADER.strip().encode(), "a.csv has a header, but no rows."),
    "header and blank lines": ("a.csv", (HEADER + "\n\n").encode(), "a.csv has a header, but no rows."),
    "a NUL byte": ("a.csv", (HEADER + GOOD + "t5,\0").encode(), "a.csv has a NUL byte in line 6"),
    "a truncated gzip": ("a.csv.gz", gzip.compress((HEADER + GOOD).encode())[:-20], "a.csv.gz is damaged or cut off"),
    "a gzip of wrong sum": ("a.csv.gz", gzip.compress((HEADER + GOOD).encode())[:-8] + bytes(8), "CRC check failed"),
    "neither UTF-8 nor GB18030": (
        "a.csv",
        (HEADER + GOOD).encode() + b"t5,2018-04-01,\xff\xff\xff,1,0\n",
        "a.csv has letters in line 6 that are neither UTF-8 nor GB18030",
    ),
    "an Excel workbook": ("a.csv", b"PK\x03\x04rest", "a.csv is a zip archive or an Excel workbook: save"),
    "an old Excel workbook": ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel workbook"),
    "zstd": ("a.csv.zst", b"\x28\xb5\x2f\xfd", "compressed with zstd: unpack it, or use gzip"),
    "a truncated Parquet": ("a.parquet", parquet_bytes()[:-100], "a.parquet is a damaged or cut-off Parquet file"),
    "a Parquet cut at its start": ("a.parquet", parquet_bytes()[100:], "a.parquet is not a Parquet file"),
    "a Parquet of four bytes": ("a.parquet", b"PAR1", "a.parquet is a damaged or cut-off Parquet file"),
    "text under Parquet's name": ("a.parquet", HEADER.encode(), "does not begin with PAR1"),
    "a quote that is never closed": (
        "a.csv", (HEADER + GOOD + 't5,2018-04-01,7,1,"0\n' + GOOD).encode(), "a quotation mark that is never closed"
    ),
    "a quote that swallows the first cell": (
        "a.csv", (HEADER + GOOD + '"t5,2018-04-01,7,1,0\n' + GOOD).encode(), "a quotation mark that is never closed"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content", "message"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_bad_file_is_refused_in_one_sentence(tmp_path, name: str, content: bytes, message: str) -> None:
    path = write(tmp_path, content, name)
    with pytest.raises(FileError) as refusal:
        stage(path, MAPPING, into(tmp_path))
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert left_in(tmp_path) == []


def test_a_parquet_with_broken_pages_is_refused(tmp_path) -> None:
    content = bytearray(parquet_bytes(100_000))
    content[1000:200_000] = bytes(199_000)
    with pytest.raises(FileError, match="damaged"):
        stage(write(tmp_path, bytes(content), "a.parquet"), MAPPING, into(tmp_path))
    assert left_in(tmp_path) == []


def test_a_missing_file_is_named(tmp_path) -> None:
    with pytest.raises(FileError, match=r"nowhere.csv cannot be read: No such file"):
        peek(tmp_path / "nowhere.csv")
    with pytest.raises(FileError, match="cannot be read: Is a directory"):
        peek(tmp_path)


def test_a_file_without_a_mapped_column_is_refused(tmp_path) -> None:
    with pytest.raises(
        MappingError, match=r"no column 'paid' \(for amount_fen\); its columns are TX_ID, when, who, label"
    ):
        staged(tmp_path, "t1,2018-04-01,7,0\n", header="TX_ID,when,who,label\n")
    assert left_in(tmp_path) == []


def test_a_file_with_two_columns_of_one_name_is_refused(tmp_path) -> None:
    with pytest.raises(MappingError, match="two columns with the name 'who'"):
        staged(tmp_path, "", header="TX_ID,when,who,paid,who\n")


def test_a_list_where_a_cell_should_be_is_refused(tmp_path) -> None:
    frame = pd.DataFrame({"time": ["2018-04-01"], "user": [["7", "8"]], "amount": [1.0]})
    frame.to_parquet(tmp_path / "a.parquet")
    with pytest.raises(FileError, match="a value of type list"):
        staged_by_guess(tmp_path / "a.parquet")


def test_mostly_bad_rows_refuse_the_file(tmp_path) -> None:
    rows = GOOD + "".join(f"b{row},2018-04-01,7,-{row},0\n" for row in range(1, 6))
    with pytest.raises(BadRowsError) as refusal:
        staged(tmp_path, rows)
    assert str(refusal.value) == (
        "5 of the first 9 rows of theirs.csv cannot be used, 5 of them because the amount is negative "
        "(first in row 6: '-1')."
    )
    assert left_in(tmp_path) == []


def test_half_bad_rows_are_a_quarantine(tmp_path) -> None:
    assert staged(tmp_path, GOOD + GOOD.replace(",57.16", ",x").replace("t", "u")).quarantined == 1
    assert staged(tmp_path, GOOD + GOOD.replace("2018", "x")).quarantined == 4


def test_a_hopeless_file_is_given_up_early(tmp_path) -> None:
    rows = "".join(f"t{row},03/04/2018 10:00,7,1,0\n" for row in range(200_000))
    seen = []
    with pytest.raises(BadRowsError, match="day and month cannot be told apart"):
        stage(write(tmp_path, HEADER + rows), MAPPING, into(tmp_path), lambda done, total: seen.append(done / total))
    assert max(seen, default=0) < 0.9


def test_one_separator_too_many_in_every_line_is_given_up_early(tmp_path) -> None:
    rows = "".join(f"t{row},2018-04-01,7,1,0,\n" for row in range(120_000))
    with pytest.raises(
        BadRowsError, match=r"100,000 of the first 100,000 rows .* more cells than the header \(first in row 2"
    ):
        staged(tmp_path, rows)
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_interruption_leaves_nothing_behind(tmp_path, error: type[BaseException]) -> None:
    calls = []

    def progress(done: int, total: int) -> None:
        calls.append(done)
        if len(calls) == 3:
            raise error

    rows = "".join(f"t{row},2018-04-01 10:00:00,7,1,0\n" for row in range(50_000))
    with pytest.raises(error):
        stage(write(tmp_path, HEADER + rows), MAPPING, into(tmp_path), progress, block_bytes=1 << 18)
    assert left_in(tmp_path) == []


def test_a_failure_keeps_an_earlier_result(tmp_path) -> None:
    before = staged(tmp_path, GOOD)
    assert left_in(tmp_path) == ["transactions.parquet"]
    with pytest.raises(FraudError):
        staged(tmp_path, "t1,x,7,1,0\n")
    assert left_in(tmp_path) == ["transactions.parquet"]
    assert sum(map(len, chunks(before))) == 4


def test_progress_ends_at_the_size_of_the_file(tmp_path) -> None:
    path, calls = write(tmp_path, HEADER + GOOD), []
    stage(path, MAPPING, into(tmp_path), lambda done, total: calls.append((done, total)))
    assert calls[-1] == (path.stat().st_size, path.stat().st_size)
    assert calls == sorted(calls)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_and_delimiters_are_found(tmp_path, encoding: str, delimiter: str, end: str) -> None:
    lines = ["交易时间,客户号,交易金额,城市", "2018-04-01 10:00:00,张三,57.16,兰州", "2018-04-01 10:00:01,李四,1,联通"]
    text = end.join(lines).replace(",", delimiter)
    for name, pack in (("a.csv", bytes), ("a.csv.gz", gzip.compress)):
        result = staged_by_guess(write(tmp_path, pack(text.encode(encoding)), name))
        frame = next(chunks(result))
        assert frame["customer_id"].tolist() == ["张三", "李四"]
        assert frame["place"].tolist() == ["兰州", "联通"]
        assert frame["amount_fen"].tolist() == [5716, 100]
        assert result.counted_in == "line"


def test_an_encoding_that_shows_late_is_found(tmp_path) -> None:
    plain = "".join(f"t{row},2018-04-01 10:00:00,7,1,0\n" for row in range(100_000))
    path = write(tmp_path, (HEADER + plain + "late,2018-04-01 10:00:00,张三,1,0\n").encode("gbk"))
    result = stage(path, MAPPING, into(tmp_path))
    assert list(chunks(result))[-1]["customer_id"].iloc[-1] == "张三"


def test_the_same_rows_in_csv_and_parquet_are_the_same(tmp_path) -> None:
    frame = pd.read_parquet(io.BytesIO(parquet_bytes()))
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame["who"] = frame["who"].astype("category")
    frame["label"] = frame["label"].astype(bool)
    frame.to_parquet(tmp_path / "a.parquet")
    from_csv = pd.concat(chunks(stage(tmp_path / "a.csv", MAPPING, into(tmp_path))))
    from_parquet = pd.concat(chunks(stage(tmp_path / "a.parquet", MAPPING, into(tmp_path))))
    pd.testing.assert_frame_equal(from_csv, from_parquet)


def test_times_with_a_zone_in_parquet_become_local(tmp_path) -> None:
    frame = pd.DataFrame({"time": pd.to_datetime(["2018-04-01 02:00"], utc=True), "user": [596.0], "amount": [0.29]})
    frame.to_parquet(tmp_path / "a.parquet")
    result = staged_by_guess(tmp_path / "a.parquet")
    row = next(chunks(result)).iloc[0]
    assert (str(row["occurred_at"]), row["customer_id"], row["amount_fen"]) == ("2018-04-01 10:00:00", "596", 29)
    assert any("Beijing" in note for note in result.notes)
