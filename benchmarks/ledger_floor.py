"""Nothing but signatures: what the ledger can not be faster than.

Each function verifies signatures that are laid out in columns, and returns the CPU seconds that it took; keys are in
the library's own form before the clock starts. They run in as many processes as the ledger has cores.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from ledger.forms import outline
from ledger.suites import Suite
from ledger.transaction import message_of

__all__ = ["FLOORS", "Claims", "claims_of", "verified_by_cryptography", "verified_by_pynacl", "verified_by_tongsuopy"]


class Claims(NamedTuple):
    """Signatures to verify, in columns."""

    keys: tuple[bytes, ...]
    messages: tuple[bytes, ...]
    signatures: tuple[bytes, ...]


def claims_of(calls: Sequence[bytes], ledger: str, suite: Suite, keys: Mapping[str, bytes]) -> Claims:
    """Return the signatures of transactions, each of which bears one.

    Parameters
    ----------
    ledger
        Id of the ledger.
    keys
        Public keys by fingerprint.
    """
    rows = []
    for data in calls:
        read = outline(data, ledger, suite.hash)
        assert read is not None, "every transfer of the benchmark has a form"
        rows.append((keys[read.signatures[0].certificate], message_of(read.id), read.signatures[0].signature))
    return Claims(*zip(*rows, strict=True))


def verified_by_pynacl(claims: Claims) -> float:
    """Verify with libsodium through PyNaCl, as the suite does."""
    from nacl.bindings import crypto_sign_open

    start = time.process_time()
    for key, message, signature in zip(*claims, strict=True):
        crypto_sign_open(signature + message, key)
    return time.process_time() - start


def verified_by_cryptography(claims: Claims) -> float:
    """Verify with OpenSSL through cryptography."""
    keys = [_openssl_key(key) for key in claims.keys]
    start = time.process_time()
    for key, message, signature in zip(keys, claims.messages, claims.signatures, strict=True):
        key.verify(signature, message)
    return time.process_time() - start


def verified_by_tongsuopy(claims: Claims) -> float:
    """Verify SM2 signatures with Tongsuo through tongsuopy, as the national suite does."""
    from tongsuopy.crypto import hashes
    from tongsuopy.crypto.asymciphers import ec

    from ledger.der import SEQUENCE, element, integer_element

    keys = [_tongsuo_key(key) for key in claims.keys]
    parts = [(int.from_bytes(one[:32], "big"), int.from_bytes(one[32:], "big")) for one in claims.signatures]
    signatures = [element(SEQUENCE, integer_element(r) + integer_element(s)) for r, s in parts]
    how = ec.ECDSA(hashes.SM3())
    start = time.process_time()
    for key, message, signature in zip(keys, claims.messages, signatures, strict=True):
        key.verify(signature, message, how)
    return time.process_time() - start


@cache
def _openssl_key(key: bytes) -> Any:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return Ed25519PublicKey.from_public_bytes(key)


@cache
def _tongsuo_key(key: bytes) -> Any:
    from tongsuopy.crypto.asymciphers import ec

    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SM2(), key)


FLOORS: Mapping[str, tuple[tuple[str, Callable[[Claims], float]], ...]] = {
    "ed25519-sha256-aesgcm": (
        ("PyNaCl alone (floor)", verified_by_pynacl),
        ("cryptography alone", verified_by_cryptography),
    ),
    "sm2-sm3-sm4": (("tongsuopy alone (floor)", verified_by_tongsuopy),),
}
"""What is measured beside the ledger of each suite; the first is the library that the suite itself uses."""
