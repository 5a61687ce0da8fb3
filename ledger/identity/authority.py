"""An organisation's authority: makes its own certificate, its people's, and the list of those withdrawn.

All that goes in is given: keys, serial numbers, times. The structures are built by `cryptography` around a stand-in
key, whose place the suite's key then takes; what is signed in the end is signed by the suite, so that both suites have
the same X.509.

References
----------
RFC 5280, sections 4 and 5.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from ledger.der import SEQUENCE, element, fields
from ledger.errors import BadCertificateError
from ledger.identity.algorithms import algorithm_of, bits
from ledger.identity.certificates import AUTHORITY
from ledger.suites import Suite

__all__ = ["authority_certificate", "issue", "revocation_list"]

_STAND_IN = Ed25519PrivateKey.from_private_bytes(bytes(32))  # its signature is replaced before anybody sees it
_NO_USAGE = dict.fromkeys(
    [
        *["digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"],
        *["key_cert_sign", "crl_sign", "encipher_only", "decipher_only"],
    ],
    False,
)


def authority_certificate(
    suite: Suite, private: bytes, organisation: str, *, serial: int, not_before: int, not_after: int
) -> bytes:
    """Return the self-signed certificate of an organisation's authority.

    Parameters
    ----------
    private
        The authority's signing key.
    organisation
        Name of the member.
    serial
        1 or more, unlike others of this authority.
    not_before, not_after
        Unix seconds.

    Returns
    -------
    bytes
        DER.
    """
    name = _name(organisation, AUTHORITY, organisation)
    usage = _NO_USAGE | {"key_cert_sign": True, "crl_sign": True}
    builder = _builder(name, name, serial, not_before, not_after, usage, x509.BasicConstraints(ca=True, path_length=0))
    return _signed(builder, suite, suite.public_key(private), private)


def issue(
    suite: Suite,
    private: bytes,
    organisation: str,
    *,
    role: str,
    name: str,
    public_key: bytes,
    serial: int,
    not_before: int,
    not_after: int,
) -> bytes:
    """Return the certificate of one of an organisation's people, signed by its authority.

    Parameters
    ----------
    private
        The authority's signing key.
    role
        Such as `maker`, `checker`, `admin`.
    name
        Of the person or service.
    public_key
        With which that person's signatures are verified.
    """
    subject, issuer = _name(organisation, role, name), _name(organisation, AUTHORITY, organisation)
    usage = _NO_USAGE | {"digital_signature": True}
    limits = x509.BasicConstraints(ca=False, path_length=None)
    builder = _builder(subject, issuer, serial, not_before, not_after, usage, limits)
    return _signed(builder, suite, public_key, private)


def revocation_list(
    suite: Suite,
    private: bytes,
    organisation: str,
    *,
    number: int,
    this_update: int,
    next_update: int,
    withdrawn: Mapping[int, int],
) -> bytes:
    """Return the list of certificates that an authority has withdrawn.

    Parameters
    ----------
    number
        1 or more, greater than that of the list before.
    withdrawn
        For each serial number the time since when, Unix seconds.

    Returns
    -------
    bytes
        DER of an X.509 CRL.
    """
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(_name(organisation, AUTHORITY, organisation))
        .last_update(_time(this_update))
        .next_update(_time(next_update))
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(_signer_identifier(private, suite), critical=False)
    )
    for serial, since in sorted(withdrawn.items()):
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(_time(since)).build()
        builder = builder.add_revoked_certificate(entry)
    listed = fields(builder.sign(_STAND_IN, None).tbs_certlist_bytes)
    listed[1] = algorithm_of(suite).identifier  # after the version
    return _with_signature(listed, suite, private)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    serial: int,
    not_before: int,
    not_after: int,
    usage: Mapping[str, bool],
    limits: x509.BasicConstraints,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(_STAND_IN.public_key())
        .serial_number(serial)
        .not_valid_before(_time(not_before))
        .not_valid_after(_time(not_after))
        .add_extension(limits, critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
    )


def _signed(builder: x509.CertificateBuilder, suite: Suite, public_key: bytes, private: bytes) -> bytes:
    builder = builder.add_extension(x509.SubjectKeyIdentifier(_key_identifier(public_key, suite)), critical=False)
    builder = builder.add_extension(_signer_identifier(private, suite), critical=False)
    parts = fields(builder.sign(_STAND_IN, None).tbs_certificate_bytes)
    algorithm = algorithm_of(suite)
    parts[2], parts[6] = algorithm.identifier, algorithm.key_prefix + public_key
    return _with_signature(parts, suite, private)


def _with_signature(parts: list[bytes], suite: Suite, private: bytes) -> bytes:
    algorithm = algorithm_of(suite)
    body = element(SEQUENCE, b"".join(parts))
    signature = bits(algorithm.to_der(suite.sign(private, body)))
    return element(SEQUENCE, body + algorithm.identifier + signature)


def _key_identifier(public_key: bytes, suite: Suite) -> bytes:
    """Return what RFC 5280 asks for so that others can sort keys; nothing here depends on it."""
    return suite.hash(public_key)[:20]


def _signer_identifier(private: bytes, suite: Suite) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier(_key_identifier(suite.public_key(private), suite), None, None)


def _name(organisation: str, role: str, name: str) -> x509.Name:
    parts = [
        (NameOID.ORGANIZATION_NAME, organisation),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, role),
        (NameOID.COMMON_NAME, name),
    ]
    try:
        return x509.Name([x509.NameAttribute(kind, text) for kind, text in parts])
    except ValueError as error:
        raise BadCertificateError(
            f"{organisation}, {role}, {name} can not be a certificate's subject: {error}"
        ) from None


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
