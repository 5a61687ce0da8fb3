"""Attributes of a fingerprint (设备指纹), and in how many ways each can agree with an earlier one.

Some never change on one device (model, storage), some rise (versions), some come and go (network). What follows from
something else is not counted again: graphics chip and screen follow from the model, so the hardware is one attribute,
or thirty phones of one model would agree four times over. `levels` compares many pairs at once, the earlier sighting
first; `fraud.identity.reference` says the same for one pair in plain words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fraud.errors import IdentityInputError

__all__ = ["ATTRIBUTES", "MISSING", "NEAR_SENSOR", "Attribute", "Prepared", "levels", "prepare"]

Codes = NDArray[np.int8]
MISSING = -1
"""Level of an attribute that one of the two does not tell: it speaks neither way."""
NEAR_SENSOR = (1_000, 2_500)
"""Offsets of one accelerometer differ by so many millionths of g: nearly always less than the second."""
_SOON = 14 * 86_400


@dataclass(frozen=True)
class Attribute:
    """One attribute: the columns it reads, its levels from full agreement down, whether rare values count for more."""

    name: str
    name_zh: str
    columns: tuple[str, ...]
    levels: tuple[str, ...]
    by_value: bool = False


ATTRIBUTES: tuple[Attribute, ...] = (
    Attribute("hardware", "硬件", ("os", "model", "gpu", "screen", "storage_gb"), ("same", "other"), True),
    Attribute("os_version", "系统版本", ("os_version",), ("same", "risen", "fallen")),
    Attribute("app_version", "应用版本", ("app_version",), ("same soon", "same late", "risen", "fallen")),
    Attribute("browser_version", "浏览器版本", ("browser_version",), ("same soon", "same late", "risen", "fallen")),
    Attribute(
        "canvas", "画布指纹", ("canvas", "os_version", "browser_version"), ("same", "changed with a version", "changed")
    ),
    Attribute("fonts", "字体", ("fonts",), ("same", "added", "alike", "other"), True),
    Attribute("sensor", "传感器", ("sensor",), ("same", "near", "other")),
    Attribute("time_zone", "时区", ("time_zone",), ("same", "other")),
    Attribute("language", "语言", ("language",), ("same", "other"), True),
    Attribute("carrier", "运营商", ("carrier",), ("same", "other")),
    Attribute("ip", "IP 地址", ("ip",), ("same", "same network", "other"), True),
)


@dataclass(frozen=True, eq=False)
class Prepared:
    """Fingerprints as codes: for each attribute that the table has, an array or two of shape (n,).

    `values`: text attributes as int64 codes, -1 for missing; `labels` names the codes. `numbers`: versions as major *
    1,000,000 + minor, and sensors, float64 with NaN. `font_sets`: the set of each code. `seen`: seconds since 1970.
    """

    size: int
    seen: NDArray[np.int64]
    values: Mapping[str, NDArray[np.int64]]
    labels: Mapping[str, NDArray[np.object_]]
    numbers: Mapping[str, NDArray[np.float64]]
    font_sets: tuple[frozenset[str], ...]

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """The attributes that can be compared, in their order."""
        return tuple(one for one in ATTRIBUTES if one.name in self.values or one.name in self.numbers)


_VERSIONS = ("os_version", "app_version", "browser_version")


def prepare(frame: pd.DataFrame) -> Prepared:
    """Turn a table of fingerprints into codes.

    Parameters
    ----------
    frame
        `seen_at` and any of the columns of `ATTRIBUTES`; versions as text such as "10.2".

    Raises
    ------
    IdentityInputError
        If `seen_at` is missing, no attribute is there, or a version or a sensor cannot be read.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"seen_at": pd.to_datetime(["2026-01-01"]), "model": ["M1"], "os_version": ["10.2"]})
    >>> [one.name for one in prepare(frame).attributes], float(prepare(frame).numbers["os_version"][0])
    (['hardware', 'os_version'], 10000002.0)
    """
    if "seen_at" not in frame:
        raise IdentityInputError("a fingerprint needs 'seen_at': what has drifted depends on when it was seen")
    values: dict[str, NDArray[np.int64]] = {}
    labels: dict[str, NDArray[np.object_]] = {}
    numbers: dict[str, NDArray[np.float64]] = {}
    for one in ATTRIBUTES:
        there = [column for column in one.columns if column in frame]
        if one.name in _VERSIONS and there:
            numbers[one.name] = _versions(frame[one.name])
        elif one.name == "sensor" and there:
            numbers["sensor"] = _sensor(frame["sensor"])
        elif one.columns[0] in frame or (one.name == "hardware" and there):
            values[one.name], labels[one.name] = _coded(frame, there if one.name == "hardware" else there[:1])
    if not values and not numbers:
        known = ", ".join(dict.fromkeys(column for one in ATTRIBUTES for column in one.columns))
        raise IdentityInputError(f"no attribute of a fingerprint is there; known are {known}")
    fonts = tuple(frozenset(str(text).split()) for text in labels.get("fonts", ()))
    seen = frame["seen_at"].to_numpy("datetime64[s]").astype(np.int64)
    return Prepared(len(frame), seen, values, labels, numbers, fonts)


def _coded(frame: pd.DataFrame, columns: list[str]) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    text = frame[columns[0]].astype("object")
    is_missing = text.isna()
    for column in columns[1:]:
        is_missing |= frame[column].isna()
        text = text.astype(str) + " / " + frame[column].astype(str)
    codes, labels = pd.factorize(text.mask(is_missing, None).to_numpy(object))
    return codes.astype(np.int64), np.asarray(labels, object)


def _versions(column: "pd.Series[str]") -> NDArray[np.float64]:
    codes, texts = pd.factorize(column.to_numpy(object))
    known = np.array([_version(str(text), str(column.name)) for text in texts], np.float64)
    return np.where(codes >= 0, known[codes] if len(known) else np.nan, np.nan)


def _version(text: str, name: str) -> float:
    major, _, minor = text.partition(".")
    minor = minor.partition(".")[0] or "0"
    if not (major.isascii() and major.isdigit() and minor.isascii() and minor.isdigit()):
        raise IdentityInputError(f"{name} is {text!r}; a version is numbers with points, such as 10.2")
    return float(int(major) * 1_000_000 + int(minor))


def _sensor(column: "pd.Series[float]") -> NDArray[np.float64]:
    numbers = pd.to_numeric(column, errors="coerce")
    if (numbers.isna() & column.notna()).any():
        wrong = column[numbers.isna() & column.notna()].iloc[0]
        raise IdentityInputError(f"sensor is {wrong!r}; an offset is a number of millionths of g")
    return numbers.to_numpy(np.float64)


def levels(table: Prepared, older: NDArray[np.int64], newer: NDArray[np.int64]) -> dict[str, Codes]:
    """Return the level of each attribute for pairs of positions, int8 of shape (pairs,), -1 where one is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> times = pd.to_datetime(["2026-01-01", "2026-03-01"])
    >>> frame = pd.DataFrame({"seen_at": times, "os_version": ["10.2", "11.0"], "time_zone": ["A", "A"]})
    >>> {name: int(level[0]) for name, level in levels(prepare(frame), np.array([0]), np.array([1])).items()}
    {'os_version': 1, 'time_zone': 0}
    """
    return {one.name: _COMPARED.get(one.name, _equal)(table, one.name, older, newer) for one in table.attributes}


def _known(level: NDArray[np.int64], *missing: NDArray[np.bool_]) -> Codes:
    for one in missing:
        level = np.where(one, MISSING, level)
    return level.astype(np.int8)


def _equal(table: Prepared, name: str, older: NDArray[np.int64], newer: NDArray[np.int64]) -> Codes:
    one, other = table.values[name][older], table.values[name][newer]
    return _known((one != other).astype(np.int64), one < 0, other < 0)


def _rising(table: Prepared, name: str, older: NDArray[np.int64], newer: NDArray[np.int64]) -> Codes:
    one, other = table.numbers[name][older], table.numbers[name][newer]
    level = np.where(other == one, 0, np.where(other > one, 1, 2))
    return _known(level, np.isnan(one), np.isnan(other))


def _updated(table: Prepared, name: str, older: NDArray[np.int64], newer: NDArray[np.int64]) -> Codes:
    """Tell a version that is still the same after a fortnight from one that had no time to change."""
    level = _rising(table, name, older, newer).astype(np.int64)
    late = table.seen[newer] - table.seen[older] >= _SOON
    return np.where(level <= 0, np.where(level == 0, late, level), level + 1).astype(np.int8)


def _canvas(table: Prepared, name: str, older: NDArray[np.int64], newer: NDArray[np.int64]) -> Codes:
    one, other = table.values[name][older], table.values[name][newer]
    risen = np.zeros(len(older), bool)
    for version in ("os_version", "browser_version"):
        if version in table.numbers:
            risen |= table.numbers[version][newer] > table.numbers[version][older]
    return _known(np.where(one == other, 0, np.where(risen, 1, 2)), one < 0, other < 0)


def _fonts(table: Prepared, name: str, older: NDArray[np.int64], newer: NDArray[np.int64]) -> Codes:
    one, other = table.values[name][older], table.values[name][newer]
    level = np.zeros(len(older), np.int64)
    differ = np.flatnonzero((one != other) & (one >= 0) & (other >= 0))
    pairs, back = np.unique(np.stack([one[differ], other[differ]]), axis=1, return_inverse=True)
    found = [_font_level(table.font_sets[a], table.font_sets[b]) for a, b in pairs.T.tolist()]
    level[differ] = np.array(found, np.int64)[back.ravel()] if found else 0
    return _known(level, one < 0, other < 0)


def _font_level(old: frozenset[str], new: frozenset[str]) -> int:
    if old <= new:
        return 1
    return 2 if len(old & new) >= 0.75 * len(old | new) else 3


def _near(table: Prepared, name: str, older: NDArray[np.int64], newer: NDArray[np.int64]) -> Codes:
    one, other = table.numbers[name][older], table.numbers[name][newer]
    apart = np.abs(one - other)
    level = np.where(apart <= NEAR_SENSOR[0], 0, np.where(apart <= NEAR_SENSOR[1], 1, 2))
    return _known(level, np.isnan(apart))


def _network(table: Prepared, name: str, older: NDArray[np.int64], newer: NDArray[np.int64]) -> Codes:
    one, other = table.values[name][older], table.values[name][newer]
    network = pd.factorize(np.array([str(ip).rpartition(".")[0] for ip in table.labels[name]], object))[0]
    near = network[one] == network[other] if len(network) else one == other
    return _known(np.where(one == other, 0, np.where(near, 1, 2)), one < 0, other < 0)


_COMPARED: dict[str, Callable[[Prepared, str, NDArray[np.int64], NDArray[np.int64]], Codes]] = {
    "os_version": _rising,
    "app_version": _updated,
    "browser_version": _updated,
    "canvas": _canvas,
    "fonts": _fonts,
    "sensor": _near,
    "ip": _network,
}
