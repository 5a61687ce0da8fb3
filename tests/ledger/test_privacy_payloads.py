"""The payload contract: registered, shared, withdrawn, purged, confirmed; every other step refused by name."""

from typing import Any

import pytest
from play import Play, agree, circulate
from privacy_sample import BANKS, OWNER, Circle, circle
from quoting import terms

from ledger.contracts.payloads import payload_of
from ledger.errors import (
    AlreadyThereError,
    BadFieldError,
    KeyVersionError,
    NotApprovedError,
    RecipientError,
    RefusalError,
    StatusError,
    UnknownMemberError,
    UnknownRecordError,
)
from ledger.suites import NAMES

Arguments = dict[str, Any]


@pytest.fixture(scope="module")
def founded() -> Circle:
    return circle(NAMES[0])


@pytest.fixture
def play(founded: Circle) -> Play:
    return founded.again().play


def recipient(organisation: str, key: int = 1) -> Arguments:
    return {"copy": "ab" * 32, "key": key, "organisation": organisation}


def registration(*recipients: str, **more: Any) -> Arguments:
    return {
        "about": "R1",
        "about_kind": "receivable",
        "ciphertext": "cd" * 32,
        "commitment": "ef" * 32,
        "owner": OWNER,
        "payload": "P1",
        "recipients": [recipient(one) for one in recipients],
        **more,
    }


def test_a_record_holds_digests_and_key_numbers(play: Play) -> None:
    play.do("payloads.register", registration("bank-a"), OWNER)
    assert payload_of(play.state, "P1") == {
        "about": "R1",
        "about_kind": "receivable",
        "ciphertext": "cd" * 32,
        "commitment": "ef" * 32,
        "owner": OWNER,
        "recipients": {"bank-a": {"copy": "ab" * 32, "key": 1, "withdrawn": False}},
        "status": "registered",
    }


def test_a_payload_belongs_to_a_receivable_or_a_request_that_is_there(play: Play) -> None:
    play.refuse(UnknownRecordError, "payloads.register", registration(about="R9"), OWNER)
    asked = registration(about="Q1", about_kind="request")
    play.refuse(UnknownRecordError, "payloads.register", asked, OWNER)
    agree(play, OWNER)
    play.do("quotes.publish", terms(play, circulate(play, "R2")), OWNER)
    play.do("payloads.register", asked, OWNER)


REFUSED: list[tuple[type[RefusalError], Arguments]] = [
    (UnknownMemberError, {"recipients": [recipient("bank-z")]}),
    (KeyVersionError, {"recipients": [recipient("bank-a", 2)]}),
    (RecipientError, {"recipients": [recipient("bank-a"), recipient("bank-a")]}),
    (RecipientError, {"recipients": [recipient(OWNER)]}),
    (NotApprovedError, {"owner": "core"}),
    (BadFieldError, {"recipients": [recipient("bank-a") | {"copy": "ab"}]}),
    (BadFieldError, {"recipients": [recipient("bank-a") | {"key": 0}]}),
    (BadFieldError, {"recipients": [recipient("bank-a") | {"salt": "ab" * 32}]}),
    (BadFieldError, {"recipients": ["bank-a"]}),
    (BadFieldError, {"recipients": [recipient("bank-a")] * 51}),
    (BadFieldError, {"about_kind": "rumour"}),
    (BadFieldError, {"commitment": "ef"}),
    (BadFieldError, {"price": 5}),
]


@pytest.mark.parametrize(("error", "change"), REFUSED)
def test_what_is_no_registration_is_refused(play: Play, error: type[RefusalError], change: Arguments) -> None:
    play.refuse(error, "payloads.register", registration() | change, OWNER)


def test_a_name_is_used_once(play: Play) -> None:
    play.do("payloads.register", registration(), OWNER)
    play.refuse(AlreadyThereError, "payloads.register", registration(owner="core"), "core")
    play.do("payloads.purge", {"payload": "P1"}, OWNER)
    play.refuse(AlreadyThereError, "payloads.register", registration(), OWNER)


