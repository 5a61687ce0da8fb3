"""Revocation lists: what is read from good ones, and all that must be refused."""

from collections.abc import Callable

import pytest
from identity_sample import BEGIN, END, OFFICES, Office, name, office

from ledger.der import SEQUENCE, element, fields, integer_element
from ledger.errors import BadCertificateError, ForeignCertificateError, LedgerError
from ledger.identity import read_revocations
from ledger.identity.algorithms import algorithm_of

BOTH = pytest.mark.parametrize("here", OFFICES.values(), ids=OFFICES)
VERSION, ALGORITHM, ISSUER, THIS, NEXT, ENTRIES, EXTENSIONS = range(7)


@BOTH
def test_a_list_says_which_serials_are_withdrawn(here: Office) -> None:
    found = read_revocations(here.withdrawn(7, [2, 300, 5]), here.authority, here.suite)
    assert found == (7, BEGIN, END, (2, 5, 300))


@BOTH
def test_a_list_may_be_empty_and_have_the_largest_number(here: Office) -> None:
    assert read_revocations(here.withdrawn(2**53 - 1, []), here.authority, here.suite).number == 2**53 - 1
    assert read_revocations(here.withdrawn(1, [2**159 - 1]), here.authority, here.suite).serials == (2**159 - 1,)


def put(place: int, value: bytes) -> Callable[[Office], bytes]:
    """Return what makes a list of serials 2 and 5 with one field in another's place, signed by the authority."""

    def made(here: Office) -> bytes:
        parts = fields(fields(here.withdrawn(7, [2, 5]))[0])
        parts[place] = value
        return here.signed(parts)

    return made


def without(place: int) -> Callable[[Office], bytes]:
    def made(here: Office) -> bytes:
        parts = fields(fields(here.withdrawn(7, [2, 5]))[0])
        del parts[place]
        return here.signed(parts)

    return made


def other(here: Office) -> Office:
    return next(one for one in OFFICES.values() if one.suite.name != here.suite.name)


def time(text: str) -> bytes:
    return element(0x17, text.encode())


def entry(serial: bytes, more: bytes = b"") -> bytes:
    return element(SEQUENCE, serial + time("250101000000Z") + more)


def extensions(*each: bytes) -> bytes:
    return element(0xA0, element(SEQUENCE, b"".join(each)))


def numbered(number: bytes, critical: bool = False) -> bytes:
    flag = bytes.fromhex("0101ff") if critical else b""
    return element(SEQUENCE, bytes.fromhex("0603551d14") + flag + element(0x04, number))


SCOPE = element(SEQUENCE, bytes.fromhex("0603551d1c0101ff040530038101ff"))  # issuing distribution point: people only
DELTA = element(SEQUENCE, bytes.fromhex("0603551d1b0101ff0403020106"))  # says only what is new since list 6
REASON = element(SEQUENCE, element(SEQUENCE, bytes.fromhex("0603551d15") + bytes.fromhex("04030a0108")))
CRITICAL_REASON = element(SEQUENCE, element(SEQUENCE, bytes.fromhex("0603551d150101ff04030a0101")))

