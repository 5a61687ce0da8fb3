"""What refusals of keys, payloads, agreements, members and versions say, and of what is stale."""

from collections.abc import Mapping
from typing import Any

import ledger_sample
import pytest
from play import TEXT, Play, agree, circulate

from ledger import errors
from ledger.contracts import agreements, keys
from ledger.genesis import opening_state
from ledger.replays import check_fresh, check_times, remember
from ledger.state import State

START = ledger_sample.START


CORE, PARTS, SCREWS, BANK = "core", "maker-of-parts", "maker-of-screws", "bank-a"

ALL = (CORE, PARTS, SCREWS, BANK, "bank-b")

Given = Mapping[str, Any]


@pytest.fixture
def play(people: ledger_sample.Consortium) -> Play:
    return Play(opening_state(people.genesis), START)


def says(play: Play, error: str, call: str, given: Given, *by: str) -> str:
    return play.refuse(getattr(errors, error), call, given, *by)


def key(people: ledger_sample.Consortium, seed: int) -> str:
    return people.suite.recipient_key(bytes([seed]) * 32).hex()


def test_keys(play: Play, people: ledger_sample.Consortium) -> None:
    one = {"key": key(people, 1), "organisation": BANK}
    assert says(play, "UnknownMemberError", "keys.publish", one | {"organisation": "z"}, BANK) == (
        "arguments.organisation is z: no such organisation is a member"
    )
    assert says(play, "BadPublicKeyError", "keys.publish", one | {"key": "ab" * 31}, BANK) == (
        "arguments.key has 31 bytes, one of ed25519-sha256-aesgcm must have 32"
    )
    play.do("keys.publish", one, BANK)
    assert says(play, "AlreadyThereError", "keys.publish", one, BANK) == (
        f"arguments.key is '{one['key']}': {BANK} has published it before, as number 1"
    )
    with pytest.raises(errors.KeyVersionError) as caught:
        keys.check_current_key(play.state, BANK, 2, "arguments.number")
    assert str(caught.value) == f"arguments.number is 2, the current key of {BANK} is number 1"
    play.do("keys.withdraw", {"number": 1, "organisation": BANK}, BANK)
    assert says(play, "StatusError", "keys.withdraw", {"number": 1, "organisation": BANK}, BANK) == (
        f"key {BANK}:1 is withdrawn already, since {START}"
    )
    assert says(play, "UnknownRecordError", "keys.withdraw", {"number": 2, "organisation": BANK}, BANK) == (
        f"there is no key {BANK}:2"
    )


def test_payloads(play: Play, people: ledger_sample.Consortium) -> None:
    play.do("keys.publish", {"key": key(people, 1), "organisation": BANK}, BANK)
    circulate(play)
    share = {"copy": "ab" * 32, "key": 1, "organisation": BANK}
    papers = {
        **{"about": "R1", "about_kind": "receivable", "ciphertext": "cd" * 32, "commitment": "ef" * 32},
        **{"owner": CORE, "payload": "P1", "recipients": [share]},
    }
    for error, change, sentence in (
        ("UnknownRecordError", {"about": "R9"}, "there is no receivable R9"),
        ("UnknownRecordError", {"about": "Q9", "about_kind": "request"}, "there is no request Q9"),
        (
            *("RecipientError", {"recipients": [share, share]}),
            f"arguments.recipients names {BANK}, who is the owner, or named already",
        ),
        (
            *("UnknownMemberError", {"recipients": [share | {"organisation": "z"}]}),
            "arguments.recipients.organisation is z: no such organisation is a member",
        ),
        (
            *("KeyVersionError", {"recipients": [share | {"key": 7}]}),
            f"arguments.recipients.key is 7, the current key of {BANK} is number 1",
        ),
    ):
        assert says(play, error, "payloads.register", papers | change, CORE) == sentence
    play.do("payloads.register", papers, CORE)
    assert says(play, "AlreadyThereError", "payloads.register", papers, CORE) == (
        "arguments.payload is P1: there is one of that name, choose another"
    )
    named = {"payload": "P1", "recipient": BANK}
    assert says(play, "StatusError", "payloads.confirm", named, BANK) == (
        "payload P1 is registered: its owner purges it first"
    )
    for call, sentence in (
        ("payloads.withdraw", "arguments.recipient is bank-b, it must be a recipient of payload P1"),
        ("payloads.confirm", "arguments.recipient is bank-b, it must have been a recipient of payload P1"),
    ):
        assert says(play, "RecipientError", call, named | {"recipient": "bank-b"}, CORE, "bank-b") == sentence
    play.do("payloads.withdraw", named, CORE)
    assert says(play, "RecipientError", "payloads.withdraw", named, CORE) == (
        f"arguments.recipient is {BANK}, it must be a recipient of payload P1"
    )
    play.now += 1
    play.do("payloads.purge", {"payload": "P1"}, CORE, BANK)
    record = play.state.get("payloads", "P1")
    assert record is not None
    assert {name: record[name] for name in ("about", "confirmed", "purged_at", "purged_by", "status")} == (
        {"about": "R1", "confirmed": {}, "purged_at": START + 1, "purged_by": [f"maker of {CORE}"], "status": "purged"}
    )
    assert says(play, "StatusError", "payloads.purge", {"payload": "P1"}, CORE) == (
        f"payload P1 was purged at {START + 1}: nothing can be done with it any more"
    )
    play.do("payloads.confirm", named, BANK)
    assert play.state.everything()["payloads"]["P1"]["confirmed"] == {BANK: START + 1}
    assert says(play, "AlreadyThereError", "payloads.confirm", named, BANK) == (
        f"{BANK} has confirmed the purge of payload P1 already"
    )


