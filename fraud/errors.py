"""Refusals of the anti-fraud engine, one class each, all below `FraudError`."""

__all__ = ["FraudError"]


class FraudError(ValueError):
    """What went wrong with the input, in one sentence that names the offender and what would be right."""
