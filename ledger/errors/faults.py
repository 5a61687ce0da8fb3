"""Faults of everything else: blocks, proofs, notes, keys, stores, and the use that is made of them."""

from ledger.errors.base import LedgerError

__all__ = [
    "BadEnvelopeError",
    "BadKeyError",
    "BlockError",
    "BusyStoreError",
    "CheckpointError",
    "CommitmentError",
    "DamagedStoreError",
    "EquivocationError",
    "EvidenceError",
    "GenesisError",
    "MissingExtraError",
    "NoLedgerError",
    "NodeError",
    "NoteError",
    "NoteSignatureError",
    "OldSizeError",
    "OtherEnvelopeError",
    "ProofError",
    "PurgedError",
    "QuorumError",
    "RollbackError",
    "ScreeningError",
    "StoreError",
    "StoredWitnessError",
    "StrangerError",
    "TileError",
    "UnknownLogError",
    "UnknownPayloadError",
    "UnknownSuiteError",
    "UnknownTransactionError",
    "UnsignedNoteError",
    "UsageError",
    "VaultError",
    "VerifierKeyError",
    "WithdrawnRecipientError",
    "WitnessError",
    "WitnessRequestError",
]


class BlockError(LedgerError):
    """A block does not follow from the one before it, or does not hold what its header says."""


class GenesisError(LedgerError):
    """The first entry of a ledger does not describe a ledger."""


class MissingExtraError(LedgerError):
    """An optional package is needed for what was asked."""


class ProofError(LedgerError):
    """A proof does not show what it should."""


class NoteError(LedgerError):
    """A signed note is not in its one form, or is not signed as it should be."""


class NoteSignatureError(NoteError):
    """A trusted key's signature does not fit the text of the note."""


class UnsignedNoteError(NoteError):
    """No trusted key has signed the note."""


class VerifierKeyError(LedgerError):
    """A key that signs notes is not written as it should be, or cannot be used so."""


class CheckpointError(LedgerError):
    """A log's checkpoint is not in its one form, or says what cannot be."""


class TileError(LedgerError):
    """A tile, a bundle of entries or its path is not what the checkpoint says it must be."""


class WitnessError(LedgerError):
    """A witness does not sign a checkpoint."""


class UnknownLogError(WitnessError):
    """The witness does not know the log."""


class WitnessRequestError(WitnessError):
    """What a witness is asked is not in the form of the protocol."""


class OldSizeError(WitnessError):
    """The proof starts at another size than the last that the witness signed, which is `size`."""

    def __init__(self, message: str, size: int = 0) -> None:
        super().__init__(message)
        self.size = size


class RollbackError(WitnessError):
    """A log shows a checkpoint that is older than its last one."""


class EvidenceError(LedgerError):
    """What is shown does not prove that a log was forked."""


class QuorumError(LedgerError):
    """Too few witnesses have signed a checkpoint."""


class StoredWitnessError(LedgerError):
    """The file of a witness cannot be used as it is."""


class EquivocationError(WitnessError):
    """A log has signed two roots for one size; `evidence` holds both signed notes, for others to check."""

    def __init__(self, message: str, evidence: tuple[bytes, bytes] = (b"", b"")) -> None:
        super().__init__(message)
        self.evidence = evidence


class BadKeyError(LedgerError):
    """A key is not one of its suite."""


class BadEnvelopeError(LedgerError):
    """Sealed bytes do not open."""


class UnknownSuiteError(LedgerError):
    """There is no crypto suite of that name."""


class NoLedgerError(LedgerError):
    """There is no ledger at a path."""


class UnknownTransactionError(LedgerError):
    """The log has no such transaction."""


class UsageError(LedgerError):
    """A command was called in a way that it does not know."""


class StoreError(LedgerError):
    """A store can not do what was asked."""


class BusyStoreError(StoreError):
    """Another process writes to the store."""


class DamagedStoreError(StoreError):
    """A store's file is not as it was written."""


class NodeError(LedgerError):
    """A node can not go on."""


class CommitmentError(BadEnvelopeError):
    """What an envelope holds is not what its owner committed to in the log."""


class OtherEnvelopeError(BadEnvelopeError):
    """An envelope belongs to another ledger, payload or owner."""


class PurgedError(BadEnvelopeError):
    """The key of a payload has been destroyed."""


class StrangerError(BadEnvelopeError):
    """Somebody opens an envelope who is not among its recipients."""


class WithdrawnRecipientError(BadEnvelopeError):
    """A recipient opens an envelope from which the owner has withdrawn it."""


class VaultError(LedgerError):
    """A vault can not do what was asked."""


class UnknownPayloadError(VaultError):
    """A vault holds no payload of that name."""


class ScreeningError(LedgerError):
    """The processes that screen transactions, or verify signatures, can not go on."""
