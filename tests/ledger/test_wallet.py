"""Wallets: keys that fit their certificates, sign, and never show."""

import dataclasses

import ledger_sample
import pytest
from identity_sample import OFFICES, Office

from ledger.errors import BadCertificateError, BadKeyError, FormatError
from ledger.transaction import message_of, read_transaction
from ledger.wallet import sign, wallet

BOTH = pytest.mark.parametrize("here", OFFICES.values(), ids=OFFICES)
SECRET = b"p" * 32  # of the person in the sample


def shown_nowhere(secret: bytes, *texts: str) -> bool:
    forms = (
        secret.hex(),
        secret.hex().upper(),
        str(list(secret)),
        secret.decode(),
        repr(secret),
        str(int.from_bytes(secret, "big")),
    )
    return not any(form in text for form in forms for text in texts)


@BOTH
def test_a_wallet_says_whose_it_is(here: Office) -> None:
    one = wallet(here.suite, here.person.der, SECRET)
    assert (one.organisation, one.role, one.name) == ("core", "maker", "Li 李")
    assert one.fingerprint == here.person.fingerprint


@BOTH
def test_a_private_key_is_in_no_text(here: Office) -> None:
    one = wallet(here.suite, here.person.der, SECRET)
    shown = [repr(one), str(one), f"{one}", f"{one!r}", repr([one]), repr({"wallet": one})]
    assert "Li 李" in shown[0]
    assert shown_nowhere(SECRET, *shown)
    assert not hasattr(one, "__dict__")


@BOTH
def test_a_private_key_is_in_no_error(here: Office) -> None:
    for wrong in (SECRET[:31], SECRET + b"p", b"q" * 32, b"\xff" * 32):
        with pytest.raises(BadKeyError) as caught:
            wallet(here.suite, here.person.der, wrong)
        assert shown_nowhere(SECRET, str(caught.value), repr(caught.value))
        assert wrong.hex() not in str(caught.value)
    with pytest.raises(BadCertificateError) as refused:
        wallet(here.suite, here.person.der[:-1], SECRET)
    assert shown_nowhere(SECRET, str(refused.value), repr(refused.value))


@BOTH
def test_a_key_that_is_not_the_certificates_makes_no_wallet(here: Office) -> None:
    with pytest.raises(BadKeyError, match="not the one to the certificate of Li 李 at core"):
        wallet(here.suite, here.person.der, b"q" * 32)


def test_a_certificate_of_the_other_suite_makes_no_wallet() -> None:
    one, two = OFFICES.values()
    with pytest.raises(BadCertificateError):
        wallet(one.suite, two.person.der, SECRET)


@BOTH
def test_each_signer_signs_the_same_message_once(here: Office) -> None:
    people = ledger_sample.consortium(suite=here.suite.name)
    keys = [people.wallets["core", role] for role in ("maker", "checker", "maker")]
    body = people.body("receivables.issue", {"receivable": "R1"})
    read = read_transaction(sign(people.suite, body, keys), people.suite.hash)
    assert {one.certificate for one in read.signatures} == {one.fingerprint for one in keys}
    assert len(read.signatures) == 2
    for one in read.signatures:
        signer = next(key for key in keys if key.fingerprint == one.certificate)
        people.suite.verify(people.suite.public_key(signer.private), message_of(read.id), one.signature)
        assert signer.private not in read.data
        assert signer.private.hex().encode() not in read.data


def test_what_can_not_be_written_is_not_signed() -> None:
    people = ledger_sample.consortium()
    body = people.body("receivables.issue", {"receivable": 0.5})
    with pytest.raises(FormatError):
        sign(people.suite, body, [people.wallets["core", "maker"]])


def test_a_wallet_can_not_be_changed() -> None:
    here = next(iter(OFFICES.values()))
    one = wallet(here.suite, here.person.der, SECRET)
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.private = b"q" * 32  # type: ignore[misc]  # that is the point
