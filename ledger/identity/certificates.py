"""Certificates as they are read: who somebody is at which organisation, in which role, with which key.

Strict on purpose: one subject (organisation, role, name, in this order), one key of the ledger's suite, the two
extensions that say what the key is for, both critical, and no critical extension that nobody here understands. An
authority has the role `authority`, and nobody else has; its key signs certificates and lists, and nothing else.

References
----------
RFC 5280, section 4.
"""

from typing import NamedTuple

from cryptography import x509
from cryptography.x509.oid import ExtensionOID, NameOID

from ledger.der import BIT_STRING, content_of, fields, integer_of
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

__all__ = [
    "AUTHORITY",
    "UNREADABLE",
    "Certificate",
    "check_issued_by",
    "check_valid_at",
    "read_certificate",
    "signed_part",
    "subject_of",
]

AUTHORITY = "authority"
"""The role of an organisation's authority."""
UNREADABLE = (ValueError, x509.DuplicateExtension, x509.InvalidVersion, x509.UnsupportedGeneralNameType)
"""What `cryptography` raises when it can not read an X.509 structure."""

_LONGEST = 16_384
_PARTS = 8  # version, serial, algorithm, issuer, validity, subject, key, extensions: nothing that may be left out
_VERSION_3 = bytes.fromhex("a003020102")
_LARGEST_SERIAL = 2**159 - 1  # RFC 5280: up to 20 octets, the first bit 0
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
    parts = fields(signed_part(der, suite)[0])
    if len(parts) != _PARTS or parts[0] != _VERSION_3 or parts[2] != algorithm_of(suite).identifier:
        raise BadCertificateError(f"the certificate is not of version 3, signed by the suite {suite.name}")
    serial = integer_of(parts[1])
    if not 1 <= serial <= _LARGEST_SERIAL:
        raise BadCertificateError("the certificate's serial number must be from 1 to 2^159 - 1")
    try:
        read = x509.load_der_x509_certificate(der)
        subject, issuer, extensions = read.subject, read.issuer, read.extensions
        begins, ends = int(read.not_valid_before_utc.timestamp()), int(read.not_valid_after_utc.timestamp())
    except UNREADABLE as error:
        raise BadCertificateError(f"the certificate can not be read: {error}") from None
    if not 0 <= begins <= ends:
        raise BadCertificateError("the certificate must be valid from 1970 or later, to a time that is not before")
    organisation, role, name = _names(subject, "subject")
    is_authority = _is_authority(extensions)
    if is_authority != (role == AUTHORITY):
        raise BadCertificateError(f"the role of {name} is {role}: an authority's is {AUTHORITY}, and nobody else's")
    return Certificate(
        suite.hash(der).hex(),
        organisation,
        role,
        name,
        _names(issuer, "issuer")[0],
        key_of(parts[6], suite),
        serial,
        begins,
        ends,
        is_authority,
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
    if not certificate.is_authority and certificate.public_key == authority.public_key:
        raise ForeignCertificateError(f"the key of {certificate.name} is its authority's, which signs nothing else")
    if not certificate.organisation == certificate.issuer == authority.organisation:
        raise ForeignCertificateError(
            f"the certificate is {certificate.organisation}'s, issued by {certificate.issuer}: its issuer must be the"
            f" authority of {authority.organisation}"
        )
    body, signature = signed_part(certificate.der, suite)
    if fields(body)[3] != subject_of(authority, suite):
        raise ForeignCertificateError(
            f"the issuer of {certificate.name}'s certificate is not named as its authority is"
        )
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


def subject_of(certificate: Certificate, suite: Suite) -> bytes:
    """Return the subject of a certificate, in the DER bytes in which what it issues must name it."""
    return fields(signed_part(certificate.der, suite)[0])[5]


def _names(name: x509.Name, whose: str) -> tuple[str, str, str]:
    kinds = {
        NameOID.ORGANIZATION_NAME: ("O", MEMBER),
        NameOID.ORGANIZATIONAL_UNIT_NAME: ("OU", _ROLE),
        NameOID.COMMON_NAME: ("CN", _PERSON),
    }
    if [one.oid for one in name] != list(kinds) or len(name.rdns) != len(kinds):
        raise BadCertificateError(f"the {whose} must be O (organisation), OU (role), CN (name), once and in this order")
    values = [one.value for one in name]
    for (letters, kind), value in zip(kinds.values(), values, strict=True):
        if type(value) is not str or not kind.holds(value):
            raise BadCertificateError(f"the {whose}'s {letters} must be {kind.wish}")
    return str(values[0]), str(values[1]), str(values[2])


def _is_authority(extensions: x509.Extensions) -> bool:
    for one in extensions:
        if one.critical != (one.oid in _UNDERSTOOD):
            raise BadCertificateError(
                f"the extension {one.oid.dotted_string} is {'' if one.critical else 'not '}critical: the two that say"
                " what the key is for must be, and no other is known here"
            )
    try:
        limits = extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound as error:
        raise BadCertificateError(f"the certificate lacks an extension: {error}") from None
    signs = (usage.key_cert_sign, usage.crl_sign, usage.digital_signature)
    if signs != (limits.ca, limits.ca, not limits.ca):
        raise BadCertificateError("the key's usage must be to sign certificates and lists, or else to sign, not both")
    return limits.ca
