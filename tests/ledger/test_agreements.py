"""The master agreement: proposed, signed once, referred to by hash, in one version at a time."""

import ledger_sample
import pytest
from play import TEXT, Play, agree

from ledger.contracts import agreements
from ledger.errors import (
    AlreadyThereError,
    NotApprovedError,
    OldVersionError,
    TermError,
    UnknownMemberError,
    UnknownRecordError,
    UnsignedAgreementError,
)
from ledger.genesis import opening_state

NEXT = "ef" * 32


@pytest.fixture
def play(people: ledger_sample.Consortium) -> Play:
    return Play(opening_state(people.genesis), ledger_sample.START)


def proposal(play: Play, digest: str = TEXT, *, after: int = 0, keeper: str = "core") -> dict[str, object]:
    return {"agreement": "forfaiting", "digest": digest, "from": play.now + after, "keeper": keeper}


def signature(organisation: str, digest: str = TEXT) -> dict[str, str]:
    return {"digest": digest, "organisation": organisation}


def test_who_has_signed_the_version_in_force_may_deal(play: Play) -> None:
    agree(play, "bank-a")
    agreements.check_signed(play.state, TEXT, "bank-a", play.now)
    with pytest.raises(UnsignedAgreementError, match="bank-b has not signed"):
        agreements.check_signed(play.state, TEXT, "bank-b", play.now)


def test_a_later_version_counts_from_its_moment_and_is_signed_before(play: Play) -> None:
    agree(play, "bank-a", "bank-b")
    play.do("agreements.propose", proposal(play, NEXT, after=100), "core")
    play.do("agreements.sign", signature("bank-a", NEXT), "bank-a")
    for name in ("bank-a", "bank-b"):
        agreements.check_signed(play.state, NEXT, name, play.now + 99)
    agreements.check_in_force(play.state, TEXT, play.now + 99, "agreement")
    agreements.check_signed(play.state, TEXT, "bank-a", play.now + 100)
    with pytest.raises(UnsignedAgreementError, match=f"bank-b has not signed {NEXT}"):
        agreements.check_signed(play.state, TEXT, "bank-b", play.now + 100)
    with pytest.raises(OldVersionError, match=f"version {NEXT} is in force"):
        agreements.check_in_force(play.state, TEXT, play.now + 100, "agreement")
    agreements.check_in_force(play.state, NEXT, play.now + 100, "agreement")


def test_before_its_first_version_counts_nobody_has_an_agreement(play: Play) -> None:
    play.do("agreements.propose", proposal(play, after=100), "core")
    play.do("agreements.sign", signature("bank-a"), "bank-a")
    with pytest.raises(OldVersionError, match="none yet"):
        agreements.check_in_force(play.state, TEXT, play.now, "agreement")
    with pytest.raises(UnsignedAgreementError, match="has not signed any text"):
        agreements.check_signed(play.state, TEXT, "bank-a", play.now)


def test_nobody_signs_twice_or_for_another(play: Play) -> None:
    agree(play, "bank-a")
    play.refuse(AlreadyThereError, "agreements.sign", signature("bank-a"), "bank-a")
    play.refuse(NotApprovedError, "agreements.sign", signature("bank-b"), "bank-a")
    play.refuse(NotApprovedError, "agreements.sign", signature("bank-b"), "bank-b/checker")
    play.refuse(UnknownMemberError, "agreements.sign", signature("bank-z"), "bank-a")


def test_an_old_or_unknown_text_is_not_signed(play: Play) -> None:
    play.refuse(UnknownRecordError, "agreements.sign", signature("bank-a"), "bank-a")
    agree(play)
    play.do("agreements.propose", proposal(play, NEXT, after=100), "core")
    play.now += 100
    play.refuse(OldVersionError, "agreements.sign", signature("bank-a"), "bank-a")


def test_only_its_keeper_proposes_a_later_version(play: Play) -> None:
    play.refuse(NotApprovedError, "agreements.propose", proposal(play), "bank-a")
    play.refuse(UnknownMemberError, "agreements.propose", proposal(play, keeper="bank-z"), "bank-a")
    agree(play)
    play.refuse(NotApprovedError, "agreements.propose", proposal(play, NEXT, after=1), "bank-a")
    play.refuse(NotApprovedError, "agreements.propose", proposal(play, NEXT, after=1, keeper="bank-a"), "bank-a")
    both = ("core", "bank-a")
    play.refuse(AlreadyThereError, "agreements.propose", proposal(play, NEXT, after=1, keeper="bank-a"), *both)


def test_a_text_is_proposed_once_under_whatever_name(play: Play) -> None:
    agree(play)
    play.refuse(AlreadyThereError, "agreements.propose", proposal(play, after=1), "core")
    other = proposal(play, after=1, keeper="bank-a") | {"agreement": "factoring"}
    play.refuse(AlreadyThereError, "agreements.propose", other, "bank-a")


def test_a_version_counts_neither_before_its_block_nor_before_an_earlier_version(play: Play) -> None:
    play.refuse(TermError, "agreements.propose", proposal(play, after=-1), "core")
    agree(play)
    play.refuse(TermError, "agreements.propose", proposal(play, NEXT), "core")
    play.do("agreements.propose", proposal(play, NEXT, after=1), "core")
