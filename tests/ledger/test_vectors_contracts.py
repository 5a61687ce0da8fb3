"""Vectors of contracts: each accepted transaction, and the same with one thing broken."""

import pytest
from contract_vectors import FOLDER, Stage, Step, Vector, vectors

from ledger import errors
from ledger.contracts import contracts
from ledger.errors import FormatError
from ledger.node import Receipt, Refusal

ALL = list(vectors())
LEAST_REJECTS = 3


def staged(vector: Vector, reject: Step | None = None) -> Stage:
    stage = Stage()
    for step in vector.before(reject):
        answer = stage.play(step)
        assert isinstance(answer, Receipt), (step, answer)
        assert not stage.broken, step
    return stage


@pytest.mark.parametrize("vector", ALL, ids=lambda one: f"{one.contract}: {one.name}")
def test_what_is_right_is_accepted_and_lies_where_the_vector_says(vector: Vector) -> None:
    stage = staged(vector)
    answer = stage.play(vector.step)
    assert isinstance(answer, Receipt), answer
    assert not stage.broken
    assert stage.holdings() == sorted(vector.step["after"])
    for place, wanted in vector.step.get("records", {}).items():
        record = stage.node.state.get(*place.split("/", 1)) or {}
        assert {key: record.get(key) for key in wanted} == stage.resolved(wanted), place
    for kind in ("receivables", "fragments", "pledges"):
        assert dict(stage.node.state.records(kind)) == stage.book[kind]


@pytest.mark.parametrize(
    ("vector", "reject"),
    [
        pytest.param(one, reject, id=f"{one.contract}: {one.name}, {reject['name']}")
        for one in ALL
        for reject in one.rejects()
    ],
)
def test_what_is_broken_is_refused_and_changes_nothing(vector: Vector, reject: Step) -> None:
    stage = staged(vector, reject)
    before, size = stage.node.state.everything(), stage.node.tree.size
    is_of_form = issubclass(getattr(errors, reject["refused"]), FormatError | errors.UnknownActionError)
    answer = stage.play({**vector.broken(reject), "twin": not is_of_form})
    assert isinstance(answer, Refusal), "it was accepted"
    assert answer.rule == reject["refused"], answer.message
    assert reject.get("says", "") in answer.message
    assert is_of_form or reject["refused"] in stage.broken, f"the twin names {stage.broken or 'nothing'}"
    assert stage.node.state.everything() == before
    assert stage.node.tree.size == size
    assert stage.node.refusals == {reject["refused"]: 1}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda one: str(one.stem))
def test_every_action_has_a_vector_and_every_vector_several_rejects(path: object) -> None:
    name = getattr(path, "stem", "")
    found = list(vectors(name))
    missing = set(contracts()[name, 1].actions) - {one.step["call"].split(".")[1] for one in found}
    assert not missing, f"{name}.toml has no vector of {', '.join(sorted(missing))}"
    few = [one.name for one in found if len(one.rejects()) < LEAST_REJECTS]
    assert not few, f"give each at least {LEAST_REJECTS} rejects: {few}"
    names = [one.name for one in found]
    assert len(set(names)) == len(names)
