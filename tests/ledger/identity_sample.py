"""An authority with a person's certificate for each suite, and a way to sign certificates that nobody should issue."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from cryptography import x509
from cryptography.x509.oid import NameOID

from ledger.der import OCTET_STRING, SEQUENCE, element, fields
from ledger.identity import Certificate, authority_certificate, issue, read_certificate, revocation_list
from ledger.identity.algorithms import algorithm_of, bits
from ledger.suites import NAMES, Suite, by_name

BEGIN, END = 1_700_000_000, 1_900_000_000
VERSION, SERIAL, ALGORITHM, ISSUER, VALIDITY, SUBJECT, KEY, EXTENSIONS = range(8)
Parts = list[bytes]


class Office(NamedTuple):
    """A suite, an organisation's authority with its key, and one of its people."""

    suite: Suite
    private: bytes
    authority: Certificate
    person: Certificate

    def issued(self, change: Callable[[Parts], None], *, of: Certificate | None = None) -> bytes:
        """Return a certificate (of the person) with its fields changed, signed by the authority as if it were right."""
        parts = fields(fields((of or self.person).der)[0])
        change(parts)
        return self.signed(parts)

    def signed(self, parts: Iterable[bytes], identifier: bytes = b"") -> bytes:
        algorithm = algorithm_of(self.suite)
        body = element(SEQUENCE, b"".join(parts))
        signature = bits(algorithm.to_der(self.suite.sign(self.private, body)))
        return element(SEQUENCE, body + (identifier or algorithm.identifier) + signature)

    def withdrawn(self, number: int, serials: Iterable[int]) -> bytes:
        return revocation_list(
            self.suite,
            self.private,
            self.authority.organisation,
            number=number,
            this_update=BEGIN,
            next_update=END,
            withdrawn=dict.fromkeys(serials, BEGIN),
        )


def office(suite_name: str, organisation: str = "core", seed: bytes = b"a") -> Office:
    suite, private = by_name(suite_name), seed * 32
    root = authority_certificate(suite, private, organisation, serial=1, not_before=BEGIN, not_after=END)
    person = issue(
        suite,
        private,
        organisation,
        role="maker",
        name="Li 李",
        public_key=suite.public_key(b"p" * 32),
        serial=2,
        not_before=BEGIN,
        not_after=END,
    )
    return Office(suite, private, read_certificate(root, suite), read_certificate(person, suite))


OFFICES = {name: office(name) for name in NAMES}


def name(*parts: tuple[str, str]) -> bytes:
    """Return a name in DER: pairs of O, OU, CN or C and a text, each in a set of its own."""
    kinds = {
        "O": NameOID.ORGANIZATION_NAME,
        "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
        "CN": NameOID.COMMON_NAME,
        "C": NameOID.COUNTRY_NAME,
    }
    return x509.Name([x509.NameAttribute(kinds[letters], text) for letters, text in parts]).public_bytes()


def extension(value: x509.ExtensionType, critical: bool) -> bytes:
    oid = element(0x06, bytes.fromhex(_OIDS[value.oid.dotted_string]))
    flag = bytes.fromhex("0101ff") if critical else b""
    return element(SEQUENCE, oid + flag + element(OCTET_STRING, value.public_bytes()))


def extensions(*each: bytes) -> bytes:
    return element(0xA3, element(SEQUENCE, b"".join(each)))


def usage(*allowed: str) -> x509.KeyUsage:
    names = [
        *["digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"],
        *["key_cert_sign", "crl_sign", "encipher_only", "decipher_only"],
    ]
    return x509.KeyUsage(**{one: one in allowed for one in names})


_OIDS = {
    "2.5.29.15": "551d0f",
    "2.5.29.19": "551d13",
    "2.5.29.30": "551d1e",
    "2.5.29.37": "551d25",
    "2.5.29.54": "551d36",
}
LIMITS = extension(x509.BasicConstraints(ca=False, path_length=None), True)
USAGE = extension(usage("digital_signature"), True)
