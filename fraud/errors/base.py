"""What all refusals of the anti-fraud engine are, and the one that anything may raise: an extra that is missing."""

__all__ = [
    "ExtraMissingError",
    "FraudError",
]


class FraudError(ValueError):
    """What went wrong with the input, in one sentence that names the offender and what would be right."""


class ExtraMissingError(FraudError):
    """A part of the engine needs a package that is not installed."""
