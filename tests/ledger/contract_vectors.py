"""Plays vectors of contracts: a story, then one transaction that holds, or the same with one thing broken."""

import itertools
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import ledger_sample

from ledger.node import Node, Receipt, Refusal, found
from ledger.reference import contracts as twin
from ledger.stores import MemoryStore

FOLDER = Path(__file__).with_name("vectors") / "contracts"
DAY = 86_400
_MOMENT = re.compile(r"day (\d+)(?: ([+-]\d+))?")
_PEOPLE = ledger_sample.consortium()
_FOUNDED = MemoryStore()
found(_FOUNDED, _PEOPLE.genesis, _PEOPLE.operator)

Step = Mapping[str, Any]


class Vector(NamedTuple):
    """One transaction with what comes before, and its rejects."""

    contract: str
    name: str
    stories: Mapping[str, list[Step]]
    step: Step

    def before(self, reject: Step | None = None) -> list[Step]:
        names = {**self.step, **(reject or {})}.get("before", [])
        return [
            *itertools.chain.from_iterable(_told(self.stories, name) for name in names),
            *(reject or {}).get("then", []),
        ]

    def rejects(self) -> list[Step]:
        return list(self.step.get("reject", []))

    def broken(self, reject: Step) -> Step:
        """The vector's step with what the reject replaces."""
        given = {**self.step.get("arguments", {}), **reject.get("arguments", {})}
        for name in reject.get("without", []):
            del given[name]
        return {**self.step, **reject, "arguments": given}


def vectors(contract: str = "*") -> Iterator[Vector]:
    """All vectors, or those of one contract."""
    for path in sorted(FOLDER.glob(f"{contract}.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        for one in content["vector"]:
            yield Vector(path.stem, one["name"], content.get("story", {}), one)


def _told(stories: Mapping[str, list[Step]], name: str) -> Iterator[Step]:
    for step in stories[name]:
        if "use" in step:
            yield from _told(stories, step["use"])
        else:
            yield step


class Stage:
    """A node with a clock, and the twin's book beside it."""

    def __init__(self) -> None:
        self.people = _PEOPLE._replace(nonces=itertools.count(1))
        self.now = ledger_sample.START
        store = MemoryStore()
        for block in _FOUNDED.blocks():
            store.append(block)
        self.node = Node(store, self.people.operator, lambda: self.now)
        self.book = twin.new_book(ledger_sample.ORGANISATIONS)
        self.names: dict[str, str] = {}
        self.broken: set[str] = set()

    def play(self, step: Step) -> Receipt | Refusal:
        """Submit a step; `broken` is what the twin says of it."""
        self.now = max(self.now, ledger_sample.START + step.get("day", 0) * DAY + step.get("seconds", 0))
        arguments = self.resolved(step.get("arguments", {}))
        data = self.people.sign(step["call"], arguments, step["by"], valid_until=self.now + 3600)
        [answer] = self.node.submit([data])
        assert isinstance(answer, Receipt | Refusal)
        identity = answer.id if isinstance(answer, Receipt) else ""
        for place, name in enumerate(step.get("makes", [])):
            self.names[name] = f"{identity[:32]}:{place}"
        if "refused" not in step or step.get("twin", True):
            self._tell_twin(step, arguments, identity)
        return answer

    def _tell_twin(self, step: Step, arguments: Any, identity: str) -> None:
        signers = [one.split("/")[0] for one in step["by"]]
        call = {"action": step["call"], "arguments": arguments, "signers": signers, "time": self.now, "id": identity}
        self.broken = twin.broken_rules(self.book, call)
        if not self.broken:
            self.book = twin.after(self.book, call)

    def resolved(self, value: Any) -> Any:
        """Names of fragments, days and great amounts put in."""
        if isinstance(value, dict):
            return {key: self.resolved(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.resolved(inner) for inner in value]
        if not isinstance(value, str):
            return value
        moment = _MOMENT.fullmatch(value)
        if moment:
            return ledger_sample.START + int(moment[1]) * DAY + int(moment[2] or 0)
        if value.startswith("amount:"):
            return int(value.removeprefix("amount:"))
        return self.names.get(value, value)

    def holdings(self) -> list[str]:
        """Owner, amount, receivable, and whoever is liable, of each fragment; in order."""
        return sorted(
            " ".join([one["owner"], str(one["amount"]), one["receivable"], *one["endorsers"]])
            for _, one in self.node.state.records("fragments")
        )
