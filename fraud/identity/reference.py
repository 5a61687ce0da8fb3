"""The readable twin of the comparison: the level of one attribute of one pair, in plain words.

A property test holds `fraud.identity.attributes.levels` to it. Fingerprints are mappings; what is missing is None.
"""

from collections.abc import Mapping
from typing import Any

from fraud.identity.attributes import ATTRIBUTES, NEAR_SENSOR

__all__ = ["level_of"]

Fingerprint = Mapping[str, Any]


def level_of(attribute: str, older: Fingerprint, newer: Fingerprint) -> str:
    """Return the name of the level on which two fingerprints agree in one attribute, or "missing".

    Examples
    --------
    >>> from datetime import datetime
    >>> old = {"seen_at": datetime(2026, 1, 1), "os_version": "10.2", "ip": "10.0.0.1"}
    >>> new = {"seen_at": datetime(2026, 3, 1), "os_version": "11.0", "ip": "10.0.0.9"}
    >>> level_of("os_version", old, new), level_of("ip", old, new), level_of("sensor", old, new)
    ('risen', 'same network', 'missing')
    """
    columns = next(one.columns for one in ATTRIBUTES if one.name == attribute)
    read = columns if attribute == "hardware" else columns[:1]
    if any(one.get(column) is None for one in (older, newer) for column in read):
        return "missing"
    old, new = ([one[column] for column in read] for one in (older, newer))
    if attribute in ("os_version", "app_version", "browser_version"):
        return _version(attribute, old[0], new[0], (newer["seen_at"] - older["seen_at"]).days)
    if attribute == "canvas":
        risen = any(_rose(older.get(name), newer.get(name)) for name in ("os_version", "browser_version"))
        return "same" if old == new else "changed with a version" if risen else "changed"
    if attribute == "fonts":
        return _fonts(old[0], new[0])
    if attribute == "sensor":
        apart = abs(old[0] - new[0])
        return "same" if apart <= NEAR_SENSOR[0] else "near" if apart <= NEAR_SENSOR[1] else "other"
    if attribute == "ip" and old != new:
        return "same network" if old[0].rpartition(".")[0] == new[0].rpartition(".")[0] else "other"
    return "same" if old == new else "other"


def _numbers(version: str) -> tuple[int, int]:
    major, _, minor = version.partition(".")
    return int(major), int(minor or 0)


def _rose(old: str | None, new: str | None) -> bool:
    return old is not None and new is not None and _numbers(new) > _numbers(old)


def _version(attribute: str, old: str, new: str, days: int) -> str:
    if _numbers(old) == _numbers(new):
        return "same" if attribute == "os_version" else "same late" if days >= 14 else "same soon"
    return "risen" if _rose(old, new) else "fallen"


def _fonts(old: str, new: str) -> str:
    before, after = set(old.split()), set(new.split())
    if old == new:
        return "same"
    if before <= after:
        return "added"
    return "alike" if len(before & after) >= 0.75 * len(before | after) else "other"
