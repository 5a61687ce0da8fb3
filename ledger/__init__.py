"""The receivables ledger (应收款链): receivables that are issued, accepted, paid on, pledged, discounted and redeemed.

In: signed transactions of member organisations. Out: a hash-chained log in a Merkle tree, the records that follow from
it, and proofs that anybody can check offline, without trusting the operator, that nothing was changed, dropped or spent
twice. Contracts are pure functions of a state and a transaction.
"""

from ledger.errors import LedgerError

__all__ = ["LedgerError"]
