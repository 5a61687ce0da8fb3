r"""Payments: the commonest transaction of all, read by a pattern of its own and taken a whole row at a time.

Nearly all that a ledger of receivables gets is `receivables.pay_on` from one fragment to one payee under one signature.
Each by itself looks up the same few members, certificates and promises, and makes two versions of the state that nobody
asks for. In a row, what was found is kept, fragments change hands in a plain dict, and the state is written once.

Only what is plainly right is taken. Whatever is not (spent, locked, signed by another, under a policy that asks for
more than one role) ends the row and goes through `ledger.execution.execute`, which alone puts refusals into words. It
is the readable twin: tests hold answers, blocks and digests of the two against each other.
"""

import re
from binascii import hexlify, unhexlify
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from sys import intern
from typing import Any, NamedTuple

from ledger.contracts import fragments, receivables
from ledger.contracts.circulation import endorsers_to, open_promise, paid
from ledger.contracts.fragments import fragment_id
from ledger.contracts.members import check_member
from ledger.errors import RefusalError
from ledger.execution import Rules, certificate_of, signer_at, terms_of
from ledger.replays import SEEN, check_times, remember_all, space_of
from ledger.schema import AMOUNT, IDENTIFIER, MEMBER, MOMENT
from ledger.state import Record, State
from ledger.transaction import NONCE, transaction_id

__all__ = ["Payment", "Screened", "read_payment", "take_payments"]

Payment = tuple[str, str, int, str, int, str]
"""Id (hexadecimal), fragment, amount in fen, payee, last second, certificate of the one who signed. A plain tuple:
thousands a second go from one process to another."""
Screened = tuple[bytes, Payment]
"""The bytes of a transaction, and the payment in it, of which the signature has been verified."""

_ACTION = "pay_on"
_BETWEEN, _END = b'","signature":"', b'"}]}'
_SIGNATURE = 64 + len(_BETWEEN)  # where it begins, counted from the certificate
_REST = _SIGNATURE + 128


class _Known(NamedTuple):
    """What is looked up for a payment."""

    find: Callable[[str], Record | None]
    payers: Mapping[str, str | None]
    members: Mapping[str, Record | None]
    promises: Mapping[str, Record | None]
    ids: Mapping[int, tuple[Callable[[str], Record | None], dict[str, Record]] | None]


class _Kept(dict[Any, Any]):
    """What was found, for whoever asks again; None for what is refused."""

    def __init__(self, find: Callable[[Any], Any]) -> None:
        self._find = find

    def __missing__(self, key: Any) -> Any:
        """Find it."""
        try:
            self[key] = found = self._find(key)
        except RefusalError:
            self[key] = found = None
        return found


def read_payment(data: bytes, rules: Rules, keys: Mapping[str, bytes]) -> tuple[Payment, bytes, bytes, bytes] | None:
    """Return the payment in a transaction, its id, its key and its signature, which is not verified; None of any other.

    What `ledger.execution.admit` refuses has none.

    Parameters
    ----------
    data
        What a member sent.
    keys
        Public keys by the fingerprints of their certificates; a payment under another is not read.

    Examples
    --------
    >>> from ledger.suites import by_name
    >>> read_payment(b"{}", Rules("f" * 64, by_name("ed25519-sha256-aesgcm"), 60), {}) is None
    True
    """
    found = _pattern(rules.ledger)(data) if type(data) is bytes else None
    if found is None:
        return None
    rest = data[found.end() :]  # where each part has its place, which a pattern would find letter by letter
    certificate, text = rest[:64].decode("latin-1"), rest[_SIGNATURE:_REST]
    key = keys.get(certificate)
    if key is None or rest[64:_SIGNATURE] != _BETWEEN or rest[_REST:] != _END:
        return None
    try:
        signature = unhexlify(text)
    except ValueError:
        return None
    if hexlify(signature) != text:  # in capital letters
        return None
    body, fragment, amount, to, until = found.groups()
    identity = transaction_id(body, rules.suite.hash)
    payment = identity.hex(), fragment.decode(), int(amount), intern(to.decode()), int(until), intern(certificate)
    return payment, identity, key, signature


