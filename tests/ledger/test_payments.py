"""Payments taken a row at a time: the log, the answers and the records are those of one after the other."""

import itertools
from typing import Any, NamedTuple

import ledger_sample
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_sample import START, Consortium

from ledger.errors import RefusalError
from ledger.execution import Rules, admit
from ledger.forms import filled, outline
from ledger.node import Node, Receipt, Refusal, found
from ledger.payments import read_payment, take_payments
from ledger.screening import screen
from ledger.stores import MemoryStore
from ledger.transaction import message_of, transaction_id

POLICIES: tuple[dict[str, dict[str, Any]], ...] = (
    {},
    {"receivables.pay_on": {"roles": ["maker"], "threshold": 1}},
    {"receivables.pay_on": {"roles": ["maker", "checker"]}},
    {"receivables.pay_on": {"roles": ["maker"], "threshold": 1, "organisations": ["bank-a", "bank-b"]}},
)
WORLDS = [ledger_sample.consortium(policies={**ledger_sample.ONE_MAKER, **more}) for more in POLICIES]
PEOPLE = WORLDS[0]
SUITE, RULES = PEOPLE.suite, Rules(PEOPLE.ledger, PEOPLE.suite, PEOPLE.genesis.longest_validity)
KEYS = {one.fingerprint: SUITE.public_key(one.private) for one in PEOPLE.wallets.values()}
DAY, HOLDER, AMOUNT = 86_400, "maker-of-parts", 20
PAYEES = ("maker-of-screws", "bank-a", "bank-b", "core", HOLDER)

usually = st.sampled_from([True, True, True, True, True, True, False])
steps = st.lists(
    st.tuples(
        st.sampled_from(["pay"] * 12 + ["again", "forge", "pledge", "release", "transfer", "draft", "block"]),
        st.integers(0, 9),  # which of the fragments, counted from the last
        st.sampled_from([*PAYEES, "nobody"]),
        st.sampled_from([AMOUNT, AMOUNT, 5, 1, 21]),
        usually,  # whether its owner signs
        st.sampled_from([3600] * 6 + [3601, 7200, -1, 0, DAY, DAY + 1, 2 * DAY]),
        st.sampled_from([1] * 8 + [2]),  # how many payees, or signatures
    ),
    min_size=1,
    max_size=40,
)


class Fragment(NamedTuple):
    """A fragment that is there if the transaction that should have made it held."""

    name: str
    owner: str


def made_by(data: bytes, place: int, owner: str) -> Fragment:
    body = data[len(b'{"body":') : data.rindex(b',"signatures":[')]
    return Fragment(f"{transaction_id(body, SUITE.hash).hex()[:32]}:{place}", owner)


def forged(data: bytes) -> bytes:
    return data[:-5] + (b"0" if data[-5:-4] != b"0" else b"1") + data[-4:]


def opening(people: Consortium) -> tuple[list[bytes], list[Fragment]]:
    """Receivables with recourse and without, one that is due soon, and one that nobody has accepted."""
    calls: list[bytes] = []
    terms: tuple[dict[str, Any], ...] = ({}, {"recourse": False}, {"due": START + 90}, {"acceptor": "bank-a"})
    lives = [ledger_sample.accepted(people, f"R{place}", AMOUNT, **more) for place, more in enumerate(terms)]
    calls = list(itertools.chain(*lives, ledger_sample.accepted(people, "open")[:2]))
    return calls, [made_by(life[2], 0, HOLDER) for life in lives]


def written(people: Consortium, drawn: list[tuple[Any, ...]]) -> list[list[bytes]]:
    """Blocks of transactions, most of them payments that hold."""
    head, there = opening(people)
    blocks = [head, list[bytes]()]
    for place, (what, which, to, amount, is_owner, until, count) in enumerate(drawn):
        name, owner = there[-1 - which % len(there)]
        by = [owner if is_owner else PAYEES[which % 5]]
        if what == "block":
            blocks.append([])
            continue
        if what in ("again", "forge") and blocks[-1]:
            last = blocks[-1][which % len(blocks[-1])]
            blocks[-1].append(last if what == "again" else forged(last))
            continue
        call, arguments = "receivables.pay_on", dict[str, Any]()
        arguments = {"fragment": name, "payees": [{"amount": amount, "to": to}]}
        if what == "pledge":
            call, arguments = "pledges.pledge", {"fragment": name, "pledgee": "bank-b", "registration": f"P{which}"}
            arguments["until"] = START + 30 * DAY
            by.append("bank-b")
        elif what == "release":
            call, arguments, by = "pledges.release", {"registration": f"P{which}"}, ["bank-b"]
        elif what == "transfer":
            call, arguments = "receivables.transfer", {"fragment": name, "to": to}
        elif what == "draft":
            blocks[-1].append(ledger_sample.accepted(people, f"D{place}")[0])
            continue
        elif count > 1 and which % 2:
            arguments["payees"].append({"amount": 3, "to": "core"})
        elif count > 1:
            by.append("bank-b/maker")
        by += [f"{owner}/checker"] * (people is WORLDS[2]) + ["bank-a"] * (people is WORLDS[3])
        who = sorted({one if "/" in one else f"{one}/maker" for one in by})
        blocks[-1].append(people.sign(call, arguments, who, valid_until=START + until))
        if what in ("pay", "transfer"):
            there.append(made_by(blocks[-1][-1], 0, to if to != "nobody" else owner))
            there += [made_by(blocks[-1][-1], 1, owner)] * (amount < AMOUNT)
    return blocks


def node_of(people: Consortium) -> Node:
    """A node for which some time passes with each block."""
    store = MemoryStore()
    found(store, people.genesis, people.operator)
    return Node(store, people.operator, lambda: START + 45 * (store.height() - 1))


