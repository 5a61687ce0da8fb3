"""Point-in-time features: what was known about a transaction in the second in which it happened.

In: transactions in the columns of `fraud.schema`, in time order, in chunks of any size. Out: one row of
numbers for each transaction, computed from it and from earlier ones only; how the table is cut into chunks
changes nothing.
"""

from fraud.features.builder import FeatureBuilder
from fraud.features.catalogue import CORE, FEATURES, VELOCITY, Feature, available

__all__ = ["CORE", "FEATURES", "VELOCITY", "Feature", "FeatureBuilder", "available"]
