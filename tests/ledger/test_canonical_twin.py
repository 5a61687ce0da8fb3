"""Canonical bytes against a twin in the standard library and another implementation: what one takes, both take."""

import json
import re
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.canonical import LARGEST, LONGEST, decode, encode
from ledger.errors import CanonicalError

DEEPEST = 32
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
KEYS = st.text(st.sampled_from('ab"\\/\x00\x1f\x7f~ A_é金\U0001f600'), max_size=4)
NUMBERS = st.integers(-(2**70), 2**70) | st.integers(-LARGEST - 2, LARGEST + 2) | st.floats() | st.integers(-9, 9)
ANY = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def by_the_book(data: bytes) -> Any:
    """Read canonical bytes with nothing but the standard library; ValueError if they are none."""

    def whole(text: str) -> int:
        if not -LARGEST <= int(text) <= LARGEST:
            raise ValueError(text)
        return int(text)

    def refuse(text: str) -> Any:
        raise ValueError(text)

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs) or not all(key.isascii() for key, _ in pairs):
            raise ValueError("keys")
        return dict(pairs)

    value = json.loads(
        data.decode(), parse_int=whole, parse_float=refuse, parse_constant=refuse, object_pairs_hook=unique
    )
    if depth(value) > DEEPEST or rfc8785.dumps(value) != data:
        raise ValueError("form")
    return value


def depth(value: Any) -> int:
    if isinstance(value, list | dict):
        return 1 + max(map(depth, value.values() if isinstance(value, dict) else value), default=0)
    return 0


def agree(data: bytes) -> None:
    try:
        wanted = by_the_book(data)
    except (ValueError, RecursionError):
        with pytest.raises(CanonicalError):
            decode(data)
        return
    assert decode(data) == wanted
    assert encode(wanted) == data


@given(ANY, st.booleans(), st.booleans(), st.sampled_from([(",", ":"), (", ", ": ")]))
def test_texts_of_any_style_are_taken_by_both_or_by_none(
    value: Any, is_sorted: bool, is_ascii: bool, separators: tuple[str, str]
) -> None:
    agree(json.dumps(value, sort_keys=is_sorted, ensure_ascii=is_ascii, separators=separators).encode(errors="replace"))


PIECES = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    '"b"',
    "1",
    "-0",
    "0",
    "-1",
    "1.0",
    "1e2",
    "9007199254740991",
    "null",
    "true",
]
PIECES += [
    '"\\u0000"',
    '"\\u00e9"',
    '"é"',
    '"\\ud800"',
    '"\\ud83d\\ude00"',
    '"😀"',
    '"\\/"',
    '"\\n"',
    '"\\u000a"',
    '"\x7f"',
    " ",
]
PIECES += [
    "9007199254740992",
    "-9007199254740992",
    "18446744073709551616",
    "00",
    "NaN",
    "\ufeff",
    '""',
    '"a":1',
    '"a":2',
]


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
@example('{"a":1,"a":1}')
@example("[9007199254740991,-9007199254740991]")
@example("[1,9007199254740992]")
@example("-0")
@example("[-0]")
@example('{"a":{"b":1,"b":1}}')
def test_pieces_in_any_order_are_taken_by_both_or_by_none(text: str) -> None:
    agree(text.encode())


@given(ANY, st.data())
def test_a_byte_put_in_taken_out_or_doubled_is_taken_by_both_or_by_none(value: Any, data: st.DataObject) -> None:
    before = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    place = data.draw(st.integers(0, len(before)))
    piece = data.draw(
        st.sampled_from([b"", b"0", b"-", b".", b"e", b'"', b"\\", b",", b" ", b"\xff", b"\xc0\x80", before[:9]])
    )
    agree(before[:place] + piece + before[place + data.draw(st.integers(0, 2)) :])


