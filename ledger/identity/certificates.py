"""Certificates as they are read: who somebody is at which organisation, in which role, with which key.

Strict on purpose: one subject (organisation, role, name), one key of the ledger's suite, the two extensions that say
what the key is for, and no critical extension that nobody here understands.

References
----------
RFC 5280, section 4.
"""

from typing import NamedTuple

from cryptography import x509
from cryptography.x509.oid import ExtensionOID, NameOID

from ledger.der import BIT_STRING, content_of, fields
from ledger.errors import (
    BadCertificateError,
    BadSignatureError,
    ExpiredCertificateError,
    ForeignCertificateError,
    NotYetValidCertificateError,
)
from ledger.identity.algorithms import algorithm_of, key_of
from ledger.schema import MEMBER, Kind, matching
from ledger.suites import Suite

__all__ = ["Certificate", "check_issued_by", "check_valid_at", "read_certificate", "signed_part"]

_LONGEST = 16_384
_ROLE = matching("1 to 32 of the characters a-z 0-9 _ -", r"[a-z0-9_-]{1,32}")
_PERSON = Kind("1 to 64 visible characters", lambda text: 1 <= len(text) <= 64 and text.isprintable())
_UNDERSTOOD = {ExtensionOID.BASIC_CONSTRAINTS, ExtensionOID.KEY_USAGE}


class Certificate(NamedTuple):
    """What a certificate says.

    Parameters
    ----------
    fingerprint
        Hash of its bytes, hexadecimal.
    organisation, role, name
        Of its subject: O, OU and CN.
    issuer
        Organisation of its issuer.
    public_key
        Raw bytes, as the suite takes them.
    serial
        Its number among those of its issuer.
    not_before, not_after
        Unix seconds, both included.
    is_authority
        Whether it may issue others.
    der
        Its bytes.
    """

    fingerprint: str
    organisation: str
    role: str
    name: str
    issuer: str
    public_key: bytes
    serial: int
    not_before: int
    not_after: int
    is_authority: bool
    der: bytes


def read_certificate(der: bytes, suite: Suite) -> Certificate:
    """Read a certificate; whose signature it bears is not checked here.

    Raises
    ------
    BadCertificateError
        If it is not one in the form that members use.
    """
    if len(der) > _LONGEST:
        raise BadCertificateError(f"the certificate has {len(der):,} bytes, at most {_LONGEST:,} are accepted")
    body, _ = signed_part(der, suite)
    try:
        read = x509.load_der_x509_certificate(der)
        subject, issuer, extensions = read.subject, read.issuer, read.extensions
        begins, ends, serial = read.not_valid_before_utc, read.not_valid_after_utc, read.serial_number
    except ValueError as error:
        raise BadCertificateError(f"the certificate can not be read: {error}") from None
    parts = fields(body)
    if read.version is not x509.Version.v3 or parts[2] != algorithm_of(suite).identifier:
        raise BadCertificateError(f"the certificate is not of version 3, signed by the suite {suite.name}")
    organisation, role, name = _subject(subject)
    return Certificate(
        suite.hash(der).hex(),
        organisation,
        role,
        name,
        _subject(issuer)[0],
        key_of(parts[6], suite),
        serial,
        int(begins.timestamp()),
        int(ends.timestamp()),
        _is_authority(extensions),
        der,
    )


def check_issued_by(certificate: Certificate, authority: Certificate, suite: Suite) -> None:
    """Refuse a certificate that this authority did not issue; an authority issues its own.

    Raises
    ------
    ForeignCertificateError
        If it is another organisation's, the authority is none, or its signature is not on it.
    """
    if not authority.is_authority:
        raise ForeignCertificateError(f"the certificate of {authority.name} may not issue others")
    if certificate.is_authority and certificate.der != authority.der:
        raise ForeignCertificateError("an authority's certificate issues those of people, not other authorities'")
    if not certificate.organisation == certificate.issuer == authority.organisation:
        raise ForeignCertificateError(
            f"the certificate is {certificate.organisation}'s, issued by {certificate.issuer}: its issuer must be the"
            f" authority of {authority.organisation}"
        )
    body, signature = signed_part(certificate.der, suite)
    try:
        suite.verify(authority.public_key, body, signature)
    except BadSignatureError:
        raise ForeignCertificateError(
            f"the certificate of {certificate.name} does not bear the signature of {authority.organisation}'s authority"
        ) from None
    if certificate.not_before < authority.not_before or certificate.not_after > authority.not_after:
        raise ForeignCertificateError("the certificate is valid at times at which its authority's is not")


def check_valid_at(certificate: Certificate, at: int) -> None:
    """Refuse a certificate before or after its time.

    Raises
    ------
    NotYetValidCertificateError, ExpiredCertificateError
        If it is not valid yet, or no longer.
    """
    who = f"the certificate of {certificate.name} at {certificate.organisation}"
    if at < certificate.not_before:
        raise NotYetValidCertificateError(f"{who} is valid from {certificate.not_before}, after {at}")
    if at > certificate.not_after:
        raise ExpiredCertificateError(f"{who} expired at {certificate.not_after}, before {at}")


def signed_part(der: bytes, suite: Suite) -> tuple[bytes, bytes]:
    """Return what a certificate or a revocation list has signed, and the signature's 64 bytes.

    Raises
    ------
    BadCertificateError
        If the bytes are not such a structure, signed by an algorithm of this suite.
    """
    parts = fields(der)
    algorithm = algorithm_of(suite)
    if len(parts) != 3 or parts[1] != algorithm.identifier:
        raise BadCertificateError(f"the bytes are not signed by the suite {suite.name}")
    content = content_of(parts[2], BIT_STRING)
    if content[:1] != b"\x00":
        raise BadCertificateError("the signature is not a bit string of whole bytes")
    return parts[0], algorithm.from_der(content[1:])


def _subject(name: x509.Name) -> tuple[str, str, str]:
    found = []
    kinds = {
        NameOID.ORGANIZATION_NAME: ("O", MEMBER),
        NameOID.ORGANIZATIONAL_UNIT_NAME: ("OU", _ROLE),
        NameOID.COMMON_NAME: ("CN", _PERSON),
    }
    for oid, (letters, kind) in kinds.items():
        values = name.get_attributes_for_oid(oid)
        if len(values) != 1 or not kind.holds(values[0].value):
            raise BadCertificateError(f"the subject's {letters} must be there once, {kind.wish}")
        found.append(str(values[0].value))
    if len(list(name)) != len(kinds):
        raise BadCertificateError("the subject must have O (organisation), OU (role) and CN (name), and nothing else")
    return found[0], found[1], found[2]


def _is_authority(extensions: x509.Extensions) -> bool:
    for one in extensions:
        if one.critical and one.oid not in _UNDERSTOOD:
            raise BadCertificateError(
                f"the certificate has the critical extension {one.oid.dotted_string}, unknown here"
            )
    try:
        limits = extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound as error:
        raise BadCertificateError(f"the certificate lacks an extension: {error}") from None
    if limits.ca != (usage.key_cert_sign and usage.crl_sign) or usage.digital_signature == limits.ca:
        raise BadCertificateError("the key's usage must be to sign certificates and lists, or else to sign, not both")
    return limits.ca
