"""Buying (part of funds and tenders): what a bank must be, and have signed, that publishes money for receivables."""

from ledger.contracts import agreements
from ledger.contracts.call import Transaction, require
from ledger.contracts.members import check_member
from ledger.errors import PayeeError
from ledger.state import State

__all__ = ["check_bank", "check_terms"]


def check_bank(state: State, transaction: Transaction) -> None:
    """Refuse a publication that is not a bank's own.

    Raises
    ------
    UnknownMemberError, PayeeError, NotApprovedError
        If the bank of the arguments is no member; is no bank; has not approved.

    Examples
    --------
    >>> from ledger.policies import Policy
    >>> call = Transaction("a" * 64, "funds", "publish", {"bank": "bank"}, (), 60, Policy(("maker",)))
    >>> check_bank(State(), call)
    Traceback (most recent call last):
    ledger.errors.refusals.UnknownMemberError: arguments.bank is bank: no such organisation is a member
    """
    bank = transaction.arguments["bank"]
    if check_member(state, bank, "arguments.bank")["kind"] != "bank":
        raise PayeeError(f"arguments.bank is {bank}, it must be a bank")
    require(transaction, [bank])


def check_terms(state: State, transaction: Transaction) -> None:
    """Refuse a publication for promises of strangers, or under an agreement that does not bind the bank.

    Raises
    ------
    UnknownMemberError, UnknownRecordError, OldVersionError, UnsignedAgreementError
        If an acceptor is no member; if there is no such agreement, another version is in force, or the bank has not
        signed it.

    Examples
    --------
    >>> from ledger.policies import Policy
    >>> call = Transaction("a" * 64, "funds", "publish", {"acceptors": ["core"]}, (), 60, Policy(("maker",)))
    >>> check_terms(State(), call)
    Traceback (most recent call last):
    ledger.errors.refusals.UnknownMemberError: arguments.acceptors is core: no such organisation is a member
    """
    given = transaction.arguments
    for acceptor in given["acceptors"]:
        check_member(state, acceptor, "arguments.acceptors")
    agreements.check_in_force(state, given["agreement"], transaction.time, "arguments.agreement")
    agreements.check_signed(state, given["agreement"], given["bank"], transaction.time)
