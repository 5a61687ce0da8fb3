"""The contracts: one file each, pure functions of a state and a transaction.

A contract has a `NAME`, a `VERSION`, the `ACTIONS` it knows with the fields of each, and `apply(state, transaction)`,
which returns the new state or raises a refusal. Controllers hold the rules. Data contracts keep records of one kind and
accept only their controller. A new file in this folder is a new contract, see `ledger.contracts.catalogue`; its
vectors, one file of accepted transactions and their rejects, lie under `tests/ledger/vectors/contracts/`.
"""

from ledger.contracts.catalogue import Contract, contract, contracts

__all__ = ["Contract", "contract", "contracts"]
