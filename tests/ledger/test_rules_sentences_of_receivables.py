"""What refusals of receivables, fragments and pledges say: the field, its value and what would be right."""

from collections.abc import Mapping
from typing import Any

import ledger_sample
import pytest
from play import Play, circulate

from ledger import errors
from ledger.contracts import circulation
from ledger.genesis import opening_state

DAY, START = 86_400, ledger_sample.START

DUE = START + 90 * DAY

CORE, PARTS, BANK = "core", "maker-of-parts", "bank-a"

Given = Mapping[str, Any]


@pytest.fixture
def play(people: ledger_sample.Consortium) -> Play:
    return Play(opening_state(people.genesis), START)


def says(play: Play, error: str, call: str, given: Given, *by: str) -> str:
    return play.refuse(getattr(errors, error), call, given, *by)


def test_receivables_that_are_drawn_up(play: Play) -> None:
    terms = {
        **{"acceptor": CORE, "amount": 5, "due": START + 60, "holder": PARTS, "invoice": "ab" * 32},
        **{"obligor": CORE, "receivable": "R1", "recourse": True},
    }
    for error, change, sentence in (
        ("UnknownMemberError", {"acceptor": "z"}, "arguments.acceptor is z: no such organisation is a member"),
        ("PayeeError", {"holder": CORE}, "arguments.holder is core, who would owe the money to itself"),
        ("PayeeError", {"acceptor": PARTS}, f"arguments.holder is {PARTS}, who would owe the money to itself"),
        ("MaturityError", {"due": START}, f"arguments.due is {START}, it must be after the block's time {START}"),
    ):
        assert says(play, error, "receivables.draft", terms | change, CORE) == sentence
    play.do("receivables.draft", terms, CORE)
    assert says(play, "AlreadyThereError", "receivables.draft", terms, CORE) == (
        "arguments.receivable is R1: there is one of that name, choose another"
    )
    assert says(play, "StatusError", "receivables.accept", {"receivable": "R1"}, CORE) == (
        "receivable R1 is draft, for accept it must be issued"
    )
    before = play.state
    play.now = START + 60
    late = f"receivable R1 was due at {START + 60}: it is too late to issue it, cancel it"
    assert says(play, "MaturityError", "receivables.issue", {"receivable": "R1"}, CORE) == late
    play.do("receivables.cancel", {"receivable": "R1"}, CORE)
    play.state, play.now = before, START
    play.do("receivables.issue", {"receivable": "R1"}, CORE)
    play.now = START + 60
    late = f"receivable R1 was due at {START + 60}: it is too late to accept it, cancel it"
    assert says(play, "MaturityError", "receivables.accept", {"receivable": "R1"}, CORE) == late


