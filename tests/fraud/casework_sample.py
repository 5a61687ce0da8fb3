"""One alert, and the case that somebody has taken of it."""

from fraud.casework import Alert, Case, WorkList

ALERT = Alert("T1", "C1", occurred_at=0, raised_at=60, amount_fen=100_000, probability=0.5, action=2)


def taken(desk: WorkList, who: str = "Li") -> Case:
    case = desk.add(ALERT)
    return desk.take(case.case_id, who, case.version, now=100)
