"""Votes: what a member says a block leads to, signed with the key of its node.

A vote names the block by number and by the hash of its header, and the digest of the state after it. It counts if the
certificate is registered on the ledger for the role `node`, speaks for a standing member at the block's time, and the
signature is good. Keys of nodes are good for nothing else: no contract asks for that role. A member has one vote,
however many certificates of nodes it has registered, and runs one node at a time.
"""

from typing import NamedTuple

from ledger.canonical import decode, encode
from ledger.errors import LedgerError, VoteError
from ledger.execution import Rules, certificate_of, signer_at
from ledger.replay import Head
from ledger.schema import COUNT, DIGEST, Schema, matching
from ledger.state import State
from ledger.wallet import Wallet

__all__ = ["ROLE", "Vote", "check_vote", "read_vote", "signed_vote", "voters"]

ROLE = "node"
"""The role, in its certificate, of a member's machine (节点)."""

_VOTE = Schema(
    {
        "block": COUNT,
        "certificate": DIGEST,
        "header": DIGEST,
        "ledger": DIGEST,
        "signature": matching("128 lower-case hexadecimal digits", r"[0-9a-f]{128}"),
        "state": DIGEST,
    }
)


class Vote(NamedTuple):
    """What a member says of a block.

    Parameters
    ----------
    ledger
        Id of the ledger.
    block
        Its number.
    header, state
        Hash of its header, and digest of the state after it; hexadecimal.
    certificate, signature
        Of the node; hexadecimal.
    """

    ledger: str
    block: int
    header: str
    state: str
    certificate: str
    signature: str


def signed_vote(head: Head, wallet: Wallet, rules: Rules) -> bytes:
    """Return the bytes of a vote for where a block leads.

    Examples
    --------
    >>> from ledger.frontier import Frontier
    >>> from ledger.suites import by_name
    >>> rules = Rules("ab" * 32, by_name("ed25519-sha256-aesgcm"), 60)
    >>> head = Head(7, "cd" * 32, 60, Frontier(), State(), bytes(32))
    >>> vote = read_vote(signed_vote(head, Wallet("bank", "node", "n1", "ef" * 32, b"", bytes(32)), rules))
    >>> vote.block, vote.header == head.previous
    (7, True)
    """
    vote = Vote(rules.ledger, head.number, head.previous, head.digest.hex(), wallet.fingerprint, "")
    return encode({**vote._asdict(), "signature": rules.suite.sign(wallet.private, _message(vote)).hex()})


def read_vote(data: bytes) -> Vote:
    """Read a vote; whether it counts is for `check_vote`.

    Raises
    ------
    VoteError
        If the bytes are not one in canonical form.

    Examples
    --------
    >>> read_vote(b"{}")
    Traceback (most recent call last):
    ledger.errors.consortium.VoteError: the vote cannot be read: vote.block is missing, it must be ...
    """
    try:
        value = decode(data)
        _VOTE.check(value, "vote")
    except LedgerError as error:
        raise VoteError(f"the vote cannot be read: {error}") from None
    return Vote(**value)


def check_vote(vote: Vote, state: State, time: int, rules: Rules) -> str:
    """Return the name of the member whose vote this is.

    Parameters
    ----------
    state
        In which its certificate should be registered: that before the block, or a later one.
    time
        At which the certificate should be valid: that of the block.

    Raises
    ------
    VoteError
        If it is of another ledger, by a stranger, or not signed as it should be.

    Examples
    --------
    >>> from ledger.suites import by_name
    >>> vote = Vote("ab" * 32, 7, "cd" * 32, "00" * 32, "ef" * 32, "00" * 64)
    >>> check_vote(vote, State(), 60, Rules("ab" * 32, by_name("ed25519-sha256-aesgcm"), 60))
    Traceback (most recent call last):
    ledger.errors.consortium.VoteError: the vote on block 7 does not count: ... no such certificate is registered
    """
    try:
        if vote.ledger != rules.ledger:
            raise VoteError(f"its ledger is {vote.ledger}, it must be {rules.ledger}")
        record = certificate_of(state, vote.certificate)
        signer = signer_at(state, vote.certificate, record, time)
        if signer.role != ROLE:
            raise VoteError(f"its certificate is that of a {signer.role}, it must be that of a {ROLE}")
        rules.suite.verify(bytes.fromhex(record["public_key"]), _message(vote), bytes.fromhex(vote.signature))
    except LedgerError as error:
        raise VoteError(f"the vote on block {vote.block} does not count: {error}") from None
    return signer.organisation


def voters(state: State, time: int) -> list[str]:
    """Return the names of the members that run a node: those for which a node's certificate is registered and valid.

    Examples
    --------
    >>> voters(State(), 0)
    []
    """
    found = set()
    for fingerprint, record in state.records("certificates"):
        if record["role"] != ROLE:
            continue
        try:
            found.add(signer_at(state, fingerprint, record, time).organisation)
        except LedgerError:
            continue
    return sorted(found)


def _message(vote: Vote) -> bytes:
    value = vote._asdict()
    del value["signature"]
    return b"hexi vote\x00" + encode(value)
