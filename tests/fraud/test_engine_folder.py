"""An engine as a folder: what is written is read again, and what was changed is refused."""

import numpy as np
import pandas as pd
import pytest

from fraud import modelfile
from fraud.costs import ActionCost, CostTable, read_costs
from fraud.engine.capacity import Capacity
from fraud.engine.folder import costs_text, open_engine, open_setting, read_manifest, save_engine
from fraud.engine.lists import ListEntry
from fraud.engine.rulebook_file import rulebook_text
from fraud.engine.setting import costs_hash, rulebook_name
from fraud.errors import EngineFolderError, FraudError
from fraud.rules import first_rulebook, full_rulebook, parse
from fraud.scorers import GradientBoosting
from tests.fraud.engine_sample import START, Counting, engine, event, events, rulebook


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    X = pd.DataFrame(np.random.default_rng(1).uniform(0, 1e6, (400, 5)), columns=[*Counting.names, "rule:huge"])
    X["rule:huge"] = (X["amount_fen"] > 5e5).astype(float)
    path = tmp_path_factory.mktemp("model") / "model.hexi"
    fitted = GradientBoosting(n_trees=10).fit(X, (X["amount_fen"] > 7e5).astype(int))
    modelfile.save(path, fitted, list(X.columns))
    return modelfile.load(path)


@pytest.fixture
def saved(model, tmp_path):
    made = engine(model=model, capacity=Capacity(5))
    made.put(ListEntry("black", "customer", "C3", "mule", "me", START))
    for one in events(50):
        made.decide(one)
    return made, tmp_path / "engine", save_engine(made, tmp_path / "engine", {"trained_on": "a sample"})


def test_engine_that_was_opened_goes_on_where_the_saved_one_stood(saved):
    made, folder, version = saved
    opened = open_engine(folder, version, Counting)
    assert opened.setting.names == made.setting.names
    for one in events(80)[50:]:
        assert opened.decide(one).record() == made.decide(one).record()


def test_attributions_of_trees_add_up_to_their_log_odds(saved):
    made, _, _ = saved
    found = made.decide(event(999, 900_000, "C9"))
    assert found.is_alert
    odds = np.log(found.probability / (1 - found.probability))
    assert sum(found.attributions.values()) == pytest.approx(odds)
    assert "base" in found.attributions


def test_setting_of_a_folder_has_the_names_that_decisions_record(saved):
    made, folder, version = saved
    assert open_setting(folder, version).names == made.setting.names
    assert read_manifest(folder)["about"] == {"trained_on": "a sample"}


@pytest.mark.parametrize("name", ["rulebook.toml", "model.hexi", "costs.toml", "lists.jsonl", "features.state"])
def test_changed_or_missing_file_is_refused_by_name(saved, name):
    _, folder, _ = saved
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(EngineFolderError, match=f"{name} is missing or was changed"):
        open_engine(folder, None, Counting)
    (folder / name).unlink()
    with pytest.raises(EngineFolderError, match=f"{name} is missing or was changed"):
        open_engine(folder, None, Counting)


def test_manifest_that_was_changed_with_its_files_has_another_version(saved):
    _, folder, version = saved
    manifest = folder / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b"a sample", b"a simple"))
    with pytest.raises(EngineFolderError, match="is wanted"):
        open_engine(folder, version, Counting)


def test_manifest_that_names_other_versions_than_its_files_is_refused(saved):
    made, folder, _ = saved
    manifest = folder / "manifest.json"
    name = rulebook_name(made.setting.rulebook)
    manifest.write_bytes(manifest.read_bytes().replace(name.encode(), b"small@9:0000000000000000"))
    with pytest.raises(EngineFolderError, match="manifest names small@9"):
        open_engine(folder, None, Counting)


def test_file_that_the_manifest_does_not_vouch_for_is_refused(saved):
    _, folder, _ = saved
    manifest = folder / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"lists.jsonl":', b'"other.jsonl":'))
    with pytest.raises(EngineFolderError, match=r"must name the hash of lists\.jsonl"):
        open_engine(folder, None, Counting)


def test_costs_written_as_whole_numbers_have_the_name_of_the_same_costs():
    whole, real = (
        CostTable(ActionCost(1, 0, share), ActionCost(2, 0, share), ActionCost(3, 0, 0)) for share in (1, 1.0)
    )
    assert costs_hash(whole) == costs_hash(read_costs(costs_text(real)))


def test_what_is_no_engine_folder_is_refused(tmp_path):
    with pytest.raises(EngineFolderError, match="no engine folder"):
        open_engine(tmp_path, None, Counting)
    (tmp_path / "manifest.json").write_text("[]")
    with pytest.raises(EngineFolderError, match="format 1"):
        open_engine(tmp_path, None, Counting)
    with pytest.raises(EngineFolderError, match="is there already"):
        save_engine(engine(), tmp_path)


def test_features_that_are_not_those_of_the_manifest_are_refused(saved):
    _, folder, _ = saved

    class Other(Counting):
        names = (*Counting.names[:3], "moon")

    with pytest.raises(FraudError, match="4 features after 50 events"):
        open_engine(folder, None, Other)


@pytest.mark.parametrize("make", [first_rulebook, full_rulebook, rulebook])
def test_rulebook_reads_as_it_was_written(make):
    book = make()
    again = parse(rulebook_text(book))
    assert rulebook_name(again) == rulebook_name(book)
    assert [(rule.hits, rule.misses, rule.fields) for rule in again.rules] == [
        (rule.hits, rule.misses, rule.fields) for rule in book.rules
    ]


def test_name_of_a_rulebook_follows_what_it_does_and_not_how_it_is_written():
    assert rulebook_name(rulebook()) == rulebook_name(parse(rulebook_text(rulebook()).replace(" >= ", "  >=  ")))
    assert rulebook_name(rulebook()) != rulebook_name(rulebook(step_up=100_001))
