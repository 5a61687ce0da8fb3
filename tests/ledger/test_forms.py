"""Patterns of whole transactions: what matches is what field by field would be accepted, and nothing else is."""

import itertools
import json
import re
from typing import Any

import ledger_sample
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.canonical import decode
from ledger.contracts.catalogue import contracts
from ledger.errors import RefusalError
from ledger.forms import filled, outline
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
    matching,
    one_of,
    whole_number,
)
from ledger.transaction import read_transaction

PEOPLE = ledger_sample.consortium()
CALL = {"fragment": "a" * 32 + ":0", "payees": [{"amount": 7, "to": "core"}, {"amount": 2**53 - 1, "to": "bank-a"}]}
TRANSFER = PEOPLE.sign("receivables.pay_on", CALL, ["core"])
BOTH = PEOPLE.sign("receivables.pay_on", CALL, ["core", "bank-a"])
KINDS = (
    *(
        AMOUNT,
        COUNT,
        DER,
        DIGEST,
        FLAG,
        IDENTIFIER,
        MEMBER,
        MOMENT,
        TEXT,
        one_of("30/360", "act/360"),
        one_of("a", "b"),
    ),
    *(whole_number(0, 9), whole_number(1, 10), whole_number(5, 50), listing(MEMBER, 3), listing(COUNT, 2, 0)),
    *(listing(TEXT, 3, 2), matching("pairs", r"(?:[0-9a-f]{2}){1,3}"), matching("any", "."), matching("not b", "[^b]")),
)
WHOLE = st.integers(-3, 60) | st.sampled_from([2**53 - 1, 2**53, 253_402_300_799, 253_402_300_800, 10**15, 10**11])
LEAVES = (
    WHOLE | st.booleans() | st.none() | st.sampled_from(["a", "b", "ab12", "30/360", "Ä", '"', "\\", "\n", "", "x y"])
)


def slow(data: bytes) -> Any:
    """The readable twin: read field by field, and look at the arguments."""
    try:
        read = read_transaction(data, PEOPLE.suite.hash)
        actions = contracts()[read.body.contract, read.body.version].actions
        actions[read.body.action].check(read.body.arguments, "arguments")
    except (RefusalError, KeyError):
        return None
    return read if read.body.ledger == PEOPLE.ledger else None


def fast(data: bytes) -> Any:
    found = outline(data, PEOPLE.ledger, PEOPLE.suite.hash)
    if found is None:
        return None
    read = filled(data, found.id)
    assert read.signatures == found.signatures
    return read


@pytest.mark.parametrize("data", [TRANSFER, BOTH], ids=["one", "two"])
def test_a_transfer_is_read_alike_both_ways(data: bytes) -> None:
    small = data.replace(b"9007199254740991", b"90071992547409")
    assert fast(small) == slow(small) is not None
    assert fast(data) is None, "the largest amount is left to the slow way"
    assert slow(data) is not None


def test_no_other_byte_anywhere_is_let_through_that_the_slow_way_refuses() -> None:
    data = BOTH.replace(b"9007199254740991", b"90071992547409")
    for place in range(len(data)):
        for other in b'"\\{}[],:0aZ.-\x00\x7f\xc3\n ':
            changed = data[:place] + bytes([other]) + data[place + 1 :]
            found = fast(changed)
            assert found is None or found == slow(changed)


def test_signatures_out_of_order_or_twice_are_not_let_through() -> None:
    data = BOTH.replace(b"9007199254740991", b"90071992547409")
    value = json.loads(data)
    for rows in itertools.product(value["signatures"], repeat=2):
        other = json.dumps({**value, "signatures": rows}, separators=(",", ":")).encode()
        assert fast(other) == slow(other)
        assert (fast(other) is None) == (list(rows) != value["signatures"])


def test_other_ledgers_and_long_data_are_not_let_through() -> None:
    assert outline(TRANSFER, "f" * 64, PEOPLE.suite.hash) is None
    assert outline(TRANSFER + b" " * 70_000, PEOPLE.ledger, PEOPLE.suite.hash) is None
    assert outline("text", PEOPLE.ledger, PEOPLE.suite.hash) is None  # type: ignore[arg-type]  # whatever a stranger sends


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(KINDS), LEAVES | st.lists(LEAVES, max_size=4), st.booleans())
def test_what_a_form_matches_is_right_for_its_kind(kind: Kind, value: Any, is_escaped: bool) -> None:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=is_escaped)
    if kind.form and _matches(kind.form, text):
        assert kind.holds(value)
        assert decode(text.encode()) == value


def _matches(form: str, text: str) -> bool:
    return re.fullmatch(form.encode(), text.encode()) is not None


@pytest.mark.parametrize(
    "kind", [AMOUNT, COUNT, DIGEST, FLAG, IDENTIFIER, MEMBER, MOMENT, TEXT], ids=lambda one: one.wish
)
def test_usual_values_have_a_form(kind: Kind) -> None:
    usual = [5, True, "ab" * 32, "bank-a"]
    held = [one for one in usual if kind.holds(one)]
    assert held
    assert all(_matches(kind.form, json.dumps(one)) for one in held)


def test_a_pattern_that_could_match_a_quotation_mark_gives_no_form() -> None:
    assert matching("any", ".{1,9}").form == matching("not b", "[^b]").form == matching("odd", "[ -~]").form == ""
    assert one_of('a"b').form == ""
    assert Schema({"a": FLAG}, {"b": FLAG}).form == ""
