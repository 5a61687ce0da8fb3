"""Sealing: from a payload and its recipients to an envelope, and to what the ledger is told of it.

Each payload has a key of its own, which seals salt and payload once and is wrapped for each recipient (HPKE, or its
counterpart in the ledger's suite). What is wrapped is bound to the ledger, the payload, its owner, the recipient and
the number of its key, so that a copy fits nowhere else. The owner is no recipient of its own: it keeps the payload key
in its vault, and once that is destroyed it has no other way in.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ledger.canonical import encode
from ledger.contracts import keys
from ledger.errors import VaultError
from ledger.privacy.commitments import SALT_BYTES, commitment, packed
from ledger.privacy.envelopes import Copy, Envelope, envelope_bytes, read_envelope
from ledger.state import State
from ledger.suites import Suite

__all__ = [
    "NONCE",
    "Recipient",
    "Sealed",
    "associated_bytes",
    "copy_context",
    "current_recipients",
    "seal_payload",
    "share_payload",
]

NONCE = bytes(12)
"""Of the sealing: a payload key seals one text in its life, so that nothing can repeat."""


class Recipient(NamedTuple):
    """An organisation with one of its published keys: the number, and the bytes."""

    organisation: str
    number: int
    key: bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """A payload that was sealed.

    Parameters
    ----------
    envelope
        Canonical bytes, to be handed to recipients.
    arguments
        What `payloads.register` (or, of further recipients, `payloads.share`) is told.
    key
        The payload key, for the owner's vault; not shown.
    """

    envelope: bytes = field(repr=False)
    arguments: Mapping[str, Any]
    key: bytes = field(repr=False)


def current_recipients(state: State, organisations: Iterable[str]) -> list[Recipient]:
    """Return organisations with the keys to which payloads are wrapped for them now.

    Raises
    ------
    KeyVersionError
        If one has no current key.

    Examples
    --------
    >>> current_recipients(State(), [])
    []
    """
    return [Recipient(one, *keys.current_key(state, one)) for one in organisations]


def seal_payload(
    suite: Suite,
    random_bytes: Callable[[int], bytes],
    content: Any,
    recipients: Iterable[Recipient],
    *,
    ledger: str,
    owner: str,
    payload: str,
    about: tuple[str, str],
) -> Sealed:
    """Seal a payload for its recipients.

    Parameters
    ----------
    random_bytes
        Gives so many random bytes that nobody can guess: `os.urandom`, but for tests.
    content
        Whatever canonical JSON can hold; other papers go in as hexadecimal or base64 text.
    ledger, owner, payload
        Id of the ledger, who makes the payload, and under which name.
    about
        Kind and name of what it belongs to, such as `("receivable", "R1")`.

    Raises
    ------
    CanonicalError
        If the content is not canonical JSON.
    BadEnvelopeError, BadKeyError
        If it is too long for one envelope; if nothing can be wrapped for a key.

    Examples
    --------
    >>> from ledger.suites import by_name
    >>> sealed = seal_payload(
    ...     by_name("ed25519-sha256-aesgcm"), bytes, {"price": 5}, [],
    ...     ledger="ab" * 32, owner="core", payload="P1", about=("receivable", "R1"),
    ... )
    >>> sorted(sealed.arguments)
    ['about', 'about_kind', 'ciphertext', 'commitment', 'owner', 'payload', 'recipients']
    """
    key, salt = _drawn(random_bytes, suite.key_bytes), _drawn(random_bytes, SALT_BYTES)
    hidden = commitment(suite.hash, ledger, owner, payload, salt, content)
    bare = Envelope(ledger, payload, owner, b"", {})
    ciphertext = suite.seal(key, NONCE, packed(salt, content), associated_bytes(bare))
    envelope = bare._replace(ciphertext=ciphertext)
    envelope, named = _wrapped(suite, envelope, key, recipients)
    arguments = {
        "about": about[1],
        "about_kind": about[0],
        "ciphertext": suite.hash(ciphertext).hex(),
        "commitment": hidden,
        "owner": owner,
        "payload": payload,
        "recipients": named,
    }
    return Sealed(envelope_bytes(envelope), arguments, key)


def share_payload(suite: Suite, envelope: bytes, key: bytes, recipients: Iterable[Recipient]) -> Sealed:
    """Wrap the key of a sealed payload for further recipients.

    Parameters
    ----------
    envelope, key
        Of the payload, as the owner keeps them.

    Returns
    -------
    Sealed
        The envelope with the new copies, and the arguments of `payloads.share`.

    Raises
    ------
    BadEnvelopeError, BadKeyError
        If the key does not open the envelope; if nothing can be wrapped for a recipient's key.

    Examples
    --------
    >>> from ledger.suites import by_name
    >>> suite = by_name("ed25519-sha256-aesgcm")
    >>> bound = {"ledger": "ab" * 32, "owner": "core", "payload": "P1", "about": ("receivable", "R1")}
    >>> sealed = seal_payload(suite, bytes, {"price": 5}, [], **bound)
    >>> bank = Recipient("bank", 1, suite.recipient_key(b"k" * 32))
    >>> shared = share_payload(suite, sealed.envelope, sealed.key, [bank])
    >>> sorted(read_envelope(shared.envelope).copies)
    ['bank']
    """
    read = read_envelope(envelope)
    suite.unseal(key, NONCE, read.ciphertext, associated_bytes(read))
    shared, named = _wrapped(suite, read, key, recipients)
    return Sealed(envelope_bytes(shared), {"payload": read.payload, "recipients": named}, key)


def associated_bytes(envelope: Envelope) -> bytes:
    r"""Return what the ciphertext of an envelope is bound to.

    Examples
    --------
    >>> associated_bytes(Envelope("ab", "P1", "core", b"", {}))
    b'hexi envelope\x00["ab","core","P1"]'
    """
    return b"hexi envelope\x00" + encode([envelope.ledger, envelope.owner, envelope.payload])


def copy_context(envelope: Envelope, recipient: str, number: int) -> bytes:
    r"""Return what a recipient's copy of the payload key is bound to.

    Examples
    --------
    >>> copy_context(Envelope("ab", "P1", "core", b"", {}), "bank-a", 2)
    b'hexi payload key\x00["ab","core","P1","bank-a",2]'
    """
    bound = [envelope.ledger, envelope.owner, envelope.payload, recipient, number]
    return b"hexi payload key\x00" + encode(bound)


def _wrapped(
    suite: Suite, envelope: Envelope, key: bytes, recipients: Iterable[Recipient]
) -> tuple[Envelope, list[dict[str, Any]]]:
    copies, named = dict(envelope.copies), []
    for who, number, public in recipients:
        wrapped = suite.wrap(public, key, copy_context(envelope, who, number))
        copies[who] = Copy(number, wrapped)
        named.append({"copy": suite.hash(wrapped).hex(), "key": number, "organisation": who})
    return envelope._replace(copies=copies), named


def _drawn(random_bytes: Callable[[int], bytes], count: int) -> bytes:
    drawn = random_bytes(count)
    if not isinstance(drawn, bytes) or len(drawn) != count:
        raise VaultError(f"random_bytes({count}) gave {len(drawn)} bytes: it must give as many as it is asked for")
    return drawn
