"""Each feature of an entity by its definition, over the rows of its life: the parts of `fraud.features.reference`."""

import math
from typing import Any

from fraud.features.entities import ENTITIES, FEEDBACK_WINDOWS, MET, PLURALS, RELATIONS, WINDOWS

__all__ = ["Row", "feedback", "history", "known", "meetings", "travel", "velocity"]

Row = dict[str, Any]

_DAY = 86_400


def known(row: Row, *columns: str) -> bool:
    """Tell whether a row has all of these columns.

    Examples
    --------
    >>> known({"ip": None, "place": "Lanzhou"}, "ip", "place")
    False
    """
    return all(row[column] is not None for column in columns)


def _within(life: list[Row], short: str, now: int, length: int) -> list[Row]:
    return [old for old in life if now - length < old["now"][short] <= now]


def _sum(rows: list[Row]) -> int:
    return sum(old["amount_fen"] for old in rows)


def _over(above: float, below: float) -> float | None:
    return float(above) / float(below) if below > 0 else None


def velocity(row: Row) -> Row:
    """Return counts, sums, means, largest amounts and numbers of different counterparts over each window.

    Examples
    --------
    >>> old = dict.fromkeys(column for column, *_ in MET.values()) | {"now": {"customer": 40}, "amount_fen": 300}
    >>> made = velocity({"life": {"customer": [old]}, "now": {"customer": 100}})
    >>> made["customer_count_1h"], made["customer_sum_1h"], made["device_count_1h"]
    (1, 300, None)
    """
    made: Row = {}
    pairs = [*RELATIONS, *((right, left) for left, right in RELATIONS if right != "place")]
    for short in ENTITIES:
        life, now = row["life"].get(short), row["now"].get(short)
        for name, length in WINDOWS.items():
            window = [] if life is None else _within(life, short, now, length)
            made[f"{short}_count_{name}"] = len(window)
            made[f"{short}_sum_{name}"] = _sum(window)
            made[f"{short}_mean_{name}"] = _over(_sum(window), len(window))
            made[f"{short}_max_{name}"] = max((old["amount_fen"] for old in window), default=None)
            for whose, what in pairs:
                if whose == short:
                    others = {old[MET[what][0]] for old in window} - {None}
                    made[f"{short}_distinct_{PLURALS[what]}_{name}"] = len(others)
        if life is None:
            made |= {name: None for name in made if name.startswith(f"{short}_")}
    return made


def history(row: Row) -> Row:
    """Return what the present life of each entity says of this row: means, habits, ratios to its own past.

    Examples
    --------
    >>> old = {"now": {"customer": 40}, "second": 40, "amount_fen": 300}
    >>> made = history({"life": {"customer": [old]}, "now": {"customer": 100}, "second": 100, "amount_fen": 600})
    >>> made["customer_seconds_since_last"], made["customer_amount_ratio"]
    (60, 2.0)
    """
    made: Row = {}
    for short in ENTITIES:
        life = row["life"].get(short)
        made |= {f"{short}_{name}": value for name, value in _history(row, life, short).items()}
    return made


