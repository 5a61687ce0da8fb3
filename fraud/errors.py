"""Refusals of the anti-fraud engine, one class each, all below `FraudError`."""

__all__ = [
    "AmountRefusedError",
    "BadRowsError",
    "CapacityRefusedError",
    "CaseInputError",
    "CaseStoreError",
    "CaseTakenError",
    "CaseTransitionError",
    "CaseUnknownError",
    "ColumnMissingError",
    "ConditionError",
    "CostTableError",
    "DecisionInputError",
    "DecisionLogError",
    "DelayRefusedError",
    "DriftReferenceError",
    "EngineFolderError",
    "EngineMismatchError",
    "EventConflictError",
    "EventRefusedError",
    "ExtraMissingError",
    "FeatureLawError",
    "FeatureStateError",
    "FeatureUnknownError",
    "FileError",
    "FourEyesError",
    "FrameError",
    "FraudError",
    "IdentityInputError",
    "ListRefusedError",
    "MappingError",
    "MetricInputError",
    "ModelFileError",
    "ModelKindError",
    "ModelMisfitError",
    "NoFraudError",
    "NothingToLearnError",
    "NumberRefusedError",
    "OneClassError",
    "ProfileInputError",
    "ProposalRefusedError",
    "ReasonInputError",
    "ReplayError",
    "RingInputError",
    "RuleCareInputError",
    "RuleColumnError",
    "RuleEventError",
    "RulebookError",
    "ScorerLawError",
    "ScorerLoadError",
    "ScorerUnusableError",
    "SequenceInputError",
    "ServingLimitError",
    "ServingStartError",
    "SnoozeRefusedError",
    "SparkFrameError",
    "StreamError",
    "StreamMarkError",
    "StreamSettingsError",
    "TimeOrderError",
    "TimeRefusedError",
    "TimesInputError",
    "TooFewRowsError",
    "TooShortError",
    "TreeTableError",
]


class FraudError(ValueError):
    """What went wrong with the input, in one sentence that names the offender and what would be right."""


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


class FeatureLawError(FraudError):
    """A builder of features broke one of the laws in `fraud.features.checks`."""


class FeatureUnknownError(FraudError):
    """A feature was asked for that the catalogue does not have, or that no entity or window can have."""


class FeatureStateError(FraudError):
    """A saved state of features is damaged, or was made by another version or for other features."""


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


class ConditionError(FraudError):
    """A rule's condition that cannot be read.

    `line` and `column` say where, counted from 1: in the file that `source` names, or, without one, in the condition.
    """

    def __init__(self, what: str, line: int, column: int, rule: str = "", source: str = "") -> None:
        super().__init__(what, line, column, rule, source)
        self.what, self.line, self.column, self.rule, self.source = what, line, column, rule, source

    def __str__(self) -> str:
        """Return the whole sentence."""
        rule = f"rule {self.rule!r}" if self.rule else ""
        if self.source:
            return f"{self.source}, line {self.line}, column {self.column}: {rule + ': ' if rule else ''}{self.what}"
        return f"{rule + ', ' if rule else ''}line {self.line}, column {self.column}: {self.what}"


class RulebookError(FraudError):
    """A rulebook, or an entry of it, is not what a rulebook must be."""


class RuleEventError(FraudError):
    """The events do not fit the rule: a column is missing, or holds text where the rule compares numbers."""


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


class CapacityRefusedError(FraudError):
    """The limits of the analysts' work contradict each other."""


class DecisionLogError(FraudError):
    """The log of decisions cannot be read, written or continued."""


class EngineFolderError(FraudError):
    """A folder of an engine is incomplete, damaged or tampered with."""


class EngineMismatchError(FraudError):
    """Rules, model and features do not fit together, so that no engine can be made of them."""


class EventConflictError(FraudError):
    """An event has the id of an earlier one, but other content."""


class EventRefusedError(FraudError):
    """An event cannot be judged: a field of it is missing, unknown or out of bounds."""


class ListRefusedError(FraudError):
    """An entry of a black, grey or white list is not what it must be."""


class ReplayError(FraudError):
    """A decision cannot be replayed, because something that it names is not there."""


class SnoozeRefusedError(FraudError):
    """A snooze is too long, too wide, or nobody answers for it."""


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


class ProposalRefusedError(FraudError):
    """A proposed rule cannot be written into the rulebook."""


class RuleCareInputError(FraudError):
    """Hits, labels, amounts or times do not fit together, so no rule can be judged."""


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


class ExtraMissingError(FraudError):
    """A part of the engine needs a package that is not installed."""


class TimesInputError(FraudError):
    """The times of rows are missing, do not fit the rows, or fall."""


class DriftReferenceError(FraudError):
    """What drift is compared with cannot be read."""


class ServingLimitError(FraudError):
    """The declared limits of a server leave no room for any event."""


class ServingStartError(FraudError):
    """A server cannot start: its port is taken, or a part of it is missing."""


class StreamError(FraudError):
    """A stream cannot go on: the broker does not answer or refuses."""


class StreamMarkError(FraudError):
    """The mark of what was told is not one."""


class StreamSettingsError(FraudError):
    """The settings of a stream contradict each other."""


class SparkFrameError(FraudError):
    """A frame of Spark does not have the columns that are asked for."""


class RingInputError(FraudError):
    """Rings are looked for with numbers or transactions that cannot be meant."""


class IdentityInputError(FraudError):
    """A fingerprint, a sighting, a threat rule or a link is not what it must be."""
