"""Random lives of receivables: contracts and readable twin agree at every step, and the log tells the same again."""

import itertools
import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ledger_sample
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ledger.node import Node, Receipt, Refusal, found
from ledger.reference import contracts as twin
from ledger.reference.discounts import day_fraction, price
from ledger.stores import MemoryStore, SqliteStore
from ledger.stores.store import Store

STORES: dict[str, Callable[[Path], Store]] = {
    "memory": lambda folder: MemoryStore(),
    "sqlite": lambda folder: SqliteStore(folder / "copy.ledger", create=True),
}
"""Each kind of store, made empty in a folder; whoever writes another adds a line."""

PEOPLE = ledger_sample.consortium()
MEMBERS = sorted(ledger_sample.ORGANISATIONS)
DAY = 86_400
FULL = os.environ.get("HEXI_FULL") == "1"

members = st.sampled_from(MEMBERS)
strangers = st.sampled_from([*MEMBERS, *MEMBERS, *MEMBERS, "nobody"])
any_place = st.integers(0, 40)
pairs = st.lists(st.tuples(strangers, st.integers(1, 9)), min_size=1, max_size=4, unique_by=lambda pair: pair[0])
somebody = st.sampled_from([None, None, None, *MEMBERS])
"""Who signs instead of those who should; mostly nobody does."""


def has_fragments(machine: Any) -> bool:
    return bool(machine.book["fragments"])


