"""One forfaiting deal from the agreement to the erasure, on disk, signed by two persons each, and audited."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ledger_sample
import numpy as np
import pytest
from ledger_sample import START

from ledger.auditor import verify
from ledger.contracts.awards import best_bid
from ledger.contracts.bids import bids_of, quote_commitment
from ledger.contracts.payloads import payload_of
from ledger.contracts.requests import request_of
from ledger.errors import PurgedError
from ledger.node import Node, Receipt, Refusal, found
from ledger.privacy import Vault, current_recipients, open_envelope, outstanding_purges, seal_payload
from ledger.stores import SqliteStore
from ledger.suites import NAMES

SELLER = "maker-of-parts"
TWO_PERSONS = {"*": {"roles": ["maker", "checker"]}, "members": {"roles": ["admin"]}}
TERMS = {"invoice": "发票 0042", "delivery": "2026-11-02", "discount_for_early_payment": 1_200}


class Platform:
    """A node on disk with a clock to turn; people sign as maker and checker."""

    def __init__(self, people: ledger_sample.Consortium, path: Path) -> None:
        self.people, self.path, self.now = people, path, START
        store = SqliteStore(path, create=True)
        found(store, people.genesis, people.operator)
        self.node = Node(store, people.operator, lambda: self.now)

    def submit(self, call: str, arguments: dict[str, Any], *by: str) -> Receipt | Refusal:
        keys = [f"{one}/{role}" for one in by for role in ("maker", "checker")]
        signed = self.people.sign(call, arguments, keys, valid_until=self.now + 3600)
        return self.node.submit([signed])[0]

    def do(self, call: str, arguments: dict[str, Any], *by: str) -> str:
        answer = self.submit(call, arguments, *by)
        assert isinstance(answer, Receipt), answer
        return answer.id


@pytest.fixture(params=NAMES)
def platform(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Platform]:
    people = ledger_sample.consortium(31, request.param, policies=TWO_PERSONS)
    platform = Platform(people, tmp_path / "forfaiting.ledger")
    yield platform
    platform.node.close()


def circulated(platform: Platform) -> str:
    due = START + 90 * 86_400
    names = {"acceptor": "core", "holder": SELLER, "obligor": "core", "receivable": "R1"}
    rest = {"amount": 50_000_000, "due": due, "invoice": "ab" * 32, "recourse": True}
    platform.do("receivables.draft", {**names, **rest}, "core")
    platform.do("receivables.issue", {"receivable": "R1"}, "core")
    return f"{platform.do('receivables.accept', {'receivable': 'R1'}, 'core')[:32]}:0"


def agreed(platform: Platform, text: bytes) -> str:
    digest = platform.people.suite.hash(text).hex()
    proposal = {"agreement": "forfaiting", "digest": digest, "from": platform.now, "keeper": "core"}
    platform.do("agreements.propose", proposal, "core")
    for one in (SELLER, "bank-a", "bank-b"):
        platform.do("agreements.sign", {"digest": digest, "organisation": one}, one)
    return digest


def test_a_deal_from_the_agreement_to_the_erasure(platform: Platform, tmp_path: Path) -> None:
    suite, rng = platform.people.suite, np.random.default_rng(8)
    agreement, fragment = agreed(platform, "福费廷主协议".encode()), circulated(platform)

    # a key is published by two persons of the bank, or not at all
    private = rng.bytes(32)
    key = {"key": suite.recipient_key(private).hex(), "organisation": "bank-b"}
    alone = platform.people.sign("keys.publish", key, ["bank-b/maker"])
    (refusal,) = platform.node.submit([alone])
    assert isinstance(refusal, Refusal)
    assert refusal.rule == "NotApprovedError"
    platform.do("keys.publish", key, "bank-b")

    # the fragment is published, two banks quote, one does not reveal
    deadlines = {"commit_until": START + 600, "reveal_until": START + 1200, "settle_until": START + 86_400}
    rule = {"agreement": agreement, "convention": "ACT/360", "rule": "lowest_rate"}
    platform.do("quotes.publish", {"fragment": fragment, "request": "Q1", **deadlines, **rule}, SELLER)
    opening = request_of(platform.node.state, "Q1")["opening"]
    salts = {bank: rng.bytes(32) for bank in ("bank-a", "bank-b")}
    for bank, rate in (("bank-a", 290), ("bank-b", 300)):
        sealed = quote_commitment(suite.hash, opening, bank, rate, salts[bank])
        platform.do("quotes.commit", {"bank": bank, "commitment": sealed, "request": "Q1"}, bank)
    platform.now = START + 601
    quote = {"bank": "bank-b", "offer": 300, "request": "Q1", "salt": salts["bank-b"].hex()}
    platform.do("quotes.reveal", quote, "bank-b")
    platform.now = START + 1201
    late = platform.submit(
        "quotes.reveal", {**quote, "bank": "bank-a", "offer": 290, "salt": salts["bank-a"].hex()}, "bank-a"
    )
    assert isinstance(late, Refusal)
    assert late.rule == "TermError"
    best = best_bid("lowest_rate", bids_of(platform.node.state, "Q1"))
    assert best is not None
    assert best["price"] == 50_000_000 - 370_833  # 89 days at 3.00 %, Actual/360
    platform.do("quotes.award", {"price": best["price"], "request": "Q1", "winner": "bank-b"}, SELLER, "bank-b")

    # the papers go to the winner alone, outside the log
    papers = seal_payload(
        suite,
        rng.bytes,
        TERMS,
        current_recipients(platform.node.state, ["bank-b"]),
        ledger=platform.people.ledger,
        owner=SELLER,
        payload="papers-of-Q1",
        about=("request", "Q1"),
    )
    platform.do("payloads.register", dict(papers.arguments), SELLER)
    bound = (suite, platform.people.ledger, "papers-of-Q1")
    record = payload_of(platform.node.state, "papers-of-Q1")
    assert open_envelope(*bound, record, papers.envelope, "bank-b", {1: private}) == TERMS

    # and are erased: the key first, then the receipt
    with Vault(tmp_path / "seller.vault", platform.people.ledger, create=True) as vault:
        vault.keep(papers.envelope, papers.key)
        vault.destroy("papers-of-Q1")
        for due in outstanding_purges(vault, platform.node.state, SELLER):
            platform.do(due.call, dict(due.arguments), SELLER)
        assert outstanding_purges(vault, platform.node.state, SELLER) == []
    record = payload_of(platform.node.state, "papers-of-Q1")
    with pytest.raises(PurgedError):
        open_envelope(*bound, record, papers.envelope, "bank-b", {1: private})

    # whoever works the log out again comes to the same records, and nothing of the papers is in the file
    before = platform.node.state.everything()
    platform.node.close()
    assert verify(platform.path).holds
    platform.node = Node(SqliteStore(platform.path), platform.people.operator, lambda: platform.now)
    assert platform.node.state.everything() == before
    owners = [(one["owner"], one["amount"], one["endorsers"]) for _, one in platform.node.state.records("fragments")]
    assert owners == [("bank-b", 50_000_000, [])]
    written = platform.path.read_bytes()
    assert not any(secret in written for secret in ("发票 0042".encode(), papers.key, papers.key.hex().encode()))
