"""Versions: which version of each contract is in force.

The genesis says with which versions a ledger begins; members vote a later one in. The change is a transaction like any
other, so that whoever replays the log applies to each transaction the rules under which it was signed: a transaction
names the version that its signers had read, and is refused under any other.
"""

from ledger.contracts.call import Transaction, vote
from ledger.contracts.catalogue import contracts
from ledger.contracts.members import standing_members
from ledger.errors import OldVersionError, UnknownContractError
from ledger.schema import IDENTIFIER, Schema, whole_number
from ledger.state import State

__all__ = ["ACTIONS", "NAME", "VERSION", "apply", "version_in_force"]

NAME, VERSION = "versions", 1
ACTIONS = {"adopt": Schema({"contract": IDENTIFIER, "version": whole_number(1, 1000)})}

_SPACE = "versions"


def apply(state: State, transaction: Transaction) -> State:
    """Return the state in which a contract has a later version.

    Raises
    ------
    OldVersionError
        If the version is not later than the one in force.
    NotApprovedError
        If the vote does not carry.
    UnknownContractError
        If there is no such version.

    Notes
    -----
    A version is adopted when the programs of all members have it. One whose program lacks it stops at the block that
    adopts it, which does not hold there; it does not split the ledger.
    """
    name, version = transaction.arguments["contract"], transaction.arguments["version"]
    vote(transaction, standing_members(state))
    now = version_in_force(state, name) or 0
    if version <= now:
        raise OldVersionError(f"arguments.version is {version}, it must be later than {now}, which is in force")
    if (name, version) not in contracts():
        raise UnknownContractError(f"arguments.version is {version}: there is no contract {name} in that version here")
    return state.write(_SPACE, {name: {"version": version}})


def version_in_force(state: State, name: str) -> int | None:
    """Return the version of a contract that is in force, None if the ledger has none of that name.

    Examples
    --------
    >>> version_in_force(State().write("versions", {"pledges": {"version": 2}}), "pledges")
    2
    """
    record = state.get(_SPACE, name)
    return None if record is None else int(record["version"])
