"""Whether a model out of a file can be asked without harm: a forged file must not hang, crash or read elsewhere.

A hash says that a file is as it was written, not that its writer meant well. Trees are walked and arrays are indexed by
machine code that checks no bounds, so every index and every length is checked here, once, before the model is used.
"""

from typing import Any

import numpy as np

from fraud.errors import ModelFileError, TreeTableError
from fraud.scorers.anomaly import Unusualness
from fraud.scorers.blend import Blend, Member
from fraud.scorers.boosting import GradientBoosting
from fraud.scorers.encoding import Encoding
from fraud.scorers.factorization import FactorizationMachine
from fraud.scorers.forest import RandomForest
from fraud.scorers.regression import FeatureRegression
from fraud.scorers.scorecard import RuleScorecard
from fraud.scorers.tree_table import TreeTable
from fraud.scorers.unlabelled import RulesAndIsolation
from fraud.sequence.network import SequenceScorer, shapes

__all__ = ["check_sound"]

_WIDEST = 4_096


def check_sound(model: Any, width: int) -> None:
    """Return if a model can be asked about rows of `width` features.

    Raises
    ------
    ModelFileError
        If a length, a type or an index in it does not fit.

    Examples
    --------
    >>> card = RuleScorecard().fit([[1.0], [1.0], [0.0], [0.0]], [1, 1, 0, 0])
    >>> check_sound(card, 1)
    >>> check_sound(card, 2)
    Traceback (most recent call last):
    fraud.errors.models.ModelFileError: The model file holds a model of 1 features where 2 are read.
    """
    try:
        _check(model, width)
    except TreeTableError as error:
        raise ModelFileError(f"The model file holds broken trees. {error}") from error
    except ModelFileError:
        raise  # it is a ValueError too, and says already what does not fit
    except (AttributeError, TypeError, IndexError, ValueError) as error:
        raise ModelFileError(f"The model file holds a part that does not fit its kind: {error}.") from error


def _check(model: Any, width: int) -> None:
    names = getattr(model, "feature_names_in_", None)
    _demand(model.n_features_in_ == width, f"a model of {model.n_features_in_} features where {width} are read")
    _demand(names is None or len(names) == width, "names that are not as many as the features")
    _demand(len(model.classes_) == 2, "a model that does not tell two classes apart")
    if isinstance(model, Blend):
        _check_blend(model, width)
    elif isinstance(model, RuleScorecard):
        _vector(model.weights_, width)
        _number(model.intercept_)
    elif isinstance(model, GradientBoosting | RandomForest | Unusualness):
        _trees(model.trees_, width)
        for name in ("base_", "slope_", "voter_", "shift_"):
            _number(getattr(model, name, 0.0))
    elif isinstance(model, FeatureRegression | FactorizationMachine):
        _check_line(model, width)
    elif isinstance(model, SequenceScorer):
        _check_network(model, width)
    elif isinstance(model, RulesAndIsolation):
        _check_isolation(model, width)
    else:
        raise ModelFileError(f"The model file holds a {type(model).__name__} where a scorer must be.")


def _check_blend(model: Blend, width: int) -> None:
    _demand(isinstance(model.members_, list) and bool(model.members_), "a blend without members")
    _vector(model.blend_weights_, len(model.members_))
    _number(model.blend_intercept_)
    for member in model.members_:
        _demand(isinstance(member, Member) and isinstance(member.name, str), "a member that is none")
        _demand(not isinstance(member.model, Blend), "a blend within a blend")
        _places(member.columns, width)
        _check(member.model, len(member.columns))


def _check_line(model: FeatureRegression | FactorizationMachine, width: int) -> None:
    encoding = model.encoding_
    _demand(isinstance(encoding, Encoding), "an encoding that is none")
    _places(encoding.column, width)
    count = len(encoding.column)
    _demand(encoding.column.dtype == np.int32 and encoding.kind.dtype == np.int8, "an encoding of another type")
    _demand(
        encoding.kind.shape == (count,) and bool(np.isin(encoding.kind, range(4)).all()), "unknown kinds of columns"
    )
    for numbers in (encoding.shift, encoding.scale, model.weights_):
        _vector(numbers, count)
    _number(model.intercept_)
    if isinstance(model, FactorizationMachine):
        _demand(model.factors_.ndim == 2, "vectors of pairs that are not a table")
        for row in model.factors_:
            _vector(row, count)


def _check_isolation(model: RulesAndIsolation, width: int) -> None:
    _places(model.rules_, width)
    _places(model.others_, width)
    _vector(model.points_, len(model.rules_))
    _number(model.mean_search_)
    if model.trees_ is not None:
        _trees(model.trees_, len(model.others_))
    for steps in (model.unusual_, model.suspicion_):
        at, share = steps
        _vector(at, len(share))
        _vector(share, len(at))


def _check_network(model: SequenceScorer, width: int) -> None:
    sides = (model.length_, model.width_, model.units)
    _demand(all(type(side) is int and 0 < side <= _WIDEST for side in sides), "a network without size")
    _demand(model.length_ * model.width_ == width, "histories of another size")
    for numbers in (model.center_, model.spread_):
        _demand(numbers.shape == (model.width_,) and bool(np.isfinite(numbers).all()), "a scale of another width")
    found = [array.shape for array in model.weights_]
    _demand(found == shapes(model.width_, model.units), "a network whose weights have other shapes")
    _demand(
        all(bool(np.isfinite(array).all()) for array in model.weights_), "a network with weights that are no numbers"
    )
    _number(model.shift_)


def _trees(table: Any, width: int) -> None:
    _demand(isinstance(table, TreeTable) and isinstance(table.narrow, bool), "trees that are none")
    _demand(table.nodes.dtype == np.int32 and table.roots.dtype == np.int32, "trees of another type")
    _demand(table.number.dtype == np.float64 and table.cover.dtype == np.float64, "trees of another type")
    table.check(width)


def _vector(values: Any, count: int) -> None:
    fits = isinstance(values, np.ndarray) and values.shape == (count,) and values.dtype == np.float64
    _demand(fits and bool(np.isfinite(values).all()), f"numbers that are not {count} finite ones")


def _places(values: Any, width: int) -> None:
    fits = isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype.kind == "i"
    _demand(fits and bool(((values >= 0) & (values < width)).all()), f"a column that is not one of {width}")


def _number(value: Any) -> None:
    _demand(isinstance(value, int | float) and bool(np.isfinite(value)), f"{value!r} where a finite number must be")


def _demand(is_so: bool, said: str) -> None:
    if not is_so:
        raise ModelFileError(f"The model file holds {said}.")