def test_agreements(play: Play) -> None:
    wish = {"agreement": "forfaiting", "digest": TEXT, "from": START, "keeper": CORE}
    late = f"arguments.from is {START - 1}, it must be at least {START}: after the block, and the last version"
    assert says(play, "TermError", "agreements.propose", wish | {"from": START - 1}, CORE) == late
    assert says(play, "UnknownMemberError", "agreements.propose", wish | {"keeper": "z"}, CORE) == (
        "arguments.keeper is z: no such organisation is a member"
    )
    play.do("agreements.propose", wish, CORE)
    assert says(play, "AlreadyThereError", "agreements.propose", wish, CORE) == (
        f"arguments.digest is {TEXT}: that text has been proposed already"
    )
    other = wish | {"digest": "ef" * 32, "keeper": BANK}
    assert says(play, "AlreadyThereError", "agreements.propose", other, CORE) == (
        "arguments.agreement is forfaiting: core keeps it, choose another name"
    )
    assert says(play, "TermError", "agreements.propose", other | {"keeper": CORE}, CORE) == (
        f"arguments.from is {START}, it must be at least {START + 1}: after the block, and the last version"
    )
    sign = {"digest": TEXT, "organisation": BANK}
    assert says(play, "UnknownMemberError", "agreements.sign", sign | {"organisation": "z"}, BANK) == (
        "arguments.organisation is z: no such organisation is a member"
    )
    assert says(play, "UnknownRecordError", "agreements.sign", sign | {"digest": "00" * 32}, BANK) == (
        f"there is no agreement with the digest {'00' * 32}"
    )
    play.do("agreements.sign", sign, BANK)
    assert says(play, "AlreadyThereError", "agreements.sign", sign, BANK) == (
        f"{BANK} has signed {TEXT} already: once is enough"
    )
    play.now += 1
    play.do("agreements.propose", other | {"from": START + 1, "keeper": CORE}, CORE)
    assert says(play, "OldVersionError", "agreements.sign", {"digest": TEXT, "organisation": PARTS}, PARTS) == (
        f"arguments.digest is {TEXT}, of forfaiting the later version {'ef' * 32} is in force"
    )


def test_an_agreement_that_is_still_to_come_binds_nobody(play: Play) -> None:
    wish = {"agreement": "forfaiting", "digest": TEXT, "from": START + 5, "keeper": CORE}
    play.do("agreements.propose", wish, CORE)
    play.do("agreements.sign", {"digest": TEXT, "organisation": BANK}, BANK)
    with pytest.raises(errors.OldVersionError) as caught:
        agreements.check_in_force(play.state, TEXT, START + 4, "here")
    assert str(caught.value) == f"here is {TEXT}, of forfaiting the version (none yet) is in force"
    with pytest.raises(errors.UnsignedAgreementError) as unsigned:
        agreements.check_signed(play.state, TEXT, BANK, START + 4)
    assert str(unsigned.value) == f"{BANK} has not signed any text, the version of forfaiting in force"
    agreements.check_signed(play.state, TEXT, BANK, START + 5)


def test_members_and_versions(play: Play) -> None:
    admins = [f"{one}/admin" for one in ALL]
    assert says(play, "UnknownMemberError", "members.dismiss", {"name": "z"}, *admins) == (
        "z is not a member of this ledger"
    )
    assert says(play, "OldVersionError", "versions.adopt", {"contract": "pledges", "version": 1}, *ALL) == (
        "arguments.version is 1, it must be later than 1, which is in force"
    )
    assert says(play, "UnknownContractError", "versions.adopt", {"contract": "pledges", "version": 9}, *ALL) == (
        "arguments.version is 9: there is no contract pledges in that version here"
    )


def test_what_is_stale_or_lasts_too_long() -> None:
    with pytest.raises(errors.ExpiredTransactionError) as late:
        check_times(100, 101, 50)
    with pytest.raises(errors.TooLongValidError) as long:
        check_times(151, 100, 50)
    for acceptable in ((100, 100, 50), (150, 100, 50)):
        check_times(*acceptable)
    with pytest.raises(errors.ReplayedError) as again:
        check_fresh(remember(State(), "ab", 100), "ab", 100, 60, 50)
    assert [str(one.value) for one in (late, long, again)] == [
        "body.valid_until is 100, it must not be before the block's time 101",
        "body.valid_until is 151, it must be at most 50 seconds after the block's time 100",
        "transaction ab is in the log already",
    ]


def test_whoever_signs_for_another_is_told_whose_approval_is_lacking(play: Play) -> None:
    agree(play, BANK)
    assert says(play, "NotApprovedError", "agreements.sign", {"digest": TEXT, "organisation": PARTS}, BANK) == (
        f"agreements.sign lacks the approval of {PARTS}: nobody with the role maker has signed for it"
    )