def test_fragments_that_move(play: Play) -> None:
    name = circulate(play)

    def moved(error: str, call: str, **given: Any) -> str:
        return says(play, error, f"receivables.{call}", given, PARTS, CORE).replace(name, "F")

    def pay(*payees: tuple[str, int]) -> list[dict[str, Any]]:
        return [{"amount": amount, "to": to} for to, amount in payees]

    assert moved("PayeeError", "transfer", fragment=name, to=PARTS) == (
        f"arguments.to is {PARTS}, who owns fragment F: name another member"
    )
    assert moved("UnknownMemberError", "transfer", fragment=name, to="z") == (
        "arguments.to is z: no such organisation is a member"
    )
    twice = "who is named before or owns it: give each payee once"
    assert moved("PayeeError", "pay_on", fragment=name, payees=pay((BANK, 1), (BANK, 1))) == (
        f"arguments.payees[1].to is {BANK}, {twice}"
    )
    assert moved("PayeeError", "pay_on", fragment=name, payees=pay((PARTS, 1))) == (
        f"arguments.payees[0].to is {PARTS}, {twice}"
    )
    assert moved("UnknownMemberError", "pay_on", fragment=name, payees=pay((BANK, 1), ("z", 1))) == (
        "arguments.payees[1].to is z: no such organisation is a member"
    )
    assert moved("SumError", "pay_on", fragment=name, payees=pay((BANK, 1_000_000), (CORE, 2))) == (
        "arguments.payees come to 1000002 fen, fragment F holds 1000000"
    )
    parts = "fen, fragment F holds 1000000: give two parts or more that come to it, or less"
    for amounts in ([1_000_000], [999_999, 2]):
        assert moved("SumError", "split", amounts=amounts, fragment=name) == (
            f"arguments.amounts come to {sum(amounts)} {parts}"
        )
    assert moved("DoubleSpendError", "merge", fragments=[name, name]) == (
        "arguments.fragments names one fragment twice: give each once"
    )
    assert moved("DoubleSpendError", "redeem", fragments=[name, name]) == (
        "arguments.fragments names one fragment twice: give each once"
    )
    other = circulate(play, "R2")
    assert moved("MergeError", "merge", fragments=[name, other]).replace(other, "G") == (
        "fragment G has another receivable than F: only equals can be merged"
    )
    assert moved("MergeError", "redeem", fragments=[name, other]) == (
        "arguments.fragments are of several receivables: redeem one at a time"
    )
    for call, given in (("redeem", {"fragments": [name]}), ("default", {"fragment": name, "receivable": "R1"})):
        assert moved("MaturityError", call, **given) == (
            f"receivable R1 is due at {DUE}, after the block's time {START}"
        )
    assert moved("StatusError", "recourse", fragment=name) == (
        "receivable R1 is accepted, recourse needs a default on record"
    )
    play.now = DUE
    assert moved("MaturityError", "transfer", fragment=name, to=BANK) == (
        f"receivable R1 was due at {DUE}: from then on it is redeemed, not moved"
    )
    assert moved("MergeError", "default", fragment=other, receivable="R1") == (
        "arguments.fragment is one of R2, it must be one of R1"
    )
    play.do("receivables.default", {"fragment": name, "receivable": "R1"}, PARTS)
    assert moved("StatusError", "transfer", fragment=name, to=BANK) == (
        "receivable R1 is defaulted, to move it must be accepted"
    )
    assert moved("NoRecourseError", "recourse", fragment=name) == (
        "nobody is liable for fragment F but core, who accepted it"
    )


def test_pledges(play: Play) -> None:
    name = circulate(play)
    wish = {"fragment": name, "pledgee": BANK, "registration": "P1", "until": START + 60}

    def refused(error: str, call: str, **given: Any) -> str:
        return says(play, error, f"pledges.{call}", given, PARTS, BANK).replace(name, "F")

    assert refused("TermError", "pledge", **wish | {"until": START}) == (
        f"arguments.until is {START}, it must be after the block's time {START}"
    )
    assert (
        refused("PayeeError", "pledge", **wish | {"pledgee": PARTS})
        == f"arguments.pledgee is {PARTS}, the owner itself"
    )
    assert refused("UnknownMemberError", "pledge", **wish | {"pledgee": "z"}) == (
        "arguments.pledgee is z: no such organisation is a member"
    )
    play.do("pledges.pledge", wish, PARTS, BANK)
    assert refused("RegistrationError", "pledge", **wish) == (
        "arguments.registration is P1: that number is used already"
    )
    assert refused("LockedError", "pledge", **wish | {"registration": "P2"}) == (
        "fragment F is locked by pledges/P1: it does not move until released"
    )
    assert refused("TermError", "enforce", registration="P1") == (
        f"pledge P1 runs until {START + 60}: it can be enforced after that"
    )
    play.now = START + 60
    for until, earliest, now in ((START + 60, START + 60, START + 60), (START + 70, START + 70, START + 70)):
        play.now = now
        assert refused("TermError", "extend", registration="P1", until=until) == (
            f"arguments.until is {until}, it must be after {earliest}: the term so far, and the block's time"
        )
    play.do("pledges.release", {"registration": "P1"}, BANK)
    assert refused("StatusError", "release", registration="P1") == "pledge P1 is released, it must be pledged"


def test_whoever_opens_the_lock_of_another_is_told_whose_it_is(play: Play) -> None:
    name = circulate(play)
    with pytest.raises(errors.LockedError) as open_one:
        circulation.unlock(play.state, name, "quotes/Q1")
    assert str(open_one.value) == f"fragment {name} is locked by nobody, not by quotes/Q1"
    wish = {"fragment": name, "pledgee": BANK, "registration": "P1", "until": START + 60}
    play.do("pledges.pledge", wish, PARTS, BANK)
    with pytest.raises(errors.LockedError) as locked:
        circulation.unlock(play.state, name, "quotes/Q1")
    assert str(locked.value) == f"fragment {name} is locked by pledges/P1, not by quotes/Q1"
