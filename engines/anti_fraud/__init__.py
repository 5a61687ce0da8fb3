"""The parts of the anti-fraud case: its two sources, and what it tells of them.

In: a seed and a size, or a file. Out: an evaluation with what is known about its rows, told as a `Result` with numbers,
checks, tables and pictures. The case itself is `engines.cases.anti_fraud`.
"""

__all__ = ["foreign", "judged", "province", "telling"]
