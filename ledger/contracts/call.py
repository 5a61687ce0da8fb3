"""A call: what a contract gets to know of a transaction.

Its own clock is the block's time; who signed has been verified before; the arguments have the fields that the action
asks for. What a contract decides is whether those who signed may do this, now, with these records.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ledger.policies import Policy, Signer, require_approval

__all__ = ["Transaction", "require", "vote"]


class Transaction(NamedTuple):
    """One transaction, as contracts see it.

    Parameters
    ----------
    id
        64 hexadecimal digits, unlike any other's of this ledger.
    contract, action, arguments
        What is called; `arguments` have the fields of the action's schema and must not be changed.
    signers
        Who signed; at least one.
    time
        Of the block, Unix seconds.
    policy
        What approves this action on this ledger.
    """

    id: str
    contract: str
    action: str
    arguments: Mapping[str, Any]
    signers: tuple[Signer, ...]
    time: int
    policy: Policy


def require(transaction: Transaction, organisations: Sequence[str]) -> None:
    """Refuse a transaction that one of the organisations concerned has not approved, by the policy of its action.

    All of them must approve; and of those whom the policy names beside them, as many as it says.

    Raises
    ------
    NotApprovedError
        See `ledger.policies.require_approval`.

    Examples
    --------
    >>> signer = Signer("bank", "maker", "Li", "c" * 64)
    >>> require(Transaction("a" * 64, "pledges", "release", {}, (signer,), 60, Policy(("maker",))), ["bank"])
    """
    policy, what = transaction.policy, f"{transaction.contract}.{transaction.action}"
    parties = Policy(policy.roles) if policy.threshold else policy
    require_approval(parties, transaction.signers, organisations, what)
    if policy.organisations:
        require_approval(policy, transaction.signers, policy.organisations, what)


def vote(transaction: Transaction, members: Sequence[str]) -> None:
    """Refuse a transaction that too few members have approved, by the policy of its action.

    Parameters
    ----------
    members
        Who may vote; if the policy names organisations, those of them that it names.

    Raises
    ------
    NotApprovedError
        See `ledger.policies.require_approval`.

    Examples
    --------
    >>> signers = (Signer("bank", "admin", "Li", "c" * 64), Signer("firm", "admin", "Wu", "d" * 64))
    >>> call = Transaction("a" * 64, "members", "admit", {}, signers, 60, Policy(("admin",), 2))
    >>> vote(call, ["bank", "firm", "shop"])
    """
    policy, what = transaction.policy, f"{transaction.contract}.{transaction.action}"
    voters = [one for one in members if not policy.organisations or one in policy.organisations]
    require_approval(policy, transaction.signers, voters, what)
