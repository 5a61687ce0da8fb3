"""What a witness remembers: of each log the last checkpoint that it cosigned, in one file.

A witness that forgets signs two histories. So a signature leaves only when the file that remembers it is on disk: the
new file is written beside the old one, synced, renamed over it, and the directory is synced. Each change reads the file
anew under a lock, so that two processes of one witness cannot roll each other back.

The file is canonical JSON with the witness's key and the cosigned notes. Each note bears the witness's own signature,
so that damage is found. A file that is missing is refused, not begun anew; the one thing that cannot be seen is an old
file in the place of a newer one: a witness must not be restored from a backup.
"""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ledger.canonical import decode, encode
from ledger.checkpoint import open_checkpoint
from ledger.errors import LedgerError, StoredWitnessError
from ledger.schema import Kind, Schema
from ledger.verifier_keys import VerifierKey

__all__ = ["Memory", "create_memory", "held_memory", "read_memory", "write_memory"]

Memory = Mapping[str, bytes]
"""The last cosigned note of each log, by its origin."""
_FILE = Schema(
    {
        "cosigned": Kind(
            "a list of notes", lambda value: type(value) is list and all(type(one) is str for one in value)
        ),
        "version": Kind("1", lambda value: type(value) is int and value == 1),
        "witness": Kind("a verifier key", lambda value: type(value) is str),
    }
)


def create_memory(path: Path, key: VerifierKey) -> None:
    """Begin the file of a witness that has signed nothing.

    Raises
    ------
    StoredWitnessError
        If there is something already: to begin anew is to forget.
    """
    if path.exists():
        raise StoredWitnessError(f"There is something at {path} already; a witness must not forget what it has signed.")
    write_memory(path, key, {})


def read_memory(path: Path, key: VerifierKey) -> Memory:
    """Return what a witness remembers, after checking its signature under all of it.

    Raises
    ------
    StoredWitnessError
        If the file is missing, damaged, or another witness's.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StoredWitnessError(
            f"The file of the witness {key.name}, {path}, cannot be read: {error.strerror}"
        ) from None
    try:
        value = decode(data)
        _FILE.check(value, "witness")
        if value["witness"] != str(key):
            raise StoredWitnessError(f"{path} is the file of the witness {value['witness']}, not of {key}.")
        opened = [open_checkpoint(one.encode(), [key]) for one in value["cosigned"]]
    except StoredWitnessError:
        raise
    except LedgerError as error:
        raise StoredWitnessError(f"{path} is damaged: {error}") from None
    origins = [checkpoint.origin for checkpoint, _ in opened]
    if origins != sorted(set(origins)):
        raise StoredWitnessError(f"{path} is damaged: the logs in it should be in order, each once.")
    return {checkpoint.origin: note.encode() for checkpoint, note in opened}


def write_memory(path: Path, key: VerifierKey, memory: Memory) -> None:
    """Put a new file in the place of the old one, whole or not at all; it is on disk when this returns.

    Raises
    ------
    StoredWitnessError
        If it cannot be written; the old one is as it was.
    """
    notes = [memory[origin].decode() for origin in sorted(memory)]
    new = path.with_name(path.name + ".new")
    try:
        with new.open("wb") as file:
            file.write(encode({"cosigned": notes, "version": 1, "witness": str(key)}))
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except OSError as error:
        raise StoredWitnessError(
            f"The file of the witness {key.name}, {path}, cannot be written: {error.strerror}"
        ) from None


@contextmanager
def held_memory(path: Path, key: VerifierKey) -> Iterator[Memory]:
    """Give what a witness remembers, and keep all others from changing it meanwhile.

    Raises
    ------
    StoredWitnessError
        If the file cannot be used, see `read_memory`.
    """
    try:
        lock = path.with_name(path.name + ".lock").open("wb")
    except OSError as error:
        raise StoredWitnessError(
            f"The file of the witness {key.name}, {path}, cannot be held: {error.strerror}"
        ) from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield read_memory(path, key)
