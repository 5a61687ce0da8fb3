"""A pipeline answers as the node alone would, in order; what it has not answered is not in the log."""

import itertools
import os
import signal
from collections.abc import Iterator

import ledger_sample
import numpy as np
import pytest
from ledger_sample import START, Consortium

from ledger.errors import ScreeningError, StoreError, UsageError
from ledger.identity.authority import issue
from ledger.node import Node, Receipt, Refusal, found
from ledger.pipeline import Pipeline
from ledger.stores import MemoryStore
from ledger.stores.store import Block
from ledger.wallet import Wallet, sign, wallet

PROCESSES, BATCH = 2, 8


def node_of(people: Consortium, store: MemoryStore | None = None) -> Node:
    store = MemoryStore() if store is None else store
    found(store, people.genesis, people.operator)
    return Node(store, people.operator, lambda: START)


def forged(data: bytes) -> bytes:
    """The same transaction with another last digit of its signature."""
    return data[:-5] + (b"0" if data[-5:-4] != b"0" else b"1") + data[-4:]


def life(people: Consortium, number: int) -> list[bytes]:
    """A receivable on its way, with a wrong turn of each kind."""
    calls = ledger_sample.accepted(people, f"R{number}", 500 + number)
    pay = {"fragment": "0" * 32 + ":0", "payees": [{"to": "bank-a", "amount": 5}]}
    spent = people.sign("receivables.pay_on", pay, ["maker-of-parts"])
    late = people.sign("receivables.issue", {"receivable": f"R{number}"}, ["core"], valid_until=START - 1)
    return [*calls, calls[0], spent, forged(spent), late, b"{}", b"", spent.replace(b"pay_on", b"pay_in")]


@pytest.fixture(scope="module")
def people() -> Consortium:
    return ledger_sample.consortium()


@pytest.fixture
def node(people: Consortium) -> Node:
    return node_of(people)


@pytest.fixture
def line(node: Node) -> Iterator[Pipeline]:
    with Pipeline(node, processes=PROCESSES, batch=BATCH) as opened:
        yield opened


def refused(one: Receipt | Refusal) -> str:
    assert isinstance(one, Refusal)
    return one.rule


def newcomer(people: Consortium) -> tuple[bytes, Wallet]:
    """A registration, and the wallet of the person who is registered."""
    private = np.random.default_rng(11).bytes(32)
    der = issue(
        people.suite,
        people.authorities["core"],
        "core",
        role="maker",
        name="new maker",
        public_key=people.suite.public_key(private),
        serial=999,
        not_before=START - 60,
        not_after=START + 86_400,
    )
    call = people.sign("members.register", {"certificate": der.hex()}, ["core/admin"])
    return call, wallet(people.suite, der, private)


def drafted(people: Consortium, by: Wallet, name: str) -> bytes:
    terms = {"acceptor": "core", "amount": 5, "due": START + 86_400, "holder": "maker-of-parts", "invoice": "ab" * 32}
    body = people.body("receivables.draft", {**terms, "obligor": "core", "receivable": name, "recourse": True})
    return sign(people.suite, body, [by])


def test_answers_are_those_of_the_node_alone_in_order_of_submission(people: Consortium, line: Pipeline) -> None:
    calls = list(itertools.chain.from_iterable(life(people, number) for number in range(12)))
    alone = node_of(people)
    wanted = alone.submit(calls)
    assert line.submit(calls) == wanted
    assert line.node.tree.root() == alone.tree.root()
    assert line.node.refusals == alone.refusals
    assert len(alone.refusals) > 4


def test_the_national_suite_goes_through_a_pipeline_too() -> None:
    pytest.importorskip("tongsuopy", reason="the extra sm2 is not installed; CI has it")
    nation = ledger_sample.consortium(suite="sm2-sm3-sm4")
    calls = life(nation, 1)
    wanted = node_of(nation).submit(calls)
    with Pipeline(node_of(nation), processes=1) as line:
        assert line.submit(calls) == wanted


def test_a_certificate_that_is_new_is_verified_by_the_node_and_known_to_all_afterwards(
    people: Consortium, line: Pipeline
) -> None:
    call, new = newcomer(people)
    stranger = drafted(people, new, "before")
    assert refused(line.submit([stranger])[0]) == "UnknownCertificateError"
    answers = line.submit([call, drafted(people, new, "one"), forged(drafted(people, new, "forged"))])
    assert [type(one) for one in answers] == [Receipt, Receipt, Refusal]
    assert refused(answers[2]) == "BadSignatureError"
    many = [drafted(people, new, f"later-{number}") for number in range(3 * BATCH)]
    assert all(isinstance(one, Receipt) for one in line.submit(many))
    known = len(list(line.node.state.records("certificates")))
    assert [worker.told for worker in line._workers] == [known] * PROCESSES


