"""Who may sign on a ledger, and who may not any more: each refusal by its name, in both suites."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import ledger_sample
import pytest
from ledger_sample import START, YEAR, Consortium

from ledger.identity import authority_certificate, issue, revocation_list
from ledger.node import Node, Receipt, found
from ledger.stores import MemoryStore
from ledger.suites import NAMES
from ledger.wallet import Wallet, sign, wallet


class Stage(NamedTuple):
    """A consortium with an open ledger, whose clock the test sets."""

    people: Consortium
    node: Node
    clock: list[int]

    def submit(self, transaction: bytes) -> str:
        """Return the name of the rule that refused, or an empty text."""
        (answer,) = self.node.submit([transaction])
        return "" if isinstance(answer, Receipt) else answer.rule

    def call(self, name: str, arguments: dict[str, Any], *by: Wallet) -> str:
        body = self.people.body(name, arguments, valid_until=self.clock[0] + 60)
        return self.submit(sign(self.people.suite, body, by))

    def register(self, certificate: bytes) -> str:
        return self.call("members.register", {"certificate": certificate.hex()}, self.people.wallets["core", "admin"])

    def revoke(self, number: int, *serials: int, organisation: str = "core", issuer: str = "core") -> str:
        der = revocation_list(
            self.people.suite,
            self.people.authorities[issuer],
            issuer,
            number=number,
            this_update=START,
            next_update=START + YEAR,
            withdrawn=dict.fromkeys(serials, START),
        )
        arguments = {"organisation": organisation, "revocations": der.hex()}
        return self.call("members.revoke", arguments, self.people.wallets[organisation, "admin"])

    def draft(self, by: Wallet, name: str) -> str:
        terms = {
            "acceptor": "core",
            "amount": 100,
            "due": START + YEAR,
            "holder": "bank-a",
            "invoice": "ab" * 32,
            "obligor": "core",
            "receivable": name,
            "recourse": False,
        }
        return self.call("receivables.draft", terms, by)

    def person(self, serial: int = 900, **changes: Any) -> Wallet:
        private = changes.pop("private", bytes([serial % 251]) * 32)
        given = {
            "role": "maker",
            "name": f"person {serial}",
            "not_before": START - 5,
            "not_after": START + YEAR,
            **changes,
        }
        authority = given.pop("authority", self.people.authorities["core"])
        suite = self.people.suite
        der = issue(
            suite,
            authority,
            given.pop("organisation", "core"),
            public_key=suite.public_key(private),
            serial=serial,
            **given,
        )
        return wallet(suite, der, private)


@pytest.fixture(params=NAMES)
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    people = ledger_sample.consortium(suite=request.param)
    store, clock = MemoryStore(), [START + 5]
    found(store, people.genesis, people.operator)
    node = Node(store, people.operator, lambda: clock[0])
    yield Stage(people, node, clock)
    node.close()


def test_a_person_who_is_registered_signs(stage: Stage) -> None:
    newcomer = stage.person()
    assert stage.draft(newcomer, "R1") == "UnknownCertificateError"
    assert stage.register(newcomer.certificate) == ""
    assert stage.draft(newcomer, "R1") == ""


def test_a_certificate_counts_until_its_last_second(stage: Stage) -> None:
    newcomer = stage.person(not_after=START + 100)
    assert stage.register(newcomer.certificate) == ""
    stage.clock[0] = START + 100
    assert stage.draft(newcomer, "R1") == ""
    stage.clock[0] = START + 101
    assert stage.draft(newcomer, "R2") == "ExpiredCertificateError"
    assert stage.draft(stage.people.wallets["core", "maker"], "R2") == ""


def test_an_expired_certificate_is_not_registered(stage: Stage) -> None:
    assert stage.register(stage.person(not_after=START + 4).certificate) == "ExpiredCertificateError"


def test_a_certificate_of_tomorrow_is_not_registered(stage: Stage) -> None:
    newcomer = stage.person(not_before=START + 86_400)
    assert stage.register(newcomer.certificate) == "NotYetValidCertificateError"
    stage.clock[0] = START + 86_400
    assert stage.register(newcomer.certificate) == ""


def test_a_withdrawn_certificate_signs_no_more(stage: Stage) -> None:
    newcomer = stage.person(serial=900)
    assert stage.register(newcomer.certificate) == ""
    assert stage.draft(newcomer, "R1") == ""
    assert stage.revoke(1, 900) == ""
    assert stage.draft(newcomer, "R2") == "RevokedCertificateError"
    assert stage.draft(stage.people.wallets["core", "maker"], "R2") == ""


def test_a_certificate_that_was_withdrawn_before_it_came_does_not_sign(stage: Stage) -> None:
    newcomer = stage.person(serial=900)
    assert stage.revoke(1, 900) == ""
    assert stage.register(newcomer.certificate) == ""  # it is on record, as withdrawn
    assert stage.draft(newcomer, "R1") == "RevokedCertificateError"


def test_what_was_withdrawn_stays_so_when_a_later_list_leaves_it_out(stage: Stage) -> None:
    newcomer = stage.person(serial=900)
    assert stage.register(newcomer.certificate) == ""
    assert stage.revoke(1, 900) == ""
    assert stage.revoke(2) == ""
    assert stage.draft(newcomer, "R1") == "RevokedCertificateError"


def test_an_older_list_and_the_same_list_again_are_refused(stage: Stage) -> None:
    assert stage.revoke(5, 900) == ""
    assert stage.revoke(5, 901) == "OldRevocationsError"
    assert stage.revoke(4, 901) == "OldRevocationsError"
    assert stage.revoke(6, 901) == ""


def test_a_list_of_another_organisation_is_refused(stage: Stage) -> None:
    assert stage.revoke(1, 900, organisation="core", issuer="bank-a") == "ForeignCertificateError"
    assert stage.revoke(1, 2, organisation="bank-a", issuer="bank-a") == ""  # number 2 is core's maker
    assert stage.draft(stage.people.wallets["core", "maker"], "R1") == ""


def test_a_number_too_large_for_the_records_is_refused_and_the_node_goes_on(stage: Stage) -> None:
    assert stage.revoke(2**53, 900) == "BadCertificateError"
    assert stage.revoke(2**53 - 1, 900) == ""


FOREIGN: dict[str, tuple[str, dict[str, Any]]] = {
    "signed by another authority": ("ForeignCertificateError", {"authority": b"x" * 32}),
    "of an organisation that is none": ("UnknownMemberError", {"organisation": "bank-z", "authority": b"x" * 32}),
    "valid longer than its authority": ("ForeignCertificateError", {"not_after": START + 10 * YEAR}),
    "valid earlier than its authority": ("ForeignCertificateError", {"not_before": START - 2 * YEAR}),
}


@pytest.mark.parametrize(("rule", "changes"), FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_certificate_is_not_registered(stage: Stage, rule: str, changes: dict[str, Any]) -> None:
    assert stage.register(stage.person(**changes).certificate) == rule


def test_a_certificate_that_another_member_signed_is_not_registered(stage: Stage) -> None:
    newcomer = stage.person(organisation="core", authority=stage.people.authorities["bank-a"])
    assert stage.register(newcomer.certificate) == "ForeignCertificateError"


def test_an_authority_is_not_registered_as_a_person(stage: Stage) -> None:
    """It would sign transactions with the key that makes people."""
    authority = next(one for one in stage.people.genesis.members if one.name == "core").authority
    assert stage.register(bytes.fromhex(authority)) == "ForeignCertificateError"
    copied = stage.person(private=stage.people.authorities["core"])
    assert stage.register(copied.certificate) == "ForeignCertificateError"


def test_a_second_authority_is_not_registered(stage: Stage) -> None:
    second = authority_certificate(
        stage.people.suite, b"y" * 32, "core", serial=901, not_before=START - 5, not_after=START + YEAR
    )
    assert stage.register(second) == "ForeignCertificateError"


def test_a_certificate_of_the_other_suite_is_not_registered(stage: Stage) -> None:
    other = ledger_sample.consortium(suite=next(one for one in NAMES if one != stage.people.suite.name))
    assert stage.register(other.wallets["core", "maker"].certificate) == "BadCertificateError"


@pytest.mark.parametrize("broken", [b"\x30", b"\x30\x80", b"\xff" * 100, bytes(16_384)])
def test_bytes_that_are_no_certificate_are_refused(stage: Stage, broken: bytes) -> None:
    assert stage.register(broken) == "BadCertificateError"
    assert stage.draft(stage.people.wallets["core", "maker"], "R1") == ""


def test_a_certificate_is_registered_once(stage: Stage) -> None:
    newcomer = stage.person()
    assert stage.register(newcomer.certificate) == ""
    assert stage.register(newcomer.certificate) == "AlreadyThereError"


def test_refusals_are_counted_by_name(stage: Stage) -> None:
    stage.register(b"\x30")
    stage.revoke(1, issuer="bank-a")
    assert stage.node.refusals == {"BadCertificateError": 1, "ForeignCertificateError": 1}
