"""Probabilities of fraud for a frame of any size, by a scorer that was fitted on one machine.

Workers get the scorer with the call, or read it from a file of `fraud.modelfile` themselves, which is checked by its
hash; the file must lie where they can read it. The model is the same everywhere and rows do not depend on each other,
so that the numbers are those of one machine, bit for bit.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fraud.errors import SparkFrameError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["probabilities", "score"]

_NUMBERS = ("double", "float", "bigint", "int", "smallint", "tinyint", "boolean")


def score(
    frame: "DataFrame", scorer: Any, names: Sequence[str] | None = None, *, column: str = "probability"
) -> "DataFrame":
    """Return a frame with one column more: the probability of fraud of each row.

    Parameters
    ----------
    frame
        With the features that the scorer reads, numbers; null is missing. Other columns are passed on as they are.
    scorer
        Fitted, with `predict_proba`; or the path of a file of `fraud.modelfile`.
    names
        Columns that the scorer reads, in its order; None asks the scorer (`feature_names_in_`) or the file.
    column
        Name of the new column.

    Raises
    ------
    SparkFrameError
        If a column is missing, is no number, or has the new column's name.
    """
    read = _names(scorer, names)
    kinds = dict(frame.dtypes)
    if column in kinds:
        raise SparkFrameError(f"the frame has a column {column} already; give the new one another name")
    for name in read:
        if name not in kinds:
            raise SparkFrameError(f"the frame has no column {name}, which the scorer reads; it has {', '.join(kinds)}")
        if kinds[name] not in _NUMBERS:
            raise SparkFrameError(f"{name} is of type {kinds[name]}; the scorer reads numbers")

    def scored(tables: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        fitted = _loaded(str(scorer)) if isinstance(scorer, str | Path) else scorer
        for table in tables:
            yield table.assign(**{column: probabilities(fitted, table, read)})

    schema = ", ".join([*(f"`{name}` {kind}" for name, kind in kinds.items()), f"`{column}` double"])
    return frame.mapInPandas(scored, schema)


def probabilities(fitted: Any, table: pd.DataFrame, names: Sequence[str]) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Return the probabilities of a table's rows, float64 of shape (n,): what each worker does with its part."""
    if table.empty:
        return np.empty(0)
    features = table[list(names)].astype(np.float64)
    return np.asarray(fitted.predict_proba(features), np.float64)[:, 1]


def _names(scorer: Any, names: Sequence[str] | None) -> list[str]:
    if names is not None:
        return list(names)
    if isinstance(scorer, str | Path):
        from fraud import modelfile

        return list(modelfile.load(Path(scorer)).names)
    found = getattr(scorer, "feature_names_in_", None)
    if found is None:
        raise SparkFrameError(f"{type(scorer).__name__} does not say which columns it reads; give names")
    return [str(name) for name in found]


@cache
def _loaded(path: str) -> Any:
    """Return the model of a file, read once by each worker."""
    from fraud import modelfile

    return modelfile.load(Path(path)).model
