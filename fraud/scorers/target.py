"""The label as a scorer learns it: two classes, the second one is fraud."""

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from fraud.errors import OneClassError

__all__ = ["binary_target"]


def binary_target(y: npt.ArrayLike, weight: npt.NDArray[np.float64]) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    """Return the two classes in rising order, and for each row 1 if it is of the second.

    Parameters
    ----------
    y
        Labels, shape (n,): 0 and 1, or any two values that can be ordered.
    weight
        Weight of each row; a row of weight zero is not there.

    Raises
    ------
    OneClassError
        If all rows that count have one label.
    ValueError
        If there are more than two classes, or the labels are not classes at all (scikit-learn's words).

    Examples
    --------
    >>> classes, encoded = binary_target([0, 1, 0], np.ones(3))
    >>> classes.tolist(), encoded.tolist()
    ([0, 1], [0, 1, 0])
    """
    check_classification_targets(y)
    kind = type_of_target(y, input_name="y", raise_unknown=True)
    classes, encoded = np.unique(np.asarray(y), return_inverse=True)
    if kind == "multiclass":
        raise ValueError(
            f"Only binary classification is supported. The type of the target is {kind}: it has the classes "
            f"{', '.join(str(entry) for entry in classes[:5])}; give 1 for fraud and 0 for everything else."
        )
    seen = np.unique(encoded[weight > 0])
    if seen.size < 2:
        only = classes[seen[0]] if seen.size else "none"
        raise OneClassError(
            f"The label has only one class ({only}) in the {encoded.size} rows to learn from; "
            "give confirmed frauds (1) and legitimate transactions (0)."
        )
    return classes, encoded.astype(np.int64)
