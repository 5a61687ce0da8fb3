"""The words serve and stream, opening an engine, and what is refused before anything is served."""

import argparse
import importlib.util
from pathlib import Path
from typing import Any

import pytest
from engine_sample import engine, event, rulebook

from fraud.engine.rulebook_file import rulebook_text
from fraud.errors import (
    DecisionLogError,
    DriftReferenceError,
    EventConflictError,
    ExtraMissingError,
    RulebookError,
    ServingStartError,
    StreamSettingsError,
)
from fraud.serving import commands
from fraud.serving.__main__ import main, parser
from fraud.serving.deciding import EngineDecider
from fraud.serving.drift import FIELDS, Drift
from fraud.serving.opening import open_decider
from fraud.serving.server import listen


def made(folder: Path, **more: Any) -> EngineDecider:
    return open_decider(folder, folder, make=lambda _: engine(), **more)


def given(*words: str) -> argparse.Namespace:
    return parser().parse_args(words)


def test_an_engine_is_told_from_its_log_in_the_same_bytes(tmp_path: Path) -> None:
    decider = made(tmp_path)
    decision, is_new = decider.decide(event(1, 900_000))
    again, was_new = decider.decide(event(1, 900_000))
    assert (is_new, was_new) == (True, False)
    assert decider.find("T1") is None  # it is not on the disk yet, and nobody may be told
    decider.commit()
    kept = decider.find("T1")
    assert kept is not None
    assert kept.body == next(decider.since(0)).body
    with pytest.raises(EventConflictError):
        decider.decide(event(1, 5))
    degraded, _ = decider.decide(event(2, 900_000), "rules only: waited")
    told = degraded.as_json()
    assert (told["degraded"], told["why"], told["probability"]) == (True, "rules only: waited", None)
    assert again.as_json() == decision.as_json()
    decider.close()


def test_a_log_has_one_writer(tmp_path: Path) -> None:
    decider = made(tmp_path)
    with pytest.raises(DecisionLogError, match="another process"):
        made(tmp_path)
    decider.close()


def test_a_rulebook_whose_own_examples_fail_is_not_put_in_force(tmp_path: Path) -> None:
    decider = made(tmp_path)
    before = decider.versions()
    wrong = rulebook_text(rulebook(version=2)).replace(
        "hits = [{ amount_fen = 100000 }]", "hits = [{ amount_fen = 1 }]"
    )
    with pytest.raises(RulebookError, match="mine: rule 'large' does not hit example 1"):
        decider.swap_rules(wrong, "mine")
    assert decider.versions() == before
    assert decider.title("large") == ("t", "题")
    decider.close()


def test_a_port_that_is_taken_is_refused_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with listen("127.0.0.1", 0) as taken:
        assert main(["serve", "--port", str(taken.getsockname()[1])]) == 2
    assert "choose another --port" in capsys.readouterr().err
    with pytest.raises(ServingStartError):
        listen("127.0.0.1", 70_000)


def test_a_stream_has_a_broker_or_a_file_and_its_partitions_are_numbers() -> None:
    words = commands.WORDS["stream"]
    for wrong in (("stream",), ("stream", "--brokers", "x:1", "--from", "f.csv")):
        with pytest.raises(StreamSettingsError, match="give either --brokers"):
            words(given(*wrong), print, lambda *_: None)
    with pytest.raises(StreamSettingsError, match="--partitions is 'a'"):
        commands._settings(given("stream", "--brokers", "x:1", "--partitions", "a"))
    assert commands._settings(given("stream", "--brokers", "x:1", "--partitions", "0,3")).partitions == (0, 3)


def test_without_the_extra_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    for word in ("serve", "stream"):
        with pytest.raises(ExtraMissingError, match=r"pip install -e '\.\[fraud,serve\]'"):
            commands.WORDS[word](given(word), print, lambda *_: None)


def test_a_reference_of_drift_is_written_and_read_back(tmp_path: Path) -> None:
    events = [({"amount_fen": 100 * number, "channel": "web"}, 0.01) for number in range(700)]
    Drift.of(events, "March 2026").write(tmp_path / "r.json")
    drift = Drift.read(tmp_path / "r.json")
    for payment, probability in events:
        drift.observe({**payment, "channel": "atm"}, probability)
    told = drift.told()
    states = {one["name"]: one["state"] for one in told["fields"]}
    assert (told["reference"], states["channel"], states["amount_fen"]) == ("March 2026", "drifted", "stable")


BAD = ["", "[]", "{}", '{"about": "x", "counts": {}}', '{"about": "x", "counts": {"probability": [1]}}']


@pytest.mark.parametrize(
    "text", [*BAD, f'{{"about": "x", "counts": {{{", ".join(f"{one.name!r}: [1]" for one in FIELDS)}}}}}']
)
def test_a_reference_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.json").write_text(text.replace("'", '"'))
    with pytest.raises(DriftReferenceError, match=r"r\.json"):
        Drift.read(tmp_path / "r.json")
