"""A member that does not come to what a block says halts."""

from collections.abc import Callable

import consortium_sample
import pytest
from consortium_sample import NODES, Trio, heads

import ledger.consortium.judgement as judgement
from ledger.block import Header, header_bytes, header_digest, join_entries, read_header
from ledger.consortium import Member, MemoryKeys, OrderedLog
from ledger.consortium.proposal import proposal_bytes
from ledger.consortium.votes import signed_vote
from ledger.errors import BlockError, HaltedError, OrderingError
from ledger.execution import execute
from ledger.node import Receipt, admitted, gather
from ledger.replay import next_header
from ledger.wallet import Wallet

SOME = consortium_sample.nodes()

NOW = consortium_sample.clock()


@pytest.fixture
def trio() -> Trio:
    keys = MemoryKeys()
    return Trio(SOME, lambda _: keys)


def log_of(trio: Trio) -> OrderedLog:
    return consortium_sample.ordered(trio.keys_of(""), trio.some)


def forged(
    trio: Trio,
    by: str = "bank-a",
    change: Callable[[Header], Header] = lambda header: header,
    entries: list[bytes] | None = None,
    wallet: Wallet | None = None,
    time: int = NOW,
) -> bytes:
    """The next block as a member might propose it whose program has been tampered with."""
    one = trio.members[by]
    read = admitted([trio.draft("R1")], one.rules)
    held, state, _ = gather(read, one.head, time, one.rules, verified=True)
    held = held if entries is None else entries
    header, head = next_header(one.head, held, state, time, one.rules)
    header = header_bytes(change(read_header(header)))
    said = read_header(header)
    name = header_digest(header, one.rules.suite.hash).hex()
    head = head._replace(previous=name, digest=bytes.fromhex(said.state))
    vote = signed_vote(head, wallet or trio.some.wallets[by], one.rules)
    return proposal_bytes(header, vote, join_entries(held))


def halted(one: Member) -> str:
    with pytest.raises(HaltedError) as first:
        one.follow()
    with pytest.raises(HaltedError) as second:
        one.follow()
    assert str(first.value) == str(second.value)
    return str(first.value)


def test_a_block_with_a_wrong_state_halts_every_other_member(trio: Trio) -> None:
    log_of(trio).propose(1, forged(trio, change=lambda header: header._replace(state="ab" * 32)))
    for name in ("core", "bank-b"):
        said = halted(trio.members[name])
        assert f"{name} has halted: block 1, proposed by bank-a, says that its state is {'ab' * 32}" in said
        assert ", this member comes to " in said


def test_a_halted_member_refuses_everything_and_keeps_nothing(trio: Trio) -> None:
    log_of(trio).propose(1, forged(trio, change=lambda header: header._replace(state="ab" * 32)))
    one = trio.members["bank-b"]
    with pytest.raises(HaltedError, match="block 1, proposed by bank-a"):
        one.submit([trio.draft("R2")])
    with pytest.raises(HaltedError, match="block 1, proposed by bank-a"):
        one.run(lambda: False)
    assert one.store.height() == 1


def test_a_block_at_which_all_halted_can_be_withdrawn_and_the_log_goes_on(trio: Trio) -> None:
    log = log_of(trio)
    log.propose(1, forged(trio, change=lambda header: header._replace(state="ab" * 32)))
    for name in ("core", "bank-b"):
        halted(trio.members[name])
    log.withdraw(1)
    assert (log.block(1), log.votes(0)) == (None, [])
    for name in NODES:
        trio.open(name)
    assert isinstance(trio.members["core"].submit([trio.draft("R2")])[0], Receipt)
    trio.settle()
    assert len(heads(trio)) == 1
    with pytest.raises(OrderingError, match="block 1 is signed with the log's key"):
        log.withdraw(1)
    assert log.block(1) is not None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda header: header._replace(root="ab" * 32), "its root is abab"),
        (lambda header: header._replace(size=9), "its size is 9, this member comes to 2"),
        (lambda header: header._replace(previous="ab" * 32), "its previous is abab"),
        (lambda header: header._replace(number=2), "its number is 2, this member comes to 1"),
        (lambda header: header._replace(ledger="ab" * 32), "its ledger is abab"),
        (lambda header: header._replace(time=1), "its time is 1, before"),
        (lambda header: header._replace(time=NOW + 301), "its time is 1790000361, more than 300 seconds after"),
        (lambda header: header._replace(transactions=2), "the block holds 1 whole transactions, its header says 2"),
        (lambda header: header._replace(transactions=0), "and 0 transactions, it may have"),
    ],
)
def test_each_field_of_a_header_is_held_against_what_the_member_comes_to(
    trio: Trio, change: Callable[[Header], Header], said: str
) -> None:
    log_of(trio).propose(1, forged(trio, change=change))
    assert said in halted(trio.members["core"])


