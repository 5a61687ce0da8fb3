"""Votes of a consortium: who dissents is noticed, strangers are not heard, and the judge says where it comes to."""

import consortium_sample
import ledger_sample
import pytest
from consortium_sample import NODES, Trio, heads

import ledger.consortium.judgement as judgement
from ledger.block import join_entries
from ledger.consortium import Member, MemoryKeys, OrderedLog
from ledger.consortium.proposal import proposal_bytes
from ledger.consortium.votes import check_vote, read_vote, signed_vote, voters
from ledger.errors import HaltedError, VoteError
from ledger.execution import execute
from ledger.node import Receipt, admitted, gather
from ledger.notes import sign_note
from ledger.replay import Head, next_header
from ledger.verifier_keys import ed25519_signer

SOME = consortium_sample.nodes()

NOW = consortium_sample.clock()


@pytest.fixture
def trio() -> Trio:
    keys = MemoryKeys()
    return Trio(SOME, lambda _: keys)


def log_of(trio: Trio) -> OrderedLog:
    return consortium_sample.ordered(trio.keys_of(""), trio.some)


def halted(one: Member) -> str:
    with pytest.raises(HaltedError) as first:
        one.follow()
    with pytest.raises(HaltedError) as second:
        one.follow()
    assert str(first.value) == str(second.value)
    return str(first.value)


def with_another_rule(patch: pytest.MonkeyPatch) -> None:
    """From here on this process executes blocks of others by a rule that has been tampered with."""
    patch.setattr(judgement, "execute", lambda *given: execute(*given).write("gifts", {"me": {"amount": 1}}))


