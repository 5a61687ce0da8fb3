"""Refusals of case work."""

from fraud.errors.base import FraudError

__all__ = [
    "CaseInputError",
    "CaseStoreError",
    "CaseTakenError",
    "CaseTransitionError",
    "CaseUnknownError",
    "FourEyesError",
    "ProfileInputError",
]


class CaseInputError(FraudError):
    """An alert, a disposition or a question to the work list is not what it must be."""


class CaseStoreError(FraudError):
    """The file of the work list cannot be used."""


class CaseTakenError(FraudError):
    """Somebody else has changed the case since it was looked at, or has it on the desk."""


class CaseTransitionError(FraudError):
    """A case cannot go from the state it is in to the one that is asked for."""


class CaseUnknownError(FraudError):
    """There is no such case, or no such proposed entry of a list."""


class FourEyesError(FraudError):
    """Who has proposed something cannot approve it: the checker must be somebody else."""


class ProfileInputError(FraudError):
    """A profile is asked for something that has none, or of a history without the column it needs."""
