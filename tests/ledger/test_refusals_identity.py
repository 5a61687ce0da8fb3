"""Who may not sign: strangers, people of yesterday and tomorrow, the withdrawn, and those who go."""

import ledger_sample
import pytest
from contract_vectors import Stage
from refusing import (
    Case,
    authority,
    certificate,
    check,
    circulate,
    registered,
    revocations,
    send,
    signed,
)

from ledger import errors
from ledger.wallet import Wallet, sign

OTHERS = ("core", "maker-of-parts", "maker-of-screws", "bank-a")

ADMINS = tuple(f"{one}/admin" for one in OTHERS)


def by(stage: Stage, person: Wallet) -> bytes:
    body = stage.people.body("receivables.cancel", {"receivable": "R1"}, valid_until=stage.now + 3600)
    return sign(stage.people.suite, body, [person])


def flipped(stage: Stage) -> bytes:
    data = signed(stage, "receivables.cancel", {"receivable": "R1"}, "core")
    return data[:-20] + (b"0" if data[-20:-19] != b"0" else b"1") + data[-19:]


def of_another_body(stage: Stage) -> bytes:
    """The signature under one wish put under another."""
    one, two = (signed(stage, "receivables.cancel", {"receivable": name}, "core") for name in ("R1", "R2"))
    mark = b',"signatures":['
    return two[: two.index(mark)] + one[one.index(mark) :]


def register(stage: Stage, der: str, *signers: str) -> bytes:
    return signed(stage, "members.register", {"certificate": der}, *(signers or ("bank-a/admin",)))


def dismissed(stage: Stage, name: str = "bank-b") -> None:
    send(
        stage,
        "members.dismiss",
        {"name": name},
        *(f"{one}/admin" for one in ledger_sample.ORGANISATIONS if one != name),
    )


def by_the_dismissed(stage: Stage) -> bytes:
    dismissed(stage)
    return signed(stage, "receivables.cancel", {"receivable": "R1"}, "bank-b")


def expired(stage: Stage) -> bytes:
    person = registered(stage, not_after=stage.now + 10)
    stage.now += 11
    return by(stage, person)


def withdrawn(stage: Stage) -> bytes:
    person = registered(stage)
    send(stage, "members.revoke", revocations(stage, 900), "bank-a/admin")
    return by(stage, person)


def withdrawn_before(stage: Stage) -> bytes:
    """Registered after it stood in the list: the list still counts."""
    send(stage, "members.revoke", revocations(stage, 900), "bank-a/admin")
    return by(stage, registered(stage))


def second_list(stage: Stage, number: int) -> bytes:
    send(stage, "members.revoke", revocations(stage, 900, number=2), "bank-a/admin")
    return signed(stage, "members.revoke", revocations(stage, 901, number=number), "bank-a/admin")


def admit(stage: Stage, *signers: str, **more: str) -> bytes:
    terms = {"authority": authority(stage, "bank-c"), "kind": "bank", "name": "bank-c", **more}
    return signed(stage, "members.admit", terms, *(signers or (*ADMINS, "bank-b/admin")))


def again(stage: Stage, der: str) -> bytes:
    dismissed(stage)
    terms = {"authority": der, "kind": "bank", "name": "bank-b"}
    return signed(stage, "members.admit", terms, *ADMINS)


def key_of_another(stage: Stage) -> bytes:
    """A checker's certificate over the key of a maker with another name: one person would be two."""
    registered(stage)
    return register(stage, certificate(stage, role="checker", name="Qian Li", serial=901).certificate.hex())


def adopt(stage: Stage, contract: str, version: int, *signers: str) -> bytes:
    terms = {"contract": contract, "version": version}
    return signed(stage, "versions.adopt", terms, *(signers or (*OTHERS, "bank-b")))


