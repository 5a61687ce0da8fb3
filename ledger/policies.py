"""Approval policies: which organisations, and which persons inside one, must have signed.

An action says which organisations it concerns (the owner of a fragment, the bank that lends). The parties of a deal
must all approve, whatever a policy says: nobody's property is put to the vote. What members vote on is carried by m of
n distinct organisations; and a policy can ask that m of n named ones approve beside the parties. Inside an organisation
the roles of the policy make its approval whole: a maker (经办) and a checker (复核) are two persons. Policies are data
of the ledger's genesis.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ledger.errors import NotApprovedError

__all__ = ["Policy", "Signer", "require_approval"]


class Signer(NamedTuple):
    """A person who signed, as the registered certificate names it, and whose signature was verified."""

    organisation: str
    role: str
    name: str
    certificate: str


@dataclass(frozen=True, slots=True)
class Policy:
    """What approves an action.

    Parameters
    ----------
    roles
        Roles that must each have signed in an organisation, by different persons, for its approval to count.
    threshold
        How many of those who vote must approve; 0 means all of them.
    organisations
        Who votes: beside the parties of a deal; or, in a vote of members, of these alone.
    """

    roles: tuple[str, ...]
    threshold: int = 0
    organisations: tuple[str, ...] = ()


def require_approval(policy: Policy, signers: Sequence[Signer], organisations: Sequence[str], what: str) -> None:
    """Refuse what not enough of the organisations concerned have approved.

    Parameters
    ----------
    policy
        Of the action.
    signers
        Whose signatures the transaction bears.
    organisations
        Names of the organisations that the action concerns; a name that stands twice counts once.
    what
        The action in words, for the message.

    Raises
    ------
    NotApprovedError
        If approvals are missing; the message names whose.

    Examples
    --------
    >>> require_approval(Policy(("maker", "checker")), [Signer("bank", "maker", "Li", "c1")], ["bank"], "accept")
    Traceback (most recent call last):
    ledger.errors.refusals.NotApprovedError: accept lacks the approval of bank: nobody with the role checker ...
    """
    if (
        len(policy.roles) == len(organisations) == 1 and policy.threshold <= 1
    ):  # the usual case, at a third of the price
        for signer in signers:
            if signer.role == policy.roles[0] and signer.organisation == organisations[0]:
                return
    concerned = list(dict.fromkeys(organisations))
    if not concerned:
        raise NotApprovedError(f"{what} concerns nobody who could approve it")
    missing = _missing(policy.roles, signers, concerned)
    needed = policy.threshold or len(concerned)
    if len(concerned) - len(missing) < needed:
        one, role = next(iter(missing.items())) if missing else ("members", "any")
        more = f" ({len(concerned) - len(missing)} of the {needed} approvals needed are there)" if needed > 1 else ""
        raise NotApprovedError(
            f"{what} lacks the approval of {one}: nobody with the role {role} has signed for it{more}"
        )


def _missing(roles: tuple[str, ...], signers: Iterable[Signer], concerned: Sequence[str]) -> dict[str, str]:
    """Return which organisations have not approved, with the first role that is missing in each."""
    if len(roles) == 1:  # then nobody can be needed for two
        signed_for = {one.organisation for one in signers if one.role == roles[0]}
        return {one: roles[0] for one in concerned if one not in signed_for}
    signed: dict[str, dict[str, set[str]]] = {}
    for signer in signers:
        signed.setdefault(signer.organisation, {}).setdefault(signer.role, set()).add(signer.name)
    lacking = {one: _missing_role(roles, signed.get(one, {})) for one in concerned}
    return {one: role for one, role in lacking.items() if role is not None}


def _missing_role(roles: tuple[str, ...], signed: Mapping[str, set[str]]) -> str | None:
    """Return the first role for which no person is left, None if each role can have a person of its own.

    Someone who holds certificates of two roles stands for one of them only, so that two persons are two.
    """
    return next((roles[end - 1] for end in range(1, len(roles) + 1) if not _assignable(roles[:end], signed, ())), None)


def _assignable(roles: tuple[str, ...], signed: Mapping[str, set[str]], taken: tuple[str, ...]) -> bool:
    if not roles:
        return True
    free = signed.get(roles[0], set()).difference(taken)
    return any(_assignable(roles[1:], signed, (*taken, name)) for name in free)