def test_a_dissenting_vote_halts_those_who_hear_it(trio: Trio, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = trio.members.pop("bank-b")
    trio.members["bank-a"].submit([trio.draft("R1")])
    with monkeypatch.context() as patch:
        with_another_rule(patch)
        halted(odd)
    said = halted(trio.members["core"])
    assert "core has halted: bank-b has signed that block 1 (" in said
    assert f", here block 1 ({trio.members['bank-a'].head.previous}) leads to " in said
    with pytest.raises(HaltedError, match="bank-b has signed that block 1"):
        trio.open("core").follow()


def test_a_member_that_was_mended_votes_anew_and_all_go_on(trio: Trio, monkeypatch: pytest.MonkeyPatch) -> None:
    trio.members["bank-a"].submit([trio.draft("R1")])
    odd = trio.open("bank-b")
    with monkeypatch.context() as patch:
        with_another_rule(patch)
        halted(odd)
    trio.open("bank-b")
    trio.members["bank-b"].follow()
    trio.settle()
    assert isinstance(trio.members["core"].submit([trio.draft("R2")])[0], Receipt)
    trio.settle()
    assert len(heads(trio)) == 1


def test_those_who_tolerate_a_dissenter_leave_it_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = MemoryKeys()
    trio = Trio(SOME, lambda _: keys, tolerated=1)
    odd = trio.members.pop("bank-b")
    trio.members["bank-a"].submit([trio.draft("R1")])
    with monkeypatch.context() as patch:
        with_another_rule(patch)
        halted(odd)
    assert isinstance(trio.members["core"].submit([trio.draft("R2")])[0], Receipt)
    trio.settle()
    assert len(heads(trio)) == 1
    assert list(trio.members["core"].tally.dissents) == [(1, "bank-b")]
    trio.open("bank-b").follow()
    trio.settle()
    assert trio.members["core"].tally.dissents == {}
    assert len(heads(trio)) == 1


def test_the_logs_key_signs_nothing_without_most_of_the_votes(trio: Trio) -> None:
    """Both banks say otherwise: core alone is no majority, even if it tolerates them."""
    one = trio.open("core")
    del trio.members["bank-a"], trio.members["bank-b"]
    log_of(trio).propose(1, forged_by(trio, one))
    for name in ("bank-a", "bank-b"):
        head = one.head._replace(number=1, previous="cd" * 32, digest=bytes(32))
        log_of(trio).publish_vote(1, name, signed_vote(head, SOME.wallets[name], one.rules))
    assert "has signed that block 1" in halted(one)
    assert log_of(trio).checkpoint(1) is None


def forged_by(trio: Trio, one: Member) -> bytes:
    """A good block of a member's own, as `submit` would propose it."""
    held, state, _ = gather(admitted([trio.draft("R1")], one.rules), one.head, NOW, one.rules, verified=True)
    header, head = next_header(one.head, held, state, NOW, one.rules)
    return proposal_bytes(header, signed_vote(head, SOME.wallets[one.name], one.rules), join_entries(held))


@pytest.mark.parametrize(
    "kind", ["stranger", "maker", "other place", "other block", "other ledger", "forged", "rubbish"]
)
def test_a_strangers_vote_is_refused_and_counted_and_changes_nothing(trio: Trio, kind: str) -> None:
    one = trio.members["core"]
    head = one.head._replace(number=1, previous="cd" * 32, digest=bytes(32))
    bank, other = SOME.wallets["bank-a"], consortium_sample.nodes(seed=8)
    vote = {
        "stranger": lambda: signed_vote(head, other.wallets["bank-a"], one.rules),
        "maker": lambda: signed_vote(head, SOME.people.wallets["bank-a", "maker"], one.rules),
        "other place": lambda: signed_vote(head, SOME.wallets["bank-b"], one.rules),
        "other block": lambda: signed_vote(head._replace(number=2), bank, one.rules),
        "other ledger": lambda: signed_vote(head, bank, one.rules._replace(ledger=other.ledger)),
        "forged": lambda: signed_vote(head, bank, one.rules).replace(b'"state":"00', b'"state":"01'),
        "rubbish": lambda: b"{}",
    }[kind]()
    log_of(trio).publish_vote(1, "bank-a", vote)
    one.follow()
    assert sum(one.tally.refused.values()) == 1
    assert isinstance(one.submit([trio.draft("R1")])[0], Receipt)
    trio.settle()
    assert len(heads(trio)) == 1


def test_a_strangers_vote_does_not_help_to_a_majority(trio: Trio) -> None:
    core = trio.members["core"]
    del trio.members["bank-a"], trio.members["bank-b"]
    log_of(trio).propose(1, forged_by(trio, core))
    core.follow()
    head = read_vote(next(one.value for one in log_of(trio).votes(0)))
    wallet = consortium_sample.nodes(seed=8).wallets["bank-a"]
    agreed = Head(1, head.header, NOW, core.head.tree, core.head.state, bytes.fromhex(head.state))
    log_of(trio).publish_vote(1, "bank-a", signed_vote(agreed, wallet, core.rules))
    assert core.follow() == 0
    log_of(trio).publish_vote(1, "bank-a", signed_vote(agreed, SOME.wallets["bank-a"], core.rules))
    assert core.follow() == 1


def test_a_withdrawn_certificate_votes_no_more(trio: Trio) -> None:
    one = trio.members["core"]
    assert voters(one.head.state, NOW) == sorted(NODES)
    vote = read_vote(signed_vote(one.head, SOME.wallets["bank-a"], one.rules))
    assert check_vote(vote, one.head.state, NOW, one.rules) == "bank-a"
    fingerprint = SOME.wallets["bank-a"].fingerprint
    record = one.head.state.get("certificates", fingerprint)
    assert record is not None
    state = one.head.state.write("certificates", {fingerprint: {**record, "revoked": True}})
    assert voters(state, NOW) == ["bank-b", "core"]
    with pytest.raises(VoteError, match="has been withdrawn by its organisation"):
        check_vote(vote, state, NOW, one.rules)
    with pytest.raises(VoteError, match="expired"):
        check_vote(vote, one.head.state, NOW + 2 * ledger_sample.YEAR, one.rules)


@pytest.mark.parametrize("whose", ["another key", "another size"])
def test_a_checkpoint_that_does_not_vouch_for_the_block_halts(trio: Trio, whose: str) -> None:
    bank, core = trio.members["bank-b"], trio.members["core"]
    log_of(trio).propose(1, forged_by(trio, core))
    text = f"{SOME.people.genesis.origin}\n5\n{'A' * 43}=\n"
    signer = SOME.people.operator if whose == "another size" else ed25519_signer(SOME.people.genesis.origin, bytes(32))
    log_of(trio).publish_checkpoint(1, sign_note(text, [signer]).encode())
    said = halted(bank)
    assert ("the log's key has signed for" if whose == "another size" else "does not hold: None of the trusted") in said
    assert bank.store.height() == 1
