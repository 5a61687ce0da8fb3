"""Agreements: the master agreement (主协议), signed once by each member and referred to by hash.

Before they deal with each other, banks and enterprises agree once on the text that governs all deals. The text itself
stays outside; the log holds its digest (the ledger's hash of the file's bytes, as `sha256sum` prints it for SHA-256).
The member that proposes an agreement under a new name keeps it (the platform, say) and alone proposes its later
versions, each in force from a moment that it names, so that others have time to sign the new text before it counts.
Each member signs a version once, under the approval policy of its own organisation.

Contracts that need an agreement name it by digest, and ask whether someone has signed the version in force.
"""

from collections.abc import Mapping

from ledger.contracts.call import Transaction, require
from ledger.contracts.data import DataContract
from ledger.contracts.members import check_member
from ledger.errors import AlreadyThereError, OldVersionError, TermError, UnsignedAgreementError
from ledger.schema import DIGEST, IDENTIFIER, MEMBER, MOMENT, Schema
from ledger.state import Record, State

__all__ = ["ACTIONS", "NAME", "VERSION", "apply", "check_in_force", "check_signed"]

NAME, VERSION = "agreements", 1
ACTIONS: Mapping[str, Schema] = {
    "propose": Schema({"agreement": IDENTIFIER, "digest": DIGEST, "from": MOMENT, "keeper": MEMBER}),
    "sign": Schema({"digest": DIGEST, "organisation": MEMBER}),
}
_AGREEMENTS = DataContract("agreements", NAME, "agreement")
_TEXTS = DataContract("agreement_texts", NAME, "agreement with the digest")
_SIGNATURES = DataContract("agreement_signatures", NAME, "signature")


def apply(state: State, transaction: Transaction) -> State:
    """Return the state after a transaction of this contract.

    Raises
    ------
    RefusalError
        If the keeper, or who signs, has not approved; if a text, or a signature, is there already; if a version would
        be in force before the block, or before an earlier version; if a text is not in force any more.

    Examples
    --------
    >>> from ledger.policies import Policy, Signer
    >>> me, rule = (Signer("core", "maker", "Li", "c" * 64),), Policy(("maker",))
    >>> state = State().write("members", {"core": {"kind": "platform", "standing": True}})
    >>> given = {"agreement": "forfaiting", "digest": "ab" * 32, "from": 60, "keeper": "core"}
    >>> state = apply(state, Transaction("a" * 64, NAME, "propose", given, me, 60, rule))
    >>> given = {"digest": "ab" * 32, "organisation": "core"}
    >>> check_signed(apply(state, Transaction("b" * 64, NAME, "sign", given, me, 60, rule)), "ab" * 32, "core", 60)
    """
    return _propose(state, transaction) if transaction.action == "propose" else _sign(state, transaction)


def check_in_force(state: State, digest: str, time: int, field: str) -> None:
    """Refuse a digest that is not the one of an agreement's version in force.

    Raises
    ------
    UnknownRecordError, OldVersionError
        If there is no such text; if another version of it is in force.

    Examples
    --------
    >>> check_in_force(State(), "ab", 60, "arguments.agreement")
    Traceback (most recent call last):
    ledger.errors.refusals.UnknownRecordError: there is no agreement with the digest ab
    """
    name, current = _in_force(state, digest, time)
    if digest != current:
        raise OldVersionError(f"{field} is {digest}, of {name} the version {current or '(none yet)'} is in force")


def check_signed(state: State, digest: str, organisation: str, time: int) -> None:
    """Refuse an organisation that has not signed the version in force of the agreement to which a text belongs.

    Parameters
    ----------
    digest
        Of any version: a deal that began under an older one goes on under the one in force.
    time
        Of the block, Unix seconds.

    Raises
    ------
    UnknownRecordError, UnsignedAgreementError
        If there is no such text; if the organisation has not signed.

    Examples
    --------
    >>> state = State().write("agreement_texts", {"ab": {"agreement": "forfaiting"}})
    >>> versions = [{"digest": "ab", "from": 0}]
    >>> state = state.write("agreements", {"forfaiting": {"keeper": "core", "versions": versions}})
    >>> check_signed(state, "ab", "bank", 60)
    Traceback (most recent call last):
    ledger.errors.refusals.UnsignedAgreementError: bank has not signed ab, the version of forfaiting in force
    """
    name, current = _in_force(state, digest, time)
    if _SIGNATURES.find(state, NAME, f"{current}:{organisation}") is None:
        raise UnsignedAgreementError(
            f"{organisation} has not signed {current or 'any text'}, the version of {name} in force"
        )


def _propose(state: State, transaction: Transaction) -> State:
    given = transaction.arguments
    name, digest, keeper = given["agreement"], given["digest"], given["keeper"]
    check_member(state, keeper, "arguments.keeper")
    record: Record = _AGREEMENTS.find(state, NAME, name) or {"keeper": keeper, "versions": []}
    require(transaction, [record["keeper"]])
    if record["keeper"] != keeper:
        raise AlreadyThereError(f"arguments.agreement is {name}: {record['keeper']} keeps it, choose another name")
    if _TEXTS.find(state, NAME, digest) is not None:
        raise AlreadyThereError(f"arguments.digest is {digest}: that text has been proposed already")
    earliest = max([transaction.time, *(one["from"] + 1 for one in record["versions"])])
    if given["from"] < earliest:
        raise TermError(
            f"arguments.from is {given['from']}, it must be at least {earliest}: after the block, and the last version"
        )
    versions = [*record["versions"], {"digest": digest, "from": given["from"]}]
    state = _TEXTS.write(state, NAME, {digest: {"agreement": name}})
    return _AGREEMENTS.write(state, NAME, {name: {**record, "versions": versions}})


def _sign(state: State, transaction: Transaction) -> State:
    digest, organisation = transaction.arguments["digest"], transaction.arguments["organisation"]
    check_member(state, organisation, "arguments.organisation")
    require(transaction, [organisation])
    name, current = _in_force(state, digest, transaction.time)
    versions = [one["digest"] for one in _AGREEMENTS.read(state, NAME, name)["versions"]]
    if current and versions.index(digest) < versions.index(current):
        raise OldVersionError(f"arguments.digest is {digest}, of {name} the later version {current} is in force")
    mark = f"{digest}:{organisation}"
    if _SIGNATURES.find(state, NAME, mark) is not None:
        raise AlreadyThereError(f"{organisation} has signed {digest} already: once is enough")
    return _SIGNATURES.write(state, NAME, {mark: {"time": transaction.time}})


def _in_force(state: State, digest: str, time: int) -> tuple[str, str]:
    """Return an agreement's name, and the digest of its version in force, empty if the first is still to come."""
    name = _TEXTS.read(state, NAME, digest)["agreement"]
    versions = _AGREEMENTS.read(state, NAME, name)["versions"]
    return name, next((one["digest"] for one in reversed(versions) if one["from"] <= time), "")
