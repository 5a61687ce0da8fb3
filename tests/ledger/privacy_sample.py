"""Organisations with published keys, and payloads about one receivable, for tests of private payloads."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import ledger_sample
import numpy as np
from play import Play, circulate

from ledger.contracts.payloads import payload_of
from ledger.genesis import opening_state
from ledger.privacy import Sealed, current_recipients, open_envelope, seal_payload
from ledger.suites import Suite

OWNER = "maker-of-parts"
BANKS = ("bank-a", "bank-b", "bank-c", "bank-d")
INVOICE = {"invoice": "发票 0042", "lines": [{"count": 40, "part": "gear"}], "price": 992_212}


class Circle(NamedTuple):
    """A ledger of two enterprises and four banks, each with one published key; and whoever keeps the private ones."""

    suite: Suite
    ledger: str
    play: Play
    private: Mapping[str, dict[int, bytes]]
    rng: np.random.Generator

    def again(self) -> "Circle":
        """The same ledger, to go on from here without a trace in this one."""
        private = {name: dict(keys) for name, keys in self.private.items()}
        return self._replace(play=Play(self.play.state, self.play.now), private=private)

    def publish_key(self, organisation: str) -> int:
        private = self.rng.bytes(32)
        number = len(self.private[organisation]) + 1
        self.private[organisation][number] = private
        key = self.suite.recipient_key(private).hex()
        self.play.do("keys.publish", {"key": key, "organisation": organisation}, organisation)
        return number

    def seal(self, recipients: Sequence[str], content: Any = INVOICE, payload: str = "P1", **more: Any) -> Sealed:
        named = current_recipients(self.play.state, recipients)
        bound: dict[str, Any] = {"about": ("receivable", "R1"), "ledger": self.ledger, "owner": OWNER}
        return seal_payload(self.suite, self.rng.bytes, content, named, payload=payload, **bound | more)

    def register(self, recipients: Sequence[str], content: Any = INVOICE, payload: str = "P1") -> Sealed:
        sealed = self.seal(recipients, content, payload)
        self.play.do("payloads.register", sealed.arguments, OWNER)
        return sealed

    def open(self, envelope: bytes, who: str, payload: str = "P1") -> Any:
        record = payload_of(self.play.state, payload)
        return open_envelope(self.suite, self.ledger, payload, record, envelope, who, self.private[who])


def circle(suite: str, seed: int = 5) -> Circle:
    organisations = {"core": "enterprise", OWNER: "enterprise", **dict.fromkeys(BANKS, "bank")}
    people = ledger_sample.consortium(seed, suite, organisations)
    play = Play(opening_state(people.genesis), ledger_sample.START)
    made = Circle(people.suite, people.ledger, play, {one: {} for one in organisations}, np.random.default_rng(seed))
    for one in organisations:
        made.publish_key(one)
    circulate(play)
    return made