def test_a_copy_for_a_key_that_is_replaced_or_withdrawn_is_refused(founded: Circle) -> None:
    ring = founded.again()
    ring.publish_key("bank-a")
    said = ring.play.refuse(KeyVersionError, "payloads.register", registration("bank-a"), OWNER)
    assert "arguments.recipients.key is 1, the current key of bank-a is number 2" in said
    ring.play.do("keys.withdraw", {"number": 1, "organisation": "bank-b"}, "bank-b")
    ring.play.refuse(KeyVersionError, "payloads.register", registration("bank-b"), OWNER)


def test_only_the_owner_shares_withdraws_and_purges(play: Play) -> None:
    play.do("payloads.register", registration("bank-a"), OWNER)
    for call, arguments in (
        ("payloads.share", {"recipients": [recipient("bank-b")]}),
        ("payloads.withdraw", {"recipient": "bank-a"}),
        ("payloads.purge", {}),
    ):
        play.refuse(NotApprovedError, call, {"payload": "P1", **arguments}, "bank-a", "core", f"{OWNER}/checker")
        play.refuse(UnknownRecordError, call, {"payload": "P2", **arguments}, OWNER)


def test_nobody_is_named_twice_but_with_a_new_key(founded: Circle) -> None:
    ring = founded.again()
    ring.play.do("payloads.register", registration("bank-a"), OWNER)
    share = {"payload": "P1", "recipients": [recipient("bank-a")]}
    ring.play.refuse(RecipientError, "payloads.share", share, OWNER)
    ring.play.refuse(RecipientError, "payloads.share", {"payload": "P1", "recipients": [recipient(OWNER)]}, OWNER)
    ring.publish_key("bank-a")
    ring.play.do("payloads.share", {"payload": "P1", "recipients": [recipient("bank-a", 2)]}, OWNER)
    assert payload_of(ring.play.state, "P1")["recipients"]["bank-a"]["key"] == 2


def test_only_a_recipient_is_withdrawn_and_once(play: Play) -> None:
    play.do("payloads.register", registration("bank-a"), OWNER)
    play.refuse(RecipientError, "payloads.withdraw", {"payload": "P1", "recipient": "bank-b"}, OWNER)
    play.do("payloads.withdraw", {"payload": "P1", "recipient": "bank-a"}, OWNER)
    play.refuse(RecipientError, "payloads.withdraw", {"payload": "P1", "recipient": "bank-a"}, OWNER)


def test_the_purge_receipt_says_when_and_by_whom_and_is_the_last_step(play: Play) -> None:
    play.do("payloads.register", registration("bank-a"), OWNER)
    play.now += 60
    play.do("payloads.purge", {"payload": "P1"}, OWNER, f"{OWNER}/checker", "bank-a")
    record = payload_of(play.state, "P1")
    assert record["status"] == "purged"
    assert record["purged_at"] == play.now
    assert record["purged_by"] == [f"checker of {OWNER}", f"maker of {OWNER}"]
    said = play.refuse(StatusError, "payloads.purge", {"payload": "P1"}, OWNER)
    assert f"purged at {play.now}" in said
    play.refuse(StatusError, "payloads.share", {"payload": "P1", "recipients": [recipient("bank-b")]}, OWNER)
    play.refuse(StatusError, "payloads.withdraw", {"payload": "P1", "recipient": "bank-a"}, OWNER)


def test_a_recipient_confirms_once_and_after_the_purge(play: Play) -> None:
    play.do("payloads.register", registration(*BANKS[:2]), OWNER)
    play.do("payloads.withdraw", {"payload": "P1", "recipient": "bank-b"}, OWNER)
    mine = {"payload": "P1", "recipient": "bank-a"}
    play.refuse(StatusError, "payloads.confirm", mine, "bank-a")
    play.do("payloads.purge", {"payload": "P1"}, OWNER)
    play.refuse(NotApprovedError, "payloads.confirm", mine, OWNER, "bank-b")
    play.refuse(RecipientError, "payloads.confirm", {"payload": "P1", "recipient": "bank-c"}, "bank-c")
    play.now += 5
    play.do("payloads.confirm", mine, "bank-a")
    play.do("payloads.confirm", {"payload": "P1", "recipient": "bank-b"}, "bank-b")
    play.refuse(AlreadyThereError, "payloads.confirm", mine, "bank-a")
    assert payload_of(play.state, "P1")["confirmed"] == {"bank-a": play.now, "bank-b": play.now}
