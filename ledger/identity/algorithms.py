"""How each suite's keys and signatures stand in X.509.

References
----------
RFC 8410 (Ed25519 in X.509); GM/T 0015-2012 and GB/T 20518 (SM2 in X.509, object identifiers of GM/T 0006).
"""

from collections.abc import Callable
from typing import NamedTuple

from ledger.der import BIT_STRING, SEQUENCE, element, fields, integer_element, integer_of
from ledger.errors import BadCertificateError, BadKeyError
from ledger.suites import Suite

__all__ = ["Algorithm", "algorithm_of", "bits", "key_of"]


class Algorithm(NamedTuple):
    """A suite's keys and signatures in DER.

    Parameters
    ----------
    identifier
        The AlgorithmIdentifier of a signature.
    key_prefix
        What stands before the public key's bytes in a SubjectPublicKeyInfo.
    to_der, from_der
        Between a signature's 64 bytes and what the certificate's bit string holds.
    """

    identifier: bytes
    key_prefix: bytes
    to_der: Callable[[bytes], bytes]
    from_der: Callable[[bytes], bytes]


def _as_it_is(signature: bytes) -> bytes:
    return signature


def _pair(signature: bytes) -> bytes:
    halves = (int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    return element(SEQUENCE, b"".join(map(integer_element, halves)))


def _both(data: bytes) -> bytes:
    found = fields(data)
    numbers = [integer_of(one) for one in found]
    if len(numbers) != 2 or any(one.bit_length() > 256 for one in numbers):
        raise BadCertificateError("an SM2 signature is two integers of up to 256 bits")
    return b"".join(one.to_bytes(32, "big") for one in numbers)


_ALGORITHMS = {
    "ed25519-sha256-aesgcm": Algorithm(
        bytes.fromhex("300506032b6570"), bytes.fromhex("302a300506032b6570032100"), _as_it_is, _as_it_is
    ),
    "sm2-sm3-sm4": Algorithm(
        bytes.fromhex("300a06082a811ccf55018375"),
        bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200"),
        _pair,
        _both,
    ),
}


def algorithm_of(suite: Suite) -> Algorithm:
    """Return how a suite's keys and signatures stand in X.509."""
    return _ALGORITHMS[suite.name]


def key_of(key_info: bytes, suite: Suite) -> bytes:
    """Return the public key in a SubjectPublicKeyInfo.

    Raises
    ------
    BadCertificateError
        If it is not a key of this suite under which signatures can be good.
    """
    prefix = algorithm_of(suite).key_prefix
    key = key_info.removeprefix(prefix)
    if not key_info.startswith(prefix) or len(key) != suite.signing_key_bytes:
        raise BadCertificateError(f"the certificate's key is not one of the suite {suite.name}")
    try:
        suite.check_key(key)
    except BadKeyError as error:
        raise BadCertificateError(f"the certificate's key can not be used: {error}") from None
    return key


def bits(content: bytes) -> bytes:
    """Return a bit string of whole bytes.

    Examples
    --------
    >>> bits(b"ab").hex()
    '0303006162'
    """
    return element(BIT_STRING, b"\x00" + content)
