"""Verification: everything that a ledger claims, worked out again from its bytes.

Block by block: the chain, the Merkle tree and the operator's signature; then each transaction's form, its signatures,
and its execution by the contracts, whose records must come to the digest that the header names. It ends at the first
block that does not hold, because nothing after it has a meaning.

What it can not see: a history that the operator made up as a whole, with members' keys of its own; against that the
reader compares the ledger's id with the one that members know, and asks for the cosignatures of witnesses.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from ledger.auditor.chain import Anchor, Link, check_block, opening_link
from ledger.auditor.opening import beside, findings_beside, stored_blocks
from ledger.auditor.report import Finding, Report
from ledger.auditor.signatures import UNDER_WAY, Claim, Signatures, signature_checker
from ledger.auditor.stored import StoredBlock
from ledger.auditor.witnessing import demanded, witnessed
from ledger.block import Header, split_entries
from ledger.errors import (
    BlockError,
    DamagedStoreError,
    GenesisError,
    LedgerError,
    MissingExtraError,
    NoLedgerError,
    StoreError,
    UnknownCertificateError,
)
from ledger.execution import Rules, admit, execute, public_key_of
from ledger.garbage import left_alone
from ledger.genesis import Genesis, ledger_id, opening_state, read_genesis
from ledger.replays import forget
from ledger.state import State, state_digest
from ledger.suites import by_name
from ledger.transaction import SignedTransaction, message_of
from ledger.verifier_keys import VerifierKey, parse_verifier_key

__all__ = ["anchor_of", "verify", "verify_blocks"]

Progress = Callable[[str, int, int], None]


class _Here(NamedTuple):
    """How far the audit has come: the chain, the state and its digest."""

    link: Link
    state: State
    digest: bytes


class _EntryError(Exception):
    """A fault of one entry: its index in the log and what is wrong."""

    def __init__(self, entry: int, error: LedgerError) -> None:
        super().__init__(entry, error)
        self.entry, self.error = entry, error


def verify(
    path: Path | str,
    *,
    ledger: str | None = None,
    processes: int = 1,
    progress: Progress | None = None,
    witnesses: Sequence[VerifierKey | str] = (),
    quorum: int | None = None,
) -> Report:
    """Check a ledger or a proof bundle from its first byte to its last.

    Parameters
    ----------
    path
        A ledger's SQLite file, the directory of a proof bundle, or the URL of a PostgreSQL database.
    ledger
        Id that the ledger should have, if the reader knows it: else any ledger that holds in itself is accepted.
    processes
        How many verify signatures.
    progress
        Called with the name of the step, how many entries are done and how many there are (0 if not known).
    witnesses, quorum
        Verifier keys of witnesses that the reader trusts, and how many must have cosigned the last checkpoint of a
        bundle; all if no number is given.

    Raises
    ------
    NoLedgerError
        If there is none of these.
    BusyStoreError
        If something was found in a file that was written to meanwhile.
    QuorumError
        If so many of these witnesses can not be had.

    Returns
    -------
    Report
        With the first finding, if there is one.
    """
    trusted = demanded(witnesses, quorum)
    before = beside(path)
    try:
        with stored_blocks(path) as blocks:
            report = verify_blocks(blocks, ledger=ledger, processes=processes, progress=progress)
    except NoLedgerError as error:
        if not before.sealed:
            raise
        report = Report(findings=(_finding(None, error),))  # a seal lies beside it, so that it was a ledger
    found = findings_beside(path, before, report)
    if before.sealed and not found:  # an intact seal: what SQLite left in unused room is as the store left it
        report = report._replace(findings=tuple(one for one in report.findings if one.block is not None))
    report = report._replace(findings=report.findings + found)
    return witnessed(report, Path(path), trusted)


def verify_blocks(
    blocks: Iterable[StoredBlock],
    *,
    ledger: str | None = None,
    processes: int = 1,
    progress: Progress | None = None,
) -> Report:
    """Check blocks in order, see `verify`.

    Raises
    ------
    NoLedgerError
        If there is no ledger where they should come from.
    """
    stream = iter(blocks)
    try:
        first = next(stream)
    except StopIteration:
        return Report(findings=(Finding(0, None, "BlockError", "there is no block: not even the genesis"),))
    except DamagedStoreError as error:
        return Report(findings=(_finding(0, error),))
    except (NoLedgerError, StoreError, MissingExtraError):
        raise
    except LedgerError as error:
        return Report(findings=(_finding(0, error),))
    try:
        genesis, anchor = anchor_of(first, ledger)
        opened = [_open(first, genesis, anchor)]
    except LedgerError as error:
        return Report(findings=(_finding(0, error),))
    rules = Rules(anchor.ledger, anchor.suite, genesis.longest_validity)
    report = Report(anchor.ledger, anchor.origin, genesis.suite, first=genesis.time, last=genesis.time)
    report = _held(report, opened[0])
    with signature_checker(genesis.suite, processes) as signatures:
        # Whoever holds the first state holds what differs in each one after it: it is handed over, not lent.
        return _walk(stream, opened.pop(), anchor, rules, report, signatures, progress or (lambda *_: None))


def _walk(
    blocks: Iterable[StoredBlock],
    here: _Here,
    anchor: Anchor,
    rules: Rules,
    report: Report,
    signatures: Signatures,
    progress: Progress,
) -> Report:
    failure = None
    found: Finding | None = None
    recent = deque([report], UNDER_WAY + 2)
    try:
        for block in blocks:
            here, claims = _step(block, here, anchor, rules)
            report = _held(report, here)
            recent.append(report)
            failure = signatures.add(here.link.number, claims)
            progress("entries", report.entries, 0)
            if failure is not None:
                break
    except _EntryError as error:
        found = _finding(here.link.number + 1, error.error, error.entry)
    except DamagedStoreError as error:
        found = _finding(None, error)
    except (NoLedgerError, StoreError):
        raise
    except LedgerError as error:
        found = _finding(here.link.number + 1, error)
    # Signatures are verified behind the walk: one that fails lies before what the walk has found, or in the same block.
    failure = failure or signatures.finish()
    progress("signatures", report.entries, report.entries)
    if failure is not None and (found is None or found.block is None or failure.block <= found.block):
        found = Finding(failure.block, failure.entry, failure.rule, failure.message)
        report = next(one for one in recent if one.blocks == failure.block)
    return report if found is None else report._replace(findings=(found,))


def anchor_of(first: StoredBlock, ledger: str | None) -> tuple[Genesis, Anchor]:
    """Return the genesis in a first block, and what all blocks after it share.

    Parameters
    ----------
    ledger
        Id that the ledger should have, if the reader knows it.

    Raises
    ------
    LedgerError
        If there is no genesis that can be read, or it is another ledger's.
    """
    entries = split_entries(first.body, 1)
    genesis = read_genesis(entries[0])
    suite = by_name(genesis.suite)
    identity = ledger_id(entries[0], suite)
    if ledger is not None and identity != ledger:
        raise GenesisError(f"the ledger's id is {identity}, it should be {ledger}")
    return genesis, Anchor(identity, suite, genesis.origin, parse_verifier_key(genesis.log_key))


def _open(first: StoredBlock, genesis: Genesis, anchor: Anchor) -> _Here:
    header, _, link = check_block(first, opening_link(anchor.suite), anchor)
    if header.time != genesis.time:
        raise BlockError(f"the first header's time is {header.time}, the genesis says {genesis.time}")
    state = opening_state(genesis)
    digest = state_digest(bytes(32), state.everything(), anchor.suite.hash)
    _check_state(header, digest)
    return _Here(link, state, digest)


def _step(block: StoredBlock, here: _Here, anchor: Anchor, rules: Rules) -> tuple[_Here, list[Claim]]:
    try:
        header, entries, link = check_block(block, here.link, anchor)
    except BlockError:
        _blame_an_entry(block, here, rules)
        raise
    state, claims = forget(here.state, header.time), []
    with left_alone():
        for index, data in enumerate(entries, here.link.tree.size):
            try:
                transaction = admit(data, rules)
                claims += _claims(state, transaction, index)
                state = execute(state, transaction, header.time, rules, verified=True)
            except LedgerError as error:
                raise _EntryError(index, error) from None
        digest = state_digest(here.digest, state.changed_since(here.state), anchor.suite.hash)
    _check_state(header, digest)
    return _Here(link, state, digest), claims


def _claims(state: State, transaction: SignedTransaction, index: int) -> list[Claim]:
    message = message_of(transaction.id)
    return [
        Claim(index, public_key_of(state, one.certificate), message, one.signature) for one in transaction.signatures
    ]


def _blame_an_entry(block: StoredBlock, here: _Here, rules: Rules) -> None:
    """Find which entry is at fault in a block that does not hold: the first that can not stand by itself."""
    state, enrolling = here.state, False
    unknown: _EntryError | None = None
    for place, data in enumerate(block.body.removesuffix(b"\n").split(b"\n")):
        index = here.link.tree.size + place
        try:
            transaction = admit(data, rules)
            for claim in _claims(state, transaction, index):
                rules.suite.verify(claim.public_key, claim.message, claim.signature)
        except UnknownCertificateError as error:
            unknown = unknown or _EntryError(index, error)
        except LedgerError as error:
            raise _EntryError(index, error) from None
        else:
            enrolling = enrolling or transaction.body.contract == "members"
    if unknown is not None and not enrolling:  # else it may be one of this very block, which can not be executed
        raise unknown


def _check_state(header: Header, digest: bytes) -> None:
    if header.state != digest.hex():
        raise BlockError(f"the header's state is {header.state}, its transactions lead to {digest.hex()}")


def _held(report: Report, here: _Here) -> Report:
    return report._replace(
        blocks=here.link.number + 1,
        entries=here.link.tree.size,
        root=here.link.tree.root().hex(),
        state=here.digest.hex(),
        last=here.link.time,
    )


def _finding(block: int | None, error: LedgerError, entry: int | None = None) -> Finding:
    return Finding(block, entry, type(error).__name__, str(error))
