"""Where on the board of one event each value stands: blocks of the kinds of entities, the event's own, meetings."""

from typing import Final

from fraud.online import words as at

__all__ = ["BOARD", "PLACES"]

COUNT: Final = 0
SUM: Final = 4
MEAN: Final = 8
MAX: Final = 12
DISTINCT: Final = 16
FRAUDS: Final = 40
RATE: Final = 43
SINCE: Final = 46
TOTAL: Final = 47
AGE: Final = 48
MEAN_RATIO: Final = 49
QUARTER: Final = 50
HOUR: Final = 51
USUAL: Final = 52
DEVIATION: Final = 53
COUNT_RATIO: Final = 54
SUM_RATIO: Final = 55
MAX_RATIO: Final = 56
CUSTOMERS: Final = 57
NEW_CUSTOMERS: Final = 58
PLACE_CHANGED: Final = 59
DISTANCE: Final = 60
SPEED: Final = 61
IMPOSSIBLE: Final = 62
BLOCK: Final = 64
OWN: Final = at.KINDS * BLOCK
OWN_ROUND: Final = OWN + 1
OWN_HOUR: Final = OWN + 2
OWN_WEEKDAY: Final = OWN + 3
OWN_CODES: Final = OWN + 4
OWN_FOREIGN: Final = OWN + 8
OWN_NUMBERS: Final = OWN + 9
MEETINGS: Final = OWN + 16
BOARD: Final = MEETINGS + 3 * 16

PLACES: Final[dict[str, int]] = {
    **{"count": COUNT, "sum": SUM, "mean": MEAN, "max": MAX, "distinct": DISTINCT},
    **{"frauds": FRAUDS, "fraud_rate": RATE, "since": SINCE, "total": TOTAL, "age": AGE, "mean_ratio": MEAN_RATIO},
    **{"quarter_share": QUARTER, "hour_share": HOUR, "usual_ratio": USUAL, "deviation": DEVIATION},
    **{"count_ratio": COUNT_RATIO, "sum_ratio": SUM_RATIO, "max_ratio": MAX_RATIO},
    **{"customers": CUSTOMERS, "new_customers": NEW_CUSTOMERS, "place_changed": PLACE_CHANGED},
    **{"distance": DISTANCE, "speed": SPEED, "impossible": IMPOSSIBLE},
    **{"amount": OWN, "round": OWN_ROUND, "clock_hour": OWN_HOUR, "weekday": OWN_WEEKDAY},
    **{"code": OWN_CODES, "foreign": OWN_FOREIGN, "number": OWN_NUMBERS},
    **{"new": MEETINGS, "seen": MEETINGS + 1, "share": MEETINGS + 2},
}
"""Place of each `stat` of the catalogue: in the block of its kind, or on the board."""
