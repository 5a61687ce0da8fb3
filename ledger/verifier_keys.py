"""Keys that sign notes: their names, ids and one-line form.

A verifier key is written `name+hash+base64`: the name of the signer, the id that its signatures carry, and the type of
the signature with the public key. The id is only a label; what counts is that the reader was given the whole key.

Known types are those of `ledger.signature_types`: Ed25519, SM2 (国密), and the timestamped cosignatures of both.

References
----------
C2SP signed-note (c2sp.org/signed-note), tlog-cosignature (c2sp.org/tlog-cosignature).
"""

import base64
import binascii
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from nacl.bindings import crypto_sign, crypto_sign_seed_keypair

from ledger.errors import BadKeyError, VerifierKeyError
from ledger.frontier import sha256
from ledger.signature_types import (
    ALGORITHMS,
    COSIGNATURE,
    ED25519,
    SM2,
    SM2_COSIGNATURE,
    Algorithm,
    cosignature_message,
)
from ledger.suites import NAMES, by_name

__all__ = [
    "COSIGNATURE",
    "ED25519",
    "LATEST_TIME",
    "SM2",
    "SM2_COSIGNATURE",
    "Algorithm",
    "Signer",
    "VerifierKey",
    "base64_decoded",
    "cosignature_message",
    "ed25519_signer",
    "is_name",
    "parse_verifier_key",
    "sm2_signer",
]

LATEST_TIME = 2**63 - 1


def base64_decoded(text: str) -> bytes | None:
    r"""Return what base64 text stands for, or None if it is not the one way to write those bytes.

    Examples
    --------
    >>> base64_decoded("AAE="), base64_decoded("AAF="), base64_decoded("AAE"), base64_decoded("AA E=")
    (b'\x00\x01', None, None, None)
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None
    return data if base64.b64encode(data).decode() == text else None


def is_name(name: str) -> bool:
    r"""Return whether a key may have this name: not empty, no space of any kind, no plus sign, no control character.

    Examples
    --------
    >>> is_name("witness.example/w1"), is_name(""), is_name("two words"), is_name("a+b"), is_name("a\u3000b")
    (True, False, False, False, False)
    """
    if type(name) is not str or not name or "+" in name:
        return False
    return not any(letter.isspace() or letter < " " or "\ud800" <= letter <= "\udfff" for letter in name)


@dataclass(frozen=True)
class VerifierKey:
    """A public key with the name of its owner; `str` gives its one-line form.

    Raises
    ------
    VerifierKeyError
        If the name may not stand in a note, or the key has the wrong length.
    """

    name: str
    algorithm: Algorithm
    public_key: bytes

    def __post_init__(self) -> None:
        """Refuse a name that would break the line it stands in."""
        if not is_name(self.name):
            raise VerifierKeyError("The name of a key should have no spaces, plus signs or control characters.")
        if type(self.public_key) is not bytes or len(self.public_key) != self.algorithm.key_bytes:
            raise VerifierKeyError(f"The public key of {self.name} should be {self.algorithm.key_bytes} bytes long.")

    @property
    def material(self) -> bytes:
        """Signature type and public key, as they are hashed and written."""
        return self.algorithm.identifier + self.public_key

    @property
    def key_id(self) -> bytes:
        """The 4 bytes by which a signature says whose it is."""
        return sha256(self.name.encode() + b"\n" + self.material)[:4]

    def __str__(self) -> str:
        """Return name+hash+base64."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(self.material).decode()}"

    def signed_at(self, payload: bytes, text: bytes) -> int | None:
        """Return the time in a signature of this key over a text, 0 if its type has none, None if it is not one."""
        if not self.algorithm.is_timestamped:
            return 0 if self.algorithm.verify(self.public_key, payload, text) else None
        time, signature = int.from_bytes(payload[:8], "big"), payload[8:]
        if len(payload) < 8 or time > LATEST_TIME:
            return None
        is_signed = self.algorithm.verify(self.public_key, signature, cosignature_message(time, text))
        return time if is_signed else None