@pytest.mark.parametrize(
    "number", [LARGEST, LARGEST + 1, 2**63 - 1, 2**63, 2**64 - 1, 2**64, 10**15, 10**16 - 1, 10**16]
)
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("form", ["%d", "[%d]", "[0,%d]", '{"a":%d}', '{"a":[[{"b":%d}]]}', '{"a":"x","b":%d}'])
def test_great_numbers_wherever_they_stand(number: int, sign: int, form: str) -> None:
    agree((form % (sign * number)).encode())


def nested(levels: int, opening: str, closing: str) -> bytes:
    return (opening * levels + "1" + closing * levels).encode()


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
@pytest.mark.parametrize("levels", [1, 15, 16, 17, 31, 32, 33, 34, 500, 2000])
def test_depth_is_the_same_for_both(opening: str, closing: str, levels: int) -> None:
    agree(nested(levels, opening, closing))


@pytest.mark.parametrize("levels", [DEEPEST, DEEPEST + 1])
def test_what_can_be_written_can_be_read(levels: int) -> None:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    if levels <= DEEPEST:
        assert decode(encode(value)) == value
        return
    with pytest.raises(CanonicalError, match="nested deeper"):
        encode(value)


def test_many_shallow_lists_are_not_deep() -> None:
    value = [[[number]] for number in range(100)]
    assert decode(encode(value)) == value


def test_keys_stand_in_the_order_of_their_characters() -> None:
    keys = [chr(one) for one in range(128)] + ["", "aa", "a\x00", "a~", "A", "B"]
    shuffled = sorted(set(keys), key=lambda key: key[::-1], reverse=True)
    written = encode(dict.fromkeys(shuffled, 0))
    assert list(json.loads(written)) == sorted(set(keys))
    assert written == rfc8785.dumps(dict.fromkeys(shuffled, 0))


@pytest.mark.parametrize("code", [*range(0x20), 0x22, 0x2F, 0x5C, 0x7F, 0x80, 0x2028, 0xD7FF, 0xE000, 0xFFFF, 0x10FFFF])
def test_each_odd_character_has_one_way_to_be_written(code: int) -> None:
    text = chr(code)
    written = encode([text])
    assert written == rfc8785.dumps([text])
    others = {json.dumps([text]).encode(), json.dumps([text], ensure_ascii=False).encode()}
    others |= {f'["\\u{code:04x}"]'.encode(), f'["\\u{code:04X}"]'.encode()} if code < 0x10000 else set()
    for other in others - {written}:
        with pytest.raises(CanonicalError):
            decode(other)


@pytest.mark.parametrize("code", [0xD800, 0xDBFF, 0xDC00, 0xDFFF])
def test_half_of_a_pair_is_neither_written_nor_read(code: int) -> None:
    with pytest.raises(CanonicalError):
        encode([chr(code)])
    with pytest.raises(CanonicalError):
        encode({"a": [{"b": "x" + chr(code)}]})
    for data in (f'["\\u{code:04x}"]'.encode(), f'["{chr(code)}"]'.encode(errors="surrogatepass")):
        with pytest.raises(CanonicalError):
            decode(data)


def test_what_is_too_long_is_not_even_looked_at() -> None:
    data = b'"' + b"a" * (LONGEST - 2) + b'"'
    assert decode(data) == "a" * (LONGEST - 2)
    with pytest.raises(CanonicalError, match=re.escape("16,777,217 bytes are given, at most 16,777,216")):
        decode(data[:-1] + b'a"')


def test_a_long_list_of_suspicious_numbers_is_read_in_one_go() -> None:
    value = list(range(LARGEST - 50_000, LARGEST + 1))
    assert decode(encode(value)) == value


@pytest.mark.parametrize("value", [{"a": True}, {"a": False}, [None], "", 0, -1, [], {}, [[]], [{}]])
def test_small_values_come_back_of_the_same_type(value: Any) -> None:
    back = decode(encode(value))
    assert back == value
    assert type(back) is type(value)
