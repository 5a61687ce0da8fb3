"""Certificates: what is read from good ones, and all that must be refused, each named after what is broken in it."""

from collections.abc import Callable

import pytest
from identity_rejects import PERSON, PURPOSE, REJECTS, ROOT, put, years
from identity_sample import (
    BEGIN,
    END,
    EXTENSIONS,
    ISSUER,
    LIMITS,
    OFFICES,
    SERIAL,
    SUBJECT,
    USAGE,
    VALIDITY,
    Office,
    extension,
    extensions,
    name,
)

from ledger.der import SEQUENCE, element, fields, integer_element
from ledger.errors import (
    BadCertificateError,
    ExpiredCertificateError,
    ForeignCertificateError,
    LedgerError,
    NotYetValidCertificateError,
)
from ledger.identity import authority_certificate, check_issued_by, check_valid_at, issue, read_certificate
from ledger.suites import NAMES

BOTH = pytest.mark.parametrize("here", OFFICES.values(), ids=OFFICES)


def checked(here: Office, der: bytes) -> None:
    """All that a ledger checks before a certificate counts, but for the time."""
    check_issued_by(read_certificate(der, here.suite), here.authority, here.suite)


@BOTH
def test_a_certificate_says_who_it_is_and_until_when(here: Office) -> None:
    one = here.person
    checked(here, one.der)
    assert (one.organisation, one.role, one.name, one.issuer) == ("core", "maker", "Li 李", "core")
    assert (one.serial, one.not_before, one.not_after, one.is_authority) == (2, BEGIN, END, False)
    assert one.public_key == here.suite.public_key(b"p" * 32)
    assert one.fingerprint == here.suite.hash(one.der).hex()


@BOTH
def test_an_authority_issues_its_own_certificate(here: Office) -> None:
    one = here.authority
    checked(here, one.der)
    assert (one.organisation, one.role, one.name, one.is_authority) == ("core", "authority", "core", True)


@BOTH
def test_a_certificate_is_valid_from_its_first_second_to_its_last(here: Office) -> None:
    check_valid_at(here.person, BEGIN)
    check_valid_at(here.person, END)
    with pytest.raises(NotYetValidCertificateError, match=f"valid from {BEGIN}"):
        check_valid_at(here.person, BEGIN - 1)
    with pytest.raises(ExpiredCertificateError, match=f"expired at {END}"):
        check_valid_at(here.person, END + 1)


@BOTH
@pytest.mark.parametrize("broken", REJECTS.values(), ids=REJECTS)
def test_a_broken_certificate_is_refused(here: Office, broken: Callable[[Office], bytes]) -> None:
    with pytest.raises((BadCertificateError, ForeignCertificateError)):
        checked(here, broken(here))


@BOTH
def test_what_makes_the_rejects_makes_good_certificates_too(here: Office) -> None:
    """So that each of them is refused for what its name says."""
    checked(here, here.issued(lambda parts: None))
    checked(here, put(SUBJECT, name(*PERSON))(here))
    checked(here, put(EXTENSIONS, extensions(LIMITS, USAGE))(here))
    checked(here, put(EXTENSIONS, extensions(USAGE, LIMITS, extension(PURPOSE, False)))(here))
    checked(here, put(VALIDITY, years("250101000000Z", "300101000000Z"))(here))
    checked(here, put(SERIAL, integer_element(2**159 - 1))(here))
    checked(here, put(ISSUER, name(*ROOT))(here))


@BOTH
def test_a_person_can_not_issue(here: Office) -> None:
    made = issue(
        here.suite,
        b"p" * 32,
        "core",
        role="checker",
        name="Wang",
        public_key=here.suite.public_key(b"w" * 32),
        serial=3,
        not_before=BEGIN,
        not_after=END,
    )
    with pytest.raises(ForeignCertificateError, match="may not issue others"):
        check_issued_by(read_certificate(made, here.suite), here.person, here.suite)


@BOTH
def test_each_changed_byte_of_a_certificate_is_refused(here: Office) -> None:
    """Each byte, with its lowest and its highest bit flipped: nothing in it is free to change."""
    for one in (here.person, here.authority):
        for place in range(len(one.der)):
            for bit in (1, 0x80):
                changed = one.der[:place] + bytes([one.der[place] ^ bit]) + one.der[place + 1 :]
                with pytest.raises(LedgerError):
                    checked(here, changed)


@BOTH
def test_each_changed_byte_that_the_authority_signs_is_read_or_refused(here: Office) -> None:
    """A careless authority may sign anything: reading it ends with a certificate or a named refusal, nothing else."""
    body = fields(here.person.der)[0]
    tail = b"".join(fields(here.person.der)[1:])
    for place in range(len(body)):
        for value in {body[place] ^ 1, body[place] ^ 0x80, 0, 0xFF, 0x30}:
            changed = body[:place] + bytes([value]) + body[place + 1 :]
            try:
                read_certificate(element(SEQUENCE, changed + tail), here.suite)
            except BadCertificateError:
                continue


@pytest.mark.parametrize("suite_name", NAMES)
@pytest.mark.parametrize("broken", [("", "Li"), ("core", ""), ("core", "L" * 65)])
def test_what_can_not_be_a_subject_is_not_issued(suite_name: str, broken: tuple[str, str]) -> None:
    here = OFFICES[suite_name]
    organisation, person = broken
    with pytest.raises(BadCertificateError, match="can not be a certificate's subject"):
        issue(
            here.suite,
            here.private,
            organisation,
            role="maker",
            name=person,
            public_key=here.person.public_key,
            serial=3,
            not_before=BEGIN,
            not_after=END,
        )


def test_an_authority_of_one_suite_is_none_in_the_other() -> None:
    one, two = OFFICES.values()
    made = authority_certificate(one.suite, one.private, "core", serial=1, not_before=BEGIN, not_after=END)
    with pytest.raises(BadCertificateError, match=f"not signed by the suite {two.suite.name}"):
        read_certificate(made, two.suite)
