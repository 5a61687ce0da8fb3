"""One ledger of a hundred transactions, a copy of it for whoever wants to damage it, and empty stores of each kind."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import ledger_sample
import pytest
from crashing import Writer
from postgres_server import Server

from ledger.node import Node, Receipt, found
from ledger.stores import MemoryStore, PostgresStore, SqliteStore, Store


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


class Place(NamedTuple):
    """Where a store is, of one kind: founds it, and opens it again after it was closed."""

    kind: str
    found: Callable[[], Store]
    open: Callable[..., Store]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def database(postgres: Server) -> str:
    """The URL of an empty schema in a database."""
    return postgres.new_schema()


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "memory":
        kept = MemoryStore()
        return Place("memory", lambda: kept, lambda **_: kept)
    if request.param == "sqlite":
        path = tmp_path / "receivables.ledger"
        return Place("sqlite", lambda: SqliteStore(path, create=True), lambda **more: SqliteStore(path, **more))
    url = request.getfixturevalue("database")
    return Place("postgres", lambda: PostgresStore(url, create=True), lambda **more: PostgresStore(url, **more))


@pytest.fixture(scope="session")
def writer() -> Iterator[Writer]:
    process = Writer()
    yield process
    process.end()