def _history(row: Row, life: list[Row] | None, short: str) -> Row:
    names: tuple[str, ...] = (
        "seconds_since_last",
        "count_total",
        "seconds_since_first",
        "amount_ratio",
        "peak_ratio",
        "pace_ratio",
    )
    names += ("turnover_ratio", "hours_share", "usual_hour_share", "usual_ratio", "unusualness")
    made: Row = dict.fromkeys(names)
    if life is None:
        return made
    made["count_total"] = len(life)
    if not life:
        return made
    now, amount, total = row["now"][short], row["amount_fen"], _sum(life)
    day, month = (_within(life, short, now, WINDOWS[name]) for name in ("1d", "30d"))
    near = [old for old in life if (_hour(old) - _hour(row)) % 24 in (23, 0, 1)]
    quarter = [old for old in life if _hour(old) // 6 == _hour(row) // 6]
    usual, spread = _usual(life)
    return {
        "seconds_since_last": now - life[-1]["now"][short],
        "count_total": len(life),
        "seconds_since_first": now - life[0]["now"][short],
        "amount_ratio": float(amount) / (float(total) / float(len(life))) if total else None,
        "peak_ratio": _over(amount, max((old["amount_fen"] for old in month), default=0)),
        "pace_ratio": _over(float(len(day)) * 30.0, len(month)),
        "turnover_ratio": _over(float(_sum(day)) * 30.0, _sum(month)),
        "hours_share": len(quarter) / len(life),
        "usual_hour_share": len(near) / len(life),
        "usual_ratio": _over(amount * 64.0, usual),
        "unusualness": float(amount * 64 - usual) / float(spread + usual // 8 + 64),
    }


def _hour(row: Row) -> int:
    return int(row["second"] % _DAY // 3_600)


def _usual(life: list[Row]) -> tuple[int, int]:
    """Return the usual amount and its usual deviation, in 64ths of a fen: means that forget, deaf to huge amounts."""
    usual, spread = life[0]["amount_fen"] * 64, 0
    for number, old in enumerate(life[1:], start=2):
        seen = min(old["amount_fen"] * 64, 4 * max(usual, 6_400))
        spread += (abs(seen - usual) - spread) // min(number, 16)
        usual += (seen - usual) // min(number, 16)
    return usual, spread


def meetings(row: Row, idle: int) -> Row:
    """Return what two entities of the row had to do with each other, and who crowds around one.

    Examples
    --------
    >>> row = dict.fromkeys(column for column, *_ in MET.values()) | {"customer_id": "a", "device_id": "d"}
    >>> row |= {"life": {"customer": [], "device": []}, "now": {"customer": 0, "device": 0}}
    >>> made = meetings(row, idle=86_400)
    >>> made["new_device"], made["device_customers"], made["new_payee"]
    (True, 1, None)
    """
    made: Row = {"place_changed": None}
    row["new"] = {}
    for left, right in RELATIONS:
        made |= _meeting(row, left, right, idle)
    placed = [old for old in row["life"].get("customer", ()) if known(old, "place")]
    if placed and known(row, "place"):
        made["place_changed"] = placed[-1]["place"] != row["place"]
    return made


def _meeting(row: Row, left: str, right: str, idle: int) -> Row:
    column, is_crowd = MET[right][0], left == "customer" and right != "place"
    name = f"new_{right}" if left == "customer" else f"{left}_new_{right}"
    made: Row = dict.fromkeys((name, f"{left}_{right}_seen", f"{left}_{right}_share"))
    if is_crowd:
        made |= {f"{right}_customers": None, f"{right}_new_customers_7d": None}
    if not known(row, column) or left not in row["life"]:
        return made
    life, now = row["life"][left], row["now"][left]
    met = [old for old in life if old[column] == row[column]]
    is_new = not met or now - met[-1]["now"][left] > idle
    row["new"][left, right] = is_new
    seen = 0
    if not is_new:
        # those since the pair last met for the first time
        seen = next(back for back, old in enumerate(reversed(met), start=1) if old["new"][left, right])
    made |= {name: is_new, f"{left}_{right}_seen": seen, f"{left}_{right}_share": _over(seen, len(life))}
    if is_crowd:
        first = [old for old in row["life"][right] if old["new"].get((left, right))]
        week = _within(first, right, row["now"][right], WINDOWS["7d"])
        made |= {f"{right}_customers": len(first) + is_new, f"{right}_new_customers_7d": len(week) + is_new}
    return made


def travel(row: Row) -> Row:
    """Return how far and how fast customer and card came from where they were last.

    Examples
    --------
    >>> lanzhou = {"latitude": 36.06, "longitude": 103.83, "now": {"customer": 0}}
    >>> row = {"latitude": 34.34, "longitude": 108.94, "now": {"customer": 3_600}, "life": {"customer": [lanzhou]}}
    >>> made = travel(row)  # in Xi'an an hour later
    >>> round(made["customer_distance_km"]), made["customer_impossible_travel"]
    (502, False)
    """
    made: Row = {}
    for short in ("customer", "card"):
        names = tuple(f"{short}_{name}" for name in ("distance_km", "speed_kmh", "impossible_travel"))
        made |= dict.fromkeys(names)
        here, before = _point(row), [old for old in row["life"].get(short, ()) if _point(old)]
        if here and before:
            way = _kilometres(*(_point(before[-1]) or here), *here)
            speed = way * 3_600.0 / max(row["now"][short] - before[-1]["now"][short], 60)
            made |= dict(zip(names, (way, speed, way > 100.0 and speed > 1_000.0), strict=True))
    return made


def _point(row: Row) -> tuple[int, int] | None:
    """Return where a row happened, in ten millionths of a degree."""
    if not known(row, "latitude", "longitude"):
        return None
    north, east = float(row["latitude"]), float(row["longitude"])
    if not (-90.0 <= north <= 90.0 and -180.0 <= east <= 180.0):
        return None
    return math.floor(north * 10_000_000.0 + 0.5), math.floor(east * 10_000_000.0 + 0.5)


def _kilometres(north: int, east: int, other_north: int, other_east: int) -> float:
    scale = math.pi / 180.0 / 10_000_000.0
    up = math.sin((other_north * scale - north * scale) / 2.0)
    along = math.sin((other_east - east) * scale / 2.0)
    square = up * up + math.cos(north * scale) * math.cos(other_north * scale) * along * along
    return 12_742.0176 * math.asin(min(1.0, math.sqrt(square)))


def feedback(row: Row, delay: int) -> Row:
    """Return confirmed frauds and their share, of what happened before the delay.

    Examples
    --------
    >>> old = {"now": {"customer": 0}, "second": 0, "is_fraud": 1}
    >>> row = {"life": {"customer": [old]}, "now": {"customer": 2 * _DAY}}
    >>> [feedback(row, delay)["customer_frauds_7d"] for delay in (_DAY, 3 * _DAY)]  # confirmed; not known yet
    [1, 0]
    """
    made: Row = {}
    for short in ENTITIES:
        for name in FEEDBACK_WINDOWS:
            made |= {f"{short}_frauds_{name}": None, f"{short}_fraud_rate_{name}": None}
            if short in row["life"]:
                life, until = row["life"][short], row["now"][short] - delay
                old_enough = _within(life, short, until, WINDOWS[name])
                # a fraud counts at its own time, by which it is confirmed
                frauds = [
                    old for old in life if until - WINDOWS[name] < old["second"] <= until and old["is_fraud"] == 1
                ]
                made[f"{short}_frauds_{name}"] = len(frauds)
                made[f"{short}_fraud_rate_{name}"] = _over(len(frauds), len(old_enough))
    return made
