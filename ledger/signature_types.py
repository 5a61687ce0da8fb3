r"""Types of signature under a note: the byte that names each, and how it is checked.

Ed25519 (type 1) and the timestamped Ed25519 cosignature of a witness (type 4) are C2SP's, and tools in other languages
read them. SM2 with SM3 (国密) has no type of its own there: as the specification asks of such, it is 0xff followed by a
longer name, and the same again for a witness. Readers who do not know it skip it.

Ed25519 is checked by libsodium, which refuses public keys and points of small order and numbers that are not reduced:
libraries differ on such signatures, and all who check a log must agree. SM2 is checked as the suite does.

References
----------
C2SP signed-note (c2sp.org/signed-note), tlog-cosignature (c2sp.org/tlog-cosignature); RFC 8032; GB/T 32918.2.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from nacl.bindings import crypto_sign_open
from nacl.exceptions import CryptoError

from ledger.errors import BadSignatureError, VerifierKeyError
from ledger.suites import NAMES, by_name

__all__ = ["ALGORITHMS", "COSIGNATURE", "ED25519", "SM2", "SM2_COSIGNATURE", "Algorithm", "cosignature_message"]

OWN_TYPE = 0xFF


def cosignature_message(time: int, text: bytes) -> bytes:
    r"""Return what a witness signs: a header, the time, and the whole text of the checkpoint.

    Examples
    --------
    >>> cosignature_message(1679315147, b"log.example\n")
    b'cosignature/v1\ntime 1679315147\nlog.example\n'
    """
    return b"cosignature/v1\ntime %d\n%b" % (time, text)


@dataclass(frozen=True)
class Algorithm:
    """How a type of signature is checked.

    Parameters
    ----------
    identifier
        The type byte; 0xff is followed by a longer name that nobody else uses.
    key_bytes
        Length of a public key.
    verify
        Public key, signature, message: whether the signature is that key's for the message.
    is_timestamped
        Whether the signature is over `cosignature_message` and comes after a time of 8 bytes.

    Raises
    ------
    VerifierKeyError
        If the identifier is empty, or 0xff alone.
    """

    identifier: bytes
    key_bytes: int
    verify: Callable[[bytes, bytes, bytes], bool] = field(repr=False, compare=False)
    is_timestamped: bool = False

    def __post_init__(self) -> None:
        """Refuse an identifier that may collide."""
        if not self.identifier or (self.identifier[0] == OWN_TYPE) != (len(self.identifier) > 1):
            raise VerifierKeyError(
                f"The identifier of a signature type is {self.identifier!r}; it should be one byte, or 0xff and a name."
            )


def _verify_ed25519(public_key: bytes, signature: bytes, message: bytes) -> bool:
    if len(signature) != 64:
        return False
    try:
        crypto_sign_open(signature + message, public_key)
    except CryptoError:
        return False
    return True


def _verify_sm2(public_key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        by_name(NAMES[1]).verify(public_key, message, signature)
    except BadSignatureError:
        return False
    return True


ED25519 = Algorithm(b"\x01", 32, _verify_ed25519)
COSIGNATURE = Algorithm(b"\x04", 32, _verify_ed25519, is_timestamped=True)
SM2 = Algorithm(b"\xffledger/sm2-sm3", 65, _verify_sm2)
SM2_COSIGNATURE = Algorithm(b"\xffledger/cosignature/sm2-sm3", 65, _verify_sm2, is_timestamped=True)
ALGORITHMS = (ED25519, COSIGNATURE, SM2, SM2_COSIGNATURE)
"""The types that are known here; no identifier is the beginning of another."""
