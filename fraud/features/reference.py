"""The readable twin of the builder: each feature by its definition, over the list of all earlier rows.

It takes time with the square of the rows and is meant for a few hundred of them. A property test holds the
builder to it bit for bit. Rows are dictionaries; a missing value is None; `earlier` is the list of the rows
before.
"""

import math
from collections.abc import Collection
from typing import Any

import pandas as pd

from fraud.features.arrays import ARRAY_FEATURES
from fraud.features.catalogue import CORE, ENTITIES, WINDOWS, available
from fraud.features.groups import ARRAY_ENTITIES, ARRAY_WINDOWS

__all__ = ["features_by_definition"]

Row = dict[str, Any]

_DAY = 86_400
_MONTH = 30 * _DAY
_FIXED = {
    "channel": ["counter", "atm", "pos", "mobile", "web", "qr"],
    "kind": ["purchase", "transfer", "withdrawal", "deposit"],
    "merchant_category": [],
}


def features_by_definition(frame: pd.DataFrame, columns: Collection[str], delay_days: float = 7.0) -> pd.DataFrame:
    """Return what a `FeatureBuilder(columns, delay_days)` returns for the frame.

    Examples
    --------
    >>> times = pd.to_datetime(["2026-01-01 09:00", "2026-01-01 09:01"])
    >>> frame = pd.DataFrame({"occurred_at": times, "customer_id": ["a", "a"], "amount_fen": [100, 300]})
    >>> features_by_definition(frame, frame.columns)["customer_sum_1h"].tolist()
    [0.0, 100.0]
    """
    rows = _rows(frame)
    kept, _ = available(columns, [f for f in CORE if f in ARRAY_FEATURES])
    table = []
    for number, row in enumerate(rows):
        earlier = rows[:number]
        made = _context(row, earlier) | _profile(row, earlier) | _velocity(row, earlier) | _crowd(row, earlier)
        made |= _feedback(row, earlier, round(delay_days * _DAY))
        table.append([float(math.nan if made[entry.name] is None else made[entry.name]) for entry in kept])
    return pd.DataFrame(table, index=frame.index, columns=[feature.name for feature in kept], dtype="float64")


def _rows(frame: pd.DataFrame) -> list[Row]:
    columns = {need for missed in available([])[1].values() for need in missed}
    rows: list[Row] = []
    for record in frame.astype(object).to_dict("records"):
        row: Row = dict.fromkeys(columns)
        row |= {str(name): None if pd.isna(value) else value for name, value in record.items()}
        row["second"] = math.floor((row["occurred_at"] - pd.Timestamp(1970, 1, 1)).total_seconds())
        row["amount_fen"] = int(row["amount_fen"])
        row["quarter"] = row["second"] % _DAY // (_DAY // 4)
        rows.append(row)
    return rows


def _same(row: Row, earlier: list[Row], *columns: str) -> list[Row]:
    return [old for old in earlier if all(old[column] == row[column] for column in columns)]


def _known(row: Row, *columns: str) -> bool:
    return all(row[column] is not None for column in columns)


def _within(row: Row, earlier: list[Row], length: int, back: int = 0) -> list[Row]:
    until = row["second"] - back
    return [old for old in earlier if until - length < old["second"] <= until]


def _mean_ratio(row: Row, history: list[Row]) -> float | None:
    total = sum(old["amount_fen"] for old in history)
    return float(row["amount_fen"]) / (float(total) / float(len(history))) if total else None


def _context(row: Row, earlier: list[Row]) -> Row:
    made: Row = {
        "amount_fen": row["amount_fen"],
        "is_round_amount": row["amount_fen"] > 0 and row["amount_fen"] % 10_000 == 0,
        "hour": row["second"] % _DAY // 3_600,
        "weekday": (pd.Timestamp(1970, 1, 1) + pd.Timedelta(row["second"], "s")).day_of_week,
        "is_foreign": row["country"] != "CN" if _known(row, "country") else None,
    }
    for column, fixed in _FIXED.items():
        values = list(dict.fromkeys([*fixed, *(old[column] for old in [*earlier, row] if _known(old, column))]))
        made[f"{column}_code"] = values.index(row[column]) if _known(row, column) else None
    return made | {column: row[column] for column in ("customer_age", "account_age_days", "sim_age_days")}


def _profile(row: Row, earlier: list[Row]) -> Row:
    made: Row = {"customer_count_total": None, "customer_hours_share": None, "place_changed": None}
    for short in ("customer", "terminal"):
        column = f"{short}_id"
        history = _same(row, earlier, column)
        made[f"{short}_amount_ratio"] = _mean_ratio(row, history) if _known(row, column) else None
    for short, column in {**{e: ENTITIES[e][0] for e in ARRAY_ENTITIES}, "place": "place"}.items():
        known = _known(row, "customer_id", column)
        made[f"new_{short}"] = not _same(row, earlier, "customer_id", column) if known else None
    if _known(row, "customer_id"):
        history = _same(row, earlier, "customer_id")
        made["customer_count_total"] = len(history)
        if history:
            made["customer_hours_share"] = len(_same(row, history, "quarter")) / len(history)
        placed = [old for old in history if _known(old, "place")]
        if placed and _known(row, "place"):
            made["place_changed"] = placed[-1]["place"] != row["place"]
    return made


def _velocity(row: Row, earlier: list[Row]) -> Row:
    made: Row = {}
    for short, (column, _, _) in ARRAY_ENTITIES.items():
        known, history = _known(row, column), _same(row, earlier, column)
        made[f"{short}_seconds_since_last"] = row["second"] - history[-1]["second"] if known and history else None
        for name, length in ARRAY_WINDOWS.items():
            window = _within(row, history, length)
            made[f"{short}_count_{name}"] = len(window) if known else None
            made[f"{short}_sum_{name}"] = sum(old["amount_fen"] for old in window) if known else None
    return made


def _crowd(row: Row, earlier: list[Row]) -> Row:
    made: Row = {}
    for short, (column, _, _) in ARRAY_ENTITIES.items():
        known = _known(row, column, "customer_id")
        first: dict[str, Row] = {}
        for seen in [*_same(row, earlier, column), row]:
            if _known(seen, "customer_id"):
                first.setdefault(seen["customer_id"], seen)
        fresh = _within(row, list(first.values()), WINDOWS["7d"])
        made[f"{short}_customers"] = len(first) if known else None
        made[f"{short}_new_customers_7d"] = len(fresh) if known else None
    return made


def _feedback(row: Row, earlier: list[Row], delay: int) -> Row:
    made: Row = {}
    for short, (column, _, _) in ARRAY_ENTITIES.items():
        frauds = [old for old in _same(row, earlier, column) if old["is_fraud"] == 1]
        made[f"{short}_frauds_30d"] = len(_within(row, frauds, _MONTH, back=delay)) if _known(row, column) else None
    return made
