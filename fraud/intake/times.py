"""Make local seconds of times that are written as text.

Understood without being told: ISO 8601 with "T" or a space, with or without seconds and fractions; the same with
"/", "." or 年月日 between, and without leading noughts (2018/4/1 9:05); 20180401, 201804010905 and 20180401090531.
A fraction of a second is cut off. A time with a zone becomes Beijing time (UTC+8); a file must have a zone
everywhere or nowhere, as its first readable time has. Not understood: 03/04/2018, which is two days, and a bare
number, which counts from nobody knows when; for both the mapping has a setting. Summer time (1986 to 1991) is not
known here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from fraud.intake.mapping import TIME_UNITS, Mapping
from fraud.intake.quarantine import Faults, faults_at

__all__ = ["EARLIEST", "LATEST", "TimeReader"]

EARLIEST = datetime(1990, 1, 1)
LATEST = datetime(2100, 1, 1)
"""A time is plausible from EARLIEST up to, but not including, LATEST."""

BEIJING_SECONDS = 8 * 3_600
ZONE = r"(?P<zone>Z|[+-]\d{2}(?::?\d{2})?)?"
CLOCK = r"(?P<hour>\d{1,2})(?:[:：时](?P<minute>\d{1,2})(?:[:：分](?P<second>\d{1,2})(?:[.,]\d+)?[秒]?)?[分]?)?"
WRITTEN = r"^(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?(?:[T ] *" + CLOCK + " ?" + ZONE + ")?$"
COMPACT_CLOCK = r"(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?"
COMPACT = (
    r"^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:[T ]?" + COMPACT_CLOCK + r"(?:[.,]\d+)?(?P<zone>Z|[+-]\d{4})?)?$"
)
FIELDS = ("year", "month", "day", "hour", "minute", "second")
DAY_OR_MONTH_FIRST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}(\D|$)")
NUMBER = r"^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?$"
Seconds = NDArray[np.int64]


@dataclass
class TimeReader:
    """Reads the times of one file, batch after batch; it remembers whether its first time had a zone.

    Parameters
    ----------
    mapping
        Its `time_format`, `time_unit` and `time_origin` say how times are written.

    Examples
    --------
    >>> reader = TimeReader(Mapping({"occurred_at": "T", "customer_id": "C", "amount_fen": "A"}))
    >>> seconds, faults = reader.read(pa.array(["1990-01-01T00:00:01", "1990/1/1 0:01", "03/04/2018", ""]))
    >>> (seconds - seconds[0]).tolist()[:2], faults
    ([0, 59], {2: 'time-ambiguous', 3: 'time-missing'})
    """

    mapping: Mapping
    zoned: bool | None = None

    def read(self, text: "pa.Array") -> tuple[Seconds, Faults]:
        """Read one batch.

        Parameters
        ----------
        text
            Array of n trimmed texts, without nulls.

        Returns
        -------
        seconds
            Local time in seconds since 1970, int64 of shape (n,); 0 where there is a fault.
        faults
            For each place with a fault the code of the reason.
        """
        if self.mapping.time_unit:
            seconds, faults = _counted(text, self.mapping)
        elif self.mapping.time_format:
            seconds, faults = _formatted(text, self.mapping.time_format)
        else:
            seconds, faults = self._recognised(text)
        implausible = (seconds < _since_1970(EARLIEST)) | (seconds >= _since_1970(LATEST))
        faults = faults_at(implausible, "time-implausible") | faults
        if faults:
            seconds = seconds.copy()
            seconds[list(faults)] = 0
        return seconds, faults

    def _recognised(self, text: "pa.Array") -> tuple[Seconds, Faults]:
        for zoned in (False, True):
            seconds = _iso(text, zoned) if self.zoned in (None, zoned) and len(text) else None
            if seconds is not None:
                self.zoned = zoned
                return seconds, {}
        seconds, possible, zones = _taken_apart(text)
        if self.zoned is None and possible.any():
            self.zoned = bool(zones[possible.argmax()])
        faults = _unless(possible, text, _code)
        return seconds, faults | faults_at(possible & (zones != bool(self.zoned)), "time-zone-mixed")


def _since_1970(moment: datetime) -> int:
    return int(np.datetime64(moment, "s").astype(np.int64))


def _iso(text: "pa.Array", zoned: bool) -> Seconds | None:
    # Arrow reads a whole batch of plain ISO 8601 some twenty times faster than the patterns below, or refuses it whole.
    for unit in ("s", "ns"):
        kind = pa.timestamp(unit, "UTC" if zoned else None)
        try:
            # A batch of other forms would fail at every cell, which takes longer than to read it.
            text.slice(0, 1).cast(kind)
            times = text.cast(kind)
        except pa.ArrowInvalid:
            continue
        count = np.asarray(times.cast(pa.int64()))
        seconds = count // 1_000_000_000 if unit == "ns" else count
        return seconds + BEIJING_SECONDS if zoned else seconds
    return None


def _code(cell: str) -> str:
    if DAY_OR_MONTH_FIRST.match(cell):
        return "time-ambiguous"
    return "time-is-a-number" if re.match(NUMBER, cell) else "time-unreadable"


def _taken_apart(text: "pa.Array") -> tuple[Seconds, NDArray[np.bool_], NDArray[np.bool_]]:
    compact = np.asarray(pc.match_substring_regex(text, COMPACT))
    seconds = np.zeros(len(text), np.int64)
    possible, zoned = np.zeros(len(text), np.bool_), np.zeros(len(text), np.bool_)
    for places, pattern in ((compact, COMPACT), (~compact, WRITTEN)):
        if places.any():
            found = _from_pattern(text.filter(pa.array(places)), pattern)
            seconds[places], possible[places], zoned[places] = found
    return seconds, possible, zoned


def _from_pattern(text: "pa.Array", pattern: str) -> tuple[Seconds, NDArray[np.bool_], NDArray[np.bool_]]:
    parts = pc.extract_regex(text, pattern)
    matched = np.asarray(pc.is_valid(parts))

    def number(field: str) -> NDArray[np.int64]:
        cell = pc.fill_null(pc.struct_field(parts, field), "")
        absent = "1" if field in ("year", "month", "day") else "0"
        return np.asarray(pc.if_else(pc.equal(cell, ""), absent, cell).cast(pa.int64()))

    year, month, day, hour, minute, second = (number(field) for field in FIELDS)
    zone = pc.fill_null(pc.struct_field(parts, "zone"), "")
    month_start = (year - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (month - 1)
    date = month_start.astype("datetime64[D]") + (day - 1)
    # The 30th of February would be a day in March.
    exists = (date.astype("datetime64[M]") == month_start) & (month >= 1) & (month <= 12) & (day >= 1)
    exists &= (hour < 24) & (minute < 60) & (second < 60)
    seconds = date.astype("datetime64[s]").astype(np.int64) + 3_600 * hour + 60 * minute + second
    offset, plausible_zone = _offset(zone)
    zoned = np.asarray(pc.not_equal(zone, ""))
    local = np.where(zoned, seconds - offset + BEIJING_SECONDS, seconds)
    return local, matched & exists & plausible_zone, zoned


def _offset(zone: "pa.Array") -> tuple[Seconds, NDArray[np.bool_]]:
    sign = np.where(np.asarray(pc.starts_with(zone, "-")), -1, 1)
    digits = pc.utf8_rpad(pc.replace_substring_regex(zone, r"[^0-9]", ""), 4, "0")
    number = np.asarray(digits.cast(pa.int64()))
    return sign * (number // 100 * 3_600 + number % 100 * 60), (number // 100 < 24) & (number % 100 < 60)


def _counted(text: "pa.Array", mapping: Mapping) -> tuple[Seconds, Faults]:
    is_number = pc.match_substring_regex(text, NUMBER)
    value = np.asarray(pc.if_else(is_number, text, "0").cast(pa.float64()))
    moved = np.floor(value * TIME_UNITS[mapping.time_unit])
    assert mapping.time_origin is not None
    # A million years either way is implausible enough, and still an integer.
    seconds = np.clip(moved, -1e14, 1e14).astype(np.int64) + _since_1970(mapping.time_origin)
    return seconds, _unless(np.asarray(is_number), text, lambda _: "time-not-a-number")


def _formatted(text: "pa.Array", form: str) -> tuple[Seconds, Faults]:
    zoned = "%z" in form
    times = pd.to_datetime(pd.Series(text.to_pylist(), dtype=object), format=form, errors="coerce", utc=zoned)
    if zoned:
        times = times.dt.tz_localize(None)
    good = times.notna().to_numpy()
    seconds = times.to_numpy().astype("datetime64[s]").astype(np.int64) + (BEIJING_SECONDS if zoned else 0)
    return np.where(good, seconds, 0), _unless(good, text, lambda _: "time-not-in-format")


def _unless(good: NDArray[np.bool_], text: "pa.Array", code: Callable[[str], str]) -> Faults:
    faults = {}
    for place in np.flatnonzero(~good).tolist():
        cell = text[place].as_py()
        faults[place] = code(cell) if cell else "time-missing"
    return faults
