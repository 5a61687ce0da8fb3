r"""A witness: signs a log's checkpoint only if it continues the last one that it signed.

Who reads a log sees one history, and cannot know whether others see another. A witness sees the checkpoints of all of
them: whoever asks for its signature shows what they were shown. It needs no entries and trusts nobody: a consistency
proof of some hashes shows that the log only grew. An operator that shows two histories gets its signature for one of
them at most, and one that goes back to an old checkpoint gets none; whoever asks for witnesses' signatures is safe from
both (see `ledger.quorum`).

The first checkpoint of a log is believed: a witness vouches for what came after it began. What it has signed is on disk
before a signature leaves, see `ledger.witness_memory`; as bytes for a network see `ledger.witness_protocol`.

Stricter than the specification: two checkpoints that name two digests for one block are a contradiction too, even if
their trees are the same (see `ledger.evidence`).

References
----------
C2SP tlog-witness, tlog-cosignature (c2sp.org).
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.errors import (
    EquivocationError,
    NoteError,
    OldSizeError,
    RollbackError,
    StoredWitnessError,
    UnknownLogError,
    WitnessError,
)
from ledger.evidence import contradiction
from ledger.frontier import Hash, sha256
from ledger.growth import verify_growth
from ledger.notes import Note, Signature, parse_note, signature_of, verify_note
from ledger.verifier_keys import Signer, VerifierKey
from ledger.witness_memory import Memory, held_memory, read_memory, write_memory

__all__ = ["KnownLog", "Witness"]


class KnownLog(NamedTuple):
    """A log that a witness follows.

    Parameters
    ----------
    origin
        The first line of its checkpoints.
    keys
        With which it signs them, and with which it has signed the last one that the witness remembers.
    hash
        Digest of its tree.
    """

    origin: str
    keys: tuple[VerifierKey, ...]
    hash: Hash = sha256


class Witness:
    """One witness, with the logs it follows and the file in which it remembers.

    Parameters
    ----------
    signer
        Its key, of a timestamped type such as `ledger.verifier_keys.COSIGNATURE`.
    logs
        The logs it follows; all others it does not know.
    path
        Its file, see `ledger.witness_memory.create_memory`.
    clock
        Gives the time in whole Unix seconds; a signature is never dated before the last one of that log.

    Raises
    ------
    WitnessError
        If the key is not a witness's, or a log is named twice.
    StoredWitnessError
        If the file cannot be used.
    """

    def __init__(self, signer: Signer, logs: Iterable[KnownLog], path: Path, clock: Callable[[], int]) -> None:
        if not signer.key.algorithm.is_timestamped:
            raise WitnessError(f"The key of the witness {signer.key.name} should be of a type that signs the time too.")
        self.key, self._signer, self._path, self._clock = signer.key, signer, path, clock
        self._logs: dict[str, KnownLog] = {}
        for log in logs:
            if self._logs.setdefault(log.origin, log) is not log:
                raise WitnessError(f"The log {log.origin} is named twice; a witness knows one history of each.")
        memory = read_memory(path, self.key)
        for log in self._logs.values():
            self._last(log, memory)

    def size(self, origin: str) -> int:
        """Return the size of the last checkpoint of a log that it signed, 0 if there is none.

        Raises
        ------
        UnknownLogError
            If it does not follow the log.
        """
        last = self._last(self._known(origin), read_memory(self._path, self.key))
        return last.checkpoint.size if last else 0

    def add_checkpoint(self, note: bytes, old_size: int = 0, proof: Sequence[bytes] = ()) -> Signature:
        """Cosign a checkpoint that continues the last one.

        Parameters
        ----------
        note
            The checkpoint, signed by the log.
        old_size
            The size of the last checkpoint of the log that this witness signed, 0 for the first.
        proof
            Consistency proof from there; empty for the first, and to sign the last one again.

        Returns
        -------
        Signature
            To be put under the note, see `ledger.notes.Note.with_signature`. It is remembered on disk.

        Raises
        ------
        UnknownLogError
            If it does not follow the log.
        NoteError
            If it is not a note, or not one that the log has signed.
        EquivocationError
            If the log has signed another history at the same place; both notes are in its `evidence`.
        RollbackError
            If the checkpoint is older than the last.
        OldSizeError
            If the proof starts elsewhere than at the last checkpoint.
        ProofError
            If the proof does not show that the log only grew.
        StoredWitnessError
            If its file cannot be used.
        """
        given = parse_note(note)
        checkpoint = parse_checkpoint(given.text)
        log = self._known(checkpoint.origin)
        verify_note(given, log.keys)
        with held_memory(self._path, self.key) as memory:
            last = self._last(log, memory)
            _check_last(given, checkpoint, last, old_size)
            verify_growth(last.checkpoint if last else None, checkpoint, proof, hash=log.hash)
            at = self._clock()
            if last is not None and at < last.signed_at:
                at = last.signed_at
            signature = signature_of(self._signer, given.text, at)
            kept = _signed_by(given, log.keys).with_signature(signature)
            write_memory(self._path, self.key, {**memory, checkpoint.origin: kept.encode()})
        return signature

    def _known(self, origin: str) -> KnownLog:
        if origin not in self._logs:
            raise UnknownLogError(f"The witness {self.key.name} does not follow the log {origin}.")
        return self._logs[origin]

    def _last(self, log: KnownLog, memory: Memory) -> "_Last | None":
        if log.origin not in memory:
            return None
        note = parse_note(memory[log.origin])
        try:
            verify_note(note, log.keys)
            (own,) = verify_note(note, [self.key])
        except NoteError as error:
            raise StoredWitnessError(
                f"The last checkpoint of {log.origin} in {self._path} is damaged: {error}"
            ) from None
        return _Last(note, parse_checkpoint(note.text), own.signed_at)


class _Last(NamedTuple):
    note: Note
    checkpoint: Checkpoint
    signed_at: int


def _check_last(given: Note, checkpoint: Checkpoint, last: _Last | None, old_size: int) -> None:
    """Refuse a checkpoint that cannot stand beside the last one, or whose proof does not start there."""
    size = last.checkpoint.size if last else 0
    if last is not None:
        found = contradiction(last.checkpoint, checkpoint)
        if found is not None:
            raise EquivocationError(
                f"The log {checkpoint.origin} has signed {found}: it shows two histories.",
                (last.note.encode(), given.encode()),
            )
        if checkpoint.size < size:
            raise RollbackError(
                f"The checkpoint of {checkpoint.origin} has size {checkpoint.size}, an earlier one had {size}: "
                "a log never shrinks."
            )
    if type(old_size) is not int or old_size != size:
        raise OldSizeError(f"The proof should start at size {size}, the last of {checkpoint.origin} signed here.", size)


def _signed_by(note: Note, keys: Iterable[VerifierKey]) -> Note:
    """Return the note with the signatures of the log alone: others are not this witness's to keep."""
    ids = {(key.name, key.key_id) for key in keys}
    return Note(note.text, tuple(one for one in note.signatures if (one.name, one.key_id) in ids))
