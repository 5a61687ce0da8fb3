"""The list of features, with the columns that each needs and its name in English and Chinese.

Names are made of parts: whose (`customer`), what (`sum`), how long (`7d`). Windows hold the earlier transactions of the
same entity with a time in (t - window, t]; of two with the same time, the one that came first is the earlier one. An
entity that was silent for longer than the builder remembers begins a new life: its history is that of this life.
Feedback counts confirmed frauds and reads a label only after its delay.

All of `FEATURES` can be asked for; nobody needs them all. `CORE` is what a model is given unless it asks for others,
`VELOCITY` the forty-eight counts, sums and numbers of different ones that a velocity rule may ask for.
"""

from collections.abc import Collection, Iterable

from fraud.errors import FeatureUnknownError
from fraud.features.entities import ENTITIES, FEEDBACK_WINDOWS, MET, PLURALS, RELATIONS, WINDOWS, Feature

__all__ = ["CORE", "ENTITIES", "FEATURES", "VELOCITY", "WINDOWS", "Feature", "available"]


def _own(name: str, column: str, meaning: str, zh: str, stat: str, unit: str = "") -> Feature:
    return Feature(name, (column,), meaning, zh, stat, "", "", column, unit)


CONTEXT = (
    _own("amount_fen", "amount_fen", "amount in fen", "交易金额（分）", "amount", "fen"),
    _own("is_round_amount", "amount_fen", "whole hundreds of yuan", "整百金额", "round", "flag"),
    _own("hour", "occurred_at", "hour of the day, 0 to 23", "交易时点", "clock_hour"),
    _own("weekday", "occurred_at", "day of the week, Monday is 0", "星期", "weekday"),
    _own("channel_code", "channel", "channel", "渠道", "code", "code"),
    _own("kind_code", "kind", "kind of transaction", "交易类型", "code", "code"),
    _own("merchant_category_code", "merchant_category", "category of the merchant", "商户类别", "code", "code"),
    _own("is_foreign", "country", "outside mainland China", "境外交易", "foreign", "flag"),
    _own("customer_age", "customer_age", "age of the customer in years", "客户年龄", "number", "years"),
    _own("account_age_days", "account_age_days", "days since the account was opened", "开户天数", "number", "days"),
    _own("sim_age_days", "sim_age_days", "days since the SIM card was changed", "换卡天数", "number", "days"),
)


def _velocity(short: str) -> Iterable[Feature]:
    column, name, zh = ENTITIES[short]
    paid = (column, "amount_fen")
    since = f"seconds since the {name}'s last"
    yield Feature(f"{short}_seconds_since_last", (column,), since, f"距{zh}上一笔秒数", "since", short, unit="seconds")
    for window in WINDOWS:
        for stat, needs, meaning, meaning_zh, unit in (
            ("count", (column,), f"transactions of the {name} in {window}", f"{zh} {window} 笔数", "count"),
            ("sum", paid, f"fen moved by the {name} in {window}", f"{zh} {window} 金额（分）", "fen"),
            ("mean", paid, f"mean amount of the {name} in {window}", f"{zh} {window} 笔均金额（分）", "fen"),
            ("max", paid, f"largest amount of the {name} in {window}", f"{zh} {window} 最大金额（分）", "fen"),
        ):
            yield Feature(f"{short}_{stat}_{window}", needs, meaning, meaning_zh, stat, short, window, unit=unit)


def _history(short: str) -> Iterable[Feature]:
    column, name, zh = ENTITIES[short]
    paid, timed = (column, "amount_fen"), (column, "occurred_at")
    for suffix, needs, meaning, meaning_zh, stat, unit in (
        ("count_total", (column,), f"earlier transactions of the {name}", f"{zh}历史笔数", "total", "count"),
        ("seconds_since_first", (column,), f"seconds since the {name}'s first", f"距{zh}首笔秒数", "age", "seconds"),
        ("amount_ratio", paid, f"amount over the {name}'s earlier mean",
         f"金额与{zh}历史均值之比", "mean_ratio", "ratio"),
        ("peak_ratio", paid, f"amount over the {name}'s largest in 30d",
         f"金额与{zh} 30d 最大金额之比", "max_ratio", "ratio"),
        ("pace_ratio", (column,), f"transactions of the {name} in 1d over its daily mean in 30d",
         f"{zh} 1d 笔数与 30d 日均之比", "count_ratio", "ratio"),
        ("turnover_ratio", paid, f"money of the {name} in 1d over its daily mean in 30d",
         f"{zh} 1d 金额与 30d 日均之比", "sum_ratio", "ratio"),
        ("hours_share", timed, f"share of the {name}'s earlier transactions in the same quarter of the day",
         f"{zh}在该时段的历史占比", "quarter_share", "share"),
        ("usual_hour_share", timed, f"share of the {name}'s earlier transactions within an hour of this hour",
         f"{zh}在该时点前后一小时的历史占比", "hour_share", "share"),
        ("usual_ratio", paid, f"amount over the {name}'s robust usual amount",
         f"金额与{zh}惯常金额之比", "usual_ratio", "ratio"),
        ("unusualness", paid, f"distance of the amount from the {name}'s usual one, in usual deviations",
         f"金额偏离{zh}惯常金额的程度", "deviation", ""),
    ):  # fmt: skip
        yield Feature(f"{short}_{suffix}", needs, meaning, meaning_zh, stat, short, unit=unit)


