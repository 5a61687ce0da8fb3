"""Which features are asked for: those that a model reads, and those that rules read besides."""

from collections.abc import Iterable

from fraud.features.catalogue import CORE, FEATURES

__all__ = ["asked_by"]


def asked_by(fields: Iterable[str], features: Iterable[str] | None = None) -> tuple[str, ...]:
    """Return the features that a model and rules read together, in the order of the catalogue.

    Parameters
    ----------
    fields
        What rules read; columns of the table among them are passed over.
    features
        Names of the features that the model reads; `CORE` by default.

    Examples
    --------
    >>> asked_by(["channel", "customer_count_1h"], ["hour", "customer_sum_1h"])
    ('hour', 'customer_count_1h', 'customer_sum_1h')
    """
    wanted = {*(CORE if features is None else features), *fields}
    return tuple(feature.name for feature in FEATURES if feature.name in wanted)
