"""Refusals of the synthetic province, all below `DatasetError`."""

__all__ = ["DatasetError", "OutOfRangeError", "UnknownFormatError"]


class DatasetError(ValueError):
    """What was asked of the province and cannot be had, in one sentence."""


class OutOfRangeError(DatasetError):
    """A number of rows, a seed or a rate lies outside what the province can give."""


class UnknownFormatError(DatasetError):
    """A file's ending is none that tables are written in."""
