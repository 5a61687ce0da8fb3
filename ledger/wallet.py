"""Wallets: the keys of people, and signing with them.

A private key never shows: not in a repr, not in a message, not in a file that this package writes. Where keys are kept
is their owner's affair (a key store, a smart card behind `sign`); demonstrations draw theirs from a seed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ledger.errors import BadKeyError
from ledger.identity.certificates import read_certificate
from ledger.suites import Suite
from ledger.transaction import Body, body_bytes, message_of, signed_bytes, transaction_id

__all__ = ["Wallet", "sign", "wallet"]


@dataclass(frozen=True, slots=True)
class Wallet:
    """A person's certificate with the private key to it.

    Parameters
    ----------
    organisation, role, name
        As the certificate says.
    fingerprint
        Of the certificate.
    certificate
        DER.
    private
        The signing key; not shown.
    """

    organisation: str
    role: str
    name: str
    fingerprint: str
    certificate: bytes = field(repr=False)
    private: bytes = field(repr=False)


def wallet(suite: Suite, certificate: bytes, private: bytes) -> Wallet:
    """Return the wallet of whoever a certificate speaks for.

    Raises
    ------
    BadCertificateError
        If the certificate can not be read.
    BadKeyError
        If the private key is not the one that the certificate speaks of.
    """
    read = read_certificate(certificate, suite)
    if suite.public_key(private) != read.public_key:
        raise BadKeyError(f"the private key is not the one to the certificate of {read.name} at {read.organisation}")
    return Wallet(read.organisation, read.role, read.name, read.fingerprint, certificate, private)


def sign(suite: Suite, body: Body, wallets: Iterable[Wallet]) -> bytes:
    """Return the bytes of a transaction that these people have signed.

    Raises
    ------
    FormatError
        If the body holds what it may not.
    """
    data = body_bytes(body)
    message = message_of(transaction_id(data, suite.hash))
    return signed_bytes(data, {one.fingerprint: suite.sign(one.private, message) for one in wallets})