def in_rows(node: Node, block: list[bytes], keys: dict[str, bytes]) -> list[Receipt | Refusal]:
    """What a pipeline does with a block."""
    read: list[Any] = []
    for data, verdict in zip(block, screen(block, node.rules, keys), strict=True):
        assert verdict is not None
        is_payment = isinstance(verdict, tuple)
        read.append(filled(data, verdict) if isinstance(verdict, bytes) else (data, verdict) if is_payment else verdict)
    return node.commit(read, verified=True)


@settings(max_examples=60, deadline=None)
@given(drawn=steps, world=st.sampled_from([0, 0, 0, 1, 2, 3]))
def test_a_row_comes_to_what_its_payments_come_to_one_by_one(drawn: list[tuple[Any, ...]], world: int) -> None:
    people = WORLDS[world]
    keys = {one.fingerprint: SUITE.public_key(one.private) for one in people.wallets.values()}
    alone, rows = node_of(people), node_of(people)
    for block in written(people, drawn):
        wanted, answers = alone.submit(block), in_rows(rows, block, keys)
        for one, two in zip(wanted, answers, strict=True):
            is_forged = isinstance(two, Refusal) and two.rule == "BadSignatureError"  # looked at before the records
            assert one == two or (is_forged and isinstance(one, Refusal))
    assert list(rows.store.blocks(0)) == list(alone.store.blocks(0))
    assert rows.state.everything() == alone.state.everything()


def paying(**more: Any) -> bytes:
    call = {"fragment": "a" * 32 + ":0", "payees": [{"amount": 7, "to": "core"}]}
    return PEOPLE.sign("receivables.pay_on", {**call, **more}, [HOLDER])


PAYMENT = paying()


def test_a_payment_is_read_as_field_by_field() -> None:
    slow, fast = admit(PAYMENT, RULES), read_payment(PAYMENT, RULES, KEYS)
    assert fast is not None
    payment, identity, key, signature = fast
    [one] = slow.signatures
    (payee,) = slow.body.arguments["payees"]
    assert payment == (
        slow.id.hex(),
        slow.body.arguments["fragment"],
        payee["amount"],
        payee["to"],
        slow.body.valid_until,
        one.certificate,
    )
    assert (identity, key, signature) == (slow.id, KEYS[one.certificate], one.signature)
    SUITE.verify(key, message_of(identity), signature)


@pytest.mark.parametrize("place", range(len(PAYMENT)))
def test_no_byte_can_be_another_unless_the_transaction_is_another(place: int) -> None:
    for changed in {PAYMENT[place] ^ 1, PAYMENT[place] ^ 0x20, 0x20, 0xFF, *b'"0a\n'} - {PAYMENT[place]}:
        data = PAYMENT[:place] + bytes([changed]) + PAYMENT[place + 1 :]
        read = read_payment(data, RULES, KEYS)
        if read is not None:
            seen = outline(data, PEOPLE.ledger, SUITE.hash)
            assert seen is not None
            assert seen.id == read[1]
            assert [(KEYS[certificate], signature) for certificate, signature in seen.signatures] == [read[2:]]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(PAYMENT + b" ", id="something behind it"),
        pytest.param(PAYMENT[:-1], id="cut short"),
        pytest.param(PAYMENT[:-200] + PAYMENT[-200:].upper(), id="capital letters in the signature"),
        pytest.param(bytearray(PAYMENT), id="not bytes"),
        pytest.param(paying(payees=[{"amount": 2**53 - 1, "to": "core"}]), id="a sum of sixteen digits"),
        pytest.param(paying(payees=[{"amount": 7, "to": "core"}] * 2), id="two payees"),
        pytest.param(PEOPLE.sign("receivables.transfer", {"fragment": "F", "to": "core"}, ["core"]), id="a transfer"),
    ],
)
def test_what_is_not_plainly_a_payment_is_left_to_others(data: bytes) -> None:
    assert read_payment(data, RULES, KEYS) is None


def test_a_payment_under_a_certificate_that_is_not_known_is_left_to_others() -> None:
    assert read_payment(PAYMENT, RULES, {}) is None
    assert read_payment(PAYMENT, Rules("f" * 64, SUITE, 60), KEYS) is None


def test_a_row_of_payments_is_one_version_of_each_space_and_ends_where_one_is_wrong() -> None:
    people, node = PEOPLE, node_of(PEOPLE)
    head, (first, second, *_) = opening(people)
    node.submit(head)
    pay = {"payees": [{"amount": AMOUNT, "to": "bank-a"}]}
    calls = [
        people.sign("receivables.pay_on", {"fragment": one, **pay}, [HOLDER])
        for one in (first.name, second.name, first.name)
    ]
    read = list(zip(calls, screen(calls, node.rules, KEYS), strict=True))
    before = node.state
    after, place = take_payments(before, read, 0, START + 60, node.rules.longest_validity)
    assert place == 2
    assert {space: len(keys) for space, keys in after.changed_since(before).items()} == {
        "fragments": 4,
        f"seen/{(START + 3600) // 3600}": 2,
    }
    assert take_payments(after, read, 2, START + 60, node.rules.longest_validity) == (after, 2)
    assert before.get("fragments", first.name) is not None


def test_screening_gives_a_payment_or_why_it_is_refused() -> None:
    good, bad, other = screen([PAYMENT, forged(PAYMENT), b"{}"], RULES, KEYS)
    assert isinstance(good, tuple)
    assert type(bad).__name__ == "BadSignatureError"
    assert isinstance(other, RefusalError)
