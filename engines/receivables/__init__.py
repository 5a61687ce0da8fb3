"""The parts of the receivables case: members with keys, the province's steps as signed transactions, attacks, pictures.

In: a seed and a number of firms. Out: a ledger on disk with everything that happened to each receivable, and what the
case under `engines.cases` tells of it. The subject is case 4-1 of the paper, with 4-2, 4-3 and 6-6.
"""

__all__: list[str] = []
