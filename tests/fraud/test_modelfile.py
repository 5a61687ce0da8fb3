"""Models on disk: they come back to the bit, and what is broken, changed or forged is refused by name."""

import hashlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_sample import NAMES, blend, world
from sklearn.linear_model import LogisticRegression

from fraud.errors import ModelFileError, ModelKindError, ModelMisfitError
from fraud.modelfile import load, save
from fraud.modelfile.container import packed, unpacked
from fraud.reasons import explain
from fraud.scorers import Blend, RulesAndIsolation
from fraud.scorers.single import single_row

MODEL, X = blend()
LATER = world(seed=4)[0]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    made = tmp_path_factory.mktemp("models") / "blend.model"
    save(made, MODEL, NAMES, {"trained": "2026-01-31", "训练": "合成数据"})
    return made


def test_loaded_model_answers_with_the_same_bits(path):
    loaded = load(path, NAMES)
    assert np.array_equal(loaded.model.predict_proba(LATER), MODEL.predict_proba(LATER))
    row = LATER.to_numpy()[0]
    assert single_row(loaded.model, NAMES)(row) == single_row(MODEL, NAMES)(row)
    assert np.array_equal(explain(loaded.model, row, NAMES).contributions, explain(MODEL, row, NAMES).contributions)
    assert loaded.about["训练"] == "合成数据"


@pytest.mark.parametrize("number", range(6))
def test_each_member_can_be_stored_alone(number, tmp_path):
    member = MODEL.members_[number]
    names = [NAMES[column] for column in member.columns]
    save(tmp_path / "one", member.model, names)
    rows = LATER.to_numpy()[:, member.columns]
    assert np.array_equal(load(tmp_path / "one").model.predict_proba(rows), member.model.predict_proba(rows))


def test_scorer_without_labels_comes_back_too(tmp_path):
    scorer = RulesAndIsolation(n_estimators=5).fit(X)
    save(tmp_path / "rank", scorer, NAMES)
    assert np.array_equal(load(tmp_path / "rank").model.predict_proba(LATER), scorer.predict_proba(LATER))


def test_version_is_that_of_the_content(path, tmp_path):
    again = save(tmp_path / "again", load(path).model, NAMES, load(path).about)
    assert again == load(path).version
    assert save(tmp_path / "other", MODEL, NAMES, {"trained": "2026-02-28"}) != again
    assert load(path, version=again).version == again
    with pytest.raises(ModelFileError, match="is wanted"):
        load(path, version="0" * 64)


@settings(deadline=None, max_examples=60)
@given(st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_one_changed_byte_anywhere_is_refused(path, where, mask):
    content = bytearray(path.read_bytes())
    content[int(where * len(content))] ^= mask
    with pytest.raises(ModelFileError, match=r"not a model file|cut off or changed"):
        unpacked(bytes(content))


@settings(deadline=None, max_examples=40)
@given(st.floats(0, 1, exclude_max=True))
def test_file_that_was_cut_off_is_refused(path, where):
    content = path.read_bytes()
    with pytest.raises(ModelFileError, match=r"not a model file|cut off or changed"):
        unpacked(content[: int(where * len(content))])


def test_missing_file_and_pickle_are_refused(tmp_path):
    with pytest.raises(ModelFileError, match="cannot be read"):
        load(tmp_path / "none")
    (tmp_path / "pickle").write_bytes(b"\x80\x04cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(ModelFileError, match="not a model file"):
        load(tmp_path / "pickle")


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["amount_fen", "gaps", "speed", *NAMES[3:]], "learnt speed as feature 1, but is given gaps"),
        (NAMES[:-1], "7 features, but is given 6: see rule:b"),
        ([*NAMES, "new"], "7 features, but is given 8: see new"),
    ],
)
def test_model_that_does_not_fit_the_features_is_refused_with_the_first_that_differs(path, names, said):
    with pytest.raises(ModelMisfitError, match=said):
        load(path, names)


