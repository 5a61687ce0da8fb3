"""Proof files: an inclusion proof as a directory that can be handed to anybody, and read again.

Three files: `transaction.json` (the entry's bytes), `proof.txt` (C2SP tlog-proof: index, hashes, and the signed
checkpoint), `log.key` (the operator's verifier key, and the crypto suite).

References
----------
C2SP tlog-proof (c2sp.org/tlog-proof).
"""

import base64
import re
from collections.abc import Sequence
from pathlib import Path

from ledger.auditor.proof import Inclusion
from ledger.auditor.witnessing import demanded
from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.errors import ProofError
from ledger.frontier import leaf_hash
from ledger.merkle import verify_inclusion
from ledger.suites import by_name
from ledger.verifier_keys import VerifierKey, base64_decoded, parse_verifier_key

__all__ = ["FILES", "check_inclusion", "read_inclusion", "write_inclusion"]

FILES = ("transaction.json", "proof.txt", "log.key")
_TITLE = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


def write_inclusion(proof: Inclusion, directory: Path) -> None:
    """Write a proof into a directory, which is made if it is not there.

    Raises
    ------
    OSError
        If the files can not be written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    hashes = "".join(base64.b64encode(one).decode() + "\n" for one in proof.hashes)
    text = f"{_TITLE}\nindex {proof.place}\n{hashes}\n{proof.checkpoint.decode()}"
    contents = (proof.transaction, text.encode(), f"{proof.suite}\n{proof.log_key}\n".encode())
    for name, data in zip(FILES, contents, strict=True):
        (directory / name).write_bytes(data)


def read_inclusion(directory: Path) -> Inclusion:
    """Read a proof as it was written; nothing is checked but its form.

    Raises
    ------
    ProofError
        If a file is missing or not in its form.
    """
    try:
        data, text, key = [(directory / name).read_bytes() for name in FILES]
        head, _, checkpoint = text.decode().partition("\n\n")
        suite, log_key = key.decode().removesuffix("\n").split("\n")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise ProofError(f"{directory} is not a proof of inclusion: {error}") from None
    title, index, *lines = head.split("\n") + [""] * (2 - min(2, head.count("\n") + 1))
    matched = _INDEX.fullmatch(index)
    hashes = [base64_decoded(line) for line in lines]
    if title != _TITLE or matched is None or any(one is None for one in hashes) or not key.endswith(b"\n"):
        raise ProofError(f"{directory / FILES[1]} is not a tlog-proof: title, index and hashes, one a line")
    return Inclusion(data, int(matched[1]), tuple(one for one in hashes if one), checkpoint.encode(), log_key, suite)


def check_inclusion(
    proof: Inclusion, *, witnesses: Sequence[VerifierKey | str] = (), quorum: int | None = None
) -> Checkpoint:
    """Check a proof, and return the checkpoint that vouches for the transaction.

    Parameters
    ----------
    witnesses, quorum
        Verifier keys of witnesses that the reader trusts, and how many must have cosigned the checkpoint; all if no
        number is given.

    Raises
    ------
    QuorumError
        If too few of them have.
    LedgerError
        If the key has not signed the checkpoint, or the hashes do not lead from the transaction to its root.
    """
    suite, trusted = by_name(proof.suite), demanded(witnesses, quorum)
    checkpoint, note = open_checkpoint(proof.checkpoint, [parse_verifier_key(proof.log_key)])
    if trusted is not None:
        trusted.check(note)
    leaf = leaf_hash(proof.transaction, hash=suite.hash)
    verify_inclusion(leaf, proof.place, checkpoint.size, list(proof.hashes), checkpoint.root, hash=suite.hash)
    return checkpoint
