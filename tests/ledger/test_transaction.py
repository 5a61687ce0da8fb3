"""Transactions: one form of bytes, an id that covers the body alone, and nothing that can be bent."""

import json
from hashlib import sha256
from typing import Any

import ledger_sample
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import decode, encode
from ledger.errors import BadFieldError, FormatError, RefusalError
from ledger.execution import Rules, admit, execute
from ledger.genesis import opening_state
from ledger.state import State
from ledger.suites import by_name
from ledger.transaction import (
    MOST_SIGNATURES,
    Body,
    body_bytes,
    message_of,
    read_transaction,
    signed_bytes,
    transaction_id,
)

People = ledger_sample.Consortium
TERMS = {"acceptor": "core", "amount": 5, "due": ledger_sample.START + 99, "holder": "bank-b", "invoice": "ab" * 32}
TERMS |= {"obligor": "core", "receivable": "R1", "recourse": True}
BODY = Body("f" * 64, "receivables", 1, "accept", {"receivable": "R1"}, "0" * 32, 60)


def digest(data: bytes) -> bytes:
    return sha256(data).digest()


@pytest.fixture(scope="module")
def opened(people: People) -> tuple[State, Rules]:
    rules = Rules(people.ledger, by_name(people.genesis.suite), people.genesis.longest_validity)
    return opening_state(people.genesis), rules


def holds(opened: tuple[State, Rules], data: bytes) -> bool:
    state, rules = opened
    try:
        execute(state, admit(data, rules), ledger_sample.START, rules)
    except RefusalError:
        return False
    return True


def test_what_is_signed_is_read_back(people: People) -> None:
    body = people.body("receivables.draft", TERMS)
    data = signed_bytes(body_bytes(body), {"aa" * 32: bytes(range(64)), "0b" * 32: bytes(64)})
    read = read_transaction(data, digest)
    assert read.body == body
    assert read.data == data
    assert [one.certificate for one in read.signatures] == ["0b" * 32, "aa" * 32]
    assert read.signatures[1].signature == bytes(range(64))
    assert read.id == transaction_id(body_bytes(body), digest)
    assert encode(decode(data)) == data


@given(
    st.dictionaries(
        st.text(st.characters(max_codepoint=127), max_size=9),
        st.recursive(st.integers(-9, 9) | st.text(max_size=5) | st.booleans(), lambda one: st.lists(one, max_size=3)),
        max_size=4,
    )
)
def test_any_arguments_are_read_back_and_the_body_is_cut_out_where_it_ends(arguments: dict[str, Any]) -> None:
    body = BODY._replace(arguments=arguments)
    read = read_transaction(signed_bytes(body_bytes(body), {"aa" * 32: bytes(64)}), digest)
    assert read.body == body
    assert read.id == transaction_id(body_bytes(body), digest)


@pytest.mark.parametrize(
    "arguments",
    [
        {"signatures": []},
        {"zz": {"a": 1, "signatures": ["x"]}},
        {"note": ',"signatures":['},
        {"note": '}],"signatures":[{"certificate":"' + "ab" * 32},
        {"signatures": [{"certificate": "ab" * 32, "signature": "cd" * 64}]},
    ],
)
def test_arguments_that_look_like_signatures_stay_in_the_body(arguments: dict[str, Any]) -> None:
    body = BODY._replace(arguments=arguments)
    data = signed_bytes(body_bytes(body), {"aa" * 32: bytes(64)})
    assert read_transaction(data, digest).id == transaction_id(body_bytes(body), digest)


def test_the_id_covers_every_field_of_the_body() -> None:
    others = {
        "ledger": "e" * 64,
        "contract": "pledges",
        "version": 2,
        "action": "issue",
        "arguments": {"receivable": "R2"},
        "nonce": "1" * 32,
        "valid_until": 61,
    }
    assert set(others) == set(Body._fields)
    ids = {transaction_id(body_bytes(BODY._replace(**{field: value})), digest) for field, value in others.items()}
    ids.add(transaction_id(body_bytes(BODY), digest))
    assert len(ids) == len(others) + 1