def test_names_must_be_those_that_were_learnt(tmp_path):
    with pytest.raises(ModelMisfitError, match="order"):
        save(tmp_path / "m", MODEL, NAMES[::-1])
    assert not list(tmp_path.iterdir())


def test_stranger_is_not_stored(tmp_path):
    model = Blend(members={"lines": LogisticRegression()}).fit(X[["speed"]], X["speed"] > 0)
    with pytest.raises(ModelKindError, match="LogisticRegression cannot be stored"):
        save(tmp_path / "m", model, ["speed"])


def test_what_is_told_must_be_json(tmp_path):
    with pytest.raises(ModelFileError, match="must be JSON"):
        save(tmp_path / "m", MODEL, NAMES, {"when": pd.Timestamp("2026-01-01")})


def forged(path, change):
    """Return the bytes of a file whose document was changed by somebody who knows how to hash."""
    document, arrays, _ = unpacked(path.read_bytes())
    change(document["model"]["fields"], arrays)
    made = packed(document, arrays)[0]
    assert made != path.read_bytes()
    return made


def part(fields, name):
    return next(m["fields"] for m in fields["members_"] if m["fields"]["name"] == name)


def other_kind(fields, arrays):
    part(fields, "rules")["model"]["kind"] = "os.system"


def odd_field(fields, arrays):
    fields["__class__"] = "x"


def no_such_array(fields, arrays):
    fields["blend_weights_"] = {"array": 10_000}


def column_out_of_range(fields, arrays):
    arrays[part(fields, "boosting")["columns"]["array"]][0] = 99


def tree_that_goes_round(fields, arrays):
    trees = part(fields, "forest")["model"]["fields"]["trees_"]["fields"]
    arrays[trees["nodes"]["array"]][0, 1] = 0


def weight_not_a_number(fields, arrays):
    arrays[fields["blend_weights_"]["array"]][0] = np.nan


def too_few_weights(fields, arrays):
    arrays[fields["blend_weights_"]["array"]] = np.ones(1)


def blend_in_a_blend(fields, arrays):
    part(fields, "rules")["model"] = {"kind": "blend", "fields": {**fields, "members_": []}}


def encoding_of_another_feature(fields, arrays):
    encoding = part(fields, "regression")["model"]["fields"]["encoding_"]["fields"]
    arrays[encoding["column"]["array"]][0] = -1


def base_is_text(fields, arrays):
    part(fields, "boosting")["model"]["fields"]["base_"] = "0"


@pytest.mark.parametrize(
    "change",
    [
        *(other_kind, odd_field, no_such_array, column_out_of_range, tree_that_goes_round, weight_not_a_number),
        *(too_few_weights, blend_in_a_blend, encoding_of_another_feature, base_is_text),
    ],
    ids=lambda change: change.__name__,
)
def test_forged_file_is_refused_although_its_hash_is_right(path, tmp_path, change):
    (tmp_path / "forged").write_bytes(forged(path, change))
    with pytest.raises(ModelFileError):
        load(tmp_path / "forged")


@pytest.mark.parametrize(
    "body",
    [
        b"00000000000000000009\n{}",
        b"00000000000000000002\n{}",
        b"0000000000000000000x\n{}",
        b'00000000000000000041\n{"document":1,"arrays":[["|O",[1]]],"a":1}',
        b'00000000000000000036\n{"document":1,"arrays":[["|O",[1]]]}',
        b'00000000000000000037\n{"document":1,"arrays":[["<f8",[-1]]]}',
        b'00000000000000000036\n{"document":1,"arrays":[["<f8",[9]]]}',
        b'00000000000000000025\n{"document":1,"arrays":[]}left over',
    ],
)
def test_container_whose_header_lies_is_refused(body):
    content = b"HEXI MODEL 1\n" + hashlib.sha256(body).hexdigest().encode() + b"\n" + body
    with pytest.raises(ModelFileError):
        unpacked(content)
