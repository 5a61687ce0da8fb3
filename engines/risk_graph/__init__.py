"""The parts of the risk graph's cases: the province's credit tables, judging against the truth, and pictures.

In: a seed and a number of firms. Out: a graph of one day with its truth, and what the cases under `engines.cases` have
in common when they tell of it. Their subject is case 1-6 of the paper, with the account rules of 7-1.
"""

__all__: list[str] = []
