"""`hexi bench table` and `hexi bench compare`, on made-up records."""

import json

import pytest

from benchmarks.contests import PEER, Duel
from benchmarks.recording import read_records
from benchmarks.summary import BEGIN, between_marks, table
from engines.__main__ import main
from engines.words import records as words
from tests.laws.house import ROOT

MEMORY, EVENT = "561 rules in memory", "561 rules on one event"


def rows(ours, polars, cel=330.0):
    return [
        {"dataset": MEMORY, "subject": "ours", "metric": "speed", "value": ours, "unit": "rows/s"},
        {"dataset": MEMORY, "subject": "polars expressions", "metric": "speed", "value": polars, "unit": "rows/s"},
        {"dataset": EVENT, "subject": "ours", "metric": "p50", "value": 10.0, "unit": "µs"},
        {"dataset": EVENT, "subject": "CEL in Rust", "metric": "p50", "value": cel, "unit": "µs"},
    ]


@pytest.fixture
def recorded(monkeypatch):
    kept = {
        "benchmark": "fraud-rules",
        "machine": {"processor": "a", "cores": 2},
        "measurements": rows(5_000_000.0, 2_000_000.0),
    }
    monkeypatch.setattr("benchmarks.recording.read_records", lambda: {"fraud-rules": kept})
    return kept


def compared(tmp_path, found, *more):
    path = tmp_path / "now.json"
    path.write_text(json.dumps([one | {"benchmark": "fraud-rules"} for one in found]))
    return main(["bench", "compare", *more, "--from", str(path)])


def test_a_ratio_that_fell_by_a_quarter_is_reported_with_exit_code_1(recorded, tmp_path, capsys):
    assert compared(tmp_path, rows(7_500_000.0, 4_000_000.0)) == 1
    said = capsys.readouterr().out
    assert "1 of 2 ratios fell by more than 20%" in said
    assert "2.5×" in said
    assert "1.9×" in said
    assert "-25%" in said


def test_a_machine_of_half_the_speed_is_no_fall(recorded, tmp_path, capsys):
    assert compared(tmp_path, rows(2_500_000.0, 1_000_000.0)) == 0
    assert "0 of 2 ratios fell" in capsys.readouterr().out


def test_exactly_a_fifth_less_is_tolerated(recorded, tmp_path):
    assert compared(tmp_path, rows(4_000_000.0, 2_000_000.0)) == 0


def test_a_peer_that_is_no_longer_measured_is_said(recorded, tmp_path, capsys):
    assert compared(tmp_path, rows(5_000_000.0, 2_000_000.0)[:2]) == 0
    assert "recorded, not measured now · 未再测量: 1 (fraud-rules: ours / CEL in Rust)" in capsys.readouterr().err


def test_a_record_can_be_compared_with_itself(recorded, tmp_path, capsys):
    path = tmp_path / "record.json"
    path.write_text(json.dumps(recorded))
    assert main(["bench", "compare", "fraud-rules", "--from", str(path)]) == 0
    assert "0 of 2 ratios fell" in capsys.readouterr().out


def test_without_a_file_the_benchmark_is_run_again(recorded, monkeypatch, capsys):
    from types import SimpleNamespace

    from benchmarks.measurement import Measurement
    from engines import catalogue

    now = tuple(Measurement(**one) for one in rows(1_000_000.0, 2_000_000.0))
    monkeypatch.setattr(catalogue, "load", lambda *_: SimpleNamespace(run=lambda progress: now))
    assert main(["bench", "compare", "fraud-rules"]) == 1
    assert "load" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"dataset": "x"}]', '{"benchmark": "fraud-rules"'])
def test_a_file_of_anything_else_is_refused(recorded, tmp_path, capsys, text):
    (tmp_path / "now.json").write_text(text)
    assert main(["bench", "compare", "--from", str(tmp_path / "now.json")]) == 2
    assert "now.json is neither a record nor what hexi bench NAME --json prints" in capsys.readouterr().err


def test_a_run_with_other_sizes_has_nothing_to_compare(recorded, tmp_path, capsys):
    assert compared(tmp_path, [one | {"dataset": "small"} for one in rows(5.0, 2.0)]) == 2
    assert "nothing to compare" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["compare", "nothere"], "there is no benchmark 'nothere'"),
        (["compare", "--quick"], "--quick is for a measurement, not for hexi bench compare"),
        (["table", "graph"], "hexi bench table is about all records and takes no name"),
        (["graph", "--check"], "--check is an option of hexi bench table"),
        (["graph", "--from", "a.json"], "--from is an option of hexi bench compare"),
        (["graph", "-o", "a.html"], "--output is an option of hexi bench page"),
        (["page", "-o", "nothere/a.html"], "the folder of nothere/a.html does not exist"),
    ],
)
def test_wrong_usage_is_refused_in_a_sentence(capsys, arguments, sentence):
    assert main(["bench", *arguments]) == 2
    assert sentence in capsys.readouterr().err


def test_the_share_of_a_change_is_negative_when_it_fell():
    from benchmarks.comparison import Change

    before, now = (Duel("b", "d", "m", "ours", "x", PEER, times) for times in (4.0, 3.0))
    assert Change(before, now).share == -0.25


def test_the_table_is_written_between_the_marks_and_checked(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(words, "_ROOT", tmp_path)
    before = f"# Title\n{BEGIN}\n<!-- end of benchmarks -->\nmore\n"
    (tmp_path / "README.md").write_text(before)
    (tmp_path / "README.zh-CN.md").write_text(before)
    assert main(["bench", "table", "--check"]) == 1
    assert (tmp_path / "README.md").read_text() == before
    assert main(["bench", "table"]) == 0
    english, chinese = ((tmp_path / name).read_text() for name in ("README.md", "README.zh-CN.md"))
    assert table(read_records()) in english
    assert table(read_records(), "zh") in chinese
    assert english.startswith("# Title\n")
    assert english.endswith("\nmore\n")
    assert main(["bench", "table", "--check"]) == 0
    assert "the table is as recorded" in capsys.readouterr().out


def test_a_readme_without_marks_is_refused(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(words, "_ROOT", tmp_path)
    (tmp_path / "README.md").write_text("# Title\n")
    assert main(["bench", "table"]) == 2
    assert "README.md must hold the lines" in capsys.readouterr().err


@pytest.mark.parametrize("name", words.README_FILES)
def test_the_readme_says_what_is_recorded(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert text == between_marks(text, table(read_records(), words.README_FILES[name]), name), "run: hexi bench table"
