"""Refusals of the risk graph, one class each, all below `CreditGraphError`."""

from typing import Any

__all__ = [
    "AsOfError",
    "AttributeRuleError",
    "BatchSplitError",
    "CapitalError",
    "ComponentSearchError",
    "ComponentSizeError",
    "CreditGraphError",
    "DebtRankOptionError",
    "ExplainInputError",
    "ExposureInputError",
    "ExtraMissingError",
    "FrameError",
    "LimitPolicyError",
    "MatrixInputError",
    "MissingColumnError",
    "NoDefaultsError",
    "OnBadError",
    "OwnershipError",
    "PathQueryError",
    "PredictionInputError",
    "RateInputError",
    "ReleaseInputError",
    "RiskMeasureInputError",
    "RowsError",
    "SimulationInputError",
    "TableRefusedError",
    "TieArrayError",
    "TiePolicyError",
    "UndirectedError",
    "UnknownKindError",
    "UnknownPartyError",
    "VectorInputError",
]


class CreditGraphError(ValueError):
    """What went wrong with the input, in one sentence that names the offender and what would be right."""


class AsOfError(CreditGraphError):
    """The day of a snapshot is not a date."""


class AttributeRuleError(CreditGraphError):
    """A rule of shared attributes (or the table that it is applied to) says something impossible."""


class BatchSplitError(CreditGraphError):
    """The ties of a batch of components did not reach one worker together."""


class CapitalError(CreditGraphError):
    """A bank's capital is missing, negative or not a whole number of fen."""


class ComponentSearchError(CreditGraphError):
    """The weak components of a table on Spark are not found within the rounds that are allowed."""


class ComponentSizeError(CreditGraphError):
    """A weak component has more ties than one worker may be given."""


class DebtRankOptionError(CreditGraphError):
    """DebtRank is asked for with a tolerance, number of rounds or variant that does not exist."""


class ExplainInputError(CreditGraphError):
    """An explanation is asked for of what is neither firm nor person, or with amounts that do not fit the graph."""


class ExposureInputError(CreditGraphError):
    """Exposures cannot be added up: an amount is negative, missing or too large, or a party is in two groups."""


class ExtraMissingError(CreditGraphError):
    """A kernel is called and the compiler, which is an extra, is not installed."""


class FrameError(CreditGraphError):
    """Something is given as a table that is not a data frame, or whose columns cannot be told apart."""


class LimitPolicyError(CreditGraphError):
    """A table of limits has a missing, unknown or impossible field."""


class MatrixInputError(CreditGraphError):
    """A matrix of amounts is not square, or an amount in it is negative or not a finite number."""


class MissingColumnError(CreditGraphError):
    """A table lacks a column that it must have, see `credit_graph.tables`."""


class NoDefaultsError(CreditGraphError):
    """There is no default to learn from, or none to be found, or nothing but defaults."""


class OnBadError(CreditGraphError):
    """The answer to "what shall happen to bad rows" is neither refuse nor quarantine."""


class OwnershipError(CreditGraphError):
    """Shares are missing, negative, above the whole, or add up to more than the whole company."""


class PathQueryError(CreditGraphError):
    """A search for paths asks for something impossible: no hops, no budget, a tie that is too strong."""


class PredictionInputError(CreditGraphError):
    """A prediction is asked for with defaults, days, columns or scores that cannot be."""


class RateInputError(CreditGraphError):
    """A share, rate or stress is not between 0 and 1."""


class RowsError(CreditGraphError):
    """The arrays of a graph do not fit each other, or what is asked of them cannot be."""


class ReleaseInputError(CreditGraphError):
    """The release of guarantees is asked for by an unknown strategy, beyond 0 to 1, or without what it needs."""


class RiskMeasureInputError(CreditGraphError):
    """Losses are missing or infinite, or the level of a risk measure is not between 0 and 1."""


class SimulationInputError(CreditGraphError):
    """A simulation is asked for with a probability, buffer, call or number of scenarios that cannot be."""


class TableRefusedError(CreditGraphError):
    """Tables hold bad rows and the caller wants none.

    Parameters
    ----------
    message
        Names the first bad row and counts the others.
    report
        All of them, see `credit_graph.intake.checking.Checked`.
    """

    def __init__(self, message: str, report: Any) -> None:
        super().__init__(message)
        self.report = report


class TieArrayError(CreditGraphError):
    """Arrays of ties do not fit each other, or hold a node, an amount or a share that cannot be."""


class TiePolicyError(CreditGraphError):
    """A table of ties' strengths has a missing, unknown or impossible field."""


class UndirectedError(CreditGraphError):
    """An undirected graph is given for ties that run from one party to another."""


class UnknownKindError(CreditGraphError):
    """A table is given for a kind of tie that the graph does not know."""


class UnknownPartyError(CreditGraphError):
    """A firm, person or bank is asked for that the graph does not hold."""


class VectorInputError(CreditGraphError):
    """A list of numbers, one for each firm, has the wrong length or holds what cannot be."""
