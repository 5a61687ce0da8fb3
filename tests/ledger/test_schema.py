"""Fields: what they may hold, and a sentence for what they hold instead."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import BadFieldError
from ledger.schema import (
    AMOUNT,
    COUNT,
    DER,
    DIGEST,
    FLAG,
    IDENTIFIER,
    MEMBER,
    MOMENT,
    TEXT,
    Kind,
    Schema,
    listing,
    one_of,
    shown,
    whole_number,
)

ACCEPTED: dict[str, tuple[Kind, list[Any]]] = {
    "amount": (AMOUNT, [1, 2, 2**53 - 1]),
    "count": (COUNT, [0, 2**53 - 1]),
    "moment": (MOMENT, [0, 1_790_000_000, 253_402_271_999]),
    "digest": (DIGEST, ["0" * 64, "abcdef0123456789" * 4]),
    "flag": (FLAG, [True, False]),
    "identifier": (IDENTIFIER, ["R1", "a", "A.b_c:d-9", "x" * 64]),
    "member": (MEMBER, ["bank-a", "x" * 64]),
    "der": (DER, ["00", "30" * 16384]),
    "text": (TEXT, ["应收款", "x" * 500, "\n"]),
    "a few numbers": (listing(whole_number(1, 9), 3), [[1], [9, 9, 9]]),
    "a word": (one_of("bank", "enterprise"), ["bank"]),
}
REFUSED: dict[str, list[Any]] = {
    "amount": [0, -1, 2**53, True, "1", 1.0, None, [1]],
    "count": [-1, 2**53, False, "0"],
    "moment": [-1, 253_402_272_000, True, "0"],
    "digest": ["0" * 63, "0" * 65, "A" * 64, "0" * 64 + "\n", "\uff10" * 64, 0, None],
    "flag": [0, 1, "true", None],
    "identifier": ["", "x" * 65, "a b", "a\n", "é", "a/b", 7, None],
    "member": ["", "a:b", "a/b", "银行", "x" * 65, "a\x00"],
    "der": ["", "0", "0G", "AB", "30" * 16385, "30\n"],
    "text": ["", "x" * 501, 5],
    "a few numbers": [[], [1, 2, 3, 4], [0], [1, "2"], (1,), "1", {"0": 1}, [True]],
    "a word": ["", "Bank", "banks", None, ["bank"]],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, (_, values) in ACCEPTED.items() for value in values]
)
def test_what_is_right_is_accepted(name: str, value: Any) -> None:
    Schema({"field": ACCEPTED[name][0]}).check({"field": value}, "arguments")
    Schema({}, {"field": ACCEPTED[name][0]}).check({"field": value}, "arguments")


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in REFUSED.items() for value in values])
def test_what_is_wrong_is_named_with_its_value_and_what_would_be_right(name: str, value: Any) -> None:
    kind = ACCEPTED[name][0]
    for schema in (Schema({"field": kind}), Schema({}, {"field": kind})):
        with pytest.raises(BadFieldError) as caught:
            schema.check({"field": value}, "arguments")
        assert str(caught.value) == f"arguments.field is {shown(value)}, it must be {kind.wish}"


def test_every_kind_has_rejects() -> None:
    assert set(ACCEPTED) == set(REFUSED)


@pytest.mark.parametrize("value", [None, [], "x", 5, True])
def test_what_is_no_object_is_refused(value: Any) -> None:
    with pytest.raises(BadFieldError, match=r"arguments is .*, it must be an object"):
        Schema({"a": FLAG}).check(value, "arguments")


def test_fields_too_many_and_too_few_are_named() -> None:
    schema = Schema({"a": FLAG}, {"b": FLAG})
    schema.check({"a": True}, "arguments")
    schema.check({"a": True, "b": False}, "arguments")
    with pytest.raises(BadFieldError, match=r"arguments\.a is missing, it must be true or false"):
        schema.check({"b": True}, "arguments")
    with pytest.raises(BadFieldError, match=r"arguments\.c is not a field of it; its fields are: a, b"):
        schema.check({"a": True, "c": True}, "arguments")
    with pytest.raises(BadFieldError, match="its fields are: none"):
        Schema({}).check({"c": True}, "arguments")


@given(st.text(max_size=200) | st.lists(st.integers() | st.text(max_size=9), max_size=40))
def test_a_quoted_value_is_short_and_stays_on_its_line(value: Any) -> None:
    assert len(shown(value)) <= 80
    assert "\n" not in shown(value)


def test_a_name_that_a_stranger_chose_stays_on_its_line() -> None:
    with pytest.raises(BadFieldError) as caught:
        Schema({}).check({"a\nrefused: nothing" + "x" * 1000: 1}, "arguments")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 150
