"""A handful of payments on which everything in this package can be shown: a cycle, a shared phone, and a landlord."""

from itertools import pairwise

import pandas as pd

__all__ = ["payments"]


def payments() -> pd.DataFrame:
    """Return 30 payments: four accounts pay rent for months, then 90,000 yuan go once round through five accounts.

    Examples
    --------
    >>> payments()["payee_id"].value_counts().head(1).to_dict()
    {'LANDLORD': 22}
    """
    rent = [
        ("2026-01-01 09:00:00", 7 * week, f"A{week % 4 + 1}", "LANDLORD", 150_000 + week, "D0") for week in range(22)
    ]
    round_trip = [
        ("2026-02-01 10:00:00", place, payer, payee, 9_000_000 - 90_000 * place, "D9")
        for place, (payer, payee) in enumerate(pairwise(["A1", "R1", "R2", "R3", "R4", "A1"]))
    ]
    gifts = [
        ("2026-03-01 12:00:00", 10 * place, "A4", payee, 5_000 * (place + 1) ** 3, "D4")
        for place, payee in enumerate(["B1", "B2", "B3"])
    ]
    columns = ["start", "day", "account_id", "payee_id", "amount_fen", "device_id"]
    frame = pd.DataFrame(rent + round_trip + gifts, columns=columns)
    when = pd.to_datetime(frame["start"]) + pd.to_timedelta(frame["day"], unit="D")
    frame = frame.assign(occurred_at=when, customer_id=frame["account_id"], kind="transfer")
    return frame.drop(columns=["start", "day"]).sort_values("occurred_at", kind="stable", ignore_index=True)
