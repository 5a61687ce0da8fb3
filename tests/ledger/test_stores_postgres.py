"""The store in PostgreSQL: a server killed at random, a client killed, rows tampered with, passwords kept."""

import argparse
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import psycopg
import pytest
from crashing import Acknowledged, Writer
from flipping import FULL
from ledger_sample import START, Consortium, accepted
from postgres_server import Server

from ledger.auditor import compare, verify
from ledger.auditor.proof import prove_inclusion
from ledger.auditor.stored import file_blocks
from ledger.commands import WORDS, mount
from ledger.errors import BusyStoreError, DamagedStoreError, MissingExtraError, NoLedgerError, StoreError
from ledger.node import Node, Receipt, found
from ledger.reader import open_read_only
from ledger.stores import Block, PostgresStore

ROUNDS = 25 if FULL else 5


def opened(url: str, seconds: float = 10) -> PostgresStore:
    """Open a store; a server takes a moment to notice that a client is gone."""
    end = time.monotonic() + seconds
    while True:
        try:
            return PostgresStore(url)
        except BusyStoreError:
            assert time.monotonic() < end
            time.sleep(0.02)


@pytest.fixture
def founded(database: str, people: Consortium) -> str:
    with closing(PostgresStore(database, create=True)) as store:
        found(store, people.genesis, people.operator)
    return database


@pytest.fixture
def filled(database: str, written: Path) -> str:
    """The ledger of the file, block for block."""
    with closing(PostgresStore(database, create=True)) as store:
        for block in file_blocks(written):
            store.append(Block(*block))
    return database


