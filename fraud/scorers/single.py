"""One row, one probability, in microseconds: the fast way through a fitted model.

A library's `predict_proba` spends a millisecond on checking and unpacking a table of one row. Here a fitted model is
laid out once as plain arrays, for the very order of features in which rows will come, and one kernel walks all of it:
points of rules, trees, encoded features, pairs, stack. Nothing is compiled for a model: the kernel is the same for all,
and its machine code is kept on disk.

The result equals `predict_proba` within 1e-12: sums are made in the same order, but logarithms and exponentials
come from another library, and may differ in the last bit. Models that are not ours still work, at their own pace.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from fraud.errors import ModelMisfitError
from fraud.scorers.anomaly import Unusualness
from fraud.scorers.blend import Blend, Member
from fraud.scorers.boosting import GradientBoosting
from fraud.scorers.encoding import MOST_DEVIATIONS, Encoding
from fraud.scorers.factorization import FactorizationMachine
from fraud.scorers.forest import RandomForest
from fraud.scorers.kernels import blend_row
from fraud.scorers.regression import FeatureRegression
from fraud.scorers.scorecard import RuleScorecard
from fraud.scorers.tree_table import TreeTable

__all__ = ["columns_of", "single_row"]

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

_SUM, _VOTES = 0, 1


def single_row(model: Any, names: Sequence[str]) -> Callable[[Floats], float]:
    """Return a function from one row of features to the probability of fraud.

    Parameters
    ----------
    model
        Fitted. A `Blend` or one of its members is laid out; any other model with `predict_proba` is called as it is.
    names
        Names of the features in the order in which rows will come; they may be more than the model reads.

    Returns
    -------
    callable
        Takes float64 of shape (len(names),), NaN where a value is missing; the row is only read.

    Raises
    ------
    ModelMisfitError
        If the model reads a feature that is not among the names.

    Examples
    --------
    >>> X = pd.DataFrame({"amount_fen": [100.0, 200.0, 9_000.0] * 50, "rule:large": [0.0, 0.0, 1.0] * 50})
    >>> model = Blend(n_trees=5).fit(X, X["amount_fen"] > 1_000)
    >>> score = single_row(model, ["rule:large", "amount_fen"])
    >>> bool(abs(score(np.array([1.0, 9_000.0])) - model.predict_proba(X)[2, 1]) < 1e-12)
    True
    """
    check_is_fitted(model)
    columns = columns_of(model, names)
    layout = _layout(model, columns, len(names))
    if layout is not None:
        return functools.partial(_called, blend_row, layout.arrays())
    known = getattr(model, "feature_names_in_", None)

    def asked(row: Floats) -> float:
        values = row[columns][np.newaxis]
        return float(model.predict_proba(values if known is None else pd.DataFrame(values, columns=known))[0, 1])

    return asked


def _called(kernel: Callable[..., float], arrays: tuple[Any, ...], row: Floats) -> float:
    return kernel(row, *arrays)


def columns_of(model: Any, names: Sequence[str]) -> Places:
    """Return where each of the model's features stands among the names.

    Raises
    ------
    ModelMisfitError
        If one is not there; the message names the first.
    """
    known = getattr(model, "feature_names_in_", None)
    if known is None:
        if model.n_features_in_ != len(names):
            raise ModelMisfitError(f"The model reads {model.n_features_in_} features, but {len(names)} are given.")
        return np.arange(len(names))
    place = {name: at for at, name in enumerate(names)}
    for name in known:
        if name not in place:
            raise ModelMisfitError(f"The model reads the feature {name}, which is not among the {len(names)} given.")
    return np.array([place[name] for name in known], dtype=np.int64)


@dataclass
class _Layout:
    """The arrays of one model, as `kernels.blend_row` reads them."""

    intercept: float
    width: int
    card: tuple[float, float] = (0.0, 0.0)
    rules: Places = field(default_factory=lambda: np.empty(0, np.int64))
    points: Floats = field(default_factory=lambda: np.empty(0))
    tables: list[tuple[TreeTable, int, list[float]]] = field(default_factory=list)
    encoding: Encoding | None = None
    columns: Places = field(default_factory=lambda: np.empty(0, np.int64))
    lines: list[tuple[float, float, float]] = field(default_factory=list)
    linear: list[Floats] = field(default_factory=list)
    factors: Floats | None = None

    def arrays(self) -> tuple[Any, ...]:
        """Return them in the kernel's order; what the model does not have is empty."""
        nodes, number, roots, groups, links = [np.empty((0, 4), np.int32)], [np.empty(0)], [], [], []
        behind = trees = 0
        for table, kind, link in self.tables:
            moved = table.nodes.copy()
            moved[:, 1:] += behind
            nodes.append(moved)
            number.append(table.number)
            roots += (table.roots.astype(np.int64) + behind).tolist()
            groups.append([trees, len(roots), int(table.narrow), kind])
            links.append(link)
            behind, trees = behind + len(table.number), len(roots)
        encoding = self.encoding or Encoding.learn(np.empty((1, 0)), [])
        m = len(encoding.column)
        return (
            *(np.concatenate(nodes), np.concatenate(number), np.array(roots, dtype=np.int64)),
            *(np.array(groups, dtype=np.int64).reshape(-1, 4), np.array(links, dtype=np.float64).reshape(-1, 4)),
            *(self.columns, encoding.kind, np.stack([encoding.shift, encoding.scale])),
            *(np.array(self.lines, dtype=np.float64).reshape(-1, 3), np.array(self.linear).reshape(len(self.lines), m)),
            np.zeros((0, m)) if self.factors is None else np.ascontiguousarray(self.factors),
            *(self.rules, self.points),
            np.array([self.intercept, self.card[0], self.card[1], MOST_DEVIATIONS]),
        )


