"""Refusals of scorers, their files, metrics, costs and reasons."""

from fraud.errors.base import FraudError

__all__ = [
    "CostTableError",
    "DecisionInputError",
    "MetricInputError",
    "ModelFileError",
    "ModelKindError",
    "ModelMisfitError",
    "NoFraudError",
    "NothingToLearnError",
    "OneClassError",
    "ReasonInputError",
    "RuleColumnError",
    "ScorerLawError",
    "ScorerLoadError",
    "ScorerUnusableError",
    "SequenceInputError",
    "TimesInputError",
    "TreeTableError",
]


class CostTableError(FraudError):
    """The table of costs cannot be read, or its figures contradict each other."""


class DecisionInputError(FraudError):
    """A probability, an amount or a demanded action is out of bounds, so nothing can be decided."""


class MetricInputError(FraudError):
    """Labels, scores, amounts or budgets do not fit together, so nothing can be measured."""


class NoFraudError(FraudError):
    """There is no fraud in the rows (or none with an amount), so a share of the fraud has no meaning."""


class NothingToLearnError(FraudError):
    """No column has a value in any row that is to be learnt from."""


class OneClassError(FraudError):
    """All rows that are to be learnt from have the same label."""


class ReasonInputError(FraudError):
    """The table that is to be explained does not fit the reference values."""


class RuleColumnError(FraudError):
    """A column that was named as a rule is not in the table."""


class ScorerLawError(FraudError):
    """A scorer broke one of the laws in `fraud.checks`."""


class ScorerLoadError(FraudError):
    """The scorer that was named as `module:Class` cannot be loaded."""


class ScorerUnusableError(FraudError):
    """The scorer has no known way to score, or what it returned is not one number for each row."""


class TreeTableError(FraudError):
    """A table of trees is broken: a walk through it would not end at a leaf."""


class ModelFileError(FraudError):
    """A file is not a model of ours, or was cut off, changed, or made by another version."""


class ModelMisfitError(FraudError):
    """A model does not fit the features that it is given."""


class ModelKindError(FraudError):
    """A model is of a kind that cannot be stored, taken apart or explained."""


class SequenceInputError(FraudError):
    """Sequences of events do not have the form that the model learns from."""


class TimesInputError(FraudError):
    """The times of rows are missing, do not fit the rows, or fall."""
