"""Approval where the quick way and the careful one could part: several roles and parties, thresholds, and the words."""

import pytest

from ledger.errors import NotApprovedError
from ledger.policies import Policy, Signer, require_approval

ONE, TWO = Policy(("maker",)), Policy(("maker", "checker"))


def signer(organisation: str, role: str = "maker") -> Signer:
    return Signer(organisation, role, f"{role} of {organisation}", f"{organisation}{role}")


def refusal(policy: Policy, signers: list[Signer], *organisations: str) -> str:
    with pytest.raises(NotApprovedError) as caught:
        require_approval(policy, signers, organisations, "it")
    return str(caught.value)


def test_of_two_parties_with_two_roles_each_one_signature_is_not_enough() -> None:
    assert refusal(TWO, [signer("bank")], "bank", "shop") == (
        "it lacks the approval of bank: nobody with the role checker has signed for it"
        " (0 of the 2 approvals needed are there)"
    )


def test_two_of_one_voter_can_never_be() -> None:
    assert "(1 of the 2 approvals needed are there)" in refusal(Policy(("maker",), 2), [signer("bank")], "bank")


def test_when_all_have_approved_and_more_are_needed_members_are_what_is_lacking() -> None:
    assert refusal(Policy(("maker",), 3), [signer("bank"), signer("shop")], "bank", "shop") == (
        "it lacks the approval of members: nobody with the role any has signed for it"
        " (2 of the 3 approvals needed are there)"
    )


def test_who_alone_is_asked_is_told_so_without_counting() -> None:
    assert refusal(ONE, [signer("shop")], "bank") == (
        "it lacks the approval of bank: nobody with the role maker has signed for it"
    )


def test_the_first_party_that_lacks_a_role_is_named() -> None:
    assert refusal(ONE, [signer("a")], "a", "b", "c") == (
        "it lacks the approval of b: nobody with the role maker has signed for it"
        " (1 of the 3 approvals needed are there)"
    )
