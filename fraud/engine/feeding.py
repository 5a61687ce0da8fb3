"""What the engine asks of features: to be fed event by event, and to be told later what was fraud."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["Features", "confirm"]


class Features(Protocol):
    """What `fraud.online.OnlineFeatures` offers: point-in-time features, fed event by event."""

    names: tuple[str, ...]

    @property
    def sequence(self) -> int:
        """Events that were pushed so far."""

    def push(self, event: Mapping[str, object]) -> npt.NDArray[np.float64]:
        """Return the features of an event from those before it, then take it in."""


def confirm(features: Any, event: Mapping[str, Any], is_fraud: bool) -> None:
    """Tell the features what an earlier event turned out to be; only fraud changes anything.

    Parameters
    ----------
    features
        With `confirm(event)`, if they count confirmed frauds at all.
    event, is_fraud
        The event again, and whether it was fraud.

    Examples
    --------
    >>> class Known:
    ...     def confirm(self, event):
    ...         print("fraud:", event["transaction_id"])
    >>> confirm(Known(), {"transaction_id": "T1"}, True)
    fraud: T1
    >>> confirm(Known(), {"transaction_id": "T2"}, False)
    """
    if is_fraud and hasattr(features, "confirm"):
        features.confirm(event)
