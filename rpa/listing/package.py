"""The list package (待备案清单): records under authenticated encryption, and a signature over what is encrypted.

One JSON object: who the list is for, its day, its serial number, the cipher, a nonce, the ciphertext, a signature. The
header is authenticated with the ciphertext, and both are signed by the platform, so that neither a leaked key nor
another bank's or another day's list will do. Serial numbers rise: a list that was read before, or an older one, is a
replay. A package is taken whole or not at all.

References
----------
NIST SP 800-38D (GCM); RFC 8032 (Ed25519); GB/T 32907 (SM4).
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

from rpa.errors import BadListError

__all__ = ["CIPHERS", "ListKeys", "PendingList", "read_list", "write_list"]

FORMAT = "hexi-filing-list/1"
CIPHERS: Mapping[str, int] = {"aes-256-gcm": 32, "sm4-gcm": 16}
"""Length of the key of each cipher, in bytes."""
_LARGEST = 64 * 2**20
_HEADER = ("bank", "cipher", "day", "format", "nonce", "serial")
_TAG = 16


@dataclass(frozen=True)
class ListKeys:
    """What a bot needs to read its bank's lists; the secret is never shown.

    Parameters
    ----------
    bank
        Whose lists.
    cipher
        A key of `CIPHERS`.
    secret
        The key of the cipher.
    platform
        Ed25519 public key of the platform, 32 bytes.
    """

    bank: str
    cipher: str
    secret: bytes = field(repr=False)
    platform: bytes


class PendingList(NamedTuple):
    """A list as read: its bank, day and serial number, its records in order, and the SHA-256 of the package."""

    bank: str
    day: date
    serial: int
    records: tuple[Mapping[str, Any], ...]
    digest: str


def write_list(
    records: Sequence[Mapping[str, Any]],
    keys: ListKeys,
    signing_key: bytes,
    *,
    day: date,
    serial: int,
    nonce: bytes,
) -> bytes:
    """Return the package of a list.

    Parameters
    ----------
    records
        Objects of JSON.
    keys
        Those of the bank for which it is.
    signing_key
        Ed25519 private key of the platform, 32 bytes.
    serial
        1 or more, greater than that of the list before.
    nonce
        12 bytes that were never used with this key.

    Examples
    --------
    >>> keys = ListKeys("陇上银行", "aes-256-gcm", bytes(32), _public(bytes(32)))
    >>> data = write_list([{"filing_id": "L1"}], keys, bytes(32), day=date(2026, 7, 1), serial=1, nonce=bytes(12))
    >>> read_list(data, keys, last_serial=0).records
    ({'filing_id': 'L1'},)
    """
    header: dict[str, Any] = {
        "bank": keys.bank,
        "cipher": keys.cipher,
        "day": day.isoformat(),
        "format": FORMAT,
        "nonce": nonce.hex(),
        "serial": serial,
    }
    seal, _ = _cipher(keys)
    sealed = seal(nonce, _bytes({"filings": list(records)}), _bytes(header))
    signature = Ed25519PrivateKey.from_private_bytes(signing_key).sign(_signed(header, sealed))
    return _bytes(
        header | {"ciphertext": base64.b64encode(sealed).decode(), "signature": base64.b64encode(signature).decode()}
    )


def read_list(data: bytes, keys: ListKeys, *, last_serial: int) -> PendingList:
    """Read a package, whole or not at all.

    Parameters
    ----------
    last_serial
        Serial number of the last list that was taken, 0 for none.

    Raises
    ------
    BadListError
        If it is damaged, cut off, for another bank, wrongly signed, read before, or holds anything but records.
    """
    package = _package(data)
    header = {name: package[name] for name in _HEADER}
    sealed, signature = (_decoded(package[name], name) for name in ("ciphertext", "signature"))
    try:
        Ed25519PublicKey.from_public_bytes(keys.platform).verify(signature, _signed(header, sealed))
    except InvalidSignature:
        raise BadListError(
            "the list does not bear the platform's signature: it was changed, or made by another"
        ) from None
    _check_header(header, keys, last_serial)
    _, unseal = _cipher(keys)
    try:
        plain = unseal(bytes.fromhex(header["nonce"]), sealed, _bytes(header))
    except (InvalidTag, ValueError):
        raise BadListError("the list does not open with this bank's key") from None
    records = _records(plain)
    digest = hashlib.sha256(data).hexdigest()
    return PendingList(keys.bank, date.fromisoformat(header["day"]), header["serial"], records, digest)


def _package(data: bytes) -> dict[str, Any]:
    if len(data) > _LARGEST:
        raise BadListError(f"the list has {len(data):,} bytes, at most {_LARGEST:,} are read")
    try:
        package = json.loads(data)
    except (ValueError, RecursionError):
        raise BadListError("the list is not whole, or no list: it does not read as JSON") from None
    wanted = {*_HEADER, "ciphertext", "signature"}
    if type(package) is not dict or set(package) != wanted or _bytes(package) != data:
        raise BadListError(f"the list is not in its one form, with the fields {', '.join(sorted(wanted))}")
    for name in wanted - {"serial"}:
        if type(package[name]) is not str:
            raise BadListError(f"{name} of the list is {package[name]!r:.40}, it must be text")
    if type(package["serial"]) is not int or package["serial"] < 1:
        raise BadListError(f"serial of the list is {package['serial']!r:.40}, it must be a number from 1 on")
    return package


def _check_header(header: Mapping[str, Any], keys: ListKeys, last_serial: int) -> None:
    for name, wanted in (("format", FORMAT), ("bank", keys.bank), ("cipher", keys.cipher)):
        if header[name] != wanted:
            raise BadListError(f"{name} of the list is {header[name]!r:.60}, it must be {wanted!r}")
    if header["serial"] <= last_serial:
        raise BadListError(f"the list has number {header['serial']}, number {last_serial} was read before: a replay")
    try:
        date.fromisoformat(header["day"])
        is_nonce = len(bytes.fromhex(header["nonce"])) == 12
    except ValueError:
        is_nonce = False
    if not is_nonce:
        raise BadListError("day of the list must be a day as YYYY-MM-DD, and nonce 24 hexadecimal digits")


def _records(plain: bytes) -> tuple[Mapping[str, Any], ...]:
    try:
        inside = json.loads(plain)
    except (ValueError, RecursionError):
        raise BadListError("what is inside the list does not read as JSON") from None
    if type(inside) is not dict or set(inside) != {"filings"} or type(inside["filings"]) is not list:
        raise BadListError("inside the list must be an object with a list of filings")
    names: set[str] = set()
    for place, record in enumerate(inside["filings"]):
        name = record.get("filing_id") if type(record) is dict else None
        if type(name) is not str or not name:
            raise BadListError(f"record {place} of the list has no filing_id")
        if name in names:
            raise BadListError(f"record {place} of the list is {name}, which stands in it before")
        names.add(name)
    return tuple(inside["filings"])


def _signed(header: Mapping[str, Any], sealed: bytes) -> bytes:
    return b"hexi filing list\x00" + _bytes(header) + b"\x00" + sealed


def _bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _decoded(text: str, name: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        data = b""
    if not data or base64.b64encode(data).decode() != text:
        raise BadListError(f"{name} of the list is not base64 in its one form")
    return data


_Seal = Callable[[bytes, bytes, bytes], bytes]


def _cipher(keys: ListKeys) -> tuple[_Seal, _Seal]:
    """Return the functions that seal and unseal: nonce, bytes, and what is authenticated beside them."""
    length = CIPHERS.get(keys.cipher)
    if length is None or len(keys.secret) != length:
        raise BadListError(
            f"the key of {keys.bank} must be {length or '16 or 32'} bytes for one of {', '.join(CIPHERS)}"
        )
    if keys.cipher == "aes-256-gcm":
        box = AESGCM(keys.secret)
        return box.encrypt, box.decrypt
    return _sm4_seal(keys.secret), _sm4_unseal(keys.secret)


def _sm4_seal(secret: bytes) -> _Seal:
    def seal(nonce: bytes, plain: bytes, beside: bytes) -> bytes:
        box = Cipher(SM4(secret), GCM(nonce)).encryptor()
        box.authenticate_additional_data(beside)
        return box.update(plain) + box.finalize() + box.tag

    return seal


def _sm4_unseal(secret: bytes) -> _Seal:
    def unseal(nonce: bytes, sealed: bytes, beside: bytes) -> bytes:
        box = Cipher(SM4(secret), GCM(nonce, sealed[-_TAG:])).decryptor()
        box.authenticate_additional_data(beside)
        return box.update(sealed[:-_TAG]) + box.finalize()

    return unseal


def _public(signing_key: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(signing_key).public_key().public_bytes_raw()
