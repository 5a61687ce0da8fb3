"""Canonical bytes: one form, and many that must be refused."""

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import LARGEST, decode, encode
from ledger.errors import CanonicalError

KEYS = st.text(st.characters(min_codepoint=0, max_codepoint=127), max_size=6)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
LEAVES = st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXTS
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=20
)


@given(VALUES)
def test_the_bytes_are_those_of_another_implementation_of_rfc_8785(value: object) -> None:
    assert encode(value) == rfc8785.dumps(value)  # type: ignore[arg-type]  # hypothesis cannot say JSON


@given(VALUES)
def test_what_is_written_is_read_back(value: object) -> None:
    assert decode(encode(value)) == value


@given(VALUES)
def test_the_standard_library_reads_the_same(value: object) -> None:
    assert json.loads(encode(value)) == value


@given(VALUES, st.data())
def test_a_changed_byte_reads_as_other_bytes_or_not_at_all(value: object, data: st.DataObject) -> None:
    before = encode(value)
    place = data.draw(st.integers(0, len(before) - 1))
    changed = before[:place] + bytes([before[place] ^ data.draw(st.integers(1, 255))]) + before[place + 1 :]
    try:
        read = decode(changed)
    except CanonicalError:
        return
    assert encode(read) == changed


ACCEPTED = b'{"amount":9007199254740991,"list":[1,-2,true,null],"name":"a/b\\n"}'
REFUSED = {
    "two equal keys": b'{"a":1,"a":1}',
    "two equal keys with other values": b'{"a":1,"a":2}',
    "keys out of order": b'{"b":1,"a":2}',
    "a blank": b'{"a": 1}',
    "a blank at the end": b'{"a":1} ',
    "a line feed at the end": b'{"a":1}\n',
    "a byte order mark": b'\xef\xbb\xbf{"a":1}',
    "a fraction": b'{"a":1.5}',
    "a fraction that is whole": b'{"a":1.0}',
    "a fraction in a list": b"[1,2.5]",
    "a fraction after a text that looks like one": b'{"a":":1.5","b":2.5}',
    "a fraction alone": b"1.5",
    "an exponent": b'{"a":1e3}',
    "a great exponent": b'{"a":1E300}',
    "a number that becomes infinite": b'{"a":1e999}',
    "negative zero": b'{"a":-0}',
    "negative zero as a fraction": b'{"a":-0.0}',
    "a leading zero": b'{"a":01}',
    "a plus sign": b'{"a":+1}',
    "a number above 2^53 - 1": b'{"a":9007199254740992}',
    "a number below -(2^53 - 1)": b'{"a":-9007199254740992}',
    "a number alone above 2^53 - 1": b"9007199254740992",
    "2^64": b'{"a":18446744073709551616}',
    "-2^63": b"[-9223372036854775808]",
    "a hundred digits": b'{"a":' + b"9" * 100 + b"}",
    "not a number": b'{"a":NaN}',
    "infinity": b'{"a":Infinity}',
    "an escaped slash": b'{"a":"\\/"}',
    "an escaped letter": b'{"a":"\\u0041"}',
    "an escape in upper case": b'{"a":"\\u001F"}',
    "a long escape of a line feed": b'{"a":"\\u000a"}',
    "a bare line feed in a text": b'{"a":"\n"}',
    "half a surrogate pair": b'{"a":"\\ud800"}',
    "broken UTF-8": b'{"a":"\xff"}',
    "an overlong slash": b'{"a":"\xc0\xaf"}',
    "a key in Chinese": '{"金额":1}'.encode(),
    "a key in Chinese inside a list": '[{"金额":1}]'.encode(),
    "a comma at the end": b'{"a":1,}',
    "a comment": b'{"a":1/**/}',
    "single quotes": b"{'a':1}",
    "a word of another language": b'{"a":True}',
    "nothing": b"",
    "half an object": b'{"a":1',
    "two values": b"{}{}",
    "too deep": b"[" * 40 + b"]" * 40,
    "very deep": b"[" * 100_000 + b"]" * 100_000,
}


def test_the_accepted_vector_is_accepted() -> None:
    assert encode(decode(ACCEPTED)) == ACCEPTED


@pytest.mark.parametrize("name", REFUSED)
def test_bytes_in_another_form_are_refused(name: str) -> None:
    with pytest.raises(CanonicalError):
        decode(REFUSED[name])


def test_numbers_that_stand_in_texts_are_no_numbers() -> None:
    data = encode({"a": ":1.5,2e9", "b": "[12345678901234567890]"})
    assert decode(data) == {"a": ":1.5,2e9", "b": "[12345678901234567890]"}


class Whole(int):
    """An integer of a kind of its own."""


@pytest.mark.parametrize(
    "value",
    [1.0, float("nan"), b"bytes", {1: 2}, {"金额": 1}, {"a": {1, 2}}, Whole(3), 2**53, -(2**53), object(), "\ud800"],
)
def test_values_that_others_read_otherwise_are_not_written(value: object) -> None:
    with pytest.raises(CanonicalError):
        encode({"field": value})


def test_the_message_names_the_place_and_the_value() -> None:
    with pytest.raises(CanonicalError, match=r'value of "a" at 1 is the float 0.5'):
        encode({"a": [1, 0.5]})


def test_a_value_that_holds_itself_is_refused() -> None:
    value: list[object] = []
    value.append(value)
    with pytest.raises(CanonicalError):
        encode(value)


@pytest.mark.parametrize("data", ["{}", None, bytearray(b"{}"), 7])
def test_only_bytes_are_read(data: object) -> None:
    with pytest.raises(CanonicalError, match="read from bytes"):
        decode(data)  # type: ignore[arg-type]  # that is what is tested
