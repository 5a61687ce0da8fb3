"""The word `bench` of the command line, with a benchmark of one number."""

import json
from types import SimpleNamespace

import pytest

from benchmarks.measurement import SHARE, Measurement
from engines import catalogue
from engines.__main__ import main

ALL = ["filing", "fraud", "fraud-event", "fraud-history", "fraud-quality", "fraud-rules", "fraud-serving", "graph"]
ALL += ["handbook", "ledger", "province"]
ONE = Measurement("province", "chance (floor)", "average precision", 0.01, SHARE)


@pytest.fixture
def one_number(monkeypatch):
    monkeypatch.setattr(
        catalogue, "load", lambda known, name, what: SimpleNamespace(run=lambda quick, progress: (ONE,))
    )


def test_a_table_shows_dataset_subject_metric_and_value(one_number, capsys):
    assert main(["bench", "province", "--quick"]) == 0
    shown = capsys.readouterr().out
    assert all(word in shown for word in ("province", "chance (floor)", "precision", "0.010"))


def test_json_holds_every_field_of_every_benchmark(one_number, capsys):
    assert main(["bench", "--json", "--quick"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one.pop("benchmark") for one in found] == ALL
    assert [Measurement(**one) for one in found] == [ONE] * len(ALL)


def test_a_benchmark_that_is_not_there_is_named(capsys):
    assert main(["bench", "nothere"]) == 2
    assert capsys.readouterr().err == f"hexi: there is no benchmark 'nothere' (there are: {', '.join(ALL)})\n"


def test_a_scorer_is_refused_by_a_benchmark_without_scorers(one_number, capsys):
    assert main(["bench", "province", "--scorer", "a:B"]) == 2
    assert "the benchmark province takes no --scorer" in capsys.readouterr().err


def test_a_full_run_is_recorded_when_asked_and_a_quick_one_is_not(one_number, capsys, monkeypatch, tmp_path):
    kept = {}

    def record(name, measured, **more):
        kept[name] = (tuple(measured), more["note"], sorted(more))
        return tmp_path / f"{name}.json"

    monkeypatch.setattr("benchmarks.recording.record", record)
    assert main(["bench", "province", "--record", "--note", "a busy machine"]) == 0
    assert kept == {"province": ((ONE,), "a busy machine", ["before", "note", "packages"])}
    assert "province.json" in capsys.readouterr().err
    wrongs = (
        ["--record", "--quick"],
        ["--record", "--scorer", "a:B"],
        ["--record", "--data", "a.csv"],
        ["--note", "x"],
    )
    for wrong in (*wrongs, ["--mapping", "a.toml"], ["--data", "a.csv"], ["--train", "2018-07-25"]):
        assert main(["bench", "province", *wrong]) == 2
    assert len(kept) == 1
