"""The engine's words on the command line: an engine from a file, its decisions shown and made again."""

import argparse
import json

import pandas as pd
import pytest

from datasets import transactions, truth
from fraud.engine.deciding import Engine
from fraud.engine.recovery import attach
from fraud.engine_commands import WORDS, mount
from fraud.errors import DecisionLogError, EngineFolderError, ReplayError
from fraud.schema import LABEL
from tests.fraud.test_engine_trained import as_events


def run(*words):
    parser = argparse.ArgumentParser()
    mount(parser.add_subparsers(dest="word"), argparse.ArgumentParser(add_help=False))
    given = parser.parse_args([str(word) for word in words])
    said = []
    return WORDS[given.word](given, said.append, lambda *_: None), "\n".join(said)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("command")
    parts = [
        transactions.frame_of(part).assign(**{LABEL: truth.labels_of(part)})
        for part in transactions.stream(1_000, 5, 0.01)  # too few frauds for a model: quick
    ]
    frame = pd.concat(parts, ignore_index=True)
    frame.to_csv(folder / "payments.csv", index=False)
    rules = folder / "rules.toml"
    from fraud.engine.rulebook_file import rulebook_text
    from tests.fraud.engine_sample import rulebook

    rules.write_text(rulebook_text(rulebook()), encoding="utf-8")
    code, said = run("train", folder / "payments.csv", folder / "engine", "--rules", rules, "--per-day", 20)
    (folder / "decisions").mkdir()
    engine = Engine.open(folder / "engine")
    attach(engine, folder / "decisions" / "decisions.db")
    events = [one | {"transaction_id": f"X{one['transaction_id']}"} for one in as_events(frame[-20:])]
    engine.decide_many(events)
    engine.close()
    return folder, code, said, events


def test_engine_is_trained_from_a_file(made):
    folder, code, said, _ = made
    assert code == 0
    assert "1,000 payments, learnt from" in said
    assert Engine.open(folder / "engine").capacity.per_day == 20


def test_log_is_replayed_without_a_difference(made):
    folder, *_ = made
    assert run("replay", folder / "decisions", folder / "engine") == (
        0,
        "20 decisions made again, 0 came out otherwise · 重放完成",
    )


def test_replay_without_the_engine_that_decided_is_refused_by_name(made):
    folder, *_ = made
    with pytest.raises(ReplayError, match="which the library does not hold"):
        run("replay", folder / "decisions")
    with pytest.raises(EngineFolderError):
        run("replay", folder / "decisions", folder)
    with pytest.raises(DecisionLogError):
        run("replay", folder, folder / "engine")


def test_decision_is_shown_in_full(made):
    folder, _, _, events = made
    code, said = run("decision", folder / "decisions", events[3]["transaction_id"])
    shown = json.loads(said)
    assert code == 0
    assert shown["event"]["customer_id"] == events[3]["customer_id"]
    assert shown["decision"]["event_id"] == events[3]["transaction_id"]
    assert run("decision", folder / "decisions", "never")[0] == 1
