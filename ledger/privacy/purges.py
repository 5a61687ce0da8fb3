"""Purges: from keys that were destroyed to receipts in the log, whatever broke off in between.

First the key, then the receipt: nobody says of a key that still exists that it does not. A receipt that is missing is
found by comparing the vault with the ledger, as often as one likes; one that is in the log already is not posted again.
"""

from collections.abc import Mapping
from typing import NamedTuple

from ledger.contracts.payloads import payload_of
from ledger.errors import UnknownRecordError
from ledger.privacy.vault import Vault
from ledger.state import State

__all__ = ["Purge", "outstanding_purges"]


class Purge(NamedTuple):
    """A receipt to be signed and submitted: the call, such as `payloads.purge`, and its arguments."""

    call: str
    arguments: Mapping[str, str]


def outstanding_purges(vault: Vault, state: State, organisation: str) -> list[Purge]:
    """Return the receipts that the log lacks of what a vault has destroyed, and note those that it has.

    The owner's receipt comes first; a recipient's confirmation is due once that is there. A payload that was never
    registered needs none.

    Parameters
    ----------
    vault
        Of the organisation.
    state
        Of the ledger.
    organisation
        Whose vault it is.
    """
    due = []
    for payload, status in vault.payloads():
        if status != "destroyed":
            continue
        try:
            record = payload_of(state, payload)
        except UnknownRecordError:
            continue
        is_owner, is_purged = record["owner"] == organisation, record["status"] == "purged"
        if is_purged and (is_owner or organisation in record["confirmed"]):
            vault.receipt_posted(payload)
        elif is_owner:
            due.append(Purge("payloads.purge", {"payload": payload}))
        elif is_purged:
            due.append(Purge("payloads.confirm", {"payload": payload, "recipient": organisation}))
    return due