CASES = {
    "a certificate that nobody registered": Case(
        errors.UnknownCertificateError, lambda stage: by(stage, certificate(stage)), ("no such certificate",)
    ),
    "a signature of which a digit was changed": Case(errors.BadSignatureError, flipped, ()),
    "a signature under something else": Case(errors.BadSignatureError, of_another_body, ()),
    "somebody of a member that was dismissed": Case(
        errors.UnknownMemberError, by_the_dismissed, ("bank-b is not a member",)
    ),
    "a certificate after its time": Case(
        errors.ExpiredCertificateError,
        expired,
        ("the certificate of Zhao Min at bank-a expired at", "before the block's time"),
    ),
    "a certificate that was withdrawn": Case(
        errors.RevokedCertificateError, withdrawn, ("the certificate of Zhao Min at bank-a has been withdrawn",)
    ),
    "a certificate that was withdrawn before it came": Case(errors.RevokedCertificateError, withdrawn_before, ()),
    "a checker where a maker should sign": Case(
        errors.NotApprovedError,
        lambda stage: signed(
            *(stage, "receivables.transfer", {"fragment": circulate(stage), "to": "bank-a"}, "maker-of-parts/checker")
        ),
        ("receivables.transfer lacks the approval of maker-of-parts", "nobody with the role maker has signed"),
    ),
    "a certificate that is none": Case(
        errors.BadCertificateError, lambda stage: register(stage, "30820101"), ("the DER bytes end inside an element",)
    ),
    "a certificate in capitals": Case(
        errors.BadFieldError, lambda stage: register(stage, "ABCD"), ("arguments.certificate", "lower-case hexadecimal")
    ),
    "a certificate of another authority": Case(
        errors.ForeignCertificateError,
        lambda stage: register(stage, certificate(stage, authority=b"x" * 32).certificate.hex()),
        ("does not bear the signature of bank-a's authority",),
    ),
    "an authority's certificate for a person's": Case(
        errors.ForeignCertificateError,
        lambda stage: register(stage, authority(stage, "bank-a", b"x" * 32)),
        (),
    ),
    "a certificate of an organisation that is no member": Case(
        errors.UnknownMemberError,
        lambda stage: register(stage, certificate(stage, "bank-z", authority=b"x" * 32).certificate.hex()),
        ("bank-z is not a member",),
    ),
    "a certificate of tomorrow": Case(
        errors.NotYetValidCertificateError,
        lambda stage: register(stage, certificate(stage, not_before=stage.now + 1).certificate.hex()),
        ("is valid from",),
    ),
    "a certificate of yesterday": Case(
        errors.ExpiredCertificateError,
        lambda stage: register(stage, certificate(stage, not_after=stage.now - 1).certificate.hex()),
        ("expired at",),
    ),
    "a certificate that is there": Case(
        errors.AlreadyThereError,
        lambda stage: register(stage, registered(stage).certificate.hex()),
        ("registered already",),
    ),
    "another person's key": Case(
        errors.AlreadyThereError, key_of_another, ("the key of Qian Li's certificate is Zhao Min's",)
    ),
    "a certificate that a maker posts": Case(
        errors.NotApprovedError,
        lambda stage: register(stage, certificate(stage).certificate.hex(), "bank-a/maker", "bank-b/checker"),
        ("role admin",),
    ),
    "a list that is not newer": Case(
        errors.OldRevocationsError,
        lambda stage: second_list(stage, 2),
        ("arguments.revocations has number 2, it must be greater than 2",),
    ),
    "an older list, which would give somebody back": Case(
        errors.OldRevocationsError, lambda stage: second_list(stage, 1), ()
    ),
    "a list of another authority": Case(
        errors.ForeignCertificateError,
        lambda stage: signed(stage, "members.revoke", revocations(stage, 1, authority=b"x" * 32), "bank-a/admin"),
        ("the revocation list does not bear the signature of bank-a's authority",),
    ),
    "a list that is none": Case(
        errors.BadCertificateError,
        lambda stage: signed(
            stage, "members.revoke", {"organisation": "bank-a", "revocations": "3000"}, "bank-a/admin"
        ),
        (),
    ),
    "a list of nobody": Case(
        errors.UnknownMemberError,
        lambda stage: signed(
            stage, "members.revoke", {"organisation": "bank-z", "revocations": "3000"}, "bank-a/admin"
        ),
        ("bank-z is not a member",),
    ),
    "a new member without the vote of one": Case(
        errors.NotApprovedError, lambda stage: admit(stage, *ADMINS), ("members.admit lacks the approval of bank-b",)
    ),
    "a new member under a name that is taken": Case(
        errors.AlreadyThereError,
        lambda stage: admit(stage, name="bank-a", authority=authority(stage, "bank-a")),
        ("arguments.name is bank-a",),
    ),
    "a new member with another's certificate": Case(
        errors.UnknownMemberError,
        lambda stage: admit(stage, name="bank-d"),
        ("arguments.authority speaks for bank-c, it must speak for bank-d",),
    ),
    "a new member of no known kind": Case(
        errors.BadFieldError,
        lambda stage: admit(stage, kind="casino"),
        ("arguments.kind is 'casino'", "one of enterprise"),
    ),
    "a person's certificate as an authority": Case(
        errors.ForeignCertificateError,
        lambda stage: admit(stage, authority=certificate(stage, "bank-c", authority=b"x" * 32).certificate.hex()),
        (),
    ),
    "a member again, under another authority": Case(
        errors.AlreadyThereError, lambda stage: again(stage, authority(stage, "bank-b")), ("with another authority",)
    ),
    "dismissed by itself alone": Case(
        errors.NotApprovedError,
        lambda stage: signed(stage, "members.dismiss", {"name": "bank-b"}, "bank-b/admin"),
        ("members.dismiss lacks the approval of",),
    ),
    "dismissed though it never was there": Case(
        errors.UnknownMemberError,
        lambda stage: signed(stage, "members.dismiss", {"name": "bank-z"}, *ADMINS, "bank-b/admin"),
        ("bank-z is not a member",),
    ),
    "a version without the vote of one": Case(
        errors.NotApprovedError, lambda stage: adopt(stage, "pledges", 2, *OTHERS), ("versions.adopt lacks",)
    ),
    "a version that is in force": Case(
        errors.OldVersionError,
        lambda stage: adopt(stage, "pledges", 1),
        ("arguments.version is 1, it must be later than 1",),
    ),
    "a version that nobody wrote": Case(
        errors.UnknownContractError,
        lambda stage: adopt(stage, "pledges", 9),
        ("arguments.version is 9", "no contract pledges"),
    ),
    "version 0": Case(errors.BadFieldError, lambda stage: adopt(stage, "pledges", 0), ("arguments.version is 0",)),
}


@pytest.mark.parametrize("name", CASES)
def test_is_refused(name: str) -> None:
    check(CASES[name])
