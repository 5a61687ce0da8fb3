"""Screening: what a process beside the node does with transactions, before any record is looked at.

A batch of bytes comes in, a verdict on each goes out: the id of one that is in order and bears good signatures (of a
payment, `ledger.payments`, all that the node needs, so that it need not read it again), the refusal of one that is not,
or None for one by a certificate that this process does not know (yet), which the node then verifies itself. A
certificate's key never changes, so that a key once told is good for ever.
"""

import signal
from collections.abc import Iterable, Mapping
from multiprocessing.connection import Connection

from ledger.errors import RefusalError
from ledger.execution import Rules, admit
from ledger.forms import outline
from ledger.garbage import left_alone
from ledger.payments import Payment, read_payment
from ledger.suites import Suite, by_name
from ledger.transaction import Signature, message_of

__all__ = ["Verdict", "screen", "screener", "verdict"]

Verdict = Payment | bytes | RefusalError | None


def verdict(data: bytes, rules: Rules, keys: Mapping[str, bytes]) -> Verdict:
    """Return the id of a transaction, or why it is refused, or None if its signatures can not be verified here.

    Parameters
    ----------
    keys
        Public keys of registered certificates by their fingerprints.

    Examples
    --------
    >>> verdict(b"[]", Rules("f" * 64, by_name("ed25519-sha256-aesgcm"), 60), {})
    BadFieldError('transaction is [], it must be an object')
    """
    try:
        read = outline(data, rules.ledger, rules.suite.hash) or admit(data, rules)
        return read.id if _verified(read.id, read.signatures, rules.suite, keys) else None
    except RefusalError as error:
        return error.with_traceback(None)


def _verified(identity: bytes, signatures: Iterable[Signature], suite: Suite, keys: Mapping[str, bytes]) -> bool:
    message = message_of(identity)
    for certificate, signature in signatures:
        key = keys.get(certificate)
        if key is None:
            return False
        suite.verify(key, message, signature)
    return True


def screen(batch: Iterable[bytes], rules: Rules, keys: Mapping[str, bytes]) -> list[Verdict]:
    """Return the verdict on each transaction of a batch, in order; a payment itself if it is in order.

    All payments are read before the first is verified: a processor is faster at one thing at a time.

    Examples
    --------
    >>> screen([], Rules("f" * 64, by_name("ed25519-sha256-aesgcm"), 60), {})
    []
    """
    payments = [(data, read_payment(data, rules, keys)) for data in batch]
    verify, found = rules.suite.verify, list[Verdict]()
    for data, one in payments:
        if one is None:
            found.append(verdict(data, rules, keys))
            continue
        payment, identity, key, signature = one
        try:
            verify(key, message_of(identity), signature)
            found.append(payment)
        except RefusalError as error:
            found.append(error.with_traceback(None))
    return found


def screener(channel: Connection, ledger: str, suite: str, longest_validity: int) -> None:
    """Answer batches until the other end hangs up: the work of a whole process.

    Parameters
    ----------
    channel
        On which pairs come, of new keys by fingerprint and of transactions; on it the verdicts go back.
    ledger, suite, longest_validity
        Of the rules of the ledger.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who presses Ctrl-C stops the node, which then hangs up
    rules = Rules(ledger, by_name(suite), longest_validity)
    keys: dict[str, bytes] = {}
    while True:
        try:
            news, batch = channel.recv()
        except (EOFError, OSError):
            return
        keys.update(news)
        try:
            with left_alone():
                verdicts = screen(batch, rules, keys)
            channel.send(verdicts)
        except OSError:
            return
