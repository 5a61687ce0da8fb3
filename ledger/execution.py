"""Execution: what makes a transaction hold, from its bytes to the new state.

Two parts. `admit` needs no records: form, ledger, contract, fields; many processes do it at once. `execute` needs the
state: freshness, certificates that are valid and not withdrawn at the block's time, approval, and the contract's own
rules. Signatures lie between: a certificate's key never changes, so that they too can be verified anywhere, and
`execute` takes the word of whoever did, if told so.

Writer, members and auditor all call these: they are the rules of the ledger.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ledger.contracts.call import Transaction
from ledger.contracts.catalogue import contract
from ledger.contracts.versions import version_in_force
from ledger.errors import (
    ExpiredCertificateError,
    NotYetValidCertificateError,
    OtherLedgerError,
    RevokedCertificateError,
    UnknownActionError,
    UnknownCertificateError,
    UnknownContractError,
    UnknownMemberError,
)
from ledger.forms import filled, outline
from ledger.genesis import policy_of
from ledger.policies import Policy, Signer
from ledger.replays import check_fresh, remember
from ledger.state import Record, State
from ledger.suites import Suite
from ledger.transaction import SignedTransaction, message_of, read_transaction

__all__ = ["Rules", "admit", "certificate_of", "execute", "public_key_of", "signer_at", "terms_of", "verify_signatures"]


_STANDING = ("certificates", "members", "policies", "versions")
"""Records that seldom change; what is worked out from them for each transaction is kept until they do."""


class _Speaker(NamedTuple):
    """For whom a certificate speaks, from when to when."""

    signers: tuple[Signer]
    begins: int
    ends: int


class Rules(NamedTuple):
    """What never changes in a ledger: its id, its crypto suite, and for how long transactions stay acceptable."""

    ledger: str
    suite: Suite
    longest_validity: int


def admit(data: bytes, rules: Rules) -> SignedTransaction:
    """Read a transaction and refuse what no record could make good.

    Raises
    ------
    FormatError, OtherLedgerError, UnknownContractError, UnknownActionError, BadFieldError
        If it is not in the form, for another ledger, or does not call an action with the fields that it takes.
    """
    seen = outline(data, rules.ledger, rules.suite.hash)
    if seen is not None:
        return filled(data, seen.id)
    transaction = read_transaction(data, rules.suite.hash)
    body = transaction.body
    if body.ledger != rules.ledger:
        raise OtherLedgerError(
            f"body.ledger is {body.ledger}, it must be {rules.ledger}: it was signed for another ledger"
        )
    actions = contract(body.contract, body.version).actions
    schema = actions.get(body.action)
    if schema is None:
        raise UnknownActionError(f"body.action is {body.action}, {body.contract} knows {', '.join(sorted(actions))}")
    schema.check(body.arguments, "arguments")
    return transaction


def verify_signatures(transaction: SignedTransaction, suite: Suite, key_of: Callable[[str], bytes]) -> None:
    """Refuse a transaction of which one signature is not good.

    Parameters
    ----------
    key_of
        From a certificate's fingerprint to its public key.

    Raises
    ------
    BadSignatureError
        If one is not good.
    """
    message = message_of(transaction.id)
    for one in transaction.signatures:
        suite.verify(key_of(one.certificate), message, one.signature)


def certificate_of(state: State, fingerprint: str) -> Record:
    """Return the record of a registered certificate.

    Raises
    ------
    UnknownCertificateError
        If there is none.
    """
    record = state.get("certificates", fingerprint)
    if record is None:
        raise UnknownCertificateError(f"a signature's certificate is {fingerprint}: no such certificate is registered")
    return record


def public_key_of(state: State, fingerprint: str) -> bytes:
    """Return the public key of a registered certificate, which never changes.

    Raises
    ------
    UnknownCertificateError
        If there is none.
    """
    return bytes.fromhex(certificate_of(state, fingerprint)["public_key"])


def execute(state: State, transaction: SignedTransaction, time: int, rules: Rules, *, verified: bool = False) -> State:
    """Return the state after a transaction that `admit` has let through.

    Parameters
    ----------
    time
        Of the block, Unix seconds.
    verified
        Whether somebody who is trusted has verified the signatures.

    Raises
    ------
    RefusalError
        If it is stale, a replay, not approved, or against the contract's rules; the state that was given still holds.
    """
    body, identity = transaction.body, transaction.id.hex()
    check_fresh(state, identity, body.valid_until, time, rules.longest_validity)
    known = state.derived(_STANDING)
    version, policy = terms_of(state, body.contract, body.action)
    if version != body.version:
        raise UnknownContractError(
            f"body.version is {body.version}, {body.contract} is in force in version {version or 'none'}"
        )
    signers = _signers(known, state, transaction, time)
    if not verified:
        verify_signatures(transaction, rules.suite, lambda one: public_key_of(state, one))
    call = Transaction(identity, body.contract, body.action, body.arguments, signers, time, policy)
    after = contract(body.contract, body.version).apply(state, call)
    return remember(after, identity, body.valid_until)


def terms_of(state: State, name: str, action: str) -> tuple[int | None, Policy]:
    """Return the version of a contract that is in force, None if there is none, and what approves its action."""
    known = state.derived(_STANDING)
    found: tuple[int | None, Policy] | None = known.get((name, action))
    if found is None:
        found = known[name, action] = version_in_force(state, name), policy_of(state, name, action)
    return found


def _signers(known: dict[Any, Any], state: State, transaction: SignedTransaction, time: int) -> tuple[Signer, ...]:
    signers: tuple[Signer, ...] = ()
    for one in transaction.signatures:
        speaker = known.get(one.certificate)
        if speaker is None or not speaker.begins <= time <= speaker.ends:
            return _looked_up(known, state, transaction, time)
        signers += speaker.signers
    return signers


def _looked_up(known: dict[Any, Any], state: State, transaction: SignedTransaction, time: int) -> tuple[Signer, ...]:
    records = {one.certificate: certificate_of(state, one.certificate) for one in transaction.signatures}
    signers = tuple(signer_at(state, fingerprint, record, time) for fingerprint, record in records.items())
    for signer, record in zip(signers, records.values(), strict=True):
        known[signer.certificate] = _Speaker((signer,), record["not_before"], record["not_after"])
    return signers


def signer_at(state: State, fingerprint: str, record: Record, time: int) -> Signer:
    """Return whom a registered certificate speaks for at a time.

    Raises
    ------
    ExpiredCertificateError, NotYetValidCertificateError, RevokedCertificateError, UnknownMemberError
        If it speaks for nobody then.
    """
    who = f"the certificate of {record['name']} at {record['organisation']}"
    if time > record["not_after"]:
        raise ExpiredCertificateError(f"{who} expired at {record['not_after']}, before the block's time {time}")
    if time < record["not_before"]:
        raise NotYetValidCertificateError(f"{who} is valid from {record['not_before']}, after the block's time {time}")
    if record["revoked"]:
        raise RevokedCertificateError(f"{who} has been withdrawn by its organisation")
    member: Mapping[str, object] | None = state.get("members", record["organisation"])
    if member is None or not member["standing"]:
        raise UnknownMemberError(f"{record['organisation']} is not a member of this ledger")
    return Signer(record["organisation"], record["role"], record["name"], fingerprint)
