"""Files: equal seeds are equal bytes, what is written can be read back, and a file is whole or not there at all."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from datasets import catalogue, files, people, plan, transactions, world
from datasets.errors import UnknownFormatError
from datasets.firms import draw as draw_firms

SEED = 7
ENDINGS = (".parquet", ".csv")
every_ending = pytest.mark.parametrize("ending", ENDINGS)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def written(path: Path, name: str = "transactions", n: int = 70_000, seed: int = SEED) -> str:
    assert files.write(catalogue.frames(name, n, seed), path) == n
    return digest(path)


@every_ending
@pytest.mark.parametrize("name", ["transactions", "truth", "handbook", "firms"])
def test_equal_seeds_are_equal_bytes_and_other_seeds_are_not(name, ending, tmp_path):
    n = 1_900 if name == "firms" else 70_000

    def once(seed: int) -> str:
        for cached in (world.build, people.draw, draw_firms):
            cached.cache_clear()
        path = tmp_path / f"table{ending}"
        assert files.write(catalogue.frames(name, n, seed), path) > 1_000
        return digest(path)

    first = once(SEED)
    np.random.seed(99)  # noqa: NPY002  # that global state changes nothing is tested  # somebody else's global chance must change nothing
    np.random.random(3)  # noqa: NPY002  # that global state changes nothing is tested
    assert once(SEED) == first
    assert once(SEED + 1) != first


@every_ending
def test_another_process_with_other_hashes_and_an_earlier_stream_writes_the_same_bytes(ending, tmp_path):
    here = written(tmp_path / f"here{ending}", n=20_000)
    program = (
        "import sys; from pathlib import Path; from datasets import catalogue, files\n"
        "list(catalogue.frames('transactions', 3_000, 8)); list(catalogue.frames('accounts', 900, 7))\n"
        "files.write(catalogue.frames('transactions', 20_000, 7), Path(sys.argv[1]))"
    )
    there = tmp_path / f"there{ending}"
    for hashes in ("1", "2"):
        run(program, str(there), PYTHONHASHSEED=hashes)
        assert digest(there) == here


def test_two_streams_that_are_made_in_turns_are_those_made_alone():
    one, other = transactions.make(100_000, SEED), transactions.make(100_000, SEED + 1)
    in_turns = [next(one), next(other), next(one), next(other)]
    alone = list(transactions.make(100_000, SEED)), list(transactions.make(100_000, SEED + 1))
    assert in_turns[2].equals(alone[0][1])
    assert in_turns[3].equals(alone[1][1])


@pytest.mark.parametrize("change", [{"n": 19_999}, {"base_rate": plan.PAPER_BASE_RATE}, {"days": 90}, {"people": 800}])
def test_every_argument_of_a_stream_counts(change):
    usual = next(transactions.make(20_000, SEED))
    assert not next(transactions.make(**{"n": 20_000, "seed": SEED, **change})).equals(usual)


def test_parquet_is_read_back_as_it_was_made(tmp_path):
    written(tmp_path / "t.parquet")
    made = pd.concat(transactions.make(70_000, SEED), ignore_index=True)
    read = pd.read_parquet(tmp_path / "t.parquet")
    for name in made:
        assert read[name].isna().equals(made[name].isna()), name
        if isinstance(made[name].dtype, pd.CategoricalDtype):
            assert read[name].astype("str").equals(made[name].astype("str")), name
        else:
            assert (read[name].dropna().to_numpy() == made[name].dropna().to_numpy()).all(), name


def test_csv_is_read_back_as_it_was_made(tmp_path):
    written(tmp_path / "t.csv")
    made = pd.concat(transactions.make(70_000, SEED), ignore_index=True)
    read = pd.read_csv(tmp_path / "t.csv", keep_default_na=False, dtype=str)
    assert list(read.columns) == list(transactions.COLUMNS)
    assert read["occurred_at"].tolist() == made["occurred_at"].dt.strftime("%Y-%m-%d %H:%M:%S").tolist()
    for name in set(made) - {"occurred_at"}:
        text = made[name].astype("Int64") if name.endswith(("_age", "_days")) else made[name]
        assert read[name].tolist() == text.astype("str").astype(object).where(made[name].notna(), "").tolist(), name


def test_ages_are_whole_numbers_in_a_parquet_file_and_times_are_times(tmp_path):
    written(tmp_path / "t.parquet", n=1_000)
    schema = pq.read_schema(tmp_path / "t.parquet")
    for name in ("customer_age", "account_age_days", "sim_age_days"):
        assert schema.field(name).type == pa.int32()
    assert schema.field("amount_fen").type == pa.int64()
    assert pa.types.is_timestamp(schema.field("occurred_at").type)
    assert schema.metadata is None, "a version of pandas in the file would change its bytes"


@every_ending
@pytest.mark.parametrize("name", sorted(catalogue.TABLES))
def test_a_table_of_no_rows_is_a_file_with_a_header(name, ending, tmp_path):
    path = tmp_path / f"empty{ending}"
    assert files.write(catalogue.frames(name, 0, SEED), path) == 0
    columns = list(next(catalogue.frames(name, 100, SEED)).columns)
    read = pd.read_parquet(path) if ending == ".parquet" else pd.read_csv(path)
    assert (len(read), list(read.columns)) == (0, columns)


@every_ending
def test_a_stream_that_breaks_leaves_the_older_file_and_nothing_else(ending, tmp_path):
    path = tmp_path / f"t{ending}"
    before = written(path, n=500)

    def breaks():
        yield from transactions.make(1_000, SEED)
        raise RuntimeError("the machine stops here")

    with pytest.raises(RuntimeError, match="stops here"):
        files.write(breaks(), path)
    assert digest(path) == before
    assert [left.name for left in tmp_path.iterdir()] == [path.name]


@every_ending
def test_a_first_file_that_breaks_leaves_nothing(ending, tmp_path):
    def breaks():
        yield from transactions.make(1_000, SEED)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.write(breaks(), tmp_path / f"t{ending}")
    assert list(tmp_path.iterdir()) == []


@every_ending
def test_a_missing_folder_is_an_error_of_the_system(ending, tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        files.write(transactions.make(10, SEED), tmp_path / "nowhere" / f"t{ending}")


@pytest.mark.parametrize("name", ["table.xlsx", "table", "table.CSV", ".csv", "table.csv.gz"])
def test_another_ending_is_refused_before_a_row_is_made(name, tmp_path):
    def never():
        raise AssertionError("no row must be made")
        yield

    with pytest.raises(UnknownFormatError, match=r"tables are written as \.csv or \.parquet$"):
        files.write(never(), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_progress_is_told_after_each_frame(tmp_path):
    told: list[int] = []
    assert files.write(transactions.make(150_000, SEED), tmp_path / "t.parquet", told.append) == 150_000
    assert told == [len(frame) for frame in transactions.make(150_000, SEED)]
    assert len(told) >= 3


def run(program: str, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=Path(__file__).parents[2],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
