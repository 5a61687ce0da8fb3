"""What devices tell of themselves each time they are seen: fingerprints that drift, and devices that look the same.

Data card. One row for each sighting in time order: observation_id, seen_at, os, os_version, model, gpu, screen,
storage_gb, app_version, browser_version, canvas, fonts (names with a space between), time_zone, language, carrier, ip,
sensor (offset of the accelerometer in millionths of g), and for judging terminal threats emulator_files, root_files,
hook_library, debugger, proxy, developer_mode (0 or 1). Versions rise, addresses change, fonts are added, some values
are missing. Hard cases: a shop that sells thirty phones of one model on one day in one town, so that only the
accelerometer and later habits tell them apart; a farm whose emulated phones are nearly equal; a developer's rooted
phone, a campus and a company with a proxy. Which device it was stands in `truth`. All invented.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from datasets.errors import OutOfRangeError
from datasets.seeds import generator
from datasets.towns import address_of_network

__all__ = ["KINDS", "make", "truth"]

KINDS = ("ordinary", "shop", "developer", "company", "campus", "farm")
_SHARES = (0.78, 0.10, 0.01, 0.03, 0.03, 0.05)
_PER_DEVICE = 5
_DAYS = 180
_MODELS = 60
_DAY = 86_400
Columns = dict[str, NDArray[np.int64]]
_FIRST = np.datetime64("2020-07-01", "s")
_SCREENS = ("1080x2340", "1080x2400", "720x1600", "1440x3200", "828x1792", "1170x2532")
_LANGUAGES = ("zh-CN", "zh-CN", "zh-CN", "zh-CN", "zh-CN", "zh-CN", "zh-CN", "zh-CN", "zh-TW", "en-US")
_GROUPS = {"shop": 30, "company": 40, "campus": 60, "farm": 25}
"""Devices of one shop's sale, one company, one campus, one farm."""


