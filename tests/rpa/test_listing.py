"""The list of pending filings: taken whole or not at all; checks by field; what the registry adds or contradicts."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from filing_sample import BASIC, GENERAL, REGISTRY
from hypothesis import given
from hypothesis import strategies as st

from rpa.errors import BadFilingError, BadListError
from rpa.filing import from_record, to_record
from rpa.listing import ListKeys, Registry, complete, problems, read_list, write_list
from rpa.listing.package import CIPHERS

PLATFORM, STRANGER = b"p" * 32, b"s" * 32
DAY, NONCE = date(2026, 7, 1), b"n" * 12


def keys(cipher: str = "aes-256-gcm", bank: str = "陇上银行", secret: bytes = b"k" * 32) -> ListKeys:
    public = Ed25519PrivateKey.from_private_bytes(PLATFORM).public_key().public_bytes_raw()
    return ListKeys(bank, cipher, secret[: CIPHERS[cipher]], public)


def package(records: list[dict[str, Any]] | None = None, serial: int = 7, **more: Any) -> bytes:
    given_keys = more.pop("keys", keys())
    rows = [to_record(BASIC), to_record(GENERAL)] if records is None else records
    return write_list(rows, given_keys, more.pop("signer", PLATFORM), day=DAY, serial=serial, nonce=NONCE)


@pytest.mark.parametrize("cipher", CIPHERS)
def test_what_is_written_is_read_back(cipher: str) -> None:
    found = read_list(package(keys=keys(cipher)), keys(cipher), last_serial=6)
    assert (found.bank, found.day, found.serial) == ("陇上银行", DAY, 7)
    assert [from_record(dict(record)) for record in found.records] == [BASIC, GENERAL]


@pytest.mark.parametrize("cipher", CIPHERS)
def test_the_records_cannot_be_read_from_the_package(cipher: str) -> None:
    data = package(keys=keys(cipher))
    inside = base64.b64decode(json.loads(data)["ciphertext"])
    for secret in (BASIC.account_number, BASIC.depositor_name, BASIC.phone):
        assert secret.encode() not in data
        assert secret.encode() not in inside


def test_every_changed_byte_is_refused() -> None:
    data = package()
    for place in range(len(data)):
        for bit in (1, 32):
            changed = data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :]
            with pytest.raises(BadListError):
                read_list(changed, keys(), last_serial=6)


def test_a_list_that_is_cut_off_anywhere_is_refused() -> None:
    data = package()
    for size in range(len(data)):
        with pytest.raises(BadListError):
            read_list(data[:size], keys(), last_serial=6)


def resealed(change: Callable[[dict[str, Any]], object]) -> bytes:
    """A package whose header was changed after it was signed."""
    value = json.loads(package())
    change(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


REFUSED: dict[str, tuple[bytes, str]] = {
    "read before": (package(serial=6), "replay"),
    "an older one": (package(serial=1), "replay"),
    "signed by a stranger": (package(signer=STRANGER), "signature"),
    "another bank's": (package(keys=keys(bank="河西商业银行")), "bank of the list"),
    "another cipher's": (package(keys=keys("sm4-gcm")), "cipher of the list"),
    "encrypted with another key": (package(keys=keys(secret=b"x" * 32)), "does not open"),
    "another day": (resealed(lambda value: value.update(day="2026-07-02")), "signature"),
    "a later number": (resealed(lambda value: value.update(serial=9)), "signature"),
    "a number as text": (resealed(lambda value: value.update(serial="9")), "number from 1 on"),
    "a field more": (resealed(lambda value: value.update(note="x")), "one form"),
    "a field less": (resealed(lambda value: value.pop("day")), "one form"),
    "a blank": (package().replace(b'"bank":', b'"bank": '), "one form"),
    "a field twice": (package().replace(b'"serial":7', b'"serial":7,"serial":7'), "one form"),
    "two records of one account": (package([to_record(BASIC), to_record(BASIC)]), "stands in it before"),
    "a record without a number": (package([{"x": 1}]), "no filing_id"),
    "a record that is none": (package([7]), "no filing_id"),  # type: ignore[list-item]  # that is what is tested
    "nothing": (b"", "not whole"),
    "a list": (b"[]", "one form"),
    "a deep list": (b"[" * 100_000, "not whole"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_list_is_refused_whole(name: str) -> None:
    data, said = REFUSED[name]
    with pytest.raises(BadListError, match=said):
        read_list(data, keys(), last_serial=6)


def test_a_key_of_another_length_is_refused_and_no_secret_is_shown() -> None:
    with pytest.raises(BadListError, match="32 bytes"):
        read_list(package(), replace(keys(), secret=b"short"), last_serial=0)
    assert "kkkk" not in repr(keys())


# checks


def test_right_filings_have_no_problem() -> None:
    assert problems(BASIC, DAY) == []
    assert problems(GENERAL, DAY) == []
    assert problems(replace(BASIC, capital_fen=None, capital_currency=""), DAY) == []
    assert problems(replace(BASIC, phone="13912345678"), DAY) == []


WRONG: dict[str, tuple[str, object]] = {
    "another kind of account": ("account_type", "special"),
    "another category": ("depositor_category", "99"),
    "no name": ("depositor_name", ""),
    "a name that ends in a blank": ("depositor_name", BASIC.depositor_name + " "),
    "a line feed in a name": ("depositor_name", "兰州\n公司"),
    "a wrong check digit": ("certificate_number", BASIC.certificate_number[:-1] + "0"),
    "a code in lower case": ("certificate_number", BASIC.certificate_number.lower()),
    "a code with a blank": ("certificate_number", BASIC.certificate_number[:9] + " " + BASIC.certificate_number[9:]),
    "full-width digits in a code": ("certificate_number", "９" + BASIC.certificate_number[1:]),
    "a short account number": ("account_number", "1234567"),
    "letters in an account number": ("account_number", "62000A0000000001"),
    "full-width digits in an account number": ("account_number", "６２００００００００００００１"),
    "an area code of five digits": ("area_code", "62010"),
    "a bank code of eleven digits": ("bank_code", "30182100001"),
    "no bank": ("bank_name", ""),
    "a phone of letters": ("phone", "0931-888abcd"),
    "no address": ("address", ""),
    "a post code of five digits": ("post_code", "73003"),
    "no representative": ("legal_representative", ""),
    "an industry that is none": ("industry", "Z"),
    "no capital at all": ("capital_fen", 0),
    "a negative capital": ("capital_fen", -1),
    "another currency": ("capital_currency", "XXX"),
    "a capital without a currency": ("capital_currency", ""),
    "no business scope": ("business_scope", ""),
    "a very long scope": ("business_scope", "贸" * 1001),
    "a basic account with a number": ("basic_account_number", "J8210000000001"),
    "opened tomorrow": ("opened_on", date(2026, 7, 2)),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_with_its_field(name: str) -> None:
    field, value = WRONG[name]
    found = problems(replace(BASIC, **{field: value}), DAY)
    assert [one.field for one in found] == [field]
    assert field in found[0].message


@pytest.mark.parametrize("number", ["", "J821", "8210000000001", "j8210000000001", "J821000000000１"])
def test_a_general_account_needs_the_number_of_the_basic_one(number: str) -> None:
    found = problems(replace(GENERAL, basic_account_number=number), DAY)
    assert [one.field for one in found] == ["basic_account_number"]


@given(st.dictionaries(st.sampled_from(sorted(to_record(BASIC))), st.none() | st.integers() | st.text(max_size=5)))
def test_a_record_of_anything_is_a_filing_or_refused_by_name(changes: dict[str, object]) -> None:
    try:
        filing = from_record(to_record(BASIC) | changes)
    except BadFilingError:
        return
    assert isinstance(problems(filing, DAY), list)


@pytest.mark.parametrize(
    ("change", "said"),
    [({"phone": None}, "phone"), ({"capital_fen": 1.5}, "capital_fen"), ({"opened_on": "1.7.2026"}, "opened_on")],
)
def test_a_record_with_a_field_of_another_type_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(BadFilingError, match=said):
        from_record(to_record(BASIC) | change)
    with pytest.raises(BadFilingError, match="not known: colour"):
        from_record(to_record(BASIC) | {"colour": "red"})


# the registry


def test_what_the_list_lacks_is_taken_from_the_registry_and_told() -> None:
    record = to_record(BASIC) | {"business_scope": "", "address": ""}
    found = complete(record, Registry(REGISTRY))
    assert found.added == ("address", "business_scope")
    assert found.filing == BASIC


def test_a_whole_record_stays_as_it_is() -> None:
    assert complete(to_record(BASIC), Registry(REGISTRY)) == (BASIC, ())


@pytest.mark.parametrize("field", ["legal_representative", "depositor_name"])
def test_a_contradiction_goes_to_a_person_with_both_values(field: str) -> None:
    with pytest.raises(BadFilingError) as caught:
        complete(to_record(BASIC) | {field: "王小明"}, Registry(REGISTRY))
    assert caught.value.problems == (field,)
    assert "王小明" in str(caught.value)
    assert getattr(BASIC, field) in str(caught.value)


def test_the_width_of_characters_and_blanks_are_no_contradiction() -> None:
    wide = BASIC.depositor_name.replace("（", "(").replace("兰州", "兰州 ")
    assert complete(to_record(BASIC) | {"depositor_name": wide}, Registry(REGISTRY)).filing.depositor_name == wide


def test_a_newer_address_or_capital_is_no_contradiction() -> None:
    record = to_record(BASIC) | {"address": "兰州市新区2号", "capital_fen": 1}
    assert complete(record, Registry(REGISTRY)).added == ()


def test_a_firm_that_the_registry_does_not_know_goes_to_a_person() -> None:
    with pytest.raises(BadFilingError, match="knows no firm"):
        complete(to_record(BASIC) | {"certificate_number": "91620100135325849J"}, Registry(REGISTRY))
