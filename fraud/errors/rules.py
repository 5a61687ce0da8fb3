"""Refusals of rules, rulebooks and what is proposed for them."""

from fraud.errors.base import FraudError

__all__ = [
    "ConditionError",
    "ProposalRefusedError",
    "RuleCareInputError",
    "RuleEventError",
    "RulebookError",
]


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


class RuleCareInputError(FraudError):
    """Hits, labels, amounts or times do not fit together, so no rule can be judged."""


class ProposalRefusedError(FraudError):
    """A proposed rule cannot be written into the rulebook."""