@lru_cache(maxsize=8)
def _pattern(ledger: str) -> Callable[[bytes], re.Match[bytes] | None]:
    """Return what matches a payment on this ledger as far as its certificate, and finds body and fields."""
    fragment, to = (f'"({kind.form[1:-1]})"' for kind in (IDENTIFIER, MEMBER))
    arguments = rf'\{{"fragment":{fragment},"payees":\[\{{"amount":({AMOUNT.form}),"to":{to}\}}\]\}}'
    body = (
        rf'\{{"action":"{_ACTION}","arguments":{arguments},"contract":"{receivables.NAME}","ledger":"{ledger}",'
        rf'"nonce":{NONCE.form},"valid_until":({MOMENT.form}),"version":{receivables.VERSION}\}}'
    )
    return re.compile(rf'\{{"body":({body}),"signatures":\[\{{"certificate":"'.encode()).match


def take_payments(state: State, read: Sequence[object], start: int, time: int, longest: int) -> tuple[State, int]:
    """Take payments as long as they are plainly right; return the state after them, and the place of the first left.

    Parameters
    ----------
    read
        What is to be executed in turn; what is no `Screened` payment is left, with all that comes after it.
    start
        The place to begin at.
    time
        Of the block, Unix seconds.
    longest
        For how many seconds a transaction may be acceptable.

    Examples
    --------
    >>> take_payments(State(), [], 0, 60, 3600)[1]
    0
    """
    version, policy = terms_of(state, receivables.NAME, _ACTION)
    if version != receivables.VERSION or len(policy.roles) != 1 or policy.organisations:
        return state, start
    seen: defaultdict[str, dict[str, Record]] = defaultdict(dict)
    changes: dict[str, Record | None] = {}
    known = _Known(
        fragments.finder(state, fragments.CONTROLLER),
        _Kept(lambda one: _payer(state, one, time, policy.roles[0])),
        _Kept(lambda one: check_member(state, one, "payee")),
        _Kept(lambda one: open_promise(state, {"receivable": one}, time)),
        _Kept(lambda one: _ids(state, one, time, longest, seen)),
    )
    end = _taken(read, start, known, changes)
    if end > start:
        state = remember_all(fragments.replace(state, fragments.CONTROLLER, changes), seen)
    return state, end


def _taken(read: Sequence[object], start: int, known: _Known, changes: dict[str, Record | None]) -> int:
    """Note what payments change, until one is not plainly right; return its place."""
    find, payers, members, promises, ids = known
    for place in range(start, len(read)):
        one = read[place]
        if type(one) is not tuple:
            return place
        identity, name, amount, to, until, certificate = one[1]
        record, remembered = changes[name] if name in changes else find(name), ids[until]
        if record is None or "lock" in record or remembered is None or members[to] is None:
            return place
        owner, left, promise = record["owner"], record["amount"] - amount, promises[record["receivable"]]
        if payers[certificate] != owner or to == owner or left < 0 or promise is None:
            return place
        before, now = remembered
        made = fragment_id(identity, 0)
        if identity in now or before(identity) is not None or made in changes or find(made) is not None:
            return place
        if left:
            change = fragment_id(identity, 1)
            if change in changes or find(change) is not None:
                return place
            changes[change] = paid(record, name, owner, left, record["endorsers"])
        changes[name], changes[made] = None, paid(record, name, to, amount, endorsers_to(record, promise, to))
        now[identity] = SEEN
    return len(read)


def _payer(state: State, certificate: str, time: int, role: str) -> str | None:
    """Return the organisation for which a certificate may pay."""
    signer = signer_at(state, certificate, certificate_of(state, certificate), time)
    return signer.organisation if signer.role == role else None


def _ids(
    state: State, until: int, time: int, longest: int, seen: defaultdict[str, dict[str, Record]]
) -> tuple[Callable[[str], Record | None], dict[str, Record]]:
    """Return what finds the ids that were remembered before, and those of this row, that are acceptable until then."""
    check_times(until, time, longest)
    space = space_of(until)
    return state.finder(space), seen[space]
