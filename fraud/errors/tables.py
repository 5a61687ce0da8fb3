"""Refusals of what comes in: files, tables, features, and what is made of them."""

from fraud.errors.base import FraudError

__all__ = [
    "AmountRefusedError",
    "BadRowsError",
    "ColumnMissingError",
    "DelayRefusedError",
    "FeatureLawError",
    "FeatureStateError",
    "FeatureUnknownError",
    "FileError",
    "FrameError",
    "IdentityInputError",
    "MappingError",
    "NumberRefusedError",
    "RingInputError",
    "SparkFrameError",
    "TimeOrderError",
    "TimeRefusedError",
    "TooFewRowsError",
    "TooShortError",
]


class ColumnMissingError(FraudError):
    """A column that was promised, or that every table must have, is not there."""


class TimeRefusedError(FraudError):
    """A transaction has no time, or none that can be read."""


class TimeOrderError(FraudError):
    """A transaction is earlier than the one before it."""


class AmountRefusedError(FraudError):
    """An amount is missing, not whole fen or out of bounds, or all of them are more than can be added."""


class NumberRefusedError(FraudError):
    """A column of numbers holds something else."""


class DelayRefusedError(FraudError):
    """The delay after which a label is known is not at least one second."""


class MappingError(FraudError):
    """It is not clear, or not possible, which column of a foreign file is which column of ours."""


class FileError(FraudError):
    """A file cannot be read as a table of transactions: it is empty, damaged, cut off, or of another kind."""


class BadRowsError(FraudError):
    """So many rows of a file cannot be used that the rest would mislead."""


class FrameError(FraudError):
    """A frame of transactions breaks the schema in `fraud.schema`."""


class TooShortError(FraudError):
    """The transactions lie too close together in time to learn from some and judge others."""


class TooFewRowsError(FraudError):
    """There are too few transactions to learn from or to judge."""


class FeatureLawError(FraudError):
    """A builder of features broke one of the laws in `fraud.features.checks`."""


class FeatureUnknownError(FraudError):
    """A feature was asked for that the catalogue does not have, or that no entity or window can have."""


class FeatureStateError(FraudError):
    """A saved state of features is damaged, or was made by another version or for other features."""


class RingInputError(FraudError):
    """Rings are looked for with numbers or transactions that cannot be meant."""


class IdentityInputError(FraudError):
    """A fingerprint, a sighting, a threat rule or a link is not what it must be."""


class SparkFrameError(FraudError):
    """A frame of Spark does not have the columns that are asked for."""
