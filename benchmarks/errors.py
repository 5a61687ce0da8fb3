"""Refusals of the benchmarks, all below `BenchmarkError`."""

__all__ = [
    "BenchmarkError",
    "LayoutError",
    "MarksMissingError",
    "NoLabelsError",
    "NotFiniteError",
    "NothingMeasuredError",
    "PeerMissingError",
    "SubjectFailedError",
]


class BenchmarkError(Exception):
    """What stops a measurement, in one sentence."""


class LayoutError(BenchmarkError):
    """A table is not in the layout that a benchmark needs, or has no rows in the time that was asked for."""


class MarksMissingError(BenchmarkError):
    """A file has no place for the table of results, or more than one."""


class NoLabelsError(BenchmarkError):
    """A file says too little about what was fraud for anything to be measured on it."""


class NotFiniteError(BenchmarkError):
    """What was measured is no number: it may not enter a table or a file of results."""


class NothingMeasuredError(BenchmarkError):
    """There is nothing to record, or two values of the same thing."""


class PeerMissingError(BenchmarkError):
    """A library that ours is to be measured against is not installed."""


class SubjectFailedError(BenchmarkError):
    """What was to be measured failed by itself while it learnt or scored."""