def test_the_id_does_not_cover_signatures() -> None:
    one, two, three = (
        read_transaction(signed_bytes(body_bytes(BODY), signatures), digest)
        for signatures in (
            {"aa" * 32: bytes(64)},
            {"aa" * 32: bytes([1] * 64)},
            {"bb" * 32: bytes(64), "aa" * 32: bytes(64)},
        )
    )
    assert one.id == two.id == three.id
    assert len({one.data, two.data, three.data}) == 3


def test_id_and_message_have_names_of_their_own() -> None:
    """So that no id is the hash of something else, and no approval a signature under a checkpoint or a certificate."""
    assert transaction_id(b"{}", digest) == sha256(b"hexi transaction\x00{}").digest()
    assert message_of(bytes(32)) == b"hexi approval\x00" + bytes(32)


def test_no_bit_of_a_signed_transaction_can_be_turned(opened: tuple[State, Rules], people: People) -> None:
    data = people.sign("receivables.draft", TERMS, ["core", "bank-b"])
    assert holds(opened, data)
    turned = bytearray(data)
    for place in range(len(data)):
        for bit in range(0, 8, 1 if place % 7 == 0 else 4):
            turned[place] ^= 1 << bit
            assert not holds(opened, bytes(turned)), (place, bit)
            turned[place] ^= 1 << bit
    assert bytes(turned) == data


def test_no_part_of_it_can_be_left_out_or_said_twice(opened: tuple[State, Rules], people: People) -> None:
    data = people.sign("receivables.draft", TERMS, ["core"])
    for place in range(0, len(data), 3):
        assert not holds(opened, data[:place] + data[place + 1 :])
        assert not holds(opened, data[:place] + data[place : place + 1] + data[place:])
        assert not holds(opened, data[:place])


@pytest.mark.parametrize("style", ["blanks", "escapes", "order", "capitals"])
def test_another_way_to_write_the_same_is_refused(opened: tuple[State, Rules], people: People, style: str) -> None:
    data = people.sign("receivables.draft", TERMS, ["core"])
    value = json.loads(data)
    others = {
        "blanks": json.dumps(value).encode(),
        "escapes": data.replace(b'"R1"', b'"\\u00521"'),
        "order": json.dumps(dict(reversed(value.items())), separators=(",", ":")).encode(),
        "capitals": data.replace(b"ab" * 32, b"AB" * 32),
    }
    assert others[style] != data
    assert not holds(opened, others[style])


def test_a_signature_put_under_another_certificate_is_refused(opened: tuple[State, Rules], people: People) -> None:
    value = decode(people.sign("receivables.draft", TERMS, ["core"]))
    for wallet in people.wallets.values():
        [row] = value["signatures"]
        other = {**value, "signatures": [{**row, "certificate": wallet.fingerprint}]}
        assert holds(opened, encode(other)) == (wallet == people.wallets["core", "maker"])


def test_one_bad_signature_among_good_ones_is_enough(opened: tuple[State, Rules], people: People) -> None:
    """Even one that nobody asked for: what stands in the log was verified, all of it."""
    value = decode(people.sign("receivables.draft", TERMS, ["core", "bank-a"]))
    assert holds(opened, encode(value))
    for place in (0, 1):
        rows = [dict(row) for row in value["signatures"]]
        rows[place]["signature"] = "00" * 64
        assert not holds(opened, encode({**value, "signatures": rows}))


def test_sixteen_may_sign_and_no_more() -> None:
    signatures = {f"{number:064x}": bytes(64) for number in range(MOST_SIGNATURES)}
    assert len(read_transaction(signed_bytes(body_bytes(BODY), signatures), digest).signatures) == 16
    with pytest.raises(BadFieldError, match="signatures has 17 entries, it must have 1 to 16"):
        read_transaction(signed_bytes(body_bytes(BODY), {**signatures, "f" * 64: bytes(64)}), digest)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ledger", "F" * 64),
        ("ledger", "f" * 63),
        ("contract", ""),
        ("contract", "a b"),
        ("version", 1001),
        ("version", True),
        ("action", "a" * 65),
        ("arguments", []),
        ("nonce", "0" * 31),
        ("nonce", "0" * 32 + "\n"),
        ("valid_until", 1.0),
        ("valid_until", 253_402_272_000),
    ],
)
def test_a_body_that_could_not_be_read_is_not_signed(field: str, value: object) -> None:
    with pytest.raises(FormatError, match=f"body.{field}"):
        body_bytes(BODY._replace(**{field: value}))
