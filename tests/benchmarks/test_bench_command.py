"""The word `bench` of the command line, with a benchmark of one number."""

import json
from types import SimpleNamespace

import pytest

from benchmarks.errors import PeerMissingError
from benchmarks.groups import GROUPS
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
    said = capsys.readouterr().err
    assert said.startswith(
        "hexi: there is no benchmark 'nothere' (there are: all, fraud, graph, ledger, rpa, datasets,"
    )
    assert all(f" {name}," in said for name in ALL)


@pytest.mark.parametrize(
    ("words", "measured"),
    [
        (["all"], ALL),
        (["rpa"], ["filing"]),
        (["fraud"], ["fraud"]),
        (["fraud", "--all"], [*GROUPS["fraud"]]),
        (["ledger", "datasets"], ["ledger", "province"]),
    ],
)
def test_a_group_measures_what_is_in_it(one_number, capsys, words, measured):
    assert main(["bench", *words, "--json", "--quick"]) == 0
    told = capsys.readouterr()
    assert [one["benchmark"] for one in json.loads(told.out)] == measured
    assert ("`--all` adds fraud-rules" in told.err) == (words == ["fraud"])


def test_a_peer_that_is_absent_is_said_and_the_others_of_the_group_are_measured(monkeypatch, capsys):
    def load(known, name, what):
        def run(quick, progress):
            if name == "graph":
                raise PeerMissingError("igraph is not installed; the extra 'peers' of Hexi has it")
            return (ONE,)

        return SimpleNamespace(run=run)

    monkeypatch.setattr(catalogue, "load", load)
    assert main(["bench", "graph", "ledger", "--json", "--quick"]) == 1
    told = capsys.readouterr()
    assert [one["benchmark"] for one in json.loads(told.out)] == ["ledger"]
    assert "graph was not measured · 未测量: igraph is not installed; the extra 'peers' of Hexi has it" in told.err
    assert main(["bench", "graph", "--quick"]) == 2
    assert "igraph is not installed" in capsys.readouterr().err


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
