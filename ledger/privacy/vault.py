"""Vaults: where an organisation keeps its envelopes and payload keys, and destroys keys for good.

One SQLite file for one organisation and one ledger. Destroying a payload takes its key and all wrapped copies of it out
of the file; the bare ciphertext stays, which nobody can read. Deleted content is overwritten (`secure_delete`), then
the file is written anew from what is left (`VACUUM`), so that no page that moved keeps a trace, and the rollback
journal is filled with zeros; at last the key's bytes are looked for in the file itself. A crash leaves the payload as
it was, or the next opening ends what was begun.

What a file can not promise: blocks that a disk or file system keeps aside, backups, and copies of an envelope with
others, whose private keys still open it. Keys lie in the file in the clear; nobody but its user may read it.

References
----------
SQLite, VACUUM, PRAGMA secure_delete, PRAGMA journal_mode (PERSIST).
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.errors import OtherEnvelopeError, PurgedError, UnknownPayloadError, VaultError
from ledger.privacy.envelopes import Copy, Envelope, envelope_bytes, read_envelope

__all__ = ["Vault"]

_APPLICATION = 0x48455856
_CHUNK = 2**20
_TABLES = (
    "CREATE TABLE vault (ledger TEXT NOT NULL) STRICT",
    "CREATE TABLE payloads (payload TEXT PRIMARY KEY, envelope BLOB NOT NULL, status TEXT NOT NULL) STRICT",
    # small rows of their own, so that a secret lies in one piece and can be looked for
    "CREATE TABLE secrets (payload TEXT NOT NULL, recipient TEXT NOT NULL, number INTEGER NOT NULL,"
    " secret BLOB NOT NULL, PRIMARY KEY (payload, recipient)) STRICT",
)
_OWN = ""


class Vault:
    """Envelopes and payload keys in an SQLite file.

    Parameters
    ----------
    path
        The file; with `create` there must be none, and it is made for its user's eyes only.
    ledger
        Id of the ledger.
    create
        Whether to make a new vault.

    Raises
    ------
    VaultError
        If there is no vault at the path, or with `create` something is; if it is of another ledger, can not be read,
        or is open elsewhere.
    """

    def __init__(self, path: Path | str, ledger: str, *, create: bool = False) -> None:
        self.path, self._ledger = Path(path), ledger
        if create == self.path.exists():
            state = "something is there already" if create else "there is none"
            raise VaultError(f"{self.path} can not be opened as a {'new ' * create}vault: {state}")
        self._lock = self.path.with_name(self.path.name + ".lock").open("ab")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise VaultError(f"{self.path} is open in another process; wait until it has closed it") from None
        if create:
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL, 0o600))
        self._file = sqlite3.connect(self.path, isolation_level=None)
        try:
            self._prepare(create)
        except (sqlite3.Error, VaultError) as error:
            self.close()
            raise VaultError(f"{self.path} can not be opened as a vault: {error}") from None

    def _prepare(self, create: bool) -> None:
        for setting in ("journal_mode = PERSIST", "synchronous = FULL", "secure_delete = ON", "temp_store = MEMORY"):
            self._file.execute(f"PRAGMA {setting}")
        if create:
            with self._step():
                for table in _TABLES:
                    self._file.execute(table)
                self._file.execute("INSERT INTO vault VALUES (?)", (self._ledger,))
                self._file.execute(f"PRAGMA application_id = {_APPLICATION}")
        if self._file.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION:
            raise VaultError("it is an SQLite file, but not a vault")
        (ledger,) = self._file.execute("SELECT ledger FROM vault").fetchone()
        if ledger != self._ledger:
            raise VaultError(f"it is of the ledger {ledger}, not of {self._ledger}")
        self._end_destruction()

    def keep(self, envelope: bytes, key: bytes) -> None:
        """Keep an envelope with its payload key; one that is kept already is replaced, such as after sharing.

        Raises
        ------
        BadEnvelopeError, OtherEnvelopeError
            If it is no envelope, or of another ledger.
        PurgedError, VaultError
            If the payload has been destroyed here; if it is kept with another key.
        """
        read = read_envelope(envelope)
        if read.ledger != self._ledger:
            raise OtherEnvelopeError(
                f"the envelope's ledger is {read.ledger}, this vault keeps those of {self._ledger}"
            )
        bare = envelope_bytes(read._replace(copies={}))
        if read.payload in dict(self.payloads()) and self.key(read.payload) != key:
            raise VaultError(f"payload {read.payload} is kept already, with another key")
        secrets = [(read.payload, _OWN, 0, key)]
        secrets += [(read.payload, who, copy.key, copy.wrapped) for who, copy in read.copies.items()]
        with self._step():
            self._file.execute("INSERT OR REPLACE INTO payloads VALUES (?, ?, 'kept')", (read.payload, bare))
            self._file.execute("DELETE FROM secrets WHERE payload = ?", (read.payload,))
            self._file.executemany("INSERT INTO secrets VALUES (?, ?, ?, ?)", secrets)

    def payloads(self) -> list[tuple[str, str]]:
        """Return name and status of each payload: kept, destroying, destroyed, or purged (receipt posted)."""
        return self._file.execute("SELECT payload, status FROM payloads ORDER BY payload").fetchall()

    def key(self, payload: str) -> bytes:
        """Return a payload's key.

        Raises
        ------
        UnknownPayloadError, PurgedError
            If the vault holds none of that name; if it has been destroyed.
        """
        self._kept(payload)
        (key,) = self._file.execute(
            "SELECT secret FROM secrets WHERE payload = ? AND recipient = ?", (payload, _OWN)
        ).fetchone()
        return bytes(key)

    def envelope(self, payload: str) -> bytes:
        """Return a payload's envelope; once destroyed, without any copy of its key.

        Raises
        ------
        UnknownPayloadError
            If the vault holds none of that name.
        """
        bare, _ = self._row(payload)
        rows = self._file.execute(
            "SELECT recipient, number, secret FROM secrets WHERE payload = ? AND recipient != ?", (payload, _OWN)
        )
        read: Envelope = read_envelope(bare)
        return envelope_bytes(read._replace(copies={who: Copy(number, secret) for who, number, secret in rows}))

    def destroy(self, payload: str) -> None:
        """Erase a payload's key and all copies of it, so that its envelope here can not be opened again.

        Once it has been destroyed, to do it again changes nothing. The receipt is posted after it, never before.

        Raises
        ------
        UnknownPayloadError
            If the vault holds none of that name.
        VaultError
            If a trace of the key is left in the file; what was done stays done.
        """
        rows = self._file.execute("SELECT secret FROM secrets WHERE payload = ?", (payload,)).fetchall()
        if self._row(payload)[1] == "kept":
            with self._step():
                self._file.execute("DELETE FROM secrets WHERE payload = ?", (payload,))
                self._file.execute("UPDATE payloads SET status = 'destroying' WHERE payload = ?", (payload,))
        self._end_destruction()
        if any(self._count(secret) for (secret,) in rows):
            raise VaultError(f"a trace of the key of payload {payload} is left in {self.path}: destroy the whole file")

    def _end_destruction(self) -> None:
        """Write the file anew, without what has been deleted; begun again at the next opening if it breaks off."""
        if any(status == "destroying" for _, status in self.payloads()):
            try:
                self._file.execute("VACUUM")
            except sqlite3.Error as error:
                raise VaultError(f"{self.path} could not be written anew: {error}") from None
            with self._step():
                self._file.execute("UPDATE payloads SET status = 'destroyed' WHERE status = 'destroying'")
        self._wipe_journal()

    def receipt_posted(self, payload: str) -> None:
        """Note that the log holds the receipt.

        Raises
        ------
        UnknownPayloadError, VaultError
            If the vault holds none of that name; if it has not been destroyed.
        """
        if self._row(payload)[1] not in ("destroyed", "purged"):
            raise VaultError(f"payload {payload} is not destroyed: a receipt comes after that")
        with self._step():
            self._file.execute("UPDATE payloads SET status = 'purged' WHERE payload = ?", (payload,))

    def close(self) -> None:
        """Leave the vault; it can be opened again."""
        self._file.close()
        self._lock.close()

    def __enter__(self) -> "Vault":
        """Return the vault, which is closed at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the vault."""
        self.close()

    @contextmanager
    def _step(self) -> Iterator[None]:
        try:
            with self._file:
                self._file.execute("BEGIN IMMEDIATE")
                yield
        except sqlite3.Error as error:
            raise VaultError(f"{self.path} could not be written: {error}") from None

    def _row(self, payload: str) -> tuple[bytes, str]:
        row = self._file.execute("SELECT envelope, status FROM payloads WHERE payload = ?", (payload,)).fetchone()
        if row is None:
            raise UnknownPayloadError(f"{self.path} holds no payload {payload}")
        return row[0], row[1]

    def _kept(self, payload: str) -> None:
        if self._row(payload)[1] != "kept":
            raise PurgedError(f"the key of payload {payload} has been destroyed: its envelope can not be opened")

    def _wipe_journal(self) -> None:
        """Fill what the last commit left in the journal with zeros: pages as they were before, keys among them."""
        path = self._journal
        if path.exists():
            with path.open("r+b") as file:
                size = path.stat().st_size
                for start in range(0, size, _CHUNK):
                    file.write(bytes(min(_CHUNK, size - start)))
                file.flush()
                os.fsync(file.fileno())

    @property
    def _journal(self) -> Path:
        return self.path.with_name(self.path.name + "-journal")

    def _count(self, secret: bytes) -> int:
        return sum(_occurrences(path, secret) for path in (self.path, self._journal) if path.exists())


def _occurrences(path: Path, wanted: bytes) -> int:
    """Return how often bytes stand in a file, read in pieces that overlap."""
    found, tail = 0, b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found += (tail + chunk).count(wanted)
            tail = (tail + chunk)[1 - len(wanted) :]
    return found
