"""One audited ledger of some eighty transactions, and a copy of it for whoever wants to damage it."""

import shutil
from pathlib import Path

import ledger_sample
import pytest

from ledger.node import Node, Receipt, found
from ledger.stores import SqliteStore


@pytest.fixture(scope="session")
def people() -> ledger_sample.Consortium:
    return ledger_sample.consortium()


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory, people: ledger_sample.Consortium) -> Path:
    """A closed ledger: twenty-five receivables, each issued, accepted and paid on, in blocks of several sizes."""
    path = tmp_path_factory.mktemp("ledger") / "receivables.ledger"
    store = SqliteStore(path, create=True)
    found(store, people.genesis, people.operator)
    now = [ledger_sample.START]

    def clock() -> int:
        now[0] += 7
        return now[0]

    node = Node(store, people.operator, clock)
    for number in range(25):
        calls = ledger_sample.accepted(people, f"R{number}", 1_000_000 + number)
        answers = node.submit(calls[:1]) + node.submit(calls[1:])
        last = answers[-1]
        assert isinstance(last, Receipt)
        payees = [{"to": "maker-of-screws", "amount": 400_000}]
        pay = people.sign("receivables.pay_on", {"fragment": f"{last.id[:32]}:0", "payees": payees}, ["maker-of-parts"])
        assert isinstance(node.submit([pay])[0], Receipt)
    node.close()
    return path


@pytest.fixture
def copy(written: Path, tmp_path: Path) -> Path:
    target = tmp_path / written.name
    shutil.copy(written, target)
    shutil.copy(written.with_name(written.name + ".seal"), tmp_path)
    return target
