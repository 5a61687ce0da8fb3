"""The readable twins: what the ledger's fast code must agree with, as the standards and the rules say it.

In: what the fast functions take. Out: what they must return. Short and slow on purpose, without the fast code's
tricks; property tests hold the two against each other on hundreds of small cases.
"""

__all__: list[str] = []
