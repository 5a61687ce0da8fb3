"""Fewer points of a curve, the same picture: first, last, lowest and highest of each strip are kept.

A precision-recall curve of a million transactions has a million points; a page needs no more than its pixels
can show. Source: Jugel, Jerzak, Hackenbroich and Markl, "M4: a visualization-oriented time series data
aggregation", VLDB 2014. It keeps what a line drawing shows, not the area below the curve: never compute
a metric from a thinned curve.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["thin"]


def thin(x: NDArray[np.float64], y: NDArray[np.float64], most: int = 300) -> NDArray[np.int64]:
    """Return the positions of at most `most` points that draw the same line.

    Parameters
    ----------
    x, y
        Coordinates of the curve in the order of drawing, shape (n,), finite.
    most
        How many points may be kept, at least 4.

    Returns
    -------
    positions
        Ascending positions, shape (at most `most`,), dtype int64; first and last point are always among them.

    Examples
    --------
    >>> x = np.linspace(0.0, 1.0, 1_000)
    >>> y = np.where(np.arange(1_000) == 123, 5.0, 1.0)
    >>> kept = thin(x, y, most=40)
    >>> len(kept) <= 40, 123 in kept
    (True, True)
    """
    if len(x) <= most:
        return np.arange(len(x), dtype=np.int64)
    strips = max(most // 4, 1)
    width = float(x.max() - x.min()) or 1.0
    strip = np.minimum(((x - x.min()) / width * strips).astype(np.int64), strips - 1)
    kept: set[int] = set()
    for number in np.unique(strip):
        inside = np.flatnonzero(strip == number)
        kept |= {int(inside[0]), int(inside[-1])}
        kept |= {int(inside[y[inside].argmin()]), int(inside[y[inside].argmax()])}
    return np.array(sorted(kept), dtype=np.int64)
