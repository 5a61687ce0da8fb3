"""A record says what was measured, when, of what and on what; what would mislead is refused."""

from datetime import UTC, datetime

import pytest

from benchmarks import recording
from benchmarks.errors import NothingMeasuredError
from benchmarks.measurement import SHARE, Measurement
from benchmarks.recording import circumstances, read_record, record

ONE = Measurement("province", "chance", "recall", 0.25, SHARE)
TWO = Measurement("province · 全省", "ours", "time", 1.23456789e-7, "s")


def test_a_record_can_be_read_back_with_all_that_was_said(tmp_path):
    path = record("toy", [ONE, TWO], packages=["numpy", "no-such-package"], note="busy · 繁忙", folder=tmp_path / "new")
    found = read_record(path)
    assert path == tmp_path / "new" / "toy.json"
    assert found["benchmark"] == "toy"
    assert found["note"] == "busy · 繁忙"
    assert [Measurement(**one) for one in found["measurements"]] == [
        ONE,
        Measurement("province · 全省", "ours", "time", 1.23457e-7, "s"),
    ]
    assert found["versions"]["no-such-package"] == "absent"
    assert found["versions"]["numpy"].split(".")[0].isdigit()
    assert found["machine"]["cores"] >= 1
    assert found["load"] >= 0


def test_each_measurement_has_a_line_of_its_own(tmp_path):
    lines = record("toy", [ONE, TWO], folder=tmp_path).read_text(encoding="utf-8").splitlines()
    assert sum('"metric"' in line for line in lines) == 2
    assert any("全省" in line for line in lines)


def test_the_next_run_replaces_the_file(tmp_path):
    record("toy", [ONE], folder=tmp_path)
    again = record("toy", [TWO], folder=tmp_path)
    assert [one["subject"] for one in read_record(again)["measurements"]] == ["ours"]
    assert [path.name for path in tmp_path.iterdir()] == ["toy.json"]


def test_the_clock_is_given_and_the_load_before_is_kept(tmp_path):
    noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    before = circumstances() | {"load": 7.5}
    found = read_record(record("toy", [ONE], before=before, folder=tmp_path, now=lambda: noon))
    assert (found["date"], found["load_before"]) == ("2026-05-01T12:00:00+00:00", 7.5)


def test_outside_of_a_repository_there_is_no_commit(monkeypatch, tmp_path):
    monkeypatch.setattr(recording, "_ROOT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert (circumstances()["commit"], circumstances()["changed_files"]) == (None, 0)
    monkeypatch.setenv("PATH", "")
    assert circumstances()["commit"] is None


@pytest.mark.parametrize(
    ("given", "words"), [([], "measured nothing"), ([ONE, TWO, ONE], "province / chance / recall")]
)
def test_nothing_and_two_values_of_one_thing_are_refused(tmp_path, given, words):
    with pytest.raises(NothingMeasuredError, match=f"the benchmark toy .*{words}"):
        record("toy", given, folder=tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_is_recorded_in_the_repository_can_be_read():
    paths = sorted(recording.RESULTS.glob("*.json"))
    assert [path.stem for path in paths] == [read_record(path)["benchmark"] for path in paths]
    for path in paths:
        assert [Measurement(**one) for one in read_record(path)["measurements"]]
