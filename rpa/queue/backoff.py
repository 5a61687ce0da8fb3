"""Backing off: how long to leave a system alone after it has failed.

The waiting time doubles with each failure up to a limit, and is drawn at random from its upper half, so that bots that
failed together do not come back together.

References
----------
Metcalfe and Boggs (1976), Ethernet; Brooker (2015), Exponential backoff and jitter.
"""

import numpy as np

__all__ = ["retry_after"]


def retry_after(failures: int, rng: np.random.Generator, first: float = 1.0, longest: float = 120.0) -> float:
    """Return for how many seconds to wait.

    Parameters
    ----------
    failures
        In a row, 1 or more.
    rng
        Where the chance comes from.
    first, longest
        Seconds after the first failure, and at the most.

    Examples
    --------
    >>> rng = np.random.default_rng(7)
    >>> [round(retry_after(failures, rng)) for failures in (1, 2, 3, 4, 50)]
    [1, 2, 4, 5, 78]
    """
    whole = min(first * 2.0 ** min(failures - 1, 60), longest)
    return float(whole * (0.5 + 0.5 * rng.random()))
