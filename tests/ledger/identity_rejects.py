"""Certificates that must be refused: how each is made, named after what is broken in it."""

from collections.abc import Callable

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from identity_sample import (
    ALGORITHM,
    EXTENSIONS,
    ISSUER,
    KEY,
    LIMITS,
    OFFICES,
    SERIAL,
    SUBJECT,
    USAGE,
    VALIDITY,
    VERSION,
    Office,
    Parts,
    extension,
    extensions,
    name,
    office,
    usage,
)

from ledger.der import SEQUENCE, element, fields, integer_element
from ledger.identity.algorithms import algorithm_of


def put(place: int, value: bytes | Callable[[Office], bytes]) -> Callable[[Office], bytes]:
    """Return what makes the person's certificate with one field in another's place, signed by the authority."""

    def made(here: Office) -> bytes:
        def change(parts: Parts) -> None:
            parts[place] = value if isinstance(value, bytes) else value(here)

        return here.issued(change)

    return made


def years(begins: str, ends: str) -> bytes:
    """Return a validity of two UTCTimes."""
    return element(SEQUENCE, element(0x17, begins.encode()) + element(0x17, ends.encode()))


def dropped(here: Office) -> bytes:
    def change(parts: Parts) -> None:
        del parts[EXTENSIONS]

    return here.issued(change)


def with_unique_number(here: Office) -> bytes:
    """A field that version 2 brought, which nobody uses."""

    def change(parts: Parts) -> None:
        parts.insert(EXTENSIONS, bytes.fromhex("81020001"))

    return here.issued(change)


def one_set(here: Office) -> bytes:
    """O, OU and CN in one set instead of three."""
    pairs = [fields(one, 0x31)[0] for one in fields(fields(fields(here.person.der)[0])[SUBJECT])]
    return put(SUBJECT, element(SEQUENCE, element(0x31, b"".join(sorted(pairs)))))(here)


PERSON = (("O", "core"), ("OU", "maker"), ("CN", "Li"))
ROOT = (("O", "core"), ("OU", "authority"), ("CN", "core"))
CA = extension(x509.BasicConstraints(ca=True, path_length=0), True)
CA_USAGE = extension(usage("key_cert_sign", "crl_sign"), True)
LONG_PURPOSE = x509.ExtendedKeyUsage([x509.ObjectIdentifier(f"1.2.3.{one}") for one in range(100_000, 103_000)])
PURPOSE = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])

