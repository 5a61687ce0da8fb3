"""Vaults: keys are kept, handed out, and gone for good once destroyed, whatever breaks off in between."""

import shutil
import sqlite3
import stat
from pathlib import Path

import pytest
from privacy_sample import BANKS, INVOICE, OWNER, Circle, circle

from ledger.contracts.payloads import payload_of
from ledger.errors import (
    BadEnvelopeError,
    OtherEnvelopeError,
    PurgedError,
    UnknownPayloadError,
    VaultError,
)
from ledger.privacy import (
    Purge,
    Sealed,
    Vault,
    current_recipients,
    open_with_key,
    outstanding_purges,
    read_envelope,
    share_payload,
    unwrap_key,
)
from ledger.suites import NAMES


@pytest.fixture(scope="module", params=NAMES)
def founded(request: pytest.FixtureRequest) -> Circle:
    return circle(request.param)


@pytest.fixture
def ring(founded: Circle) -> Circle:
    return founded.again()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "payloads.vault"


def on_disk(path: Path) -> bytes:
    return b"".join(one.read_bytes() for one in sorted(path.parent.glob(path.name + "*")))


def secrets_of(sealed: Sealed) -> list[bytes]:
    return [sealed.key, *(copy.wrapped for copy in read_envelope(sealed.envelope).copies.values())]


def opened(ring: Circle, vault: Vault, payload: str = "P1") -> object:
    record = payload_of(ring.play.state, payload)
    return open_with_key(ring.suite, ring.ledger, payload, record, vault.envelope(payload), vault.key(payload))


def test_what_is_kept_comes_back_and_opens(ring: Circle, path: Path) -> None:
    sealed = ring.register(["bank-a", "bank-b"])
    with Vault(path, ring.ledger, create=True) as vault:
        vault.keep(sealed.envelope, sealed.key)
    with Vault(path, ring.ledger) as vault:
        assert vault.envelope("P1") == sealed.envelope
        assert vault.payloads() == [("P1", "kept")]
        assert opened(ring, vault) == INVOICE


def test_a_recipient_keeps_the_key_that_it_unwrapped(ring: Circle, path: Path) -> None:
    sealed = ring.register(["bank-a"])
    record = payload_of(ring.play.state, "P1")
    key = unwrap_key(ring.suite, ring.ledger, "P1", record, sealed.envelope, "bank-a", ring.private["bank-a"])
    vault = Vault(path, ring.ledger, create=True)
    vault.keep(sealed.envelope, key)
    vault.destroy("P1")
    assert not any(secret in on_disk(path) for secret in secrets_of(sealed))
    with pytest.raises(BadEnvelopeError, match="no copy for bank-a"):
        ring.open(vault.envelope("P1"), "bank-a")
    vault.close()


def test_a_destroyed_key_is_nowhere_in_the_file(ring: Circle, path: Path) -> None:
    """Many payloads, so that pages are split and moved, destroyed in an order that is not the one they came in."""
    sealed = {f"P{number}": ring.seal(BANKS, payload=f"P{number}") for number in range(24)}
    vault = Vault(path, ring.ledger, create=True)
    for one in sealed.values():
        vault.keep(one.envelope, one.key)
    assert all(secret in on_disk(path) for one in sealed.values() for secret in secrets_of(one))
    order = [f"P{number * 7 % 24}" for number in range(24)]
    for place, name in enumerate(order):
        vault.destroy(name)
        left = on_disk(path)
        assert not any(secret in left for gone in order[: place + 1] for secret in secrets_of(sealed[gone]))
        if place % 8 == 0:
            assert all(vault.key(kept) == sealed[kept].key for kept in order[place + 1 :])
    vault.close()
    assert not any(secret in on_disk(path) for one in sealed.values() for secret in secrets_of(one))


def test_after_destruction_there_is_no_key_and_no_way_back(ring: Circle, path: Path) -> None:
    sealed = ring.register(["bank-a"])
    vault = Vault(path, ring.ledger, create=True)
    vault.keep(sealed.envelope, sealed.key)
    vault.destroy("P1")
    vault.destroy("P1")
    with pytest.raises(PurgedError, match="the key of payload P1 has been destroyed"):
        vault.key("P1")
    with pytest.raises(PurgedError):
        vault.keep(sealed.envelope, sealed.key)
    assert read_envelope(vault.envelope("P1")) == read_envelope(sealed.envelope)._replace(copies={})
    vault.close()


def test_after_sharing_the_new_copies_are_kept_and_destroyed_too(ring: Circle, path: Path) -> None:
    sealed = ring.register(["bank-a"])
    vault = Vault(path, ring.ledger, create=True)
    vault.keep(sealed.envelope, sealed.key)
    more = share_payload(ring.suite, sealed.envelope, sealed.key, current_recipients(ring.play.state, ["bank-b"]))
    vault.keep(more.envelope, sealed.key)
    assert vault.envelope("P1") == more.envelope
    vault.destroy("P1")
    assert not any(secret in on_disk(path) for secret in secrets_of(more))
    vault.close()


def test_what_does_not_belong_in_a_vault_is_refused(ring: Circle, path: Path) -> None:
    vault = Vault(path, ring.ledger, create=True)
    sealed = ring.seal([])
    with pytest.raises(BadEnvelopeError):
        vault.keep(b"{}", sealed.key)
    other = ring.seal([], ledger="ab" * 32)
    with pytest.raises(OtherEnvelopeError, match="this vault keeps those of"):
        vault.keep(other.envelope, other.key)
    vault.keep(sealed.envelope, sealed.key)
    with pytest.raises(VaultError, match="P1 is kept already, with another key"):
        vault.keep(sealed.envelope, bytes(ring.suite.key_bytes))
    for ask in (vault.key, vault.envelope, vault.destroy, vault.receipt_posted):
        with pytest.raises(UnknownPayloadError, match="holds no payload P2"):
            ask("P2")
    with pytest.raises(VaultError, match="P1 is not destroyed: a receipt comes after that"):
        vault.receipt_posted("P1")
    assert vault.payloads() == [("P1", "kept")]
    vault.close()


