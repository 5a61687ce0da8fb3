"""Who speaks when: what execution says of certificates, versions and ledgers that are not the right ones."""

from typing import Any

import pytest
from contract_vectors import Stage
from refusing import circulate, signed

from ledger import errors
from ledger.execution import admit, certificate_of, execute, public_key_of, signer_at
from ledger.policies import Signer
from ledger.state import State

BEGINS, ENDS = 100, 200
FINGERPRINT = "ab" * 32


def record(**more: Any) -> dict[str, Any]:
    right = {"name": "Li", "not_after": ENDS, "not_before": BEGINS, "organisation": "bank-a", "role": "maker"}
    return right | {"public_key": "cd" * 32, "revoked": False} | more


def ledger(standing: bool = True) -> State:
    return State().write("members", {"bank-a": {"kind": "bank", "standing": standing}})


@pytest.mark.parametrize("time", [BEGINS, 150, ENDS])
def test_a_certificate_speaks_from_its_first_to_its_last_second(time: int) -> None:
    assert signer_at(ledger(), FINGERPRINT, record(), time) == Signer("bank-a", "maker", "Li", FINGERPRINT)


@pytest.mark.parametrize(
    ("error", "state", "change", "time", "sentence"),
    [
        (
            *(errors.NotYetValidCertificateError, ledger(), {}, BEGINS - 1),
            "the certificate of Li at bank-a is valid from 100, after the block's time 99",
        ),
        (
            *(errors.ExpiredCertificateError, ledger(), {}, ENDS + 1),
            "the certificate of Li at bank-a expired at 200, before the block's time 201",
        ),
        (
            *(errors.RevokedCertificateError, ledger(), {"revoked": True}, 150),
            "the certificate of Li at bank-a has been withdrawn by its organisation",
        ),
        (errors.UnknownMemberError, ledger(standing=False), {}, 150, "bank-a is not a member of this ledger"),
        (errors.UnknownMemberError, State(), {}, 150, "bank-a is not a member of this ledger"),
    ],
)
def test_a_certificate_that_does_not_speak_is_told_why(
    error: type[errors.RefusalError], state: State, change: dict[str, Any], time: int, sentence: str
) -> None:
    with pytest.raises(error) as caught:
        signer_at(state, FINGERPRINT, record(**change), time)
    assert str(caught.value) == sentence


def test_a_certificate_is_found_by_its_fingerprint_or_missed_by_it() -> None:
    state = State().write("certificates", {FINGERPRINT: record()})
    assert public_key_of(state, FINGERPRINT) == bytes.fromhex("cd" * 32)
    with pytest.raises(errors.UnknownCertificateError) as caught:
        certificate_of(state, "00" * 32)
    assert str(caught.value) == f"a signature's certificate is {'00' * 32}: no such certificate is registered"


def test_a_contract_that_is_not_in_force_or_in_another_version_is_named() -> None:
    stage = Stage()
    transaction = admit(signed(stage, "receivables.cancel", {"receivable": "R1"}, "core"), stage.node.rules)
    for versions, right in ((None, "none"), ({"version": 2}, "2")):
        state = stage.node.state.write("versions", {"receivables": versions})
        with pytest.raises(errors.UnknownContractError) as caught:
            execute(state, transaction, stage.now, stage.node.rules)
        assert str(caught.value) == f"body.version is 1, receivables is in force in version {right}"


def test_what_was_signed_for_another_ledger_is_told_both_names() -> None:
    stage = Stage()
    data = signed(stage, "receivables.cancel", {"receivable": "R1"}, "core")
    other = stage.node.rules._replace(ledger="00" * 32)
    with pytest.raises(errors.OtherLedgerError) as caught:
        admit(data, other)
    assert str(caught.value) == (
        f"body.ledger is {stage.people.ledger}, it must be {'00' * 32}: it was signed for another ledger"
    )


def test_signatures_are_verified_unless_somebody_trusted_has_done_it() -> None:
    stage = Stage()
    fragment = circulate(stage)
    data = signed(stage, "receivables.transfer", {"fragment": fragment, "to": "bank-a"}, "maker-of-parts")
    right = admit(data, stage.node.rules)
    [one] = right.signatures
    wrong = right._replace(signatures=(one._replace(signature=bytes(64)),))
    with pytest.raises(errors.BadSignatureError):
        execute(stage.node.state, wrong, stage.now, stage.node.rules)
    after = execute(stage.node.state, wrong, stage.now, stage.node.rules, verified=True)
    assert after.everything() == execute(stage.node.state, right, stage.now, stage.node.rules).everything()
