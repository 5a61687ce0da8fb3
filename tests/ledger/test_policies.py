"""Approval: enough organisations, and in each one the persons that its policy asks for."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import NotApprovedError
from ledger.policies import Policy, Signer, require_approval

TWO = Policy(("maker", "checker"))


def signer(organisation: str, role: str, name: str) -> Signer:
    return Signer(organisation, role, name, f"{organisation}{role}{name}")


def approved(policy: Policy, signers: list[Signer], organisations: list[str]) -> bool:
    try:
        require_approval(policy, signers, organisations, "it")
    except NotApprovedError:
        return False
    return True


def test_a_maker_and_a_checker_approve_together() -> None:
    assert approved(TWO, [signer("bank", "maker", "Li"), signer("bank", "checker", "Wang")], ["bank"])


REFUSED = {
    "no checker": [signer("bank", "maker", "Li")],
    "no maker": [signer("bank", "checker", "Li")],
    "two makers": [signer("bank", "maker", "Li"), signer("bank", "maker", "Wang")],
    "one person with both roles": [signer("bank", "maker", "Li"), signer("bank", "checker", "Li")],
    "the checker of another organisation": [signer("bank", "maker", "Li"), signer("firm", "checker", "Wang")],
    "another role": [signer("bank", "maker", "Li"), signer("bank", "admin", "Wang")],
    "nobody": [],
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_approval_that_is_not_whole_is_refused(name: str) -> None:
    assert not approved(TWO, REFUSED[name], ["bank"])


def test_all_organisations_concerned_must_approve_unless_the_policy_says_how_many() -> None:
    signers = [signer("a", "maker", "Li"), signer("b", "maker", "Wang")]
    assert not approved(Policy(("maker",)), signers, ["a", "b", "c"])
    assert approved(Policy(("maker",), 2), signers, ["a", "b", "c"])
    assert not approved(Policy(("maker",), 3), signers, ["a", "b", "c"])


def test_an_organisation_that_is_named_twice_counts_once() -> None:
    assert not approved(Policy(("maker",), 2), [signer("a", "maker", "Li")], ["a", "a"])
    assert approved(Policy(("maker",)), [signer("a", "maker", "Li")], ["a", "a"])


def test_those_who_are_not_concerned_do_not_count() -> None:
    assert not approved(Policy(("maker",), 2), [signer("a", "maker", "Li"), signer("z", "maker", "Wu")], ["a", "b"])


def test_the_message_names_whose_approval_is_missing() -> None:
    with pytest.raises(NotApprovedError, match="bank: nobody with the role checker"):
        require_approval(TWO, [signer("bank", "maker", "Li")], ["bank"], "accept")


@given(
    st.sets(st.tuples(st.sampled_from(["maker", "checker", "chief"]), st.sampled_from("abcd")), max_size=8),
    st.sampled_from([("maker",), ("maker", "checker"), ("maker", "checker", "chief")]),
)
def test_different_persons_for_all_roles_are_found_whenever_there_are_such(
    held: set[tuple[str, str]], roles: tuple[str, ...]
) -> None:
    """The twin tries every assignment of persons to roles."""
    signers = [signer("bank", role, name) for role, name in held]
    possible = any(
        all((role, name) in held for role, name in zip(roles, names, strict=True))
        for names in itertools.permutations("abcd", len(roles))
    )
    assert approved(Policy(roles), signers, ["bank"]) == possible