class LifeCycles(RuleBasedStateMachine):
    """What happens to a few receivables among five members; about half of what they ask for is against a rule."""

    @initialize()
    def begin(self) -> None:
        self.people = PEOPLE._replace(nonces=itertools.count(1))  # equal runs have equal ids
        self.store = MemoryStore()
        found(self.store, PEOPLE.genesis, PEOPLE.operator)
        self.now = ledger_sample.START + 60
        self.node = Node(self.store, PEOPLE.operator, lambda: self.now)
        self.book = twin.new_book(ledger_sample.ORGANISATIONS)
        self.gone: list[str] = []
        self.accepted(1000, "core", True, 40)
        self.accepted(100, "bank-a", False, 20)

    def call(self, action: str, arguments: dict[str, Any], signers: list[str]) -> None:
        """Ask for something; signers are those who should sign, or not quite."""
        signers = list(dict.fromkeys(signers))
        by = [f"{one}/admin" for one in signers] if action.startswith("members.") else signers
        data = self.people.sign(action, arguments, by, valid_until=self.now + 3600)
        [answer] = self.node.submit([data])
        identity = answer.id if isinstance(answer, Receipt) else ""
        asked = {"action": action, "arguments": arguments, "signers": signers, "time": self.now, "id": identity}
        if action == "members.admit":
            asked["arguments"] = {"name": arguments["name"]}
        broken = twin.broken_rules(self.book, asked)
        if isinstance(answer, Refusal):
            assert answer.rule in broken, f"{action}: {answer.message}; the twin names {broken or 'nothing'}"
            return
        assert not broken, f"{action} was accepted, the twin names {broken}"
        self.gone += [name for name in self.book["fragments"] if self.is_spent(name)]
        self.book = twin.after(self.book, asked)

    def is_spent(self, name: str) -> bool:
        return self.node.state.get("fragments", name) is None

    def pick(self, kind: str, place: int) -> str:
        """One that there is, or (for fragments) one that is gone; a name that never was, if there is none."""
        names = sorted(self.book[kind]) + (self.gone[-2:] if kind == "fragments" else [])
        return names[place % len(names)] if names else "none"

    def pick_due(self, place: int, status: str) -> str:
        """A fragment of a receivable that is due and in this status, if there is one; now and then any."""
        due = [
            name
            for name, one in sorted(self.book["fragments"].items())
            if self.book["receivables"][one["receivable"]]["status"] == status
            and self.book["receivables"][one["receivable"]]["due"] <= self.now
        ]
        return due[place % len(due)] if due and place % 5 else self.pick("fragments", place)

    def concerned(self, name: str, *more: str) -> list[str]:
        owner = self.book["fragments"].get(name, {"owner": "core"})["owner"]
        return [owner, *(one for one in more if one in MEMBERS)]

    @rule(days=st.sampled_from([0, 0, 1, 1, 3, 15]), seconds=st.integers(0, 5))
    def time_passes(self, days: int, seconds: int) -> None:
        self.now += days * DAY + seconds

    @rule(place=any_place)
    def the_day_of_a_receivable_comes_to_the_second(self, place: int) -> None:
        if place > 30:
            self.now = max(self.now, self.book["receivables"][self.pick("receivables", place)]["due"])

    @rule(
        amount=st.sampled_from([1, 2, 10, 1000, 2**53 - 1]),
        days=st.sampled_from([-1, 0, 5, 40, 90]),
        names=st.tuples(members, strangers, strangers),
        recourse=st.booleans(),
        number=st.integers(1, 3),
    )
    def draft(self, amount: int, days: int, names: tuple[str, str, str], recourse: bool, number: int) -> None:
        terms = {
            "acceptor": names[1],
            "amount": amount,
            "due": self.now + days * DAY,
            "holder": names[2],
            "invoice": "ab" * 32,
            "obligor": names[0],
            "receivable": f"R{number}",
            "recourse": recourse,
        }
        self.call("receivables.draft", terms, [names[0]])

    @rule(
        amount=st.sampled_from([7, 100, 2**53 - 1]),
        acceptor=st.sampled_from(["core", "bank-a"]),
        recourse=st.booleans(),
        days=st.sampled_from([10, 30, 90]),
    )
    def accepted(self, amount: int, acceptor: str, recourse: bool, days: int) -> None:
        """The ordinary beginning, in one step."""
        name = f"A{len(self.book['receivables'])}"
        due = self.now + days * DAY
        terms = {"acceptor": acceptor, "amount": amount, "due": due, "holder": "maker-of-parts", "invoice": "ab" * 32}
        terms |= {"obligor": "core", "receivable": name, "recourse": recourse}
        self.call("receivables.draft", terms, ["core"])
        self.call("receivables.issue", {"receivable": name}, ["core"])
        self.call("receivables.accept", {"receivable": name}, [acceptor])

    @rule(
        action=st.sampled_from(["issue", "issue", "accept", "accept", "cancel"]),
        place=any_place,
        other=somebody,
    )
    def paper(self, action: str, place: int, other: str | None) -> None:
        name = self.pick("receivables", place)
        record = self.book["receivables"].get(name, {"acceptor": "core", "obligor": "core"})
        self.call(
            f"receivables.{action}",
            {"receivable": name},
            [other or record["acceptor" if action == "accept" else "obligor"]],
        )

    @precondition(has_fragments)
    @rule(place=any_place, payees=pairs, tenths=st.booleans())
    def pay_on(self, place: int, payees: list[tuple[str, int]], tenths: bool) -> None:
        name = self.pick("fragments", place)
        whole = self.book["fragments"].get(name, {"amount": 10})["amount"]
        scale = max(whole // 10, 1) if tenths else max(whole // sum(part for _, part in payees), 1)
        rows = [{"to": to, "amount": part * scale} for to, part in payees if part * scale < 2**53]
        if rows:
            self.call("receivables.pay_on", {"fragment": name, "payees": rows}, self.concerned(name))

    @precondition(has_fragments)
    @rule(place=any_place, to=strangers, other=somebody)
    def transfer(self, place: int, to: str, other: str | None) -> None:
        name = self.pick("fragments", place)
        self.call("receivables.transfer", {"fragment": name, "to": to}, [other] if other else self.concerned(name))

    @precondition(has_fragments)
    @rule(place=any_place, parts=st.lists(st.integers(1, 6), min_size=1, max_size=3))
    def split(self, place: int, parts: list[int]) -> None:
        name = self.pick("fragments", place)
        self.call("receivables.split", {"amounts": parts, "fragment": name}, self.concerned(name))

    @precondition(has_fragments)
    @rule(place=any_place, other=any_place, alike=st.booleans())
    def merge(self, place: int, other: int, alike: bool) -> None:
        names = [self.pick("fragments", place), self.pick("fragments", other)]
        first = self.book["fragments"].get(names[0])
        if first and alike:
            fields = ("owner", "receivable", "endorsers")
            equals = [name for name, one in self.book["fragments"].items() if all(one[f] == first[f] for f in fields)]
            names = sorted(equals) if len(equals) > 1 else names
        self.call("receivables.merge", {"fragments": names}, self.concerned(names[0]))

    @precondition(has_fragments)
    @rule(place=any_place, pledgee=strangers, days=st.integers(0, 40), number=st.integers(1, 6), alone=st.booleans())
    def pledge(self, place: int, pledgee: str, days: int, number: int, alone: bool) -> None:
        name = self.pick("fragments", place)
        terms = {"fragment": name, "pledgee": pledgee, "registration": f"P{number}", "until": self.now + days * DAY}
        self.call("pledges.pledge", terms, [pledgee] if alone and pledgee in MEMBERS else self.concerned(name, pledgee))

    @precondition(lambda self: bool(self.book["pledges"]))
    @rule(place=any_place, days=st.integers(0, 80), alone=st.booleans())
    def extension(self, place: int, days: int, alone: bool) -> None:
        number = self.pick("pledges", place)
        pledge = self.book["pledges"].get(number, {"pledgee": "bank-a", "pledgor": "core"})
        by = [pledge["pledgee"]] if alone else [pledge["pledgee"], pledge["pledgor"]]
        self.call("pledges.extend", {"registration": number, "until": self.now + days * DAY}, by)

    @precondition(lambda self: bool(self.book["pledges"]))
    @rule(place=any_place, action=st.sampled_from(["release", "enforce"]), other=somebody)
    def end_of_pledge(self, place: int, action: str, other: str | None) -> None:
        number = self.pick("pledges", place)
        pledgee = self.book["pledges"].get(number, {"pledgee": "bank-a"})["pledgee"]
        self.call(f"pledges.{action}", {"registration": number}, [other or pledgee])

    @precondition(has_fragments)
    @rule(
        place=any_place,
        bank=st.sampled_from(["bank-a", "bank-b", "core", "nobody"]),
        rate=st.sampled_from([0, 315, 10_000]),
        convention=st.sampled_from(["ACT/360", "ACT/365F", "30/360"]),
        wrong=st.sampled_from([0, 0, 0, 1]),
        recourse=st.sampled_from([None, None, True, False]),
    )
    def discount(self, place: int, bank: str, rate: int, convention: str, wrong: int, recourse: bool | None) -> None:
        name = self.pick("fragments", place)
        fragment = self.book["fragments"].get(name)
        right = 1
        if fragment:
            due = self.book["receivables"][fragment["receivable"]]["due"]
            years = day_fraction(self.now, max(due, self.now), convention)
            right = max(price(fragment["amount"], rate, years), 1)
        terms = {"bank": bank, "convention": convention, "fragment": name, "price": right + wrong, "rate_bp": rate}
        terms |= {} if recourse is None else {"recourse": recourse}
        if right + wrong < 2**53:
            self.call("discounts.discount", terms, self.concerned(name, bank))

    @precondition(has_fragments)
    @rule(place=any_place, whole=st.booleans(), other=somebody)
    def redeem(self, place: int, whole: bool, other: str | None) -> None:
        name = self.pick_due(place, "accepted")
        fragment = self.book["fragments"].get(name)
        names, signers = [name], ["core"]
        if fragment:
            all_of_it = [
                key for key, one in self.book["fragments"].items() if one["receivable"] == fragment["receivable"]
            ]
            names = sorted(all_of_it) if whole else names
            paid = [
                one["lock"]["payee"] if "lock" in one else one["owner"]
                for one in map(self.book["fragments"].get, names)
            ]
            signers = [self.book["receivables"][fragment["receivable"]]["acceptor"], *paid]
        self.call("receivables.redeem", {"fragments": names}, [other] if other else signers)

    @precondition(has_fragments)
    @rule(place=any_place, other=somebody)
    def default(self, place: int, other: str | None) -> None:
        name = self.pick_due(place, "accepted")
        fragment = self.book["fragments"].get(name, {"owner": "core", "receivable": "R1"})
        by = fragment["lock"]["payee"] if "lock" in fragment else fragment["owner"]
        terms = {"fragment": name, "receivable": fragment["receivable"]}
        self.call("receivables.default", terms, [other or by])

    @precondition(has_fragments)
    @rule(place=any_place, payer=st.none() | members)
    def recourse(self, place: int, payer: str | None) -> None:
        name = self.pick_due(place, "defaulted")
        endorsers = self.book["fragments"].get(name, {}).get("endorsers") or ["core"]
        terms = {"fragment": name} | ({"payer": payer} if payer else {})
        self.call("receivables.recourse", terms, self.concerned(name, payer or endorsers[-1]))

    @precondition(lambda self: any(one["endorsers"] for one in self.book["fragments"].values()))
    @rule(place=any_place)
    def a_whole_chain_pays_back(self, place: int) -> None:
        liable = sorted(name for name, one in self.book["fragments"].items() if one["endorsers"])
        fragment = self.book["fragments"][liable[place % len(liable)]]
        name = fragment["receivable"]
        self.now = max(self.now, self.book["receivables"][name]["due"])
        by = fragment["lock"]["payee"] if "lock" in fragment else fragment["owner"]
        self.call("receivables.default", {"fragment": liable[place % len(liable)], "receivable": name}, [by])
        for _ in range(len(fragment["endorsers"])):
            self.recourse(place, None)

    @rule(name=st.sampled_from(["bank-b", "maker-of-screws"]), place=any_place)
    def a_member_goes_or_comes_back(self, name: str, place: int) -> None:
        back = not self.book["members"][name]["standing"]
        if place < 4:
            back = not back  # which is refused
        elif place < 30 and not back:
            return
        standing = [one for one in MEMBERS if self.book["members"][one]["standing"]]
        [found_member] = [one for one in PEOPLE.genesis.members if one.name == name]
        voters = [one for one in standing if one != name or back]
        self.call(
            "members.admit" if back else "members.dismiss", found_member._asdict() if back else {"name": name}, voters
        )

    @invariant()
    def both_books_are_the_same(self) -> None:
        state = self.node.state
        for kind in ("receivables", "fragments", "pledges"):
            assert dict(state.records(kind)) == self.book[kind]

    @invariant()
    def the_open_sum_of_each_receivable_lies_in_its_fragments(self) -> None:
        state = self.node.state
        lying: dict[str, int] = {}
        for _, fragment in state.records("fragments"):
            assert 0 < fragment["amount"] <= 2**53 - 1
            lying[fragment["receivable"]] = lying.get(fragment["receivable"], 0) + fragment["amount"]
        for name, receivable in state.records("receivables"):
            assert receivable["open"] == lying.pop(name, 0) <= receivable["amount"]
            assert (receivable["open"] > 0) == (receivable["status"] in ("accepted", "defaulted"))
        assert not lying

    @invariant()
    def what_was_spent_stays_away(self) -> None:
        assert all(self.is_spent(name) for name in self.gone)

    def teardown(self) -> None:
        if not hasattr(self, "node"):
            return
        blocks = list(self.store.blocks())
        with TemporaryDirectory() as folder:
            for name, make in STORES.items():
                copy = make(Path(folder))
                for block in blocks:
                    copy.append(block)
                again = Node(copy, PEOPLE.operator, lambda: self.now)
                assert again.state.everything() == self.node.state.everything(), name
                assert again.tree.root() == self.node.tree.root(), name
                again.close()


LifeCycles.TestCase.settings = settings(
    max_examples=1_000 if FULL else 40,
    stateful_step_count=80 if FULL else 40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestLifeCycles = LifeCycles.TestCase
