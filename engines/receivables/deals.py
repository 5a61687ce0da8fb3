"""Deals: receivables that suppliers offer for quotes, sealed bids of banks, awards, and papers for the winner's eyes.

Each deal has its banks, of which most quote as they should and one does not: it does not reveal, reveals something
else, reveals too early or too late, copies another's seal, or has not signed the master agreement. What it tries is
signed like anything else; the contracts refuse it.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from datasets import lending
from datasets.supply_chains import chain
from engines.progress import Report
from engines.receivables.calls import moment
from engines.receivables.membership import PLATFORM, Consortium, consortium
from engines.receivables.running import Running
from ledger.contracts.awards import best_bid
from ledger.contracts.bids import bids_of, quote_commitment
from ledger.contracts.fragments import fragment_id
from ledger.contracts.requests import request_of
from ledger.node import Receipt, Refusal
from ledger.reference.quotes import Event

__all__ = ["CONDUCTS", "UNSIGNED", "Deal", "Deals", "Quote", "play_deals"]

CONDUCTS = ("silent", "liar", "early", "late", "copycat")
"""What a bank may do that it should not, besides quoting without the master agreement."""
UNSIGNED = lending.BANKS[-1][0]
"""The bank that has not signed the master agreement."""
_DAY, _FOUNDED, _BANKS_IN_A_DEAL = 86_400, "2020-06-29", 4


class Quote(NamedTuple):
    """A bank's quote: basis points a year, what it did, whether it counts, and what the ledger refused of it."""

    bank: str
    offer: int
    conduct: str
    counts: bool
    refused: tuple[Refusal, ...]


class Deal(NamedTuple):
    """One deal: who sells what, the quotes, who won at which price, and the events as the rules' twin reads them."""

    name: str
    seller: str
    amount: int
    days: int
    quotes: tuple[Quote, ...]
    winner: str
    price: int
    events: tuple[Event, ...]
    deadlines: tuple[int, int]
    wrong_award: Refusal | None


@dataclass(eq=False)
class Deals:
    """A closed ledger of deals, its members, and the private keys with which banks open papers."""

    path: Path
    members: Consortium
    deals: list[Deal] = field(default_factory=list)
    refusals: dict[str, int] = field(default_factory=dict)


def play_deals(path: Path, seed: int, count: int, progress: Report) -> tuple[Deals, Running]:
    """Found a ledger and play so many deals on it; the ledger stays open for their papers.

    Parameters
    ----------
    path
        A file that is not there yet.
    seed
        Seed of the province, and of all keys.
    count
        Number of deals, 1 or more.
    progress
        Called with the name of a step, how much is done and how much there is.
    """
    rng = np.random.default_rng([seed, 42])
    promises = [(town, place, chain(seed, town)[place][0]) for town in range(count) for place in range(8)][:count]
    firms = sorted({name for _, _, one in promises for name in (one.obligor, one.holder)})
    members = consortium(rng, [row[0] for row in lending.BANKS], firms, moment(_FOUNDED))
    running = Running(path, members)
    running.let_in(progress)
    agreement = _agreed(running, [*firms, *(row[0] for row in lending.BANKS if row[0] != UNSIGNED)])
    found = Deals(path, members)
    for place, (town, number, promise) in enumerate(promises):
        running.now += _DAY
        fragment = _issued(running, promise, f"R{town:04d}{number:04d}")
        conduct = CONDUCTS[place % len(CONDUCTS)]
        found.deals.append(_deal(running, rng, f"Q{place:03d}", promise.holder, fragment, agreement, conduct))
        progress("deals · 成交", place + 1, count)
    found.refusals = dict(running.node.refusals)
    return found, running


def _agreed(running: Running, parties: list[str]) -> str:
    digest = running.members.suite.hash("福费廷业务主协议，2020年版".encode()).hex()
    proposal = {"agreement": "forfaiting", "digest": digest, "from": running.now + 1, "keeper": PLATFORM}
    running.done("agreements.propose", proposal, [PLATFORM])
    for one in parties:
        running.done("agreements.sign", {"digest": digest, "organisation": one}, [one])
    return digest


def _issued(running: Running, promise: Any, name: str) -> str:
    terms = {
        **{"acceptor": promise.obligor, "amount": promise.amount_fen, "due": running.now + 90 * _DAY},
        **{"holder": promise.holder, "invoice": running.members.suite.hash(name.encode()).hex()},
        **{"obligor": promise.obligor, "receivable": name, "recourse": False},
    }
    running.done("receivables.draft", terms, [promise.obligor])
    running.done("receivables.issue", {"receivable": name}, [promise.obligor])
    accepted = running.done("receivables.accept", {"receivable": name}, [promise.obligor])
    return fragment_id(accepted.id, 0)