def make(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Make n sightings; see the data card above.

    Raises
    ------
    OutOfRangeError
        If n is negative or above 5 million.

    Examples
    --------
    >>> frame = next(make(500, seed=7))
    >>> len(frame), bool(frame["seen_at"].is_monotonic_increasing), frame["os"].nunique()
    (500, True, 2)
    """
    yield _frames(n, seed)[0].copy()


def truth(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Make the truth about the same sightings: observation_id, device_id, kind, group_id (shop, farm and so on).

    Examples
    --------
    >>> sorted(next(truth(5_000, seed=7))["kind"].unique())
    ['campus', 'company', 'developer', 'farm', 'ordinary', 'shop']
    """
    yield _frames(n, seed)[1].copy()


@lru_cache(maxsize=2)
def _frames(n: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    if not 0 <= n <= 5_000_000:
        raise OutOfRangeError(f"n is {n:,}, but this table has 0 to 5,000,000 rows")
    devices = _devices(max(n // _PER_DEVICE, 1), seed)
    rng = generator(seed, "fingerprints", "sightings")
    which = rng.integers(0, len(devices["model"]), n)
    start = devices["start"][which]
    second = start + (rng.random(n) * (_DAYS * _DAY - start)).astype(np.int64)
    order = np.argsort(second, kind="stable")
    which, second = which[order], second[order]
    frame = _sightings(devices, which, second, rng)
    kind = devices["kind"][which]
    groups = np.array([f"{name}-" for name in KINDS], object)[kind] + devices["group"][which].astype(str).astype(object)
    known = pd.DataFrame(
        {
            "observation_id": np.arange(n),
            "device_id": np.array([f"X{code:07d}" for code in which.tolist()], object),
            "kind": np.array(KINDS, object)[kind],
            "group_id": np.where(devices["group"][which] >= 0, groups, ""),
        }
    )
    return frame, known


def _devices(size: int, seed: int) -> Columns:
    """Draw the devices; those of one group share model, carrier, storage and the day of the first sighting."""
    rng = generator(seed, "fingerprints", "devices")
    kind = np.searchsorted(np.cumsum(_SHARES)[:-1], rng.random(size), side="right")
    group, leader = np.full(size, -1), np.arange(size)
    for name, members in _GROUPS.items():
        mine = np.flatnonzero(kind == KINDS.index(name))
        group[mine] = np.arange(len(mine)) // members
        leader[mine] = mine[np.arange(len(mine)) // members * members]
    popular = (rng.random(size) ** 2 * _MODELS).astype(np.int64)
    shares_model = np.isin(kind, [KINDS.index("shop"), KINDS.index("farm")])
    start = (rng.random(size) ** 3 * 120 * _DAY).astype(np.int64)
    town = rng.integers(0, 50, size)
    personal = rng.integers(-40_000, 40_000, size)
    is_farm = kind == KINDS.index("farm")
    return {
        "kind": kind,
        "group": group,
        "leader": leader,
        "model": np.where(shares_model, popular[leader], popular),
        "storage": np.where(shares_model, leader, rng.integers(0, 1 << 20, size)) % 3,
        "carrier": np.where(shares_model, leader, rng.integers(0, 1 << 20, size)) % 3,
        "start": np.where(shares_model, start[leader], start),
        "town": np.where(group >= 0, town[leader], town),
        "home": rng.integers(0, 1 << 16, size),
        "language": rng.integers(0, len(_LANGUAGES), size),
        "fonts": rng.integers(0, 1 << 12, size) & rng.integers(0, 1 << 12, size) & rng.integers(0, 1 << 12, size),
        "lag": (rng.random(size) ** 2 * 60 * _DAY).astype(np.int64),
        # a farm's images report the same sensor, or nothing but zero
        "sensor": np.where(is_farm, personal[leader] // 20_000 * 20_000, personal),
    }


def _sightings(
    devices: Columns, which: NDArray[np.int64], second: NDArray[np.int64], rng: np.random.Generator
) -> pd.DataFrame:
    n = len(which)
    device = {name: column[which] for name, column in devices.items()}
    grown = device["fonts"] | np.where((second > 100 * _DAY) & (which % 5 == 0), 1 << 12, 0)
    noise = (rng.integers(-2_000, 2_001, n) + rng.integers(-2_000, 2_001, n)) // 2
    is_farm, chance = device["kind"] == KINDS.index("farm"), rng.random((3, n))
    made = pd.DataFrame(
        {
            "observation_id": np.arange(n),
            "seen_at": _FIRST + second.astype("timedelta64[s]"),
            **_software(device, second),
            "fonts": _fonts(device["model"], grown),
            "time_zone": np.where((chance[0] < 0.01) | (which % 101 == 0), "Asia/Urumqi", "Asia/Shanghai"),
            "language": np.array(_LANGUAGES, object)[device["language"]],
            "carrier": np.array(["China Mobile", "China Telecom", "China Unicom"], object)[device["carrier"]],
            "ip": _addresses(device, chance[1], rng),
            "sensor": device["sensor"] + np.where(is_farm, noise // 60, noise),
            **_signals(device, which, rng),
        }
    )
    for place, name in enumerate(("fonts", "canvas", "carrier", "language")):
        lost = (chance[2] >= place * 0.02) & (chance[2] < (place + 1) * 0.02)
        made[name] = made[name].astype(object).mask(lost, None)
    return made


def _software(device: Columns, second: NDArray[np.int64]) -> dict[str, object]:
    """Return hardware, versions that rise as each owner updates, and the canvas that follows from both."""
    model, age = device["model"], np.maximum(second - device["lag"], 0)
    system, patch = 10 + model % 3 + age // (75 * _DAY), age // (25 * _DAY) % 3
    app = 300 + np.maximum(second - device["lag"] // 6, 0) // (14 * _DAY)
    browser = 80 + np.maximum(second - device["lag"] // 3, 0) // (30 * _DAY)
    canvas = (model * 7_919 + system * 104_729 + browser * 1_299_709) * 2_654_435_761 % (1 << 32)
    return {
        "os": np.where(model % 4 == 3, "iOS", "Android"),
        "os_version": _joined(system, patch),
        "model": np.array([f"M{code:02d}" for code in range(_MODELS)], object)[model],
        "gpu": np.array([f"GPU-{code % 9}" for code in range(_MODELS)], object)[model],
        "screen": np.array(_SCREENS, object)[model % 6],
        "storage_gb": np.array([64, 128, 256])[device["storage"]],
        "app_version": _joined(app // 100, app % 100),
        "browser_version": _joined(browser, np.zeros_like(browser)),
        "canvas": [f"{value:08x}" for value in canvas.tolist()],
    }


def _signals(device: Columns, which: NDArray[np.int64], rng: np.random.Generator) -> dict[str, NDArray[np.int8]]:
    kind, chance = device["kind"], rng.random((5, len(which)))
    is_farm, is_developer = kind == KINDS.index("farm"), kind == KINDS.index("developer")
    signals = {
        "emulator_files": is_farm & (chance[0] < 0.7),
        "root_files": (is_farm & (chance[1] < 0.6)) | is_developer | (which % 499 == 0),
        "hook_library": is_farm & (chance[2] < 0.4),
        "debugger": is_developer & (chance[3] < 0.7),
        "proxy": (is_farm & (chance[4] < 0.5)) | (kind == KINDS.index("company")) | (which % 307 == 0),
        "developer_mode": is_developer | (which % 97 == 0),
    }
    return {name: value.astype(np.int8) for name, value in signals.items()}


def _joined(one: NDArray[np.int64], other: NDArray[np.int64]) -> list[str]:
    return [f"{a}.{b}" for a, b in zip(one.tolist(), other.tolist(), strict=True)]


def _fonts(model: NDArray[np.int64], own: NDArray[np.int64]) -> list[str]:
    names = {}
    for one, mask in set(zip(model.tolist(), own.tolist(), strict=True)):
        base = [f"base{one % 7}-{k}" for k in range(12)]
        names[one, mask] = " ".join(sorted([*base, *(f"own{bit}" for bit in range(13) if mask >> bit & 1)]))
    return [names[pair] for pair in zip(model.tolist(), own.tolist(), strict=True)]


def _addresses(device: Columns, chance: NDArray[np.float64], rng: np.random.Generator) -> list[str]:
    """At home, behind a carrier's gateway, elsewhere; groups sit behind one address most of the time."""
    size = len(chance)
    home = device["town"] * 65_536 + device["home"]
    carrier = 3_500_000 + device["town"] * 24 + device["carrier"] * 8 + rng.integers(0, 8, size)
    away = 4_000_000 + rng.integers(0, 1 << 20, size)
    of_group = 6_000_000 + device["kind"] * 100_000 + device["leader"] % 100_000
    is_group = np.isin(device["kind"], [KINDS.index(name) for name in ("company", "campus", "farm")])
    where = np.where(chance < 0.5, home, np.where(chance < 0.9, carrier, away))
    where = np.where(is_group & (chance < 0.7), of_group, where)
    return [address_of_network(10, code) for code in where.tolist()]
