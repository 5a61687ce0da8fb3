"""Payloads: private papers (a price, an invoice, terms) of which the log holds a salted commitment alone.

The owner encrypts a payload outside the ledger, see `ledger.privacy`, and registers here what others need in order to
trust it: the commitment, the digest of the ciphertext, what it belongs to, and the named recipients, each with the
number of the key that its copy of the payload key was wrapped for, and the digest of that copy. None of these says
anything of the payload: salt and key are random, and neither they nor the ciphertext ever enter the log. That a payload
is there, about what, from whom and for whom, all members can see.

The owner may share a payload with further recipients, and withdraw one. Who is withdrawn has no claim to be shown it
any more; what it has read, it has read. Erasure is the destruction of the payload key by its owner, outside; the purge
receipt that follows stays in the log: when, by which organisation and by whom. It can not be taken back, nor repeated.
A recipient that had a copy confirms in its turn that it has destroyed it, once.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ledger.contracts import issuance, keys, requests
from ledger.contracts.call import Transaction, require
from ledger.contracts.data import DataContract
from ledger.contracts.members import check_member
from ledger.errors import AlreadyThereError, RecipientError, StatusError
from ledger.schema import DIGEST, IDENTIFIER, MEMBER, Kind, Schema, listing, one_of, whole_number
from ledger.state import Record, State

__all__ = ["ACTIONS", "MOST_RECIPIENTS", "NAME", "VERSION", "apply", "payload_of"]

NAME, VERSION = "payloads", 1
MOST_RECIPIENTS = 50
"""The most recipients in one transaction."""
_NUMBER = whole_number(1, 1_000_000)


def _is_recipient(value: Any) -> bool:
    return (
        type(value) is dict
        and len(value) == 3
        and DIGEST.holds(value.get("copy"))
        and _NUMBER.holds(value.get("key"))
        and MEMBER.holds(value.get("organisation"))
    )


_RECIPIENT = Kind("an object of copy (digest), key (number) and organisation (member)", _is_recipient)
ACTIONS: Mapping[str, Schema] = {
    "register": Schema(
        {
            "about": IDENTIFIER,
            "about_kind": one_of("receivable", "request"),
            "ciphertext": DIGEST,
            "commitment": DIGEST,
            "owner": MEMBER,
            "payload": IDENTIFIER,
            "recipients": listing(_RECIPIENT, MOST_RECIPIENTS, 0),
        }
    ),
    "share": Schema({"payload": IDENTIFIER, "recipients": listing(_RECIPIENT, MOST_RECIPIENTS)}),
    "withdraw": Schema({"payload": IDENTIFIER, "recipient": MEMBER}),
    "purge": Schema({"payload": IDENTIFIER}),
    "confirm": Schema({"payload": IDENTIFIER, "recipient": MEMBER}),
}
_PAYLOADS = DataContract("payloads", NAME, "payload")


def apply(state: State, transaction: Transaction) -> State:
    """Return the state after a transaction of this contract.

    Raises
    ------
    RefusalError
        If the owner, or for `confirm` the recipient, has not approved; if someone can not be a recipient; if what the
        payload belongs to is not there; if it has been purged, or for `confirm` has not been.

    Examples
    --------
    >>> from ledger.policies import Policy, Signer
    >>> me, rule = (Signer("core", "maker", "Li", "c" * 64),), Policy(("maker",))
    >>> state = State().write("payloads", {"P1": {"owner": "core", "recipients": {}, "status": "registered"}})
    >>> after = apply(state, Transaction("a" * 64, NAME, "purge", {"payload": "P1"}, me, 60, rule))
    >>> payload_of(after, "P1")["purged_at"], payload_of(after, "P1")["purged_by"]
    (60, ['Li'])
    """
    return _STEPS[transaction.action](state, transaction)


def payload_of(state: State, name: str) -> Record:
    """Return the record of a payload.

    A record has `owner`, `about`, `about_kind`, `commitment`, `ciphertext`, `recipients` (by organisation: number of
    the `key`, digest of the `copy`, whether `withdrawn`), `status` (registered or purged), and once purged
    `purged_at` (Unix seconds), `purged_by` (names of those who signed for the owner), `confirmed` (by organisation,
    when).

    Raises
    ------
    UnknownRecordError
        If there is none of that name.

    Examples
    --------
    >>> payload_of(State(), "P1")
    Traceback (most recent call last):
    ledger.errors.refusals.UnknownRecordError: there is no payload P1
    """
    return _PAYLOADS.read(state, NAME, name)


def _register(state: State, transaction: Transaction) -> State:
    given = transaction.arguments
    require(transaction, [given["owner"]])
    if _PAYLOADS.find(state, NAME, given["payload"]) is not None:
        raise AlreadyThereError(f"arguments.payload is {given['payload']}: there is one of that name, choose another")
    if given["about_kind"] == "receivable":
        issuance.due_of(state, given["about"])
    else:
        requests.request_of(state, given["about"])
    record = {name: given[name] for name in ("about", "about_kind", "ciphertext", "commitment", "owner")}
    recipients = _with(state, {}, given["owner"], given["recipients"])
    return _PAYLOADS.write(
        state, NAME, {given["payload"]: {**record, "recipients": recipients, "status": "registered"}}
    )


def _share(state: State, transaction: Transaction) -> State:
    name, record = _registered(state, transaction)
    recipients = _with(state, record["recipients"], record["owner"], transaction.arguments["recipients"])
    return _PAYLOADS.write(state, NAME, {name: {**record, "recipients": recipients}})


def _withdraw(state: State, transaction: Transaction) -> State:
    name, record = _registered(state, transaction)
    who = transaction.arguments["recipient"]
    entry = record["recipients"].get(who)
    if entry is None or entry["withdrawn"]:
        raise RecipientError(f"arguments.recipient is {who}, it must be a recipient of payload {name}")
    recipients = {**record["recipients"], who: {**entry, "withdrawn": True}}
    return _PAYLOADS.write(state, NAME, {name: {**record, "recipients": recipients}})


def _purge(state: State, transaction: Transaction) -> State:
    name, record = _registered(state, transaction)
    who = sorted({one.name for one in transaction.signers if one.organisation == record["owner"]})
    receipt = {"confirmed": {}, "purged_at": transaction.time, "purged_by": who, "status": "purged"}
    return _PAYLOADS.write(state, NAME, {name: {**record, **receipt}})


def _confirm(state: State, transaction: Transaction) -> State:
    name, who = transaction.arguments["payload"], transaction.arguments["recipient"]
    record = _PAYLOADS.read(state, NAME, name)
    if who not in record["recipients"]:
        raise RecipientError(f"arguments.recipient is {who}, it must have been a recipient of payload {name}")
    require(transaction, [who])
    if record["status"] != "purged":
        raise StatusError(f"payload {name} is {record['status']}: its owner purges it first")
    if who in record["confirmed"]:
        raise AlreadyThereError(f"{who} has confirmed the purge of payload {name} already")
    confirmed = {**record["confirmed"], who: transaction.time}
    return _PAYLOADS.write(state, NAME, {name: {**record, "confirmed": confirmed}})


def _registered(state: State, transaction: Transaction) -> tuple[str, Record]:
    """Return a payload that is not purged, if its owner has approved the step."""
    name = transaction.arguments["payload"]
    record = _PAYLOADS.read(state, NAME, name)
    require(transaction, [record["owner"]])
    if record["status"] == "purged":
        raise StatusError(f"payload {name} was purged at {record['purged_at']}: nothing can be done with it any more")
    return name, record


def _with(state: State, there: Mapping[str, Any], owner: str, named: Iterable[Record]) -> dict[str, Any]:
    """Return the recipients with those who are named now: once more if withdrawn, or if the key has been replaced."""
    recipients = dict(there)
    seen = {owner}
    for one in named:
        who = one["organisation"]
        if who in seen or (who in there and not there[who]["withdrawn"] and there[who]["key"] == one["key"]):
            raise RecipientError(f"arguments.recipients names {who}, who is the owner, or named already")
        seen.add(who)
        check_member(state, who, "arguments.recipients.organisation")
        keys.check_current_key(state, who, one["key"], "arguments.recipients.key")
        recipients[who] = {"copy": one["copy"], "key": one["key"], "withdrawn": False}
    return recipients


_STEPS: Mapping[str, Callable[[State, Transaction], State]] = {
    "register": _register,
    "share": _share,
    "withdraw": _withdraw,
    "purge": _purge,
    "confirm": _confirm,
}
