"""A rulebook: rules as values, their hits over a table, and the examples that each must keep.

A rule says who may be surprised by it (its owner), what it asks (its condition), the least that a hit demands
(its action), and shows what it means: events that it must hit and events that it must not. Rules whose fields
a table lacks are left out and named, so that a foreign file without devices is judged by the rest.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Final, Literal, TypeAlias

import numpy as np

from fraud.rules.columns import Columns, Mask, prepare
from fraud.rules.evaluate import Known, true_rows
from fraud.rules.reference import Event, hits
from fraud.rules.syntax import And, Comparison, Day, Node, Number, fields_of

__all__ = ["ACTIONS", "Action", "ExampleFailure", "Rule", "Rulebook", "check_examples"]

Action: TypeAlias = Literal["score", "step_up", "hold", "block"]
ACTIONS: Final[tuple[Action, ...]] = ("score", "step_up", "hold", "block")
"""What a hit demands at least, from the mildest: evidence only, ask again, wait for a person, refuse."""

_BLOCK_OF_ROWS: Final = 65_536  # a block of columns and masks stays in the processor's cache


@dataclass(frozen=True)
class Rule:
    """One rule; `reason` and `reason_zh` may name fields in braces, which `explain` fills in."""

    id: str
    title: str
    title_zh: str
    when: str
    condition: Node = field(repr=False)
    action: Action
    severity: int
    reason: str
    reason_zh: str
    tags: tuple[str, ...]
    owner: str
    hits: tuple[Event, ...] = field(repr=False, hash=False)
    misses: tuple[Event, ...] = field(repr=False, hash=False)
    valid_from: date | None = None
    valid_until: date | None = None

    @cached_property
    def test(self) -> Node:
        """The condition, true only on the rule's days; an event whose day is not known is outside of them."""
        limits = ((">=", self.valid_from), ("<=", self.valid_until))
        days = tuple(Comparison(sign, Day(), Number(_number_of(day))) for sign, day in limits if day is not None)
        return And((*days, self.condition)) if days else self.condition

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Names of the columns and features that the rule reads."""
        return fields_of(self.test)

    def is_valid_on(self, day: date) -> bool:
        """Say whether the rule may hit on this day."""
        return (self.valid_from or day) <= day <= (self.valid_until or day)


def _number_of(day: date) -> int:
    return day.toordinal() - date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Rulebook:
    """Rules in their order, with the name and version that a decision records."""

    id: str
    version: int
    title: str
    title_zh: str
    rules: tuple[Rule, ...]

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Ids of the rules, in the order of the columns of `hits`."""
        return tuple(rule.id for rule in self.rules)

    def __getitem__(self, rule_id: str) -> Rule:
        """Return the rule of this id; raises KeyError if there is none."""
        return self.rules[{known: place for place, known in enumerate(self.ids)}[rule_id]]

    def available(self, columns: Collection[str]) -> tuple["Rulebook", dict[str, tuple[str, ...]]]:
        """Split the rules into those that a table can be judged by, and those it cannot.

        Parameters
        ----------
        columns
            Names of the columns and features that the table has.

        Returns
        -------
        kept
            The rulebook without the rules that read anything else.
        left_out
            For each rule left out, the names of the fields that it misses.

        Examples
        --------
        >>> from fraud.rules.reading import first_rulebook
        >>> kept, left_out = first_rulebook().available(["customer_id", "amount_fen", "new_device"])
        >>> left_out["new_device_new_payee"]
        ('new_payee', 'kind')
        """
        has = frozenset(columns)
        left_out = {
            rule.id: tuple(name for name in rule.fields if name not in has)
            for rule in self.rules
            if not has.issuperset(rule.fields)
        }
        return replace(self, rules=tuple(rule for rule in self.rules if rule.id not in left_out)), left_out

    def on(self, day: date) -> "Rulebook":
        """Return the rules that are valid on a day, without their dates: for events whose day the caller knows."""
        valid = (rule for rule in self.rules if rule.is_valid_on(day))
        return replace(self, rules=tuple(replace(rule, valid_from=None, valid_until=None) for rule in valid))

    def hits(self, columns: Columns) -> Mask:
        """Return which rule hits which row.

        Parameters
        ----------
        columns
            Mapping from field to array, series or categorical, each of n rows; or a data frame.

        Returns
        -------
        Boolean array of shape (n, rules), columns in the order of `ids`.

        Raises
        ------
        RuleEventError
            If a column that a rule reads is missing (see `available`) or of the wrong type.

        Examples
        --------
        >>> from fraud.rules.reading import first_rulebook
        >>> book, _ = first_rulebook().available(["terminal_frauds_30d", "terminal_count_7d"])
        >>> book.ids
        ('terminal_confirmed_frauds', 'terminal_one_confirmed_fraud')
        >>> frauds, count = np.array([0.0, 1.0, 2.0]), np.array([9.0, 9.0, 9.0])
        >>> book.hits({"terminal_frauds_30d": frauds, "terminal_count_7d": count}).astype(int)
        array([[0, 0],
               [0, 1],
               [1, 1]])
        """
        prepared = prepare(columns, dict.fromkeys(name for rule in self.rules for name in rule.fields))
        found = np.empty((len(self.rules), prepared.size), bool)
        for start in range(0, prepared.size, _BLOCK_OF_ROWS):
            rows = prepared.rows(start, start + _BLOCK_OF_ROWS)
            known: Known = {}
            for place, rule in enumerate(self.rules):
                found[place, start : start + rows.size] = true_rows(rule.test, rows, known)
        return found.T


@dataclass(frozen=True)
class ExampleFailure:
    """An example that a rule does not keep."""

    rule: str
    kind: Literal["hits", "misses"]
    number: int
    event: Mapping[str, object] = field(hash=False)

    def __str__(self) -> str:
        """Return the failure in one sentence."""
        does = "does not hit" if self.kind == "hits" else "hits"
        return f"rule {self.rule!r} {does} example {self.number} of its '{self.kind}': {dict(self.event)}"


def check_examples(rulebook: Rulebook) -> list[ExampleFailure]:
    """Return the examples that their rules do not keep; an empty list is what every rulebook must give.

    Parameters
    ----------
    rulebook
        The rulebook.

    Examples
    --------
    >>> from fraud.rules.reading import first_rulebook
    >>> check_examples(first_rulebook())
    []
    """
    return [failure for rule in rulebook.rules for failure in _failures(rule)]


def _failures(rule: Rule) -> Iterable[ExampleFailure]:
    for number, event in enumerate(rule.hits, 1):
        if not _example_hits(rule, event):
            yield ExampleFailure(rule.id, "hits", number, event)
    for number, event in enumerate(rule.misses, 1):
        if _example_hits(rule, event):
            yield ExampleFailure(rule.id, "misses", number, event)


def _example_hits(rule: Rule, event: Event) -> bool:
    """Judge an example; one without a day shows the condition alone."""
    return hits(rule.test if "occurred_at" in event else rule.condition, event)