def test_a_transaction_that_does_not_hold_halts_whoever_meets_it(trio: Trio) -> None:
    log_of(trio).propose(1, forged(trio, entries=[trio.draft("R1"), trio.draft("R1")]))
    said = halted(trio.members["core"])
    assert "block 1, proposed by bank-a, does not hold: transaction 1 in it is refused here: " in said


def test_a_signature_that_the_proposer_did_not_check_is_checked_by_all(trio: Trio) -> None:
    data = trio.draft("R1")
    start = data.rindex(b'"signature":"') + 13
    changed = data[:start] + (b"0" if data[start : start + 1] != b"0" else b"1") + data[start + 1 :]
    log_of(trio).propose(1, forged(trio, entries=[changed]))
    assert "transaction 0 in it is refused here: the signature" in halted(trio.members["core"])


def test_a_proposer_that_votes_otherwise_than_its_block_says_halts_the_others(trio: Trio) -> None:
    one = trio.members["bank-a"]
    header, _, body = forged(trio).split(b"\n", 2)
    other = one.head._replace(number=1, previous="cd" * 32)
    log_of(trio).propose(1, proposal_bytes(header, signed_vote(other, SOME.wallets["bank-a"], one.rules), body))
    assert "block 1, proposed by bank-a, says one thing, the vote of its proposer another" in halted(one)


@pytest.mark.parametrize("data", [b"", b"{}", b"\n\n", b"rubbish\nrubbish\nrubbish\n", b"\xff" * 1000])
def test_rubbish_in_the_place_of_a_block_halts_with_its_number(trio: Trio, data: bytes) -> None:
    log_of(trio).propose(1, data)
    assert "core has halted: block 1 does not hold: " in halted(trio.members["core"])


def test_a_block_that_a_stranger_proposes_halts(trio: Trio) -> None:
    stranger = consortium_sample.nodes(seed=8).wallets["bank-a"]
    log_of(trio).propose(1, forged(trio, wallet=stranger))
    assert "block 1 does not hold: the vote on block 1 does not count" in halted(trio.members["core"])


def test_a_maker_may_not_propose_for_its_organisation(trio: Trio) -> None:
    log_of(trio).propose(1, forged(trio, wallet=trio.some.people.wallets["bank-a", "maker"]))
    assert "its certificate is that of a maker, it must be that of a node" in halted(trio.members["core"])


def with_another_rule(patch: pytest.MonkeyPatch) -> None:
    """From here on this process executes blocks of others by a rule that has been tampered with."""
    patch.setattr(judgement, "execute", lambda *given: execute(*given).write("gifts", {"me": {"amount": 1}}))


def test_a_member_whose_contracts_were_tampered_with_halts_and_names_both_states(
    trio: Trio, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = trio.members.pop("bank-b")
    trio.members["bank-a"].submit([trio.draft("R1")])
    with monkeypatch.context() as patch:
        with_another_rule(patch)
        said = halted(odd)
    right = trio.members["bank-a"].head.digest.hex()
    assert (
        f"bank-b has halted: block 1, proposed by bank-a, says that its state is {right}, this member comes to" in said
    )
    assert odd.store.height() == 1


def test_a_service_that_lost_blocks_or_holds_others_halts_a_member_that_is_opened(trio: Trio) -> None:
    trio.members["bank-a"].submit([trio.draft("R1")])
    trio.settle()
    store = trio.members["bank-a"].store
    lost, other = MemoryKeys(), MemoryKeys()
    Trio(SOME, lambda _: lost)
    there = Trio(SOME, lambda _: other)
    there.members["bank-b"].submit([there.draft("R2")])
    for keys, why in ((lost, "ends before block 1, which is in this copy"), (other, "holds another block 1 ")):
        one = consortium_sample.member(SOME, consortium_sample.ordered(keys, SOME), "bank-a", store)
        assert f"bank-a has halted: the ordering service {why}" in halted(one)


def test_the_judge_says_where_it_comes_to_itself(trio: Trio) -> None:
    data = forged(trio, change=lambda header: header._replace(state="ab" * 32))
    one = trio.members["core"]
    with pytest.raises(judgement.DisagreementError) as found:
        judgement.judge(data, one.head, one.rules, NOW)
    assert found.value.head is not None
    assert found.value.head.number == 1
    with pytest.raises(judgement.DisagreementError) as found:
        judgement.judge(b"", one.head, one.rules, NOW)
    assert found.value.head is None
    assert not issubclass(judgement.DisagreementError, BlockError)
