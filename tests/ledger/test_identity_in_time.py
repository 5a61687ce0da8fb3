"""Who signs when: the last second of a certificate, those who were withdrawn, who goes, and who comes back."""

import ledger_sample
from contract_vectors import Stage
from refusing import (
    YEAR,
    authority,
    certificate,
    circulate,
    registered,
    revocations,
    send,
    signed,
)

from ledger.node import Receipt, Refusal
from ledger.wallet import Wallet, sign

OTHERS = ("core", "maker-of-parts", "maker-of-screws", "bank-a")

ADMINS = tuple(f"{one}/admin" for one in OTHERS)


def by(stage: Stage, person: Wallet) -> bytes:
    body = stage.people.body("receivables.cancel", {"receivable": "R1"}, valid_until=stage.now + 3600)
    return sign(stage.people.suite, body, [person])


def register(stage: Stage, der: str, *signers: str) -> bytes:
    return signed(stage, "members.register", {"certificate": der}, *(signers or ("bank-a/admin",)))


def dismissed(stage: Stage, name: str = "bank-b") -> None:
    send(
        stage,
        "members.dismiss",
        {"name": name},
        *(f"{one}/admin" for one in ledger_sample.ORGANISATIONS if one != name),
    )


def admit(stage: Stage, *signers: str, **more: str) -> bytes:
    terms = {"authority": authority(stage, "bank-c"), "kind": "bank", "name": "bank-c", **more}
    return signed(stage, "members.admit", terms, *(signers or (*ADMINS, "bank-b/admin")))


def rules(answers: list[Receipt | Refusal]) -> list[str]:
    return [getattr(one, "rule", "accepted") for one in answers]


def test_in_one_block_each_transaction_sees_those_before_it() -> None:
    """Registered, used, withdrawn, used: all in one block, each judged by what stands there before it."""
    stage = Stage()
    person = certificate(stage)
    register_it = register(stage, person.certificate.hex())
    revoke_it = signed(stage, "members.revoke", revocations(stage, 900), "bank-a/admin")
    uses = [by(stage, person) for _ in range(3)]
    answers = stage.node.submit([uses[0], register_it, uses[1], revoke_it, uses[2]])
    assert rules(answers) == [
        *("UnknownCertificateError", "accepted", "UnknownRecordError", "accepted", "RevokedCertificateError")
    ]


def test_a_certificate_signs_in_its_last_second() -> None:
    stage = Stage()
    person = registered(stage, not_after=stage.now + 10)
    stage.now += 10
    assert rules(stage.node.submit([by(stage, person)])) == ["UnknownRecordError"]


def test_whoever_was_withdrawn_stays_so_when_a_later_list_forgets_him() -> None:
    stage = Stage()
    person = registered(stage)
    send(stage, "members.revoke", revocations(stage, 900, number=1), "bank-a/admin")
    send(stage, "members.revoke", revocations(stage, number=2), "bank-a/admin")
    assert rules(stage.node.submit([by(stage, person)])) == ["RevokedCertificateError"]


def test_a_serial_that_was_withdrawn_once_is_so_for_a_certificate_that_comes_later() -> None:
    stage = Stage()
    send(stage, "members.revoke", revocations(stage, 900, number=1), "bank-a/admin")
    send(stage, "members.revoke", revocations(stage, number=2), "bank-a/admin")
    assert rules(stage.node.submit([by(stage, registered(stage))])) == ["RevokedCertificateError"]


def test_a_serial_is_withdrawn_at_its_own_organisation_alone() -> None:
    stage = Stage()
    person = registered(stage, "bank-b")
    send(stage, "members.revoke", revocations(stage, 900), "bank-a/admin")
    assert rules(stage.node.submit([by(stage, person)])) == ["UnknownRecordError"]


def test_what_a_dismissed_member_owned_rests_until_it_is_voted_in_again() -> None:
    stage = Stage()
    fragment = circulate(stage)
    authority_of = {one.name: one.authority for one in stage.people.genesis.members}
    dismissed(stage, "maker-of-parts")
    transfer = {"fragment": fragment, "to": "bank-a"}
    wish = signed(stage, "receivables.transfer", transfer, "maker-of-parts")
    assert rules(stage.node.submit([wish])) == ["UnknownMemberError"]
    others = [f"{one}/admin" for one in ledger_sample.ORGANISATIONS if one != "maker-of-parts"]
    terms = {"authority": authority_of["maker-of-parts"], "kind": "enterprise", "name": "maker-of-parts"}
    send(stage, "members.admit", terms, *others)
    assert rules(stage.node.submit([wish])) == ["accepted"]


def test_a_new_member_comes_in_and_its_people_sign() -> None:
    stage = Stage()
    assert rules(stage.node.submit([admit(stage)])) == ["accepted"]
    person = certificate(stage, "bank-c", authority=b"a" * 32)
    send(stage, "members.register", {"certificate": person.certificate.hex()}, "core/admin")
    fragment = circulate(stage)
    body = stage.people.body("receivables.transfer", {"fragment": fragment, "to": "bank-c"})
    wallets = [stage.people.wallets["maker-of-parts", "maker"], person]
    assert rules(stage.node.submit([sign(stage.people.suite, body, wallets)])) == ["accepted"]


def test_a_person_may_renew_a_certificate_for_the_same_key() -> None:
    stage = Stage()
    registered(stage)
    registered(stage, serial=901, not_after=stage.now + 2 * YEAR)


def test_the_last_member_can_not_dismiss_itself() -> None:
    stage = Stage()
    names = list(ledger_sample.ORGANISATIONS)
    for name in names[1:]:
        rest = names[: 1 + names.index(name)] if name == names[-1] else [one for one in names if one != name]
        voters = [one for one in rest if one != name and stage.node.state.get("members", one)["standing"]]  # type: ignore[index]  # there
        send(stage, "members.dismiss", {"name": name}, *(f"{one}/admin" for one in voters))
    wish = signed(stage, "members.dismiss", {"name": "core"}, "core/admin")
    [answer] = stage.node.submit([wish])
    assert isinstance(answer, Refusal)
    assert answer.rule == "NotApprovedError"
    assert "concerns nobody who could approve it" in answer.message
