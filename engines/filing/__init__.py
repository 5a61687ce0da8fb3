"""The parts of the filing case: a day's accounts, three systems with faults, the bot, a person, and the judge.

In: a seed, a number of accounts, and how much goes wrong. Out: what the bot did by its own account, what really
happened by the systems' records, and pictures of one filing. The subject is case 1-1 of the paper.
"""

__all__: list[str] = []