def _deal(
    running: Running, rng: np.random.Generator, name: str, seller: str, fragment: str, agreement: str, conduct: str
) -> Deal:
    begins = running.now
    deadlines = {"commit_until": begins + 600, "reveal_until": begins + 1_200, "settle_until": begins + _DAY // 2}
    terms = {"agreement": agreement, "convention": "ACT/360", "fragment": fragment, "request": name}
    running.done("quotes.publish", {**terms, **deadlines, "rule": "lowest_rate"}, [seller])
    banks = [lending.BANKS[int(one)][0] for one in rng.permutation(len(lending.BANKS) - 1)[:_BANKS_IN_A_DEAL]]
    offers = {bank: int(rng.integers(260, 420)) for bank in banks}
    # whoever does not play by the rules has the best quote: it must not win by it
    odd = banks[0]
    offers[odd] = min(offers.values()) - int(rng.integers(5, 40))
    table = _Bidding(running, rng, name, odd, conduct, offers)
    table.commit_all([*banks, UNSIGNED])
    running.now = max(running.now, begins + 601)
    table.reveal_all(banks)
    running.now = max(running.now, begins + 1_201)
    if conduct == "late":
        table.reveal(odd, offers[odd])
    best = best_bid("lowest_rate", bids_of(running.node.state, name))
    assert best is not None, "three banks have revealed their quotes"
    wrong = running.submit("quotes.award", {"price": best["price"], "request": name, "winner": odd}, [seller, odd])
    won = {"price": best["price"], "request": name, "winner": best["bank"]}
    refused = wrong if isinstance(wrong, Refusal) else None
    if refused is not None:
        running.done("quotes.award", won, [seller, best["bank"]])
    request = request_of(running.node.state, name)
    days = (request["due"] - request["settle_until"]) // _DAY + 1
    return Deal(
        name,
        seller,
        request["amount"],
        days,
        table.quotes([*banks, UNSIGNED]),
        best["bank"],
        best["price"],
        tuple(table.events),
        (deadlines["commit_until"], deadlines["reveal_until"]),
        refused,
    )


class _Bidding:
    """The bidding of one deal: seals, salts, and what each bank was refused."""

    def __init__(
        self, running: Running, rng: np.random.Generator, request: str, odd: str, conduct: str, offers: dict[str, int]
    ) -> None:
        self.running, self.request, self.odd, self.conduct, self.offers = running, request, odd, conduct, offers
        self.salts = {bank: rng.bytes(32) for bank in (*offers, UNSIGNED)}
        self.offers[UNSIGNED] = min(offers.values()) - 1
        self.opening = request_of(running.node.state, request)["opening"]
        self.refused: dict[str, list[Refusal]] = {bank: [] for bank in self.salts}
        self.revealed: set[str] = set()
        self.events: list[Event] = []

    def commit_all(self, banks: list[str]) -> None:
        seals = {
            bank: quote_commitment(
                self.running.members.suite.hash, self.opening, bank, self.offers[bank], self.salts[bank]
            )
            for bank in banks
        }
        if self.conduct == "copycat":
            seals[self.odd] = seals[banks[1]]
        # whoever copies must see what it copies first
        for bank in [*banks[1:], self.odd]:
            given = {"bank": bank, "commitment": seals[bank], "request": self.request}
            self._note(bank, "commit", self.offers[bank], self.running.submit("quotes.commit", given, [bank]))
        if self.conduct == "early":
            self.reveal(self.odd, self.offers[self.odd])

    def reveal_all(self, banks: list[str]) -> None:
        for bank in banks:
            if bank == self.odd and self.conduct in ("silent", "late", "early"):
                continue
            lies = bank == self.odd and self.conduct == "liar"
            self.reveal(bank, self.offers[bank] - 20 if lies else self.offers[bank])

    def reveal(self, bank: str, offer: int) -> None:
        given = {"bank": bank, "offer": offer, "request": self.request, "salt": self.salts[bank].hex()}
        answer = self.running.submit("quotes.reveal", given, [bank])
        self._note(bank, "reveal", offer, answer)
        if isinstance(answer, Receipt):
            self.revealed.add(bank)

    def _note(self, bank: str, action: str, offer: int, answer: Receipt | Refusal) -> None:
        if isinstance(answer, Refusal):
            self.refused[bank].append(answer)
        # the twin knows no salts of 32 bytes and no agreement: a copied seal is one with another salt
        salt = int(bank == self.odd and self.conduct == "copycat" and action == "commit")
        if bank != UNSIGNED:
            self.events.append(Event(self.running.now, bank, action, offer, salt))

    def quotes(self, banks: list[str]) -> tuple[Quote, ...]:
        conducts = {self.odd: self.conduct, UNSIGNED: "unsigned"}
        return tuple(
            Quote(bank, self.offers[bank], conducts.get(bank, ""), bank in self.revealed, tuple(self.refused[bank]))
            for bank in banks
        )