@dataclass(frozen=True)
class Signer:
    """A verifier key and what signs for it; the secret is inside the function and is never shown.

    Parameters
    ----------
    key
        The public side.
    sign
        Message to signature.
    """

    key: VerifierKey
    sign: Callable[[bytes], bytes] = field(repr=False)

    def payload(self, text: bytes, at: int = 0) -> bytes:
        """Return the signature over a text as a note carries it; `at` is its time, if its type has one.

        Raises
        ------
        VerifierKeyError
            If the time is not a whole number of seconds from 0 to 2**63 - 1.
        """
        if type(at) is not int or not 0 <= at <= LATEST_TIME:
            raise VerifierKeyError("The time of a signature should be whole unix seconds, from 0 to 2**63 - 1.")
        if not self.key.algorithm.is_timestamped:
            return self.sign(text)
        return at.to_bytes(8, "big") + self.sign(cosignature_message(at, text))


def ed25519_signer(name: str, seed: bytes, algorithm: Algorithm = ED25519) -> Signer:
    """Return the signer of an Ed25519 secret; with `COSIGNATURE` as the algorithm, that of a witness.

    Parameters
    ----------
    name
        Name of the signer, best a URL without scheme.
    seed
        The secret, 32 bytes.
    algorithm
        `ED25519` or `COSIGNATURE`. One secret must not serve two witnesses: what they sign does not name them.

    Raises
    ------
    VerifierKeyError
        If the seed is not 32 bytes, or the name may not stand in a note.

    Examples
    --------
    >>> str(ed25519_signer("log.example", bytes(32)).key)
    'log.example+d85f6874+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop'
    """
    if type(seed) is not bytes or len(seed) != 32:
        raise VerifierKeyError(f"The secret of {name} should be 32 bytes.")
    public_key, secret_key = crypto_sign_seed_keypair(seed)
    return Signer(VerifierKey(name, algorithm, public_key), lambda message: crypto_sign(message, secret_key)[:64])


def sm2_signer(name: str, private: bytes, algorithm: Algorithm = SM2) -> Signer:
    """Return the signer of an SM2 private key (国密); with `SM2_COSIGNATURE` as the algorithm, that of a witness.

    Parameters
    ----------
    private
        The secret, 32 bytes, as the suite sm2-sm3-sm4 takes it.

    Raises
    ------
    VerifierKeyError
        If it is not a private key of SM2, or the name may not stand in a note.
    MissingExtraError
        If the packages of the suite are not installed.

    Examples
    --------
    >>> str(sm2_signer("log.example", b"k" * 32).key)[:40]
    'log.example+c00c5d7c+/2xlZGdlci9zbTItc20'
    """
    suite = by_name(NAMES[1])
    try:
        public_key = suite.public_key(private)
    except BadKeyError as error:
        raise VerifierKeyError(f"The secret of {name} is not one of SM2: {error}.") from None
    return Signer(VerifierKey(name, algorithm, public_key), lambda message: suite.sign(private, message))


def parse_verifier_key(text: str, algorithms: Iterable[Algorithm] = ALGORITHMS) -> VerifierKey:
    """Return the verifier key that a line stands for.

    Raises
    ------
    VerifierKeyError
        If it is not name+hash+base64 in its one form, the hash is not that of name and key, or the type of signature
        is none of `algorithms`.

    Examples
    --------
    >>> key = parse_verifier_key("log.example+d85f6874+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop")
    >>> key.name, key.public_key.hex()[:8]
    ('log.example', '3b6a27bc')
    """
    parts = text.split("+", 2) if type(text) is str else []
    material = base64_decoded(parts[2]) if len(parts) == 3 else None
    if not material:
        raise VerifierKeyError("A verifier key should be written name+hash+base64, the base64 in its one exact form.")
    for algorithm in algorithms:
        public_key = material.removeprefix(algorithm.identifier)
        if material.startswith(algorithm.identifier) and len(public_key) == algorithm.key_bytes:
            key = VerifierKey(parts[0], algorithm, public_key)
            if str(key) != text:
                raise VerifierKeyError(f"The verifier key of {key.name} should have the hash {key.key_id.hex()}.")
            return key
    raise VerifierKeyError(f"The verifier key has a signature type ({material[0]}) or a length that is not known here.")