def test_blocks_are_full_when_there_is_enough(people: Consortium) -> None:
    calls = [people.sign("receivables.issue", {"receivable": "none"}, ["core"], valid_until=START - 1)] * 2_100
    names = [f"N{number}" for number in range(5)]
    calls += itertools.chain.from_iterable(ledger_sample.accepted(people, name) for name in names)
    with Pipeline(node_of(people), processes=PROCESSES) as line:
        answers = line.submit(calls)
        assert [isinstance(one, Receipt) for one in answers] == [False] * 2_100 + [True] * 15
        assert line.node.store.height() == 2
        assert line.node.refusals == {"ExpiredTransactionError": 2_100}


def test_no_more_is_drawn_than_can_be_under_way(people: Consortium, line: Pipeline) -> None:
    drawn = itertools.count()
    junk = people.sign("receivables.issue", {"receivable": "none"}, ["core"], valid_until=START - 1)
    answers = line.answers(junk for _ in iter(lambda: next(drawn), -1))
    most = 1_000 + 5 * PROCESSES * BATCH
    for taken in range(2_500):
        assert refused(next(answers)) == "ExpiredTransactionError"
        assert next(drawn) - 2 * taken <= most + 1_000
    answers.close()  # type: ignore[attr-defined]  # a generator
    assert refused(line.submit([b"{}"])[0]) == "BadFieldError"


def test_a_pause_answers_everything_before_the_next_is_drawn(people: Consortium, line: Pipeline) -> None:
    first, second, third = ledger_sample.accepted(people)
    answered: list[Receipt | Refusal] = []

    def source() -> Iterator[bytes | None]:
        for number, one in enumerate((first, second, third)):
            assert len(answered) == number
            yield one
            yield None

    answered.extend(answer for answer in line.answers(source()))
    assert [one.block for one in answered if isinstance(one, Receipt)] == [1, 2, 3]


def test_who_stops_taking_answers_leaves_the_pipeline_as_it_was(people: Consortium, line: Pipeline) -> None:
    calls = life(people, 1) * 10
    answers = line.answers(iter(calls))
    next(answers)
    with pytest.raises(ScreeningError, match="answering somebody else"):
        next(line.answers([]))
    answers.close()  # type: ignore[attr-defined]  # a generator
    assert refused(line.submit([b"[]"])[0]) == "BadFieldError"


def test_a_process_that_dies_is_named_and_nothing_is_lost_or_doubled(people: Consortium, node: Node) -> None:
    calls = list(itertools.chain.from_iterable(ledger_sample.accepted(people, f"D{number}") for number in range(60)))
    line = Pipeline(node, processes=PROCESSES, batch=BATCH)
    answered: list[Receipt | Refusal] = []

    def source() -> Iterator[bytes | None]:
        yield from calls[:60]
        yield None
        yield from calls[60:90]
        os.kill(line._workers[0].process.pid or 0, signal.SIGKILL)
        yield from calls[90:]

    with pytest.raises(ScreeningError, match=r"process \d+, which screens transactions, has ended with code -9"):
        answered.extend(one for one in line.answers(source()))
    with pytest.raises(ScreeningError, match="the pipeline is closed"):
        line.submit(calls)
    held = node.tree.size - 1
    assert held == 60
    with Pipeline(node, processes=1) as again:
        rest = again.submit(calls)
    assert {refused(one) for one in rest[:held]} == {"ReplayedError"}
    assert all(isinstance(one, Receipt) for one in rest[held:])


def test_closing_ends_the_processes_and_leaves_the_node(people: Consortium, node: Node) -> None:
    with Pipeline(node, processes=PROCESSES) as line:
        processes = [one.process for one in line._workers]
        assert all(one.is_alive() for one in processes)
    assert [one.exitcode for one in processes] == [0] * PROCESSES
    assert isinstance(node.submit(ledger_sample.accepted(people)[:1])[0], Receipt)


class Full(MemoryStore):
    """A store whose disk is full once."""

    is_full = False

    def append(self, block: Block) -> None:
        if self.is_full:
            raise StoreError("the disk is full")
        super().append(block)


def test_a_store_that_fails_is_heard_of_and_acknowledges_nothing(people: Consortium) -> None:
    store = Full()
    calls = ledger_sample.accepted(people)
    with Pipeline(node_of(people, store), processes=PROCESSES, batch=BATCH) as line:
        store.is_full = True
        with pytest.raises(StoreError, match="the disk is full"):
            line.submit(calls * 20)
        store.is_full = False
        assert all(isinstance(one, Receipt) for one in line.submit(calls))


@pytest.mark.parametrize(("processes", "batch"), [(0, 250), (2, 0), (-1, 250)])
def test_a_pipeline_of_nobody_or_of_empty_batches_is_refused(node: Node, processes: int, batch: int) -> None:
    with pytest.raises(UsageError, match=r"processes is -?\d and batch \d+: both must be at least 1"):
        Pipeline(node, processes=processes, batch=batch)
