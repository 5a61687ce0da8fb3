"""Revocation lists: which certificates an authority has withdrawn.

What was withdrawn stays so: a later list may leave out what an earlier one in the log names, and has to where it would
grow beyond 16 KiB, which is some four hundred numbers.

References
----------
RFC 5280, section 5.
"""

from itertools import chain
from typing import NamedTuple

from cryptography import x509

from ledger.canonical import LARGEST
from ledger.der import fields
from ledger.errors import BadCertificateError, BadSignatureError, ForeignCertificateError
from ledger.identity.algorithms import algorithm_of
from ledger.identity.certificates import UNREADABLE, Certificate, signed_part, subject_of
from ledger.suites import Suite

__all__ = ["RevocationList", "read_revocations"]

_LONGEST = 16_384
_GIVEN_BACK = x509.CRLReason(x509.ReasonFlags.remove_from_crl)


class RevocationList(NamedTuple):
    """What a revocation list says.

    Parameters
    ----------
    number
        Greater than that of the list before.
    this_update, next_update
        Unix seconds.
    serials
        Serial numbers of the certificates that are withdrawn.
    """

    number: int
    this_update: int
    next_update: int
    serials: tuple[int, ...]


def read_revocations(der: bytes, authority: Certificate, suite: Suite) -> RevocationList:
    """Read a revocation list of this authority.

    Raises
    ------
    BadCertificateError
        If the bytes are not one, or not one that stands for itself: with a number, both times, and each serial once.
    ForeignCertificateError
        If this authority did not sign it, or it does not say so.
    """
    if len(der) > _LONGEST:
        raise BadCertificateError(f"the revocation list has {len(der):,} bytes, at most {_LONGEST:,} are accepted")
    body, signature = signed_part(der, suite)
    try:
        suite.verify(authority.public_key, body, signature)
    except BadSignatureError:
        raise ForeignCertificateError(
            f"the revocation list does not bear the signature of {authority.organisation}'s authority"
        ) from None
    parts = fields(body)
    if len(parts) < 4 or parts[1] != algorithm_of(suite).identifier or parts[2] != subject_of(authority, suite):
        raise ForeignCertificateError(
            "the revocation list does not name the authority and the algorithm that signed it"
        )
    try:
        read = x509.load_der_x509_crl(der)
        number = read.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
        entries = [(one.serial_number, list(one.extensions)) for one in read]
        begins, ends = read.last_update_utc, read.next_update_utc
        extensions = [*read.extensions, *chain.from_iterable(more for _, more in entries)]
    except (*UNREADABLE, x509.ExtensionNotFound) as error:
        raise BadCertificateError(f"the revocation list can not be read: {error}") from None
    if any(one.critical for one in extensions):
        raise BadCertificateError("the revocation list has a critical extension that is not known here")
    if any(one.value == _GIVEN_BACK for one in extensions):
        raise BadCertificateError("the revocation list gives a certificate back: what was withdrawn stays so")
    if not 1 <= number <= LARGEST:
        raise BadCertificateError("the revocation list's number must be from 1 to 2^53 - 1")
    if ends is None or ends < begins:
        raise BadCertificateError("the revocation list does not say when the next one comes, or a time before its own")
    serials = sorted({serial for serial, _ in entries})
    if len(serials) != len(entries) or (serials and serials[0] < 1):
        raise BadCertificateError("the revocation list's serial numbers must be 1 or more, each once")
    return RevocationList(number, int(begins.timestamp()), int(ends.timestamp()), tuple(serials))