REJECTS: dict[str, Callable[[Office], bytes]] = {
    "no bytes": lambda here: b"",
    "cut": lambda here: here.withdrawn(7, [2])[:-1],
    "trailing byte": lambda here: here.withdrawn(7, [2]) + b"\0",
    "too long": lambda here: here.withdrawn(7, range(1, 2000)),
    "hardly anything": lambda here: here.signed([integer_element(1)]),
    "a certificate": lambda here: here.authority.der,
    "of another authority": lambda here: office(here.suite.name, seed=b"b").withdrawn(7, [2]),
    "of another organisation": lambda here: office(here.suite.name, "bank-a", b"b").withdrawn(7, [2]),
    "of another organisation with the same key": lambda here: office(here.suite.name, "bank-a").withdrawn(7, [2]),
    "of the other suite": lambda here: other(here).withdrawn(7, [2]),
    "another algorithm inside": lambda here: put(ALGORITHM, algorithm_of(other(here).suite).identifier)(here),
    "issuer a person": put(ISSUER, name(("O", "core"), ("OU", "maker"), ("CN", "core"))),
    "version 1": without(VERSION),
    "version 3": put(VERSION, integer_element(2)),
    "no next time": without(NEXT),
    "next time before this": put(NEXT, time("200101000000Z")),
    "a time that is none": put(THIS, time("251301000000Z")),
    "number 0": put(EXTENSIONS, extensions(numbered(integer_element(0)))),
    "number negative": put(EXTENSIONS, extensions(numbered(bytes.fromhex("0201ff")))),
    "number above 2^53 - 1": put(EXTENSIONS, extensions(numbered(integer_element(2**53)))),
    "number of 21 bytes": put(EXTENSIONS, extensions(numbered(integer_element(2**165)))),
    "number twice": put(EXTENSIONS, extensions(numbered(integer_element(7)), numbered(integer_element(8)))),
    "number critical": put(EXTENSIONS, extensions(numbered(integer_element(7), True))),
    "no number": put(EXTENSIONS, extensions(REASON[2:])),
    "no extensions": without(EXTENSIONS),
    "critical scope": put(EXTENSIONS, extensions(numbered(integer_element(7)), SCOPE)),
    "only what is new": put(EXTENSIONS, extensions(numbered(integer_element(7)), DELTA)),
    "serial 0": put(ENTRIES, element(SEQUENCE, entry(integer_element(0)))),
    "serial negative": put(ENTRIES, element(SEQUENCE, entry(bytes.fromhex("0201ff")))),
    "serial twice": put(ENTRIES, element(SEQUENCE, entry(integer_element(2)) * 2)),
    "entry with a critical extension": put(ENTRIES, element(SEQUENCE, entry(integer_element(2), CRITICAL_REASON))),
    "entry that is given back": put(ENTRIES, element(SEQUENCE, entry(integer_element(2), REASON))),
    "entries that are not DER": put(ENTRIES, element(SEQUENCE, entry(integer_element(2))[:-1])),
}


@BOTH
@pytest.mark.parametrize("broken", REJECTS.values(), ids=REJECTS)
def test_a_broken_list_is_refused(here: Office, broken: Callable[[Office], bytes]) -> None:
    with pytest.raises((BadCertificateError, ForeignCertificateError)):
        read_revocations(broken(here), here.authority, here.suite)


@BOTH
def test_what_makes_the_rejects_makes_good_lists_too(here: Office) -> None:
    for made in (
        put(NEXT, time("300101000000Z")),
        put(EXTENSIONS, extensions(numbered(integer_element(7)))),
        put(ENTRIES, element(SEQUENCE, entry(integer_element(2)) + entry(integer_element(5)))),
    ):
        assert read_revocations(made(here), here.authority, here.suite).serials == (2, 5)


@BOTH
def test_each_changed_byte_of_a_list_is_refused(here: Office) -> None:
    der = here.withdrawn(7, [2, 5])
    for place in range(len(der)):
        for bit in (1, 0x80):
            changed = der[:place] + bytes([der[place] ^ bit]) + der[place + 1 :]
            with pytest.raises(LedgerError):
                read_revocations(changed, here.authority, here.suite)


@BOTH
def test_each_changed_byte_that_the_authority_signs_is_read_or_refused(here: Office) -> None:
    body = fields(here.withdrawn(7, [2, 5]))[0]
    for place in range(4, len(body)):
        for value in {body[place] ^ 1, body[place] ^ 0x80, 0, 0xFF}:
            changed = body[:place] + bytes([value]) + body[place + 1 :]
            try:
                parts = fields(changed)
                read_revocations(here.signed(parts), here.authority, here.suite)
            except (BadCertificateError, ForeignCertificateError):
                continue