def _travel(short: str) -> Iterable[Feature]:
    column, name, zh = ENTITIES[short]
    needs = (column, "latitude", "longitude")
    for suffix, meaning, meaning_zh, stat, unit in (
        ("distance_km", f"kilometres from where the {name} was last", f"距{zh}上一笔地点公里数", "distance", "km"),
        ("speed_kmh", f"speed from where the {name} was last, km/h",
         f"{zh}两笔之间的移动速度（公里/小时）", "speed", "km/h"),
        ("impossible_travel", f"the {name} cannot have come from where it was last",
         f"{zh}不可能的位移", "impossible", "flag"),
    ):  # fmt: skip
        yield Feature(f"{short}_{suffix}", needs, meaning, meaning_zh, stat, short, unit=unit)


_FIRST_TIMES = {
    "device": ("first time on this device", "首次使用该设备"),
    "ip": ("first time from this network address", "首次使用该 IP"),
    "payee": ("first payment to this payee", "首次向该收款方付款"),
    "terminal": ("first time at this terminal", "首次使用该终端"),
    "place": ("first time in this city", "首次在该城市交易"),
    "merchant": ("first time at this merchant", "首次在该商户交易"),
}


def _meetings(left: str, right: str) -> Iterable[Feature]:
    (column, name, zh), (other_column, other, other_zh) = MET[left], MET[right]
    needs, part = (column, other_column), {"entity": left, "other": right}
    is_customer = left == "customer"
    first, first_zh = f"first time of the {name} with this {other}", f"{zh}首次遇到该{other_zh}"
    if is_customer:
        first, first_zh = _FIRST_TIMES[right]
    yield Feature(
        f"new_{right}" if is_customer else f"{left}_new_{right}", needs, first, first_zh, "new", unit="flag", **part
    )
    seen, seen_zh = f"earlier transactions of the {name} with this {other}", f"{zh}与该{other_zh}的历史笔数"
    yield Feature(f"{left}_{right}_seen", needs, seen, seen_zh, "seen", unit="count", **part)
    share = f"share of this {other} in the {name}'s earlier transactions"
    yield Feature(
        f"{left}_{right}_share", needs, share, f"该{other_zh}占{zh}历史笔数之比", "share", unit="share", **part
    )


def _different(whose: str, what: str) -> Iterable[Feature]:
    (column, name, zh), (other_column, _, other_zh) = MET[whose], MET[what]
    for window in WINDOWS:
        yield Feature(
            f"{whose}_distinct_{PLURALS[what]}_{window}",
            (column, other_column),
            f"different {PLURALS[what]} of the {name} in {window}",
            f"{zh} {window} 不同{other_zh}数",
            *("distinct", whose, window, what, "count"),
        )


def _crowd(short: str) -> Iterable[Feature]:
    column, name, zh = ENTITIES[short]
    needs, part = (column, "customer_id"), {"entity": short, "other": "customer", "unit": "count"}
    seen = f"different customers seen with the {name} so far"
    yield Feature(f"{short}_customers", needs, seen, f"{zh}累计客户数", "customers", **part)
    fresh = f"customers first seen with the {name} in 7d"
    yield Feature(
        f"{short}_new_customers_7d", needs, fresh, f"{zh} 7d 新增客户数", "new_customers", window="7d", **part
    )


