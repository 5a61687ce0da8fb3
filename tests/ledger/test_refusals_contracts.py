"""What contracts refuse beside their vectors, by the public path; and that every class of refusal has a case."""

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import test_refusals_form
import test_refusals_identity
from contract_vectors import Stage, vectors
from quoting import COMMIT, award, commitment, published, quote, revelation
from refusing import Case, check, circulate, send, signed

import ledger
from ledger import errors
from ledger.contracts import fragments
from ledger.errors import refusals
from ledger.errors.base import LedgerError
from ledger.state import State

OWNER = "maker-of-parts"


class OnStage:
    """A stage that is played like contracts called directly: every call goes through the node all the same."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    @property
    def state(self) -> State:
        return self.stage.node.state

    @property
    def now(self) -> int:
        return self.stage.now

    @now.setter
    def now(self, time: int) -> None:
        self.stage.now = time

    def do(self, call: str, arguments: Mapping[str, Any], *by: str) -> str:
        return send(self.stage, call, arguments, *by)


def asked(stage: Stage, **more: Any) -> Any:
    play = OnStage(stage)
    published(play, **more)  # type: ignore[arg-type]  # is played like one
    return play


def uninvited(stage: Stage) -> bytes:
    play = asked(stage, invited=["bank-a"])
    return signed(stage, "quotes.commit", commitment(play, "bank-b", 315), "bank-b")


def unsigned_agreement(stage: Stage) -> bytes:
    play = asked(stage, parties=(OWNER, "bank-a"))
    return signed(stage, "quotes.commit", commitment(play, "bank-b", 315), "bank-b")


def other_revelation(stage: Stage) -> bytes:
    play = asked(stage)
    play.do("quotes.commit", commitment(play, "bank-a", 315), "bank-a")
    play.now += COMMIT + 1
    return signed(stage, "quotes.reveal", revelation("bank-a", 314), "bank-a")


def second_best(stage: Stage) -> bytes:
    play = asked(stage)
    quote(play, bank_a=315, bank_b=310)
    return signed(stage, "quotes.award", award("bank-a", 992_212), OWNER, "bank-a")


def payload(*recipients: tuple[str, int]) -> dict[str, Any]:
    rows = [{"copy": "ab" * 32, "key": number, "organisation": one} for one, number in recipients]
    terms = {"about": "R1", "about_kind": "receivable", "ciphertext": "cd" * 32, "commitment": "ef" * 32}
    return {**terms, "owner": OWNER, "payload": "P1", "recipients": rows}


def for_its_owner(stage: Stage) -> bytes:
    circulate(stage)
    return signed(stage, "payloads.register", payload((OWNER, 1)), OWNER)


def without_a_key(stage: Stage) -> bytes:
    circulate(stage)
    return signed(stage, "payloads.register", payload(("bank-a", 1)), OWNER)


CASES = {
    "a bank that was not invited": Case(
        errors.UninvitedError, uninvited, ("arguments.bank is bank-b, request Q1 invites bank-a",)
    ),
    "a bank that has not signed the agreement": Case(
        errors.UnsignedAgreementError, unsigned_agreement, ("bank-b has not signed",)
    ),
    "another quote than was committed to": Case(
        errors.RevealError, other_revelation, ("what bank-a reveals is not what it committed to",)
    ),
    "a bank that did not win": Case(errors.WinnerError, second_best, ("arguments.winner is bank-a", "must be bank-b")),
    "a payload for its owner": Case(errors.RecipientError, for_its_owner, (f"arguments.recipients names {OWNER}",)),
    "a payload for a bank without a key": Case(
        errors.KeyVersionError, without_a_key, ("bank-a has no current key: it must publish one first",)
    ),
    "a key of too few bytes": Case(
        errors.BadPublicKeyError,
        lambda stage: signed(stage, "keys.publish", {"key": "abcd", "organisation": "bank-a"}, "bank-a"),
        ("arguments.key has 2 bytes", "must have 32"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_is_refused(name: str) -> None:
    check(CASES[name])


@pytest.mark.parametrize("caller", ["quotes", "pledges", "", "RECEIVABLES", "receivables "])
def test_a_data_contract_refuses_every_other_controller(caller: str) -> None:
    """There is no call by which a stranger gets there, so this is not tried through a node."""
    state = State().write("fragments", {"A": {"amount": 5}})
    steps = [
        lambda: fragments.live(state, caller, "A"),
        lambda: fragments.exchange(state, caller, ["A"], [], "ab" * 32),
        lambda: fragments.rewrite(state, caller, {"A": {"amount": 6}}),
    ]
    for step in steps:
        with pytest.raises(errors.NotItsControllerError, match="the records of fragments accept receivables alone"):
            step()
    assert state.get("fragments", "A") == {"amount": 5}


def test_a_fragment_that_is_there_is_not_written_over() -> None:
    """Two ids that agree in 128 bits: somebody's money would be gone."""
    state = State().write("fragments", {f"{'ab' * 16}:0": {"amount": 5}})
    with pytest.raises(errors.AlreadyThereError, match="sign the transaction with another nonce"):
        fragments.exchange(state, "receivables", [], [{"amount": 9}], "ab" * 16 + "cd" * 16)


def cases() -> set[str]:
    named = [test_refusals_form.CASES, test_refusals_identity.CASES, CASES]
    found = {case.error.__name__ for one in named for case in one.values()}
    return found | {reject["refused"] for one in vectors() for reject in one.rejects()} | {"NotItsControllerError"}


def test_every_class_of_refusal_has_a_case() -> None:
    missing = set(refusals.__all__) - {"RefusalError"} - cases()
    assert not missing, f"give each a case here, in a file beside, or a reject among the vectors: {sorted(missing)}"


def test_nothing_raises_the_common_class_itself() -> None:
    root = Path(ledger.__file__).parent
    bare = [
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Raise)
        and getattr(getattr(node.exc, "func", None), "id", "") in ("RefusalError", "LedgerError")
    ]
    assert not bare


def test_every_refusal_is_below_the_errors_of_the_ledger() -> None:
    assert all(issubclass(getattr(errors, name), LedgerError) for name in refusals.__all__)
