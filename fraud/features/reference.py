"""The readable twin of the builder: each feature by its definition, over the list of all earlier rows.

It takes time with the square of the rows and is meant for a few hundred of them. A property test holds the builder and
the online features to it bit for bit. Rows are dictionaries; a missing value is None. For each entity of a row,
`row["now"]` has the moment at which the row counts for it, and `row["life"]` the earlier rows of its present life.
"""

import math
from collections.abc import Collection, Sequence
from typing import Any

import pandas as pd

from fraud.features.catalogue import CORE, available
from fraud.features.context import KNOWN, NUMBERS
from fraud.features.definitions import Row, feedback, history, known, meetings, travel, velocity
from fraud.features.entities import ENTITIES, MET
from fraud.schema import COLUMNS

__all__ = ["features_by_definition"]

_DAY = 86_400


def features_by_definition(
    frame: pd.DataFrame,
    columns: Collection[str],
    delay_days: float = 7.0,
    features: Collection[str] | None = None,
    idle_days: int = 400,
    as_of: Sequence[int | None] | None = None,
) -> pd.DataFrame:
    """Return what a `FeatureBuilder(columns, delay_days, features)` returns for the frame.

    Parameters
    ----------
    frame, columns, delay_days, features
        As for the builder.
    idle_days
        An entity or pair that is silent for longer begins a new life.
    as_of
        For each row None if it is believed, as all of an ordered table are, else the moment as of which it is answered
        (`fraud.online.reference`).

    Examples
    --------
    >>> times = pd.to_datetime(["2026-01-01 09:00", "2026-01-01 09:01"])
    >>> frame = pd.DataFrame({"occurred_at": times, "customer_id": ["a", "a"], "amount_fen": [100, 300]})
    >>> features_by_definition(frame, frame.columns)["customer_sum_1h"].tolist()
    [0.0, 100.0]
    """
    rows, idle, delay = _rows(frame), idle_days * _DAY, round(delay_days * _DAY)
    kept, _ = available(columns, CORE if features is None else features)
    table: list[list[float]] = []
    earlier: list[Row] = []
    for number, row in enumerate(rows):
        moment = None if as_of is None else as_of[number]
        _live(row, earlier, idle, moment)
        made = _context(row, rows[:number]) | history(row) | meetings(row, idle) | travel(row)
        made |= velocity(row) | feedback(row, delay)
        table.append([float(math.nan if made[entry.name] is None else made[entry.name]) for entry in kept])
        if moment is None:
            earlier.append(row)
    return pd.DataFrame(table, index=frame.index, columns=[feature.name for feature in kept], dtype="float64")


def _rows(frame: pd.DataFrame) -> list[Row]:
    rows: list[Row] = []
    for record in frame.astype(object).to_dict("records"):
        row: Row = dict.fromkeys(entry.name for entry in COLUMNS)
        row |= {str(name): None if pd.isna(value) else value for name, value in record.items()}
        row["second"] = math.floor((row["occurred_at"] - pd.Timestamp(1970, 1, 1)).total_seconds())
        row["amount_fen"] = int(row["amount_fen"])
        for column, _, _ in MET.values():
            row[column] = None if row[column] is None else str(row[column])
        rows.append(row)
    return rows


def _live(row: Row, earlier: list[Row], idle: int, as_of: int | None) -> None:
    """Find the present life of each entity of the row, and the moment at which the row counts for it."""
    row["now"], row["life"] = {}, {}
    for short, (column, _, _) in ENTITIES.items():
        if not known(row, column):
            continue
        life: list[Row] = []
        for old in earlier:
            if old[column] == row[column]:
                life = old["life"][short] + [old]
        now = row["second"]
        if life:
            last = life[-1]["now"][short]
            now = max(now if as_of is None else as_of, last)
            if now - last > idle:
                life = []
        row["now"][short], row["life"][short] = now, life


def _context(row: Row, before: list[Row]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "amount_fen": row["amount_fen"],
        "is_round_amount": row["amount_fen"] > 0 and row["amount_fen"] % 10_000 == 0,
        "hour": row["second"] % _DAY // 3_600,
        "weekday": (pd.Timestamp(1970, 1, 1) + pd.Timedelta(row["second"], "s")).day_of_week,
        "is_foreign": row["country"] != "CN" if known(row, "country") else None,
    }
    for column in ("channel", "kind", "merchant_category"):
        values = list(dict.fromkeys([*KNOWN[column], *(old[column] for old in [*before, row] if known(old, column))]))
        made[f"{column}_code"] = values.index(row[column]) if known(row, column) else None
    return made | {column: row[column] for column in NUMBERS}
