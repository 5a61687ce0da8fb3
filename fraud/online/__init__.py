"""Features online: events come one at a time, each gets its row of numbers in microseconds and is taken in.

In: mappings with the columns of `fraud.schema`. Out: the same numbers that `fraud.features.FeatureBuilder` gives for a
whole table, bit for bit, because both are one kernel. The state is bounded, is saved to one file and restored from it.
"""

from fraud.online.kernel import Limits
from fraud.online.stream import OnlineFeatures

__all__ = ["Limits", "OnlineFeatures"]
