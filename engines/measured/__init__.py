"""What was measured, shown: one offline page of all records, with the losses.

In: the records under `benchmarks/results/`. Out: a page with, for each benchmark, how many times as good as each other
ours is, how near it comes to its floor, what grows with the size, every number, and on what machine it was taken.
"""

__all__: list[str] = []
