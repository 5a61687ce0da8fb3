"""The list of features, with the columns that each needs and its name in English and Chinese.

A feature of a table that lacks one of its columns is left out, and named to the user. Velocity windows hold the
earlier transactions of the same entity with a time in (t - window, t]; of two with the same time, the one in the
earlier row is the earlier one. Feedback counts confirmed frauds and reads a label only after its delay.
"""

from collections.abc import Collection
from dataclasses import dataclass

__all__ = ["ENTITIES", "FEATURES", "WINDOWS", "Feature", "available"]

WINDOWS: dict[str, int] = {"1h": 3_600, "1d": 86_400, "7d": 604_800}
"""Length of each velocity window in seconds."""

ENTITIES: dict[str, tuple[str, str, str]] = {
    "customer": ("customer_id", "customer", "客户"),
    "card": ("card_id", "card", "银行卡"),
    "device": ("device_id", "device", "设备"),
    "ip": ("ip", "network address", "IP 地址"),
    "terminal": ("terminal_id", "terminal", "终端"),
    "payee": ("payee_id", "payee", "收款方"),
}
"""Short name of an entity: its column, and what people call it."""


@dataclass(frozen=True)
class Feature:
    """One feature: its name, the columns it needs, and what it means in English and Chinese."""

    name: str
    needs: tuple[str, ...]
    meaning: str
    meaning_zh: str


CONTEXT = (
    Feature("amount_fen", ("amount_fen",), "amount in fen", "交易金额（分）"),
    Feature("is_round_amount", ("amount_fen",), "whole hundreds of yuan", "整百金额"),
    Feature("hour", ("occurred_at",), "hour of the day, 0 to 23", "交易时点"),
    Feature("weekday", ("occurred_at",), "day of the week, Monday is 0", "星期"),
    Feature("channel_code", ("channel",), "channel", "渠道"),
    Feature("kind_code", ("kind",), "kind of transaction", "交易类型"),
    Feature("merchant_category_code", ("merchant_category",), "category of the merchant", "商户类别"),
    Feature("is_foreign", ("country",), "outside mainland China", "境外交易"),
    Feature("customer_age", ("customer_age",), "age of the customer in years", "客户年龄"),
    Feature("account_age_days", ("account_age_days",), "days since the account was opened", "开户天数"),
    Feature("sim_age_days", ("sim_age_days",), "days since the SIM card was changed", "换卡天数"),
)

PROFILE = (
    Feature("customer_count_total", ("customer_id",), "earlier transactions of the customer", "客户历史笔数"),
    Feature(
        "customer_amount_ratio",
        ("customer_id", "amount_fen"),
        "amount over the customer's earlier mean",
        "金额与客户历史均值之比",
    ),
    Feature(
        "terminal_amount_ratio",
        ("terminal_id", "amount_fen"),
        "amount over the terminal's earlier mean",
        "金额与终端历史均值之比",
    ),
    Feature(
        "customer_hours_share",
        ("customer_id", "occurred_at"),
        "share of the customer's earlier transactions in the same quarter of the day",
        "客户在该时段的历史占比",
    ),
    Feature("new_device", ("customer_id", "device_id"), "first time on this device", "首次使用该设备"),
    Feature("new_ip", ("customer_id", "ip"), "first time from this network address", "首次使用该 IP"),
    Feature("new_payee", ("customer_id", "payee_id"), "first payment to this payee", "首次向该收款方付款"),
    Feature("new_terminal", ("customer_id", "terminal_id"), "first time at this terminal", "首次使用该终端"),
    Feature("new_place", ("customer_id", "place"), "first time in this city", "首次在该城市交易"),
    Feature(
        "place_changed",
        ("customer_id", "place"),
        "other city than the customer's last transaction",
        "与上一笔交易城市不同",
    ),
)


def _velocity(short: str) -> list[Feature]:
    column, name, name_zh = ENTITIES[short]
    made = [
        Feature(f"{short}_seconds_since_last", (column,), f"seconds since the {name}'s last", f"距{name_zh}上一笔秒数")
    ]
    for window in WINDOWS:
        made.append(
            Feature(
                f"{short}_count_{window}",
                (column,),
                f"transactions of the {name} in {window}",
                f"{name_zh} {window} 笔数",
            )
        )
        made.append(
            Feature(
                f"{short}_sum_{window}",
                (column, "amount_fen"),
                f"fen moved by the {name} in {window}",
                f"{name_zh} {window} 金额（分）",
            )
        )
    return made


def _crowd(short: str) -> list[Feature]:
    column, name, name_zh = ENTITIES[short]
    return [
        Feature(
            f"{short}_customers",
            (column, "customer_id"),
            f"different customers seen with the {name} so far",
            f"{name_zh}累计客户数",
        ),
        Feature(
            f"{short}_new_customers_7d",
            (column, "customer_id"),
            f"customers first seen with the {name} in 7d",
            f"{name_zh} 7d 新增客户数",
        ),
    ]


def _feedback(short: str) -> Feature:
    column, name, name_zh = ENTITIES[short]
    return Feature(
        f"{short}_frauds_30d",
        (column, "is_fraud"),
        f"frauds of the {name} confirmed in 30d",
        f"{name_zh} 30d 确认欺诈笔数",
    )


FEATURES: tuple[Feature, ...] = (
    *CONTEXT,
    *PROFILE,
    *(feature for short in ENTITIES for feature in _velocity(short)),
    *(feature for short in ("device", "ip", "terminal", "payee") for feature in _crowd(short)),
    *(_feedback(short) for short in ENTITIES),
)


def available(columns: Collection[str]) -> tuple[tuple[Feature, ...], dict[str, tuple[str, ...]]]:
    """Split the features into those that a table with these columns can have, and those it cannot.

    Parameters
    ----------
    columns
        Names of the table's columns.

    Returns
    -------
    kept
        Features whose columns are all there, in the order of the catalogue.
    left_out
        For each other feature, the names of the columns that it misses.

    Examples
    --------
    >>> kept, left_out = available(["occurred_at", "customer_id", "amount_fen"])
    >>> len(kept), left_out["new_device"]
    (14, ('device_id',))
    """
    kept = tuple(feature for feature in FEATURES if set(feature.needs) <= set(columns))
    left_out = {
        feature.name: tuple(need for need in feature.needs if need not in columns)
        for feature in FEATURES
        if not set(feature.needs) <= set(columns)
    }
    return kept, left_out