REJECTS: dict[str, Callable[[Office], bytes]] = {
    "no bytes": lambda here: b"",
    "one byte": lambda here: b"\x30",
    "not DER": lambda here: b"certificate",
    "cut": lambda here: here.person.der[:-1],
    "trailing byte": lambda here: here.person.der + b"\0",
    "twice": lambda here: here.person.der * 2,
    "PEM": lambda here: b"-----BEGIN CERTIFICATE-----",
    "too long": lambda here: put(EXTENSIONS, extensions(LIMITS, USAGE, extension(LONG_PURPOSE, False)))(here),
    "hardly anything": lambda here: here.signed([integer_element(1)]),
    "length in a longer form": lambda here: b"\x30\x83\x00" + here.person.der[2:],
    "a fourth part": lambda here: element(SEQUENCE, b"".join(fields(here.person.der)) + integer_element(1)),
    "a list instead": lambda here: here.withdrawn(1, [2]),
    "signed by the other suite's algorithm": lambda here: here.signed(
        fields(fields(here.person.der)[0]), algorithm_of(other(here).suite).identifier
    ),
    "another algorithm inside": put(ALGORITHM, lambda here: algorithm_of(other(here).suite).identifier),
    "of the other suite as a whole": lambda here: other(here).person.der,
    "version 1": put(VERSION, bytes.fromhex("a003020100")),
    "version 2": put(VERSION, bytes.fromhex("a003020101")),
    "with a unique number of the issuer": with_unique_number,
    "version 4": put(VERSION, bytes.fromhex("a003020103")),
    "serial 0": put(SERIAL, integer_element(0)),
    "serial negative": put(SERIAL, bytes.fromhex("0201ff")),
    "serial with a zero before it": put(SERIAL, bytes.fromhex("02020002")),
    "serial of 21 bytes": put(SERIAL, integer_element(2**160)),
    "ends before it begins": put(VALIDITY, years("250101000000Z", "240101000000Z")),
    "begins before 1970": put(VALIDITY, years("690101000000Z", "300101000000Z")),
    "month 13": put(VALIDITY, years("251301000000Z", "300101000000Z")),
    "time without seconds": put(VALIDITY, years("2501010000Z", "300101000000Z")),
    "time of another zone": put(VALIDITY, years("250101000000+0800", "300101000000Z")),
    "issuer of another organisation": put(ISSUER, name(("O", "bank-a"), ("OU", "authority"), ("CN", "bank-a"))),
    "issuer of another name": put(ISSUER, name(("O", "core"), ("OU", "authority"), ("CN", "core 2"))),
    "issuer a person": put(ISSUER, name(*PERSON)),
    "issuer empty": put(ISSUER, name()),
    "subject empty": put(SUBJECT, name()),
    "subject of another organisation": put(SUBJECT, name(("O", "bank-a"), *PERSON[1:])),
    "subject without O": put(SUBJECT, name(*PERSON[1:])),
    "subject without OU": put(SUBJECT, name(PERSON[0], PERSON[2])),
    "subject without CN": put(SUBJECT, name(*PERSON[:2])),
    "subject with two O": put(SUBJECT, name(PERSON[0], ("O", "bank-a"), *PERSON[1:])),
    "subject with two roles": put(SUBJECT, name(*PERSON[:2], ("OU", "checker"), PERSON[2])),
    "subject with two names": put(SUBJECT, name(*PERSON, ("CN", "Wang"))),
    "subject with a country": put(SUBJECT, name(("C", "CN"), *PERSON)),
    "subject in another order": put(SUBJECT, name(PERSON[2], PERSON[1], PERSON[0])),
    "subject with two names and no organisation": put(SUBJECT, name(("CN", "core"), *PERSON[1:])),
    "subject in one set": one_set,
    "organisation with a space": put(SUBJECT, name(("O", "core "), *PERSON[1:])),
    "organisation in other letters": put(SUBJECT, name(("O", "核心"), *PERSON[1:])),
    "role in capitals": put(SUBJECT, name(PERSON[0], ("OU", "Maker"), PERSON[2])),
    "name with a line feed": put(SUBJECT, name(*PERSON[:2], ("CN", "Li\nWang"))),
    "name with an invisible character": put(SUBJECT, name(*PERSON[:2], ("CN", "Li\u200b"))),
    "authority as a person": put(SUBJECT, name(*ROOT)),
    "person as an authority": put(EXTENSIONS, extensions(CA, CA_USAGE)),
    "another authority under this one": lambda here: here.issued(second_root),
    "key of its authority": put(KEY, lambda here: fields(fields(here.authority.der)[0])[KEY]),
    "key of the other suite": put(KEY, lambda here: fields(fields(other(here).person.der)[0])[KEY]),
    "key cut": put(KEY, lambda here: shorter_key(here)),
    "key that is no point": put(KEY, lambda here: bad_key(here)),
    "no extensions": dropped,
    "extensions empty": put(EXTENSIONS, extensions()),
    "no basic constraints": put(EXTENSIONS, extensions(USAGE)),
    "no key usage": put(EXTENSIONS, extensions(LIMITS)),
    "basic constraints twice": put(EXTENSIONS, extensions(LIMITS, LIMITS, USAGE)),
    "key usage twice": put(EXTENSIONS, extensions(LIMITS, USAGE, USAGE)),
    "an authority and then not": put(EXTENSIONS, extensions(LIMITS, CA, USAGE)),
    "basic constraints not critical": put(
        EXTENSIONS, extensions(extension(x509.BasicConstraints(ca=False, path_length=None), False), USAGE)
    ),
    "key usage not critical": put(EXTENSIONS, extensions(LIMITS, extension(usage("digital_signature"), False))),
    "critical extension that nobody knows": put(EXTENSIONS, extensions(LIMITS, USAGE, extension(PURPOSE, True))),
    "critical name constraints": put(
        EXTENSIONS,
        extensions(LIMITS, USAGE, extension(x509.NameConstraints([x509.DNSName("example.com")], None), True)),
    ),
    "usage for nothing": put(EXTENSIONS, extensions(LIMITS, extension(usage(), True))),
    "usage to sign certificates only": put(EXTENSIONS, extensions(LIMITS, extension(usage("key_cert_sign"), True))),
    "usage to sign everything": put(
        EXTENSIONS, extensions(LIMITS, extension(usage("digital_signature", "key_cert_sign", "crl_sign"), True))
    ),
    "usage to sign lists too": put(
        EXTENSIONS, extensions(LIMITS, extension(usage("digital_signature", "crl_sign"), True))
    ),
    "extension that is not DER": put(EXTENSIONS, element(0xA3, element(SEQUENCE, LIMITS + USAGE[:-1]))),
    "another's signature": lambda here: office(here.suite.name, seed=b"b").person.der,
    "signature of zeroes": lambda here: element(
        SEQUENCE, b"".join(fields(here.person.der)[:2]) + element(0x03, bytes(65))
    ),
    "signature not a bit string": lambda here: element(
        SEQUENCE, b"".join(fields(here.person.der)[:2]) + element(0x04, fields(here.person.der)[2][2:])
    ),
    "signature with unused bits": lambda here: element(
        SEQUENCE, b"".join(fields(here.person.der)[:2]) + element(0x03, b"\x01" + fields(here.person.der)[2][3:])
    ),
    "signature empty": lambda here: element(SEQUENCE, b"".join(fields(here.person.der)[:2]) + element(0x03, b"")),
    "valid before its authority is": put(VALIDITY, years("230101000000Z", "300101000000Z")),
    "valid after its authority is": put(VALIDITY, years("250101000000Z", "350101000000Z")),
}


def other(here: Office) -> Office:
    return next(one for one in OFFICES.values() if one.suite.name != here.suite.name)


def second_root(parts: Parts) -> None:
    parts[SUBJECT] = name(("O", "core"), ("OU", "authority"), ("CN", "core 2"))
    parts[EXTENSIONS] = extensions(CA, CA_USAGE)


def shorter_key(here: Office) -> bytes:
    algorithm, bit_string = fields(fields(fields(here.person.der)[0])[KEY])
    return element(SEQUENCE, algorithm + element(0x03, bit_string[2:-1]))


def bad_key(here: Office) -> bytes:
    """A key of the right length that is no point of the curve, or of small order."""
    prefix = fields(fields(here.person.der)[0])[KEY][: -len(here.person.public_key)]
    return prefix + (b"\x04" + bytes(64) if len(here.person.public_key) == 65 else bytes(32))
