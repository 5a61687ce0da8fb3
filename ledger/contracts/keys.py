"""Keys: the public key to which private payloads are wrapped for each organisation.

Whoever sends a private payload looks up here for whom to wrap its key: the log vouches that the public key is the one
that the organisation itself has published. An organisation has one current key. It publishes the next, which replaces
it, or withdraws one, because its private half may be known to others. Keys are numbered from 1 on and stay on record,
so that an old payload says with which key it opens; new payloads take the current key alone. A key that was published
once is not published again by the same organisation: a withdrawn one does not come back.

A key is checked before it is taken: its length, and that it is a point for which the suite can wrap something.
"""

from collections.abc import Mapping

from ledger.contracts.call import Transaction, require
from ledger.contracts.data import DataContract
from ledger.contracts.members import check_member
from ledger.errors import AlreadyThereError, BadKeyError, BadPublicKeyError, KeyVersionError, StatusError
from ledger.schema import MEMBER, Schema, matching, shown, whole_number
from ledger.state import Record, State
from ledger.suites import by_name

__all__ = ["ACTIONS", "NAME", "VERSION", "apply", "check_current_key", "current_key", "key_of"]

NAME, VERSION = "keys", 1
ACTIONS: Mapping[str, Schema] = {
    "publish": Schema(
        {
            "key": matching("a public key of 1 to 200 bytes in lower-case hexadecimal", r"(?:[0-9a-f]{2}){1,200}"),
            "organisation": MEMBER,
        }
    ),
    "withdraw": Schema({"number": whole_number(1, 1_000_000), "organisation": MEMBER}),
}
_KEYS = DataContract("recipient_keys", NAME, "key")
_RINGS = DataContract("key_rings", NAME, "key ring of")
_PUBLISHED = DataContract("published_keys", NAME, "published key")


def apply(state: State, transaction: Transaction) -> State:
    """Return the state after a transaction of this contract; the organisation whose key it is signs.

    Raises
    ------
    RefusalError
        If it has not approved, the key is none of the suite's or was published before, or is withdrawn already.

    Examples
    --------
    >>> from ledger.policies import Policy, Signer
    >>> me, rule = (Signer("bank", "maker", "Li", "c" * 64),), Policy(("maker",))
    >>> state = State().write("ledger", {"settings": {"suite": "ed25519-sha256-aesgcm"}})
    >>> state = state.write("members", {"bank": {"kind": "bank", "standing": True}})
    >>> given = {"key": "09" + "00" * 31, "organisation": "bank"}
    >>> after = apply(state, Transaction("a" * 64, NAME, "publish", given, me, 60, rule))
    >>> number, key = current_key(after, "bank")
    >>> number, key.hex()[:8]
    (1, '09000000')
    """
    organisation = transaction.arguments["organisation"]
    check_member(state, organisation, "arguments.organisation")
    require(transaction, [organisation])
    step = _publish if transaction.action == "publish" else _withdraw
    return step(state, transaction, organisation)


def key_of(state: State, organisation: str, number: int) -> Record:
    """Return one key of an organisation: `key` (hexadecimal), `since`, `status` and, once it is not current, `until`.

    Raises
    ------
    UnknownRecordError
        If the organisation has published no key of that number.

    Examples
    --------
    >>> key_of(State(), "bank", 1)
    Traceback (most recent call last):
    ledger.errors.refusals.UnknownRecordError: there is no key bank:1
    """
    return _KEYS.read(state, NAME, _name(organisation, number))


def current_key(state: State, organisation: str) -> tuple[int, bytes]:
    """Return the number and the bytes of the key to which payloads are wrapped for an organisation now.

    Raises
    ------
    KeyVersionError
        If it has none: it never published one, or has withdrawn the last.

    Examples
    --------
    >>> current_key(State(), "bank")
    Traceback (most recent call last):
    ledger.errors.refusals.KeyVersionError: bank has no current key: it must publish one first
    """
    ring = _RINGS.find(state, NAME, organisation)
    if ring is None or not ring["current"]:
        raise KeyVersionError(f"{organisation} has no current key: it must publish one first")
    return ring["current"], bytes.fromhex(key_of(state, organisation, ring["current"])["key"])


def check_current_key(state: State, organisation: str, number: int, field: str) -> None:
    """Refuse a key that is not the current one of an organisation.

    Raises
    ------
    KeyVersionError
        If it is an old one, a withdrawn one, or none at all.

    Examples
    --------
    >>> check_current_key(State(), "bank", 1, "arguments.key")
    Traceback (most recent call last):
    ledger.errors.refusals.KeyVersionError: bank has no current key: it must publish one first
    """
    current, _ = current_key(state, organisation)
    if number != current:
        raise KeyVersionError(f"{field} is {number}, the current key of {organisation} is number {current}")


def _publish(state: State, transaction: Transaction, organisation: str) -> State:
    key = transaction.arguments["key"]
    _check_usable(state, key)
    mark = f"{organisation}:{key}"
    before = _PUBLISHED.find(state, NAME, mark)
    if before is not None:
        raise AlreadyThereError(
            f"arguments.key is {shown(key)}: {organisation} has published it before, as number {before['number']}"
        )
    ring = _RINGS.find(state, NAME, organisation) or {"current": 0, "last": 0}
    number = ring["last"] + 1
    changes: dict[str, Record] = {}
    if ring["current"]:
        old = key_of(state, organisation, ring["current"])
        changes[_name(organisation, ring["current"])] = {**old, "status": "replaced", "until": transaction.time}
    changes[_name(organisation, number)] = {"key": key, "since": transaction.time, "status": "current"}
    state = _PUBLISHED.write(state, NAME, {mark: {"number": number}})
    state = _RINGS.write(state, NAME, {organisation: {"current": number, "last": number}})
    return _KEYS.write(state, NAME, changes)


def _withdraw(state: State, transaction: Transaction, organisation: str) -> State:
    number = transaction.arguments["number"]
    record = key_of(state, organisation, number)
    if record["status"] == "withdrawn":
        raise StatusError(f"key {_name(organisation, number)} is withdrawn already, since {record['until']}")
    ring = _RINGS.read(state, NAME, organisation)
    if ring["current"] == number:
        state = _RINGS.write(state, NAME, {organisation: {**ring, "current": 0}})
    gone = {**record, "status": "withdrawn", "until": transaction.time}
    return _KEYS.write(state, NAME, {_name(organisation, number): gone})


def _check_usable(state: State, key: str) -> None:
    settings = state.get("ledger", "settings")
    assert settings is not None, "the genesis writes the settings"
    suite = by_name(settings["suite"])
    right = suite.recipient_key_bytes
    if len(key) != 2 * right:
        raise BadPublicKeyError(f"arguments.key has {len(key) // 2} bytes, one of {suite.name} must have {right}")
    try:
        suite.check_recipient_key(bytes.fromhex(key))
    except BadKeyError as error:
        raise BadPublicKeyError(f"arguments.key is {shown(key)}: {error}") from None


def _name(organisation: str, number: int) -> str:
    return f"{organisation}:{number}"