def change(url: str, command: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(command.encode())


def await_setting(url: str, wanted: str, seconds: float = 20) -> None:
    """Wait until the server has read its settings again."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with psycopg.connect(url) as connection:
            if connection.execute("SHOW fsync").fetchone() == (wanted,):
                return
        time.sleep(0.05)
    raise AssertionError(f"fsync is not {wanted}")


def check_all_there(url: str, known: list[Acknowledged]) -> None:
    report = verify(url)
    assert report.holds
    with closing(PostgresStore(url, read_only=True)) as store:
        entries = [line for block in store.blocks() for line in block.body.splitlines()]
    assert all(one.place < len(entries) for one in known)
    assert report.blocks > max((one.block for one in known), default=0)


def test_nothing_acknowledged_is_lost_when_the_server_is_killed(
    postgres: Server, writer: Writer, founded: str, people: Consortium
) -> None:
    known: list[Acknowledged] = []
    for seed in range(1, ROUNDS + 1):
        rng = np.random.default_rng(seed)
        writer.started(founded, seed)
        known += writer.heard(int(rng.integers(1, 12)))
        time.sleep(float(rng.uniform(0, 0.02)))
        postgres.kill()
        known += writer.rest()
        postgres.start()
        check_all_there(founded, known)
    assert known
    with closing(opened(founded)) as store:
        node = Node(store, people.operator, lambda: START + 500)
        assert all(isinstance(one, Receipt) for one in node.submit(accepted(people, "after")))


def test_nothing_acknowledged_is_lost_when_the_client_is_killed(writer: Writer, founded: str) -> None:
    known: list[Acknowledged] = []
    for seed in range(101, 101 + ROUNDS):
        opened(founded).close()
        known += writer.killed(founded, seed)
        check_all_there(founded, known)
    assert known


def test_a_lost_connection_acknowledges_nothing_and_is_not_taken_up_again(
    postgres: Server, founded: str, people: Consortium
) -> None:
    store = PostgresStore(founded)
    node = Node(store, people.operator, lambda: START)
    postgres.kill()
    for words in ("connection was lost", "has ended"):
        with pytest.raises(StoreError, match=words):
            node.submit(accepted(people, "R1"))
        assert (node.store.height(), node.tree.size) == (1, 1)
    with pytest.raises(StoreError, match="can not be opened"):
        PostgresStore(founded)
    postgres.start()
    with closing(PostgresStore(founded)) as again:
        answers = Node(again, people.operator, lambda: START).submit(accepted(people))
    assert all(isinstance(one, Receipt) for one in answers)


def test_a_row_that_the_server_refuses_leaves_the_store_as_it_was(founded: str, people: Consortium) -> None:
    with closing(PostgresStore(founded)) as store:
        node = Node(store, people.operator, lambda: START)
        change(founded, "ALTER TABLE hexi_blocks ADD CHECK (number <> 1)")
        with pytest.raises(StoreError, match="block 1 could not be written"):
            node.submit(accepted(people))
        change(founded, "ALTER TABLE hexi_blocks DROP CONSTRAINT hexi_blocks_number_check1")
        assert all(isinstance(one, Receipt) for one in node.submit(accepted(people)))


def test_a_server_that_does_not_write_through_is_refused(postgres: Server, founded: str) -> None:
    change(postgres.url(), "ALTER SYSTEM SET fsync = off")
    change(postgres.url(), "SELECT pg_reload_conf()")
    try:
        await_setting(postgres.url(), "off")
        with pytest.raises(StoreError, match="fsync = off"):
            opened(founded)
    finally:
        change(postgres.url(), "ALTER SYSTEM RESET fsync")
        change(postgres.url(), "SELECT pg_reload_conf()")
        await_setting(postgres.url(), "on")


def test_the_auditor_reads_a_database_as_it_does_a_file(filled: str, written: Path) -> None:
    assert verify(filled) == verify(written)
    assert compare(filled, written).relation == "same"
    assert prove_inclusion(filled, "50") == prove_inclusion(written, "50")
    assert open_read_only(filled).state.everything() == open_read_only(written).state.everything()


def test_the_commands_take_the_url_of_a_database(filled: str, written: Path) -> None:
    said: list[str] = []

    def run(*words: str) -> int:
        parser = argparse.ArgumentParser()
        mount(parser.add_subparsers(dest="word"), argparse.ArgumentParser(add_help=False))
        given = parser.parse_args(words)
        return WORDS[given.word](given, said.append, lambda *_: None)

    assert run("verify", filled) == 0
    assert run("compare", filled, str(written)) == 0
    change(filled, "UPDATE hexi_blocks SET body = header WHERE number = 7")
    assert run("verify", filled) == 1
    assert any("block 7" in line for line in said)
    assert run("compare", filled, str(written)) == 1
    assert not any("a-secret" in line for line in said)


TAMPERED = {
    "UPDATE hexi_blocks SET body = set_byte(body, 300, 7) WHERE number = 9": 9,
    "UPDATE hexi_blocks SET checkpoint = header WHERE number = 3": 3,
    "DELETE FROM hexi_blocks WHERE number = 5": 5,
    "DELETE FROM hexi_blocks WHERE number = 0": 0,
    "UPDATE hexi_blocks SET number = 99 WHERE number = 70": 70,
}


@pytest.mark.parametrize("command", TAMPERED)
def test_rows_that_were_tampered_with_are_found_and_not_written_on(
    filled: str, people: Consortium, command: str
) -> None:
    number = TAMPERED[command]
    change(filled, command)
    assert verify(filled).findings[0].block == number
    with pytest.raises(DamagedStoreError, match=rf"block {number}\b"), closing(PostgresStore(filled)) as store:
        Node(store, people.operator, lambda: START)
    if number:
        reader = open_read_only(filled)
        assert [one.number for one in reader.blocks()] == list(range(number))


def test_one_database_holds_a_ledger_in_each_schema(postgres: Server, people: Consortium) -> None:
    for url in (postgres.new_schema(), postgres.new_schema()):
        with closing(PostgresStore(url, create=True)) as store:
            found(store, people.genesis, people.operator)
        assert verify(url).holds
    with pytest.raises(NoLedgerError, match="no table hexi_blocks"):
        verify(postgres.new_schema())


BAD_URLS = [
    "postgresql://clerk:a-secret@127.0.0.1:1/ledger",
    "postgresql://clerk:a-secret@[::1/ledger",
    "postgresql://clerk:a-secret@127.0.0.1:port/ledger",
    "postgresql://clerk:a-secret@127.0.0.1/ledger?a-secret=1",
    "postgresql://clerk@127.0.0.1:1/ledger?password=a-secret",
    "host=127.0.0.1 port=1 password=a-secret",
    "a-secret",
]


@pytest.mark.parametrize("url", BAD_URLS)
def test_no_message_tells_the_password(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        PostgresStore(url)
    assert "a-secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_what_a_store_shows_of_itself_has_no_password(founded: str) -> None:
    assert "a-secret" in founded
    with closing(PostgresStore(founded)) as store:
        assert "a-secret" not in repr(store)
        with pytest.raises(StoreError) as caught:
            store.append(Block(9, b"", b"", b""))
        assert "a-secret" not in str(caught.value)


def test_without_psycopg_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("psycopg", "psycopg.conninfo"):
        monkeypatch.setitem(sys.modules, name, None)
    for action in (PostgresStore, verify):
        with pytest.raises(MissingExtraError, match=r"psycopg: pip install -e '\.\[postgres\]'"):
            action("postgresql://127.0.0.1/ledger")