def test_a_vault_is_of_one_ledger_one_process_and_one_user(ring: Circle, path: Path, tmp_path: Path) -> None:
    with pytest.raises(VaultError, match="there is none"):
        Vault(path, ring.ledger)
    vault = Vault(path, ring.ledger, create=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(VaultError, match="open in another process"):
        Vault(path, ring.ledger)
    vault.close()
    with pytest.raises(VaultError, match="something is there already"):
        Vault(path, ring.ledger, create=True)
    with pytest.raises(VaultError, match="it is of the ledger"):
        Vault(path, "ab" * 32)
    (tmp_path / "text").write_text("no database, but long enough to be taken for one" * 20)
    sqlite3.connect(tmp_path / "other").execute("CREATE TABLE a (b)").connection.close()
    for name, reason in (("text", "not a database"), ("other", "not a vault")):
        with pytest.raises(VaultError, match=reason):
            Vault(tmp_path / name, ring.ledger)


def receipts(ring: Circle, vault: Vault, organisation: str = OWNER) -> list[Purge]:
    return outstanding_purges(vault, ring.play.state, organisation)


def test_a_receipt_that_was_not_posted_is_outstanding_until_it_is_in_the_log(ring: Circle, path: Path) -> None:
    vault = Vault(path, ring.ledger, create=True)
    for payload in ("P1", "P2", "P3"):
        sealed = ring.register([], payload=payload) if payload != "P3" else ring.seal([], payload=payload)
        vault.keep(sealed.envelope, sealed.key)
    assert receipts(ring, vault) == []
    vault.destroy("P1")
    vault.destroy("P3")  # never registered: there is nothing to take back
    vault.close()  # the process ends here, before the receipt
    vault = Vault(path, ring.ledger)
    assert receipts(ring, vault) == receipts(ring, vault) == [Purge("payloads.purge", {"payload": "P1"})]
    ring.play.do("payloads.purge", {"payload": "P1"}, OWNER)
    vault.close()  # and here again, before the vault knew of it
    vault = Vault(path, ring.ledger)
    assert receipts(ring, vault) == []
    assert vault.payloads() == [("P1", "purged"), ("P2", "kept"), ("P3", "destroyed")]
    vault.destroy("P1")
    assert receipts(ring, vault) == []
    vault.close()


def test_a_recipient_confirms_after_the_owner(ring: Circle, path: Path) -> None:
    sealed = ring.register(["bank-a"])
    vault = Vault(path, ring.ledger, create=True)
    vault.keep(sealed.envelope, sealed.key)
    vault.destroy("P1")
    assert receipts(ring, vault, "bank-a") == []
    ring.play.do("payloads.purge", {"payload": "P1"}, OWNER)
    (due,) = receipts(ring, vault, "bank-a")
    ring.play.do(due.call, due.arguments, "bank-a")
    assert receipts(ring, vault, "bank-a") == []
    assert vault.payloads() == [("P1", "purged")]
    vault.close()


def test_a_crash_at_any_write_leaves_it_kept_or_destroyed(
    ring: Circle, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy of the files is taken before each statement and each fill, as a crash there would leave them."""
    sealed, other = ring.register(["bank-a"]), ring.register(["bank-b"], payload="P2")
    vault = Vault(path, ring.ledger, create=True)
    vault.keep(sealed.envelope, sealed.key)
    vault.keep(other.envelope, other.key)
    taken: list[Path] = []

    def take(_: object = None) -> None:
        folder = tmp_path / f"crash-{len(taken)}"
        folder.mkdir()
        for file in path.parent.glob(path.name + "*"):
            shutil.copy(file, folder)
        taken.append(folder / path.name)

    wipe = Vault._wipe_journal
    monkeypatch.setattr(Vault, "_wipe_journal", lambda self: (take(), wipe(self), take()))
    vault._file.set_trace_callback(take)
    vault.destroy("P1")
    vault._file.set_trace_callback(None)
    monkeypatch.undo()
    vault.close()
    seen = set()
    for place in taken:
        again = Vault(place, ring.ledger)
        status = dict(again.payloads())["P1"]
        seen.add(status)
        assert status in ("kept", "destroyed")
        if status == "destroyed":
            assert not any(secret in on_disk(place) for secret in secrets_of(sealed))
        else:
            assert opened(ring, again) == INVOICE
        again.destroy("P1")
        assert not any(secret in on_disk(place) for secret in secrets_of(sealed))
        assert opened(ring, again, "P2") == INVOICE
        again.close()
    assert seen == {"kept", "destroyed"}


def test_a_trace_that_is_left_is_told(ring: Circle, path: Path) -> None:
    """A second copy of the key, which the vault knows nothing of."""
    sealed = ring.seal([])
    vault = Vault(path, ring.ledger, create=True)
    vault.keep(sealed.envelope, sealed.key)
    vault._file.execute("CREATE TABLE notes (note BLOB)")
    vault._file.execute("INSERT INTO notes VALUES (?)", (b"the key is " + sealed.key,))
    with pytest.raises(VaultError, match="a trace of the key of payload P1 is left"):
        vault.destroy("P1")
    vault.close()
