"""What decides: rulebook, model and costs of one version each, made ready for single events and never changed.

A new rulebook or model is a new setting. The engine takes up a setting whole between two events, so that no event is
judged half by the old one; what does not fit together is refused when the setting is made, while the old one serves on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from fraud.costs import ACTIONS, CostTable
from fraud.engine.canonical import content_hash
from fraud.engine.verdict import Lines, lines_of
from fraud.errors import EngineMismatchError
from fraud.rules import Rule, Rulebook, write
from fraud.scorers import RULE_PREFIX

__all__ = ["EventRules", "Model", "RowScorer", "Setting", "costs_hash", "rulebook_name", "schema_hash"]

Floats = npt.NDArray[np.float64]


@runtime_checkable
class Model(Protocol):
    """What `fraud.modelfile.load` returns: a fitted scorer, the columns that it reads, and the hash of its content."""

    @property
    def model(self) -> Any:
        """The scorer, with `predict_proba`."""

    @property
    def names(self) -> Sequence[str]:
        """Columns that it reads, in order; "rule:<id>" is the hit of a rule."""

    @property
    def version(self) -> str:
        """Hash of the content."""


class EventRules(Protocol):
    """What `fraud.rules.compiled.compile_rules` returns, as far as it is used here."""

    def event_hits(self, event: Mapping[str, object], features: Floats | None = None) -> tuple[int, ...]:
        """Return the positions of the rules that hit."""


def rulebook_name(rulebook: Rulebook) -> str:
    """Return id, version and a hash of all that decides: what a decision records.

    Examples
    --------
    >>> from fraud.rules import first_rulebook
    >>> rulebook_name(first_rulebook())[:8]
    'first@1:'
    """
    content = [
        {field.name: _plain(getattr(rule, field.name)) for field in fields(rule) if field.name not in _NO_EFFECT}
        | {"condition": write(rule.condition)}
        for rule in rulebook.rules
    ]
    return f"{rulebook.id}@{rulebook.version}:{content_hash(content)[:16]}"


_NO_EFFECT = ("condition", "when", "hits", "misses")  # the condition is written in one way, examples decide nothing


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value


def costs_hash(costs: CostTable) -> str:
    """Return the hash of a table of costs, sixteen hexadecimal digits.

    Examples
    --------
    >>> from fraud.costs import ActionCost
    >>> costs_hash(CostTable(ActionCost(100, 0, 0.5), ActionCost(200, 50, 0.2), ActionCost(400, 50, 0.0)))
    '8f2b102362f842df'
    """
    content = [[entry.friction_fen, entry.handling_fen, float(entry.share_lost)] for entry in costs.actions]
    return content_hash(content)[:16]


def schema_hash(names: Sequence[str]) -> str:
    """Return the hash of the names of features in their order, sixteen hexadecimal digits.

    Examples
    --------
    >>> schema_hash(["hour", "new_device"]) == schema_hash(["new_device", "hour"])
    False
    """
    return content_hash(list(names))[:16]


class RowScorer:
    """The probability of one event from its features and hits, without a table being made; not for two threads."""

    def __init__(
        self, score: Callable[[Floats], float], names: Sequence[str], features: Sequence[str], rules: Rulebook
    ):
        places = {name: at for at, name in enumerate(features)}
        hits = {f"{RULE_PREFIX}{rule_id}": at for at, rule_id in enumerate(rules.ids)}
        for name in names:
            if name not in places and name not in hits:
                raise EngineMismatchError(
                    f"the model reads {name}, which is neither a feature of this engine nor a rule of {rules.id}; "
                    "train it on the table that this engine makes"
                )
        self._score = score
        self._is_plain = list(names) == list(features)
        self._row = np.zeros(len(names))
        plain = [at for at, name in enumerate(names) if name in places]
        self._to, self._from = np.array(plain, np.intp), np.array([places[names[at]] for at in plain], np.intp)
        count = len(plain)
        whole = plain == list(range(count)) and list(names[:count]) == list(features)
        self._prefix = count if whole else -1
        self._rule_place = [-1] * len(rules.ids)
        for at, name in enumerate(names):
            if name not in places:
                self._rule_place[hits[name]] = at

    def __call__(self, features: Floats, hits: Sequence[int]) -> float:
        """Return the probability of fraud.

        Parameters
        ----------
        features
            Float64 of shape (features,).
        hits
            Positions of the rules that hit.
        """
        if self._is_plain:
            return float(self._score(features))
        row = self._row
        if self._prefix >= 0:
            row[: self._prefix] = features
        else:
            row[self._to] = features[self._from]
        places = [place for place in map(self._rule_place.__getitem__, hits) if place >= 0]
        for place in places:
            row[place] = 1.0
        made = float(self._score(row))
        for place in places:
            row[place] = 0.0
        return made


@dataclass(frozen=True, eq=False)
class Setting:
    """Rulebook, model and costs, ready for events; made by `Setting.of`."""

    rulebook: Rulebook
    model: Model | None
    costs: CostTable
    feature_names: tuple[str, ...]
    rules: EventRules
    scorer: RowScorer | None
    lines: Lines
    demands: tuple[int, ...]
    ids: tuple[str, ...]
    rule_of: Mapping[str, Rule]
    names: tuple[str, str, str, str]
    """Of the rulebook, the model, the costs and the schema, as decisions record them."""

    @classmethod
    def of(cls, rulebook: Rulebook, model: Model | None, costs: CostTable, feature_names: Sequence[str]) -> "Setting":
        """Make rulebook, model and costs ready.

        Raises
        ------
        EngineMismatchError
            If the model reads a column that is neither a feature nor a rule.
        """
        from fraud.rules.compiled import compile_rules

        scorer = None
        if model is not None:
            from fraud.scorers.single import single_row

            scorer = RowScorer(single_row(model.model, list(model.names)), model.names, feature_names, rulebook)
        return cls(
            rulebook=rulebook,
            model=model,
            costs=costs,
            feature_names=tuple(feature_names),
            rules=compile_rules(rulebook, feature_names),
            scorer=scorer,
            lines=lines_of(costs),
            # a rule of the mildest kind is evidence for the model and demands nothing
            demands=tuple(max(0, _DEMANDS.index(rule.action)) for rule in rulebook.rules),
            ids=rulebook.ids,
            rule_of={rule.id: rule for rule in rulebook.rules},
            names=(
                rulebook_name(rulebook),
                "" if model is None else model.version,
                costs_hash(costs),
                schema_hash(feature_names),
            ),
        )


_DEMANDS = ("score", *ACTIONS[1:])
