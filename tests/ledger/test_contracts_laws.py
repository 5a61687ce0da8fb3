"""Laws of contracts: pure, without clock, network, file, chance or fractions; each asks for its own records alone."""

import ast
import copy
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from contract_vectors import Stage, Vector, vectors

import ledger
from ledger.contracts import contract, contracts
from ledger.contracts.call import Transaction
from ledger.execution import admit, execute
from ledger.genesis import policy_of
from ledger.policies import Signer
from ledger.state import state_digest

ROOT = Path(ledger.__file__).parent
MODULES = {path.stem: ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "contracts").glob("*.py"))}
MACHINERY = {"__init__", "call", "catalogue", "data"}
ALLOWED = {"collections", "dataclasses", "datetime", "functools", "itertools", "operator", "re", "typing"}
"""What a contract may import beside this package: nothing that knows the time, the machine, the net, or chance."""
OF_LEDGER = {"canonical", "contracts", "errors", "identity", "policies", "schema", "state", "suites"}
FORBIDDEN_NAMES = {"open", "print", "input", "eval", "exec", "globals", "id", "hash", "float", "round"}
FORBIDDEN_METHODS = {"now", "today", "utcnow", "timestamp"}
EVERYBODYS = {"ledger"}
"""The settings of the ledger, which never change."""


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""


@pytest.mark.parametrize("name", sorted(set(MODULES) - MACHINERY))
def test_a_contract_imports_nothing_that_knows_the_world(name: str) -> None:
    for module in imports(MODULES[name]):
        parts = module.split(".")
        assert parts[0] in ALLOWED or (parts[0] == "ledger" and parts[1] in OF_LEDGER), module


@pytest.mark.parametrize("name", sorted(set(MODULES) - MACHINERY))
def test_a_contract_asks_no_clock_and_makes_no_fractions(name: str) -> None:
    for node in ast.walk(MODULES[name]):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", "")
            assert called not in FORBIDDEN_NAMES, f"line {node.lineno} calls {called}"
            assert getattr(node.func, "attr", "") not in FORBIDDEN_METHODS, f"line {node.lineno} asks a clock"
        assert not isinstance(node, ast.Constant) or type(node.value) is not float, f"line {node.lineno} has a fraction"
        assert not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)), (
            f"line {node.lineno} divides into one"
        )
        assert not isinstance(node, ast.Global | ast.Nonlocal), f"line {node.lineno} keeps something"


def kinds_of(tree: ast.Module) -> list[str]:
    """The kinds of records of which a module makes the data contract."""
    calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call)]
    return [ast.literal_eval(one.args[0]) for one in calls if getattr(one.func, "id", "") == "DataContract"]


def test_each_kind_of_records_has_one_data_contract() -> None:
    kinds = [kind for tree in MODULES.values() for kind in kinds_of(tree)]
    assert len(kinds) == len(set(kinds))
    assert {"fragments", "receivables", "pledges", "discounts", "members", "certificates"} <= set(kinds)


def test_records_are_read_and_written_by_the_data_contract_alone() -> None:
    """A module that names a kind of records in a call of the state has made its data contract itself."""
    own = {"versions": {"versions"}}
    for name in sorted(set(MODULES) - MACHINERY):
        kinds = set(kinds_of(MODULES[name])) | own.get(name, set()) | EVERYBODYS
        for node in ast.walk(MODULES[name]):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("get", "write", "records"):
                first = node.args[0] if node.args else None
                is_state = getattr(getattr(node.func, "value", None), "id", "") == "state"
                if is_state and isinstance(first, ast.Constant):
                    assert first.value in kinds, f"{name}, line {node.lineno}: asks for {first.value} by itself"


@pytest.mark.parametrize("records", ["fragments", "promises"])
def test_other_contracts_get_at_fragments_through_their_controller(records: str) -> None:
    """Pledges, discounts and quotes ask circulation and issuance; they do not import the records."""
    parts = {"receivables", "issuance", "circulation", "settlement"}
    for name in sorted(set(MODULES) - parts - {records}):
        modules = set(imports(MODULES[name]))
        froms = [node for node in ast.walk(MODULES[name]) if isinstance(node, ast.ImportFrom)]
        assert f"ledger.contracts.{records}" not in modules, name
        assert records not in {alias.name for node in froms for alias in node.names}, name


def test_no_two_contracts_have_one_name_and_version() -> None:
    called = [(name, tree) for name, tree in MODULES.items() if "ACTIONS" in ast.dump(tree) and name not in MACHINERY]
    assert len(contracts()) == len(called)
    assert all(one.title.endswith(".") for one in contracts().values())


def call_of(stage: Stage, vector: Vector) -> Transaction:
    arguments = stage.resolved(vector.step.get("arguments", {}))
    name, action = vector.step["call"].split(".")
    signers = tuple(
        Signer(one.split("/")[0], (one + "/maker").split("/")[1], one, f"{place:064x}")
        for place, one in enumerate(vector.step["by"])
    )
    policy = policy_of(stage.node.state, name, action)
    return Transaction("ab" * 32, name, action, arguments, signers, stage.now, policy)


def moved(vector: Vector) -> Stage:
    stage = Stage()
    for step in vector.before():
        stage.play(step)
    stage.now = max(stage.now, stage.resolved(f"day {vector.step.get('day', 0)}") + vector.step.get("seconds", 0))
    return stage


@pytest.mark.parametrize("vector", list(vectors()), ids=lambda one: f"{one.contract}: {one.name}")
def test_the_same_transaction_on_the_same_state_gives_the_same_state(vector: Vector) -> None:
    stage = moved(vector)
    state, call = stage.node.state, call_of(stage, vector)
    before, arguments = copy.deepcopy(state.everything()), copy.deepcopy(call.arguments)
    apply = contract(call.contract, 1).apply
    one = apply(state, call)
    first = copy.deepcopy(one.everything())
    two = apply(state, call)
    assert two.everything() == first == one.everything()
    assert two.changed_since(state) == one.changed_since(state) != {}
    assert state.everything() == before
    assert call.arguments == arguments


def test_signatures_that_others_verified_lead_to_the_same_state() -> None:
    vector = next(vectors("pledges"))
    stage = moved(vector)
    arguments = stage.resolved(vector.step["arguments"])
    read = admit(stage.people.sign(vector.step["call"], arguments, vector.step["by"]), stage.node.rules)
    one, two = (execute(stage.node.state, read, stage.now, stage.node.rules, verified=known) for known in (False, True))
    assert one.everything() == two.everything()


def final_digest() -> str:
    """The digest of what all vectors lead to."""
    digest = bytes(32)
    for vector in vectors():
        stage = Stage()
        for step in [*vector.before(), vector.step]:
            stage.play(step)
        digest = state_digest(digest, stage.node.state.everything(), stage.people.suite.hash)
    return digest.hex()


def test_the_order_of_sets_in_this_process_changes_nothing() -> None:
    """Two processes, in which words have other hashes, come to the same records, to the byte."""
    found = set()
    for seed in ("1", "2"):
        program = "import test_contracts_laws as laws; print(laws.final_digest())"
        folder = Path(__file__).parent
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{folder}:{ROOT.parent}"}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True, cwd=folder
        )
        found.add(done.stdout.strip())
    assert len(found) == 1
    assert len(found.pop()) == 64
