"""What the engine asks of features: to be fed event by event, and to be told later what was fraud."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["Features", "confirm"]


class Features(Protocol):
    """What `fraud.online.OnlineFeatures` offers: point-in-time features, fed event by event."""

    names: tuple[str, ...]
    sequence: int

    def push(self, event: Mapping[str, object]) -> npt.NDArray[np.float64]:
        """Return the features of an event from those before it, then take it in."""


def confirm(features: Any, content: Mapping[str, Any]) -> None:
    """Tell the features what an earlier event turned out to be, from what the log keeps of it."""
    features.confirm(content["event"], content["is_fraud"], datetime.fromisoformat(content["at"]))
