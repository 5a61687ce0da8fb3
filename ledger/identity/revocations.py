"""Revocation lists: which certificates an authority has withdrawn.

References
----------
RFC 5280, section 5.
"""

from typing import NamedTuple

from cryptography import x509

from ledger.errors import BadCertificateError, BadSignatureError, ForeignCertificateError
from ledger.identity.certificates import Certificate, signed_part
from ledger.suites import Suite

__all__ = ["RevocationList", "read_revocations"]


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
        If the bytes are not one, or it has no number or no times.
    ForeignCertificateError
        If this authority did not sign it.
    """
    body, signature = signed_part(der, suite)
    try:
        suite.verify(authority.public_key, body, signature)
    except BadSignatureError:
        raise ForeignCertificateError(
            f"the revocation list does not bear the signature of {authority.organisation}'s authority"
        ) from None
    try:
        read = x509.load_der_x509_crl(der)
        number = read.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
        serials = tuple(sorted(one.serial_number for one in read))
        begins, ends = read.last_update_utc, read.next_update_utc
    except (ValueError, x509.ExtensionNotFound) as error:
        raise BadCertificateError(f"the revocation list can not be read: {error}") from None
    if any(one.critical for one in read.extensions):
        raise BadCertificateError("the revocation list has a critical extension that is not known here")
    if ends is None:
        raise BadCertificateError("the revocation list does not say when the next one comes")
    return RevocationList(number, int(begins.timestamp()), int(ends.timestamp()), serials)
