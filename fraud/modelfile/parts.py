"""What can be stored: the fixed list of kinds, and for each the fields that make it up.

A model becomes nested JSON in which every array is a number, its place in the file. Coming back, a kind is looked up in
this list and its fields are set, one by one: no name in a file is ever imported or called. What a field may hold is
checked after that (`fraud.modelfile.soundness`), since a file may be forged.
"""

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fraud.errors import ModelFileError, ModelKindError
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
from fraud.sequence.network import SequenceScorer
from fraud.sequence.rescoring import Rescored

__all__ = ["KINDS", "disassembled", "reassembled"]

_FITTED = ("classes_", "n_features_in_")
_TREES = (*_FITTED, "trees_")
_LINE = (*_FITTED, "encoding_", "weights_", "intercept_")

KINDS: dict[str, tuple[type, tuple[str, ...]]] = {
    "blend": (Blend, (*_FITTED, "members_", "blend_weights_", "blend_intercept_", "calibrated_")),
    "member": (Member, ("name", "model", "columns")),
    "scorecard": (RuleScorecard, (*_FITTED, "weights_", "intercept_")),
    "boosting": (GradientBoosting, (*_TREES, "base_")),
    "forest": (RandomForest, (*_TREES, "voter_", "shift_")),
    "unusualness": (Unusualness, (*_TREES, "slope_", "base_")),
    "regression": (FeatureRegression, _LINE),
    "factorization": (FactorizationMachine, (*_LINE, "factors_")),
    "isolation": (
        RulesAndIsolation,
        (*_FITTED, "rules_", "others_", "points_", "trees_", "mean_search_", "unusual_", "suspicion_"),
    ),
    "sequence": (
        SequenceScorer,
        (*_FITTED, "units", "length_", "width_", "weights_", "center_", "spread_", "shift_"),
    ),
    "rescored": (Rescored, ("threshold", "first", "second", "intercept")),
    "trees": (TreeTable, ("nodes", "number", "cover", "roots", "narrow")),
    "encoding": (Encoding, ("column", "kind", "shift", "scale")),
}
"""Name in the file -> class, and the attributes that are stored. Settings of learning are not: they answer nothing."""

_NAMES = {kind: name for name, (kind, _) in KINDS.items()}
_PLAIN = (bool, int, float, str, type(None))


def disassembled(value: Any, arrays: list[npt.NDArray[Any]]) -> Any:
    """Return a value as JSON can say it; arrays are appended to `arrays`.

    Raises
    ------
    ModelKindError
        If a part is of a kind that is not on the list.

    Examples
    --------
    >>> arrays = []
    >>> disassembled(["a", np.array([1.5])], arrays), arrays
    (['a', {'array': 0}], [array([1.5])])
    """
    if isinstance(value, np.ndarray) and value.dtype != object and value.dtype.kind != "U":
        arrays.append(value)
        return {"array": len(arrays) - 1}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, list | tuple | np.ndarray):
        return [disassembled(entry, arrays) for entry in value]
    if type(value) not in _NAMES:
        raise ModelKindError(f"A {type(value).__name__} cannot be stored, only {', '.join(KINDS)}.")
    name = _NAMES[type(value)]
    made = {field: disassembled(getattr(value, field), arrays) for field in KINDS[name][1]}
    if hasattr(value, "feature_names_in_"):
        made["feature_names_in_"] = [str(entry) for entry in value.feature_names_in_]
    return {"kind": name, "fields": made}


def reassembled(value: Any, arrays: list[npt.NDArray[Any]]) -> Any:
    """Return what `disassembled` has taken apart.

    Raises
    ------
    ModelFileError
        If a kind is not on the list, its fields are not the ones it has, or an array is not there.

    Examples
    --------
    >>> reassembled(["a", {"array": 0}], [np.array([1.5])])
    ['a', array([1.5])]
    >>> reassembled({"kind": "os.system", "fields": {}}, [])
    Traceback (most recent call last):
    fraud.errors...ModelFileError: The model file holds a part of the kind 'os.system'; known are ...
    """
    if isinstance(value, list):
        return [reassembled(entry, arrays) for entry in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"array"}:
        place = value["array"]
        if type(place) is not int or not 0 <= place < len(arrays):
            raise ModelFileError(f"The model file names the array {place!r}, but has {len(arrays)}.")
        return arrays[place]
    name, found = value.get("kind"), value.get("fields")
    if not isinstance(name, str) or name not in KINDS or not isinstance(found, dict):
        raise ModelFileError(f"The model file holds a part of the kind {name!r}; known are {', '.join(KINDS)}.")
    kind, wanted = KINDS[name]
    if set(found) - {"feature_names_in_"} != set(wanted):
        raise ModelFileError(f"The model file gives a {name} the fields {sorted(found)}, not {sorted(wanted)}.")
    return _made(kind, {field: reassembled(entry, arrays) for field, entry in found.items()})


def _made(kind: type, found: dict[str, Any]) -> Any:
    if is_dataclass(kind):
        return kind(**{field.name: found[field.name] for field in fields(kind)})
    model = kind()
    for field, entry in found.items():
        is_list = field in ("feature_names_in_", "classes_") and isinstance(entry, list)
        setattr(model, field, np.array(entry, dtype=object) if is_list else entry)
    return model