def _feedback(short: str) -> Iterable[Feature]:
    column, name, zh = ENTITIES[short]
    needs = (column, "is_fraud")
    for window in FEEDBACK_WINDOWS:
        count, share = (
            f"frauds of the {name} confirmed in {window}",
            f"share of confirmed frauds of the {name} in {window}",
        )
        rate = f"{short}_fraud_rate_{window}"
        yield Feature(
            f"{short}_frauds_{window}",
            needs,
            count,
            f"{zh} {window} 确认欺诈笔数",
            "frauds",
            short,
            window,
            unit="count",
        )
        yield Feature(rate, needs, share, f"{zh} {window} 确认欺诈占比", "fraud_rate", short, window, unit="share")


_CROWDED = ("device", "ip", "terminal", "payee", "merchant")
_PLACE_CHANGED = Feature(
    "place_changed",
    ("customer_id", "place"),
    "other city than the customer's last transaction",
    "与上一笔交易城市不同",
    *("place_changed", "customer", "", "place", "flag"),
)


def _all() -> Iterable[Feature]:
    yield from CONTEXT
    for short in ENTITIES:
        yield from _history(short)
    for left, right in RELATIONS:
        yield from _meetings(left, right)
    yield _PLACE_CHANGED
    for short in ("customer", "card"):
        yield from _travel(short)
    for short in ENTITIES:
        yield from _velocity(short)
    for left, right in RELATIONS:
        yield from _different(left, right)
        if right != "place":
            yield from _different(right, left)
    for short in _CROWDED:
        yield from _crowd(short)
    for short in ENTITIES:
        yield from _feedback(short)


FEATURES: tuple[Feature, ...] = tuple(_all())

_BY_NAME = {feature.name: feature for feature in FEATURES}

_OLD_SIX = ("customer", "card", "device", "ip", "terminal", "payee")

CORE: tuple[str, ...] = (
    *(feature.name for feature in CONTEXT),
    *("customer_count_total", "customer_amount_ratio", "terminal_amount_ratio", "customer_hours_share"),
    *("new_device", "new_ip", "new_payee", "new_terminal", "new_place", "place_changed"),
    *("customer_usual_ratio", "customer_unusualness", "customer_speed_kmh"),
    *(
        f"{short}_{stat}"
        for short in _OLD_SIX
        for stat in (
            "seconds_since_last",
            *(f"{what}_{window}" for window in ("1h", "1d", "7d") for what in ("count", "sum")),
        )
    ),
    *(
        f"{short}_{stat}"
        for short in ("device", "ip", "terminal", "payee")
        for stat in ("customers", "new_customers_7d")
    ),
    *(f"{short}_frauds_30d" for short in _OLD_SIX),
    *("terminal_frauds_7d", "terminal_fraud_rate_30d"),
)
"""What a model is given by default."""

VELOCITY: tuple[str, ...] = tuple(
    f"{short}_{stat}_{window}"
    for short, other in (("customer", "payees"), ("card", "terminals"), ("device", "customers"), ("ip", "customers"))
    for window in WINDOWS
    for stat in ("count", "sum", f"distinct_{other}")
)
"""Forty-eight velocity features: three for each of four entities and four windows."""


def available(
    columns: Collection[str], names: Collection[str] | None = None
) -> tuple[tuple[Feature, ...], dict[str, tuple[str, ...]]]:
    """Split features into those that a table with these columns can have, and those it cannot.

    Parameters
    ----------
    columns
        Names of the table's columns.
    names
        Features that are wanted; all of the catalogue by default.

    Returns
    -------
    kept
        Features whose columns are all there, in the order of `names`.
    left_out
        For each other feature, the names of the columns that it misses.

    Raises
    ------
    FeatureUnknownError
        If a name is not in the catalogue.

    Examples
    --------
    >>> kept, left_out = available(["occurred_at", "customer_id", "amount_fen"], CORE)
    >>> len(kept), left_out["new_device"]
    (16, ('device_id',))
    """
    unknown = [name for name in names or () if name not in _BY_NAME]
    if unknown:
        raise FeatureUnknownError(f"There is no feature {unknown[0]!r}; fraud.features.FEATURES lists what there is.")
    wanted = FEATURES if names is None else tuple(_BY_NAME[name] for name in dict.fromkeys(names))
    kept = tuple(feature for feature in wanted if set(feature.needs) <= set(columns))
    left_out = {
        feature.name: tuple(need for need in feature.needs if need not in columns)
        for feature in wanted
        if not set(feature.needs) <= set(columns)
    }
    return kept, left_out
