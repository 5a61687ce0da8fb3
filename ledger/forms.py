r"""Forms: the whole of a transaction as one pattern of bytes, for those who read a great many.

Canonical bytes of an action whose fields are known have few ways to differ: names and punctuation stand where they
stand, and each field is a run of characters of one kind. One regular expression can say all of that, made from the
schema of the action (`ledger.schema.Kind.form`), and one match does what decoding, encoding again and looking at each
field do, in a tenth of the time. What matches is right. What does not match may still be, and is read field by field
(`ledger.transaction`), which also says what is wrong with it: a pattern only ever saves time.

`outline` is all that is needed to verify the signatures, and makes no values; `filled` makes them.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

import orjson

from ledger.contracts.catalogue import Contract, contracts
from ledger.schema import MOMENT
from ledger.transaction import (
    MOST_BYTES,
    MOST_SIGNATURES,
    NONCE,
    SIGNATURE,
    Body,
    Signature,
    SignedTransaction,
    transaction_id,
)

__all__ = ["Outline", "filled", "outline"]

_START = len(b'{"body":{"action":"')
_CERTIFICATE = slice(len('{"certificate":"'), len('{"certificate":"') + 64)
_SIGNATURE = slice(_CERTIFICATE.stop + len('","signature":"'), _CERTIFICATE.stop + len('","signature":"') + 128)
_ROW = _SIGNATURE.stop + len('"},')
_FIELDS = itemgetter(*Body._fields)
_new = tuple.__new__  # a named tuple made by its own name takes three times as long


class Outline(NamedTuple):
    """What is verified of a transaction: its id, and its signatures."""

    id: bytes
    signatures: tuple[Signature, ...]


def outline(data: bytes, ledger: str, digest: Callable[[bytes], bytes]) -> Outline | None:
    """Return the outline of a transaction whose action has a pattern that it matches, None of any other.

    What `ledger.execution.admit` refuses has none; of what it admits, id and signatures are the same.

    Parameters
    ----------
    data
        What a member sent.
    ledger
        Id of the ledger.
    digest
        The hash of its suite.

    Examples
    --------
    >>> outline(b"{}", "f" * 64, bytes) is None
    True
    """
    if type(data) is not bytes or len(data) > MOST_BYTES:
        return None
    action = data[_START : data.find(b'"', _START)]
    for pattern in _patterns(ledger).get(action, ()):
        found = pattern.fullmatch(data)
        if found is not None:
            body, rows = found.groups()
            signatures = _signatures(rows.decode())
            return None if signatures is None else _new(Outline, (transaction_id(body, digest), signatures))
    return None


def filled(data: bytes, identity: bytes) -> SignedTransaction:
    """Return the transaction that has this outline's id, with its values.

    Parameters
    ----------
    data
        Bytes that `outline` or `ledger.execution.admit` has found to be right; nothing is checked here.
    """
    value = orjson.loads(data)
    signatures = tuple([_signature(one["certificate"], one["signature"]) for one in value["signatures"]])
    return _new(SignedTransaction, (identity, _new(Body, _FIELDS(value["body"])), signatures, data))


def _signatures(rows: str) -> tuple[Signature, ...] | None:
    """Read signatures, which all have the same length; None if they do not stand in order."""
    if len(rows) < _ROW:
        return (_signature(rows[_CERTIFICATE], rows[_SIGNATURE]),)
    split = [rows[start : start + _ROW] for start in range(0, len(rows), _ROW)]
    found = tuple([_signature(one[_CERTIFICATE], one[_SIGNATURE]) for one in split])
    return found if all(one.certificate < two.certificate for one, two in pairwise(found)) else None


def _signature(certificate: str, signature: str) -> Signature:
    return _new(Signature, (certificate, bytes.fromhex(signature)))


@lru_cache(maxsize=8)
def _patterns(ledger: str) -> dict[bytes, list[re.Pattern[bytes]]]:
    """Return for the name of each action the patterns of those that are called so; a few contracts share a name."""
    found: dict[bytes, list[re.Pattern[bytes]]] = {}
    for one in contracts().values():
        for action, schema in one.actions.items():
            if schema.form:
                found.setdefault(action.encode(), []).append(_pattern(one, action, schema.form, ledger))
    return found


def _pattern(contract: Contract, action: str, arguments: str, ledger: str) -> re.Pattern[bytes]:
    body = (
        rf'\{{"action":"{re.escape(action)}","arguments":{arguments},"contract":"{re.escape(contract.name)}",'
        rf'"ledger":"{re.escape(ledger)}","nonce":{NONCE.form},"valid_until":{MOMENT.form},'
        rf'"version":{contract.version}\}}'
    )
    rows = f"{SIGNATURE.form}(?:,{SIGNATURE.form}){{0,{MOST_SIGNATURES - 1}}}"
    return re.compile(rf'\{{"body":({body}),"signatures":\[({rows})\]\}}'.encode())
