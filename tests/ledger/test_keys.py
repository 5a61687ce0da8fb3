"""The key contract: published, replaced, withdrawn, and by nobody else."""

import ledger_sample
import numpy as np
import pytest
from play import Play

from ledger.contracts import keys
from ledger.errors import (
    AlreadyThereError,
    BadFieldError,
    BadPublicKeyError,
    KeyVersionError,
    NotApprovedError,
    StatusError,
    UnknownMemberError,
    UnknownRecordError,
)
from ledger.genesis import opening_state


@pytest.fixture
def play(people: ledger_sample.Consortium) -> Play:
    return Play(opening_state(people.genesis), ledger_sample.START)


def key(people: ledger_sample.Consortium, seed: int) -> str:
    return people.suite.recipient_key(np.random.default_rng(seed).bytes(32)).hex()


def publish(people: ledger_sample.Consortium, seed: int, organisation: str = "bank-a") -> dict[str, str]:
    return {"key": key(people, seed), "organisation": organisation}


def test_the_next_key_replaces_the_last_and_both_stay_on_record(people: ledger_sample.Consortium, play: Play) -> None:
    play.do("keys.publish", publish(people, 1), "bank-a")
    assert keys.current_key(play.state, "bank-a") == (1, bytes.fromhex(key(people, 1)))
    first_day, play.now = play.now, play.now + 60
    play.do("keys.publish", publish(people, 2), "bank-a")
    assert keys.current_key(play.state, "bank-a") == (2, bytes.fromhex(key(people, 2)))
    assert keys.key_of(play.state, "bank-a", 1) == {
        "key": key(people, 1),
        "since": first_day,
        "status": "replaced",
        "until": play.now,
    }


def test_once_the_current_key_is_withdrawn_there_is_none(people: ledger_sample.Consortium, play: Play) -> None:
    play.do("keys.publish", publish(people, 1), "bank-a")
    play.do("keys.withdraw", {"number": 1, "organisation": "bank-a"}, "bank-a")
    assert keys.key_of(play.state, "bank-a", 1)["status"] == "withdrawn"
    with pytest.raises(KeyVersionError, match="bank-a has no current key"):
        keys.current_key(play.state, "bank-a")
    play.do("keys.publish", publish(people, 2), "bank-a")
    assert keys.current_key(play.state, "bank-a")[0] == 2


def test_withdrawing_an_old_key_leaves_the_current_one(people: ledger_sample.Consortium, play: Play) -> None:
    play.do("keys.publish", publish(people, 1), "bank-a")
    play.do("keys.publish", publish(people, 2), "bank-a")
    play.do("keys.withdraw", {"number": 1, "organisation": "bank-a"}, "bank-a")
    assert keys.current_key(play.state, "bank-a")[0] == 2


def test_another_organisation_can_not_publish_or_withdraw(people: ledger_sample.Consortium, play: Play) -> None:
    play.refuse(NotApprovedError, "keys.publish", publish(people, 1), "bank-b")
    play.refuse(NotApprovedError, "keys.publish", publish(people, 1), "bank-a/checker")
    play.do("keys.publish", publish(people, 1), "bank-a")
    play.refuse(NotApprovedError, "keys.withdraw", {"number": 1, "organisation": "bank-a"}, "bank-b", "core")


def test_who_is_no_member_has_no_key(people: ledger_sample.Consortium, play: Play) -> None:
    play.refuse(UnknownMemberError, "keys.publish", publish(people, 1, "bank-z"), "bank-a")
    play.do("members.dismiss", {"name": "bank-b"}, *(f"{one.name}/admin" for one in people.genesis.members))
    play.refuse(UnknownMemberError, "keys.publish", publish(people, 1, "bank-b"), "bank-b")


def test_a_key_is_published_once(people: ledger_sample.Consortium, play: Play) -> None:
    play.do("keys.publish", publish(people, 1), "bank-a")
    play.do("keys.withdraw", {"number": 1, "organisation": "bank-a"}, "bank-a")
    said = play.refuse(AlreadyThereError, "keys.publish", publish(people, 1), "bank-a")
    assert "as number 1" in said


@pytest.mark.parametrize("length", [1, 31, 33, 64, 200])
def test_a_key_of_another_length_is_refused(play: Play, length: int) -> None:
    wrong = {"key": "09" * length, "organisation": "bank-a"}
    assert "bytes" in play.refuse(BadPublicKeyError, "keys.publish", wrong, "bank-a")


@pytest.mark.parametrize("point", [0, 1, 2**255 - 20, 2**255 - 19, 2**255 - 18, 2**255 - 10, 2**255 + 9])
def test_a_point_with_which_no_secret_can_be_shared_is_refused(play: Play, point: int) -> None:
    wrong = {"key": point.to_bytes(32, "little").hex(), "organisation": "bank-a"}
    assert "not a point" in play.refuse(BadPublicKeyError, "keys.publish", wrong, "bank-a")


@pytest.mark.parametrize("wrong", ["", "9", "0G", "AB" * 32, 5, None, "09" * 201])
def test_what_is_not_hexadecimal_is_no_key(play: Play, wrong: object) -> None:
    play.refuse(BadFieldError, "keys.publish", {"key": wrong, "organisation": "bank-a"}, "bank-a")


def test_a_key_is_withdrawn_once_and_must_be_there(people: ledger_sample.Consortium, play: Play) -> None:
    play.refuse(UnknownRecordError, "keys.withdraw", {"number": 1, "organisation": "bank-a"}, "bank-a")
    play.do("keys.publish", publish(people, 1), "bank-a")
    play.do("keys.withdraw", {"number": 1, "organisation": "bank-a"}, "bank-a")
    play.refuse(StatusError, "keys.withdraw", {"number": 1, "organisation": "bank-a"}, "bank-a")
    play.refuse(UnknownRecordError, "keys.withdraw", {"number": 2, "organisation": "bank-a"}, "bank-a")


def test_a_check_names_the_current_number(people: ledger_sample.Consortium, play: Play) -> None:
    play.do("keys.publish", publish(people, 1), "bank-a")
    play.do("keys.publish", publish(people, 2), "bank-a")
    keys.check_current_key(play.state, "bank-a", 2, "arguments.key")
    for number in (1, 3):
        with pytest.raises(KeyVersionError, match="the current key of bank-a is number 2"):
            keys.check_current_key(play.state, "bank-a", number, "arguments.key")


@pytest.fixture(scope="module")
def national() -> ledger_sample.Consortium:
    return ledger_sample.consortium(suite="sm2-sm3-sm4")


def test_on_the_national_suite_a_key_is_a_point_of_its_curve(national: ledger_sample.Consortium) -> None:
    play = Play(opening_state(national.genesis), ledger_sample.START)
    point = key(national, 1)
    play.do("keys.publish", publish(national, 1), "bank-a")
    assert keys.current_key(play.state, "bank-a") == (1, bytes.fromhex(point))
    for wrong, says in (
        (point[2:66], "32 bytes"),
        ("02" + point[2:66], "33 bytes"),
        ("06" + point[2:], "another way"),
        (point[:-2] + f"{int(point[-2:], 16) ^ 1:02x}", "not a point"),
        ("04" + "00" * 64, "not a point"),
        ("04" + "ff" * 64, "not a point"),
    ):
        said = play.refuse(BadPublicKeyError, "keys.publish", {"key": wrong, "organisation": "bank-a"}, "bank-a")
        assert says in said