def _layout(model: Any, columns: Places, width: int) -> _Layout | None:
    """Return a model's layout for rows in which its features stand at `columns`; None if a part of it is not ours."""
    if isinstance(model, Blend):
        layout = _Layout(model.blend_intercept_, width)
        for member, trust in zip(model.members_, model.blend_weights_, strict=True):
            if trust and not _add(layout, member, columns, float(trust)):
                return None
        return layout
    layout = _Layout(0.0, width)
    alone = Member("", model, np.arange(len(columns)))
    return layout if _add(layout, alone, columns, 1.0) else None


def _add(layout: _Layout, member: Member, columns: Places, trust: float) -> bool:
    """Add one member to the layout; say whether there was a place for it."""
    model, places = member.model, columns[member.columns]
    if isinstance(model, RuleScorecard) and not layout.rules.size:
        used = np.flatnonzero(model.weights_)
        layout.rules, layout.points = places[used], model.weights_[used]
        layout.card = (model.intercept_, trust)
    elif isinstance(model, GradientBoosting):
        layout.tables.append((model.trees_.with_columns(places), _SUM, [model.base_, 1.0, 0.0, trust]))
    elif isinstance(model, Unusualness):
        layout.tables.append((model.trees_.with_columns(places), _SUM, [model.base_, -model.slope_, 0.0, trust]))
    elif isinstance(model, RandomForest):
        link = [float(len(model.trees_.roots)), model.voter_, model.shift_, trust]
        layout.tables.append((model.trees_.with_columns(places), _VOTES, link))
    elif isinstance(model, FeatureRegression | FactorizationMachine):
        return _add_line(layout, model, places, trust)
    else:
        return False
    return True


def _add_line(layout: _Layout, model: FeatureRegression | FactorizationMachine, places: Places, trust: float) -> bool:
    """Add a model of encoded features; all of them in one blend have learnt the same encoding from the same rows."""
    columns = places[model.encoding_.column]
    if layout.encoding is not None and not _same(layout.encoding, model.encoding_, layout.columns, columns):
        return False
    layout.encoding, layout.columns = model.encoding_, columns
    has_pairs = isinstance(model, FactorizationMachine)
    if has_pairs and layout.factors is not None:
        return False
    if has_pairs:
        layout.factors = model.factors_
    layout.lines.append((model.intercept_, trust, float(has_pairs)))
    layout.linear.append(model.weights_)
    return True


def _same(one: Encoding, two: Encoding, columns: Places, others: Places) -> bool:
    pairs = ((columns, others), (one.kind, two.kind), (one.shift, two.shift), (one.scale, two.scale))
    return all(np.array_equal(left, right) for left, right in pairs)
