"""A call: what a contract gets to know of a transaction.

Its own clock is the block's time; who signed has been verified before; the arguments have the fields that the action
asks for. What a contract decides is whether those who signed may do this, now, with these records.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ledger.policies import Policy, Signer, require_approval

__all__ = ["Transaction", "require"]


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
    """Refuse a transaction that the organisations concerned have not approved, by the policy of its action.

    Raises
    ------
    NotApprovedError
        See `ledger.policies.require_approval`.

    Examples
    --------
    >>> signer = Signer("bank", "maker", "Li", "c" * 64)
    >>> require(Transaction("a" * 64, "pledges", "release", {}, (signer,), 60, Policy(("maker",))), ["bank"])
    """
    require_approval(
        transaction.policy, transaction.signers, organisations, f"{transaction.contract}.{transaction.action}"
    )
