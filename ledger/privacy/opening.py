"""Opening: what an envelope holds, for those whom the record names, after every check that the record allows.

The record on the ledger is the measure: the envelope must be the one of that payload, on that ledger, by that owner;
ciphertext and copy must have the digests that were registered; what comes out must be what the owner committed to.
Nothing is returned before all of that holds. A recipient that has been withdrawn, and anybody after the purge, is
refused here although a key might still be at hand: the record is what an honest member goes by.
"""

from collections.abc import Mapping
from typing import Any

from ledger.errors import (
    BadEnvelopeError,
    CommitmentError,
    OtherEnvelopeError,
    PurgedError,
    StrangerError,
    WithdrawnRecipientError,
)
from ledger.privacy.commitments import commitment, unpacked
from ledger.privacy.envelopes import Envelope, read_envelope
from ledger.privacy.sealing import NONCE, associated_bytes, copy_context
from ledger.state import Record
from ledger.suites import Suite

__all__ = ["open_envelope", "open_with_key", "unwrap_key"]


def open_envelope(
    suite: Suite,
    ledger: str,
    payload: str,
    record: Record,
    envelope: bytes,
    recipient: str,
    private_keys: Mapping[int, bytes],
) -> Any:
    """Return the payload that an envelope holds for a recipient.

    Parameters
    ----------
    ledger, payload
        Id of the ledger, name of the payload.
    record
        Of `ledger.contracts.payloads.payload_of`.
    envelope
        As it was handed over.
    recipient, private_keys
        Who opens it, with its private keys by the numbers of the published ones.

    Raises
    ------
    OtherEnvelopeError
        If the envelope is of another ledger, payload or owner.
    PurgedError, StrangerError, WithdrawnRecipientError
        If the payload has been purged; if it was never for this recipient; if it no longer is.
    CommitmentError
        If what it holds is not what the owner committed to.
    BadEnvelopeError
        If it has been altered, or the private key is not the one that it was wrapped for.

    Examples
    --------
    >>> from ledger.privacy.sealing import Recipient, seal_payload
    >>> from ledger.suites import by_name
    >>> suite = by_name("ed25519-sha256-aesgcm")
    >>> bank = Recipient("bank", 1, suite.recipient_key(b"k" * 32))
    >>> bound = {"ledger": "ab" * 32, "owner": "core", "payload": "P1", "about": ("receivable", "R1")}
    >>> sealed = seal_payload(suite, bytes, {"price": 5}, [bank], **bound)
    >>> copies = {"bank": {**sealed.arguments["recipients"][0], "withdrawn": False}}
    >>> record = {**sealed.arguments, "recipients": copies, "status": "registered"}
    >>> open_envelope(suite, "ab" * 32, "P1", record, sealed.envelope, "bank", {1: b"k" * 32})
    {'price': 5}
    """
    key = unwrap_key(suite, ledger, payload, record, envelope, recipient, private_keys)
    return open_with_key(suite, ledger, payload, record, envelope, key)


def unwrap_key(
    suite: Suite,
    ledger: str,
    payload: str,
    record: Record,
    envelope: bytes,
    recipient: str,
    private_keys: Mapping[int, bytes],
) -> bytes:
    """Return the payload key from a recipient's copy, for its vault; see `open_envelope`.

    Examples
    --------
    >>> from ledger.privacy.sealing import seal_payload
    >>> from ledger.suites import by_name
    >>> suite = by_name("ed25519-sha256-aesgcm")
    >>> bound = {"ledger": "ab" * 32, "owner": "core", "payload": "P1", "about": ("receivable", "R1")}
    >>> sealed = seal_payload(suite, bytes, {"price": 5}, [], **bound)
    >>> record = {**sealed.arguments, "recipients": {}, "status": "registered"}
    >>> unwrap_key(suite, "ab" * 32, "P1", record, sealed.envelope, "bank", {})
    Traceback (most recent call last):
    ledger.errors.faults.StrangerError: bank is not a recipient of payload P1: it is for nobody but its owner
    """
    read = _genuine(suite, ledger, payload, record, envelope)
    entry = record["recipients"].get(recipient)
    if entry is None:
        raise StrangerError(f"{recipient} is not a recipient of payload {payload}: it is for {_names(record)}")
    if entry["withdrawn"]:
        raise WithdrawnRecipientError(f"{recipient} has been withdrawn as a recipient of payload {payload}")
    copy = read.copies.get(recipient)
    if copy is None:
        raise BadEnvelopeError(f"the envelope has no copy for {recipient}: its owner has a newer one")
    if copy.key != entry["key"] or suite.hash(copy.wrapped).hex() != entry["copy"]:
        raise BadEnvelopeError(f"the copy for {recipient} is not the one that was registered: it has been altered")
    private = private_keys.get(copy.key)
    if private is None:
        raise BadEnvelopeError(f"the copy for {recipient} was wrapped for its key {copy.key}: that one is needed")
    return suite.unwrap(private, copy.wrapped, copy_context(read, recipient, copy.key))


def open_with_key(suite: Suite, ledger: str, payload: str, record: Record, envelope: bytes, key: bytes) -> Any:
    """Return the payload that an envelope holds, with the payload key itself: for its owner, or from a vault.

    Raises
    ------
    OtherEnvelopeError, PurgedError, CommitmentError, BadEnvelopeError
        See `open_envelope`.

    Examples
    --------
    >>> from ledger.privacy.sealing import seal_payload
    >>> from ledger.suites import by_name
    >>> suite = by_name("ed25519-sha256-aesgcm")
    >>> bound = {"ledger": "ab" * 32, "owner": "core", "payload": "P1", "about": ("receivable", "R1")}
    >>> sealed = seal_payload(suite, bytes, {"price": 5}, [], **bound)
    >>> record = {**sealed.arguments, "status": "registered"}
    >>> open_with_key(suite, "ab" * 32, "P1", record, sealed.envelope, sealed.key)
    {'price': 5}
    >>> open_with_key(suite, "ab" * 32, "P1", {**record, "commitment": "00" * 32}, sealed.envelope, sealed.key)
    Traceback (most recent call last):
    ledger.errors.faults.CommitmentError: the envelope of payload P1 holds another than core committed to
    """
    read = _genuine(suite, ledger, payload, record, envelope)
    salt, content = unpacked(suite.unseal(key, NONCE, read.ciphertext, associated_bytes(read)))
    if commitment(suite.hash, ledger, read.owner, payload, salt, content) != record["commitment"]:
        raise CommitmentError(f"the envelope of payload {payload} holds another than {read.owner} committed to")
    return content


def _genuine(suite: Suite, ledger: str, payload: str, record: Record, envelope: bytes) -> Envelope:
    """Return the envelope, if it is the one that the record tells of and the payload has not been purged."""
    read = read_envelope(envelope)
    for field, right in (("ledger", ledger), ("payload", payload), ("owner", record["owner"])):
        found = getattr(read, field)
        if found != right:
            raise OtherEnvelopeError(f"the envelope's {field} is {found}, it must be {right}")
    if record["status"] == "purged":
        raise PurgedError(f"payload {payload} was purged at {record['purged_at']}: its key is destroyed")
    if suite.hash(read.ciphertext).hex() != record["ciphertext"]:
        raise BadEnvelopeError(f"the ciphertext of payload {payload} is not the one that was registered")
    return read


def _names(record: Record) -> str:
    return ", ".join(sorted(record["recipients"])) or "nobody but its owner"
