"""Papers: what a seller sends the winner of a deal, encrypted, while the log vouches for it; and how it is erased.

Each bank publishes a key on the ledger. The seller seals the invoice for the winner alone; others who get hold of the
envelope can not open it. In the end the key is destroyed, and a purge receipt stays in the log.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from engines.receivables.deals import UNSIGNED, Deal, Deals
from engines.receivables.running import Running
from ledger.contracts.payloads import payload_of
from ledger.errors import LedgerError
from ledger.privacy import Vault, current_recipients, open_envelope, outstanding_purges, seal_payload

__all__ = ["Papers", "exchange_papers"]


class Papers(NamedTuple):
    """What became of one deal's papers.

    `read` says whether the winner read what was sent; `stranger` and `erased` are how another bank, and the winner
    after the erasure, were refused; `secrets` are bytes that must not be in the log.
    """

    deal: str
    read: bool
    stranger: str
    erased: str
    secrets: tuple[bytes, ...]


def exchange_papers(deals: Deals, running: Running, seed: int, folder: Path) -> list[Papers]:
    """Send each deal's papers to its winner, and erase them.

    Parameters
    ----------
    deals, running
        Of `play_deals`; the ledger is still open.
    folder
        For the sellers' vaults.
    """
    rng = np.random.default_rng([seed, 43])
    suite, banks = deals.members.suite, [one for one in deals.members.parties.values() if one.kind == "bank"]
    keys = {bank.name: rng.bytes(32) for bank in banks}
    for name, private in keys.items():
        running.done("keys.publish", {"key": suite.recipient_key(private).hex(), "organisation": name}, [name])
    return [_exchange(deal, deals, running, rng, keys, folder) for deal in deals.deals]


def _exchange(
    deal: Deal, deals: Deals, running: Running, rng: np.random.Generator, keys: dict[str, bytes], folder: Path
) -> Papers:
    suite, ledger, name = deals.members.suite, deals.members.ledger, f"papers-of-{deal.name}"
    invoice = f"发票 {deal.name} {rng.bytes(8).hex()}"
    content = {"invoice": invoice, "price_fen": deal.price, "rate_note": "不得外传"}
    sealed = seal_payload(
        suite,
        rng.bytes,
        content,
        current_recipients(running.node.state, [deal.winner]),
        ledger=ledger,
        owner=deal.seller,
        payload=name,
        about=("request", deal.name),
    )
    running.done("payloads.register", dict(sealed.arguments), [deal.seller])

    def opened(bank: str) -> tuple[bool, str]:
        record = payload_of(running.node.state, name)
        try:
            found = open_envelope(suite, ledger, name, record, sealed.envelope, bank, {1: keys[bank]})
        except LedgerError as error:
            return False, type(error).__name__
        return found == content, ""

    read, _ = opened(deal.winner)
    _, stranger = opened(UNSIGNED)
    with Vault(folder / f"{deal.name}.vault", ledger, create=True) as vault:
        vault.keep(sealed.envelope, sealed.key)
        vault.destroy(name)
        for purge in outstanding_purges(vault, running.node.state, deal.seller):
            running.done(purge.call, dict(purge.arguments), [deal.seller])
    _, erased = opened(deal.winner)
    secrets = (invoice.encode(), sealed.key, sealed.key.hex().encode())
    return Papers(deal.name, read, stranger, erased, secrets)
