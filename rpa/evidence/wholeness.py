"""Whether evidence is whole: each file as the index names it, the index as the audit log notes it, the log unbroken."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from rpa.errors import EvidenceError
from rpa.evidence.audit_log import lines
from rpa.evidence.story import INDEX, LOG, NOTED, read_index

__all__ = ["Flaw", "check", "check_all"]


class Flaw(NamedTuple):
    """What is wrong with evidence: the folder, the file in it, and why in words."""

    folder: str
    file: str
    reason: str


def check(folder: Path, log: Path | None = None) -> list[Flaw]:
    """Return what is wrong with the evidence of one account; empty if it is whole.

    Parameters
    ----------
    folder
        Of the account.
    log
        The audit log; the one beside the folder unless told otherwise.

    Examples
    --------
    >>> check(Path("no such folder"))[0].reason
    'there is no evidence'
    """
    if not folder.is_dir():
        return [Flaw(folder.name, "", "there is no evidence")]
    noted, flaws = _noted(log or folder.parent / LOG)
    return [*_of_folder(folder, noted.get(folder.name)), *flaws]


def check_all(folder: Path) -> list[Flaw]:
    """Return what is wrong with the evidence of all accounts, and with their audit log.

    An account whose folder is gone is found by what the log says of it.

    Examples
    --------
    >>> check_all(Path("no such folder"))[0].file
    'audit.jsonl'
    """
    noted, flaws = _noted(folder / LOG)
    there = {path.name for path in folder.iterdir() if path.is_dir()} if folder.is_dir() else set()
    for name in sorted(there | set(noted)):
        flaws += _of_folder(folder / name, noted.get(name))
    return flaws


def _of_folder(folder: Path, noted: str | None) -> list[Flaw]:
    name = folder.name
    if not folder.is_dir():
        return [Flaw(name, "", "the folder is missing, the audit log notes it")]
    try:
        files = read_index(folder)
        index = folder / INDEX
        content = index.read_bytes() if index.exists() else None
    except EvidenceError as error:
        return [Flaw(name, INDEX, str(error))]
    if content is None:
        return [Flaw(name, INDEX, "is missing" if noted else "has not been stored yet: the account is still at work")]
    flaws = []
    if noted is None:
        flaws.append(Flaw(name, INDEX, "is not noted in the audit log"))
    elif hashlib.sha256(content).hexdigest() != noted:
        flaws.append(Flaw(name, INDEX, "was changed: it is not the one that the audit log notes"))
    for file in files:
        path = folder / file.name
        if path.is_symlink() or not path.is_file():
            flaws.append(Flaw(name, file.name, "is missing"))
        elif hashlib.sha256(path.read_bytes()).hexdigest() != file.sha256:
            flaws.append(Flaw(name, file.name, "was changed: its hash is not the one in the index"))
    known = {INDEX, *(file.name for file in files)}
    flaws += [
        Flaw(name, path.name, "is not in the index") for path in sorted(folder.iterdir()) if path.name not in known
    ]
    return flaws


def _noted(log: Path) -> tuple[dict[str, str], list[Flaw]]:
    """Return the hash of each account's last index as the log notes it, up to where the log is whole."""
    noted: dict[str, str] = {}
    try:
        for line in lines(log):
            if line.what == NOTED:
                noted[line.account] = str(line.detail.get("index_sha256", ""))
    except EvidenceError as error:
        return noted, [Flaw("", log.name, str(error))]
    return noted, []
