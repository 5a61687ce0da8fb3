r"""Transactions: what members sign, in one form of bytes.

A transaction is canonical JSON: `{"body": {...}, "signatures": [...]}`. The body names the ledger, the contract with
its version, the action with its arguments, a nonce, and the last second at which it may be accepted. All of it is in
what is signed, so that a signature is good for one ledger, one set of rules and one stretch of time. The id is a hash
of the body alone: whoever signs again, or adds a signature, gets no second transaction. Signatures stand in order of
certificate, one each, so that there is one form here too.

A body is a slice of the bytes of its transaction; it is hashed as it stands, because canonical bytes are the same
whether written alone or inside.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ledger.canonical import decode, encode
from ledger.errors import BadFieldError, FormatError
from ledger.schema import DIGEST, IDENTIFIER, MOMENT, Kind, Schema, matching, shown, whole_number

__all__ = [
    "MOST_BYTES",
    "MOST_SIGNATURES",
    "NONCE",
    "SIGNATURE",
    "Body",
    "Signature",
    "SignedTransaction",
    "body_bytes",
    "message_of",
    "read_transaction",
    "signed_bytes",
    "transaction_id",
]

MOST_BYTES = 65_535
"""What a C2SP entry bundle can hold of one entry."""
MOST_SIGNATURES = 16

NONCE = matching("32 lower-case hexadecimal digits", r"[0-9a-f]{32}")
SIGNATURE = Schema(
    {"certificate": DIGEST, "signature": matching("128 lower-case hexadecimal digits", r"[0-9a-f]{128}")}
)

_OBJECT = Kind("an object", lambda value: type(value) is dict)
_BODY = Schema(
    {
        "action": IDENTIFIER,
        "arguments": _OBJECT,
        "contract": IDENTIFIER,
        "ledger": DIGEST,
        "nonce": NONCE,
        "valid_until": MOMENT,
        "version": whole_number(1, 1000),
    }
)
_TRANSACTION = Schema({"body": _OBJECT, "signatures": Kind("a list", lambda value: type(value) is list)})
_OPENING, _BETWEEN = b'{"body":', b',"signatures":['


class Body(NamedTuple):
    """What is signed.

    Parameters
    ----------
    ledger
        Id of the ledger, 64 hexadecimal digits.
    contract, version, action, arguments
        Which rule is called with what.
    nonce
        32 hexadecimal digits, chosen at random, so that two equal wishes are two transactions.
    valid_until
        Last second (Unix time) of a block that may hold it.
    """

    ledger: str
    contract: str
    version: int
    action: str
    arguments: Mapping[str, Any]
    nonce: str
    valid_until: int


class Signature(NamedTuple):
    """One member's approval: the fingerprint of a registered certificate, and 64 bytes."""

    certificate: str
    signature: bytes


class SignedTransaction(NamedTuple):
    """A transaction as read: its id, its body, its signatures, and the bytes that the log holds."""

    id: bytes
    body: Body
    signatures: tuple[Signature, ...]
    data: bytes


def body_bytes(body: Body) -> bytes:
    """Return the canonical bytes of a body, see `read_transaction` for what they are checked for.

    Examples
    --------
    >>> body_bytes(Body("f" * 64, "receivables", 1, "accept", {}, "0" * 32, 60))[:40]
    b'{"action":"accept","arguments":{},"contr'
    """
    _BODY.check(dict(body._asdict()), "body")
    return encode({**body._asdict(), "arguments": dict(body.arguments)})


def transaction_id(body: bytes, digest: Callable[[bytes], bytes]) -> bytes:
    """Return the id of a transaction: the hash of its body's bytes under a name of its own.

    Examples
    --------
    >>> from hashlib import sha256
    >>> transaction_id(b"{}", lambda data: sha256(data).digest()).hex()[:8]
    '74ef1e56'
    """
    return digest(b"hexi transaction\x00" + body)


def message_of(identity: bytes) -> bytes:
    r"""Return what a member signs: the id, which covers the whole body, under a name of its own.

    Examples
    --------
    >>> message_of(bytes(2))
    b'hexi approval\x00\x00\x00'
    """
    return b"hexi approval\x00" + identity


def signed_bytes(body: bytes, signatures: Mapping[str, bytes]) -> bytes:
    """Return the bytes of a transaction.

    Parameters
    ----------
    body
        Of `body_bytes`.
    signatures
        For each certificate's fingerprint the 64 bytes over `message_of` the id.

    Examples
    --------
    >>> signed_bytes(b"{}", {"f" * 64: bytes(64)})[:30]
    b'{"body":{},"signatures":[{"cer'
    """
    rows = [{"certificate": one, "signature": signatures[one].hex()} for one in sorted(signatures)]
    return _OPENING + body + b',"signatures":' + encode(rows) + b"}"


def read_transaction(data: bytes, digest: Callable[[bytes], bytes]) -> SignedTransaction:
    """Read a transaction; no signature is verified and no record is looked at.

    Parameters
    ----------
    data
        What a member sent.
    digest
        The hash of the ledger's suite.

    Raises
    ------
    FormatError
        If it is too long, not canonical, or not in this form.

    Examples
    --------
    >>> read_transaction(b"{}", bytes)
    Traceback (most recent call last):
    ledger.errors.refusals.BadFieldError: transaction.body is missing, it must be an object
    """
    if not isinstance(data, bytes):
        raise FormatError(f"a transaction is read from bytes, not from {type(data).__name__}")
    if len(data) > MOST_BYTES:
        raise FormatError(f"the transaction has {len(data):,} bytes, at most {MOST_BYTES:,} are accepted")
    value = decode(data)
    _TRANSACTION.check(value, "transaction")
    body = value["body"]
    _BODY.check(body, "body")
    cut = data.rindex(_BETWEEN)
    return SignedTransaction(
        transaction_id(data[len(_OPENING) : cut], digest), Body(**body), _read_signatures(value["signatures"]), data
    )


def _read_signatures(rows: list[Any]) -> tuple[Signature, ...]:
    if not 1 <= len(rows) <= MOST_SIGNATURES:
        raise BadFieldError(f"signatures has {len(rows)} entries, it must have 1 to {MOST_SIGNATURES}")
    for place, row in enumerate(rows):
        SIGNATURE.check(row, f"signatures[{place}]")
        if place and row["certificate"] <= rows[place - 1]["certificate"]:
            raise BadFieldError(
                f"signatures[{place}].certificate is {shown(row['certificate'])}, it must be greater than the one"
                " before: signatures stand in order, one per certificate"
            )
    return tuple(Signature(row["certificate"], bytes.fromhex(row["signature"])) for row in rows)
