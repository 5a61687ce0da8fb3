"""Whose features there are, over which windows, who meets whom, and what one feature is."""

from dataclasses import dataclass

__all__ = ["ENTITIES", "FEEDBACK_WINDOWS", "MET", "PLURALS", "RELATIONS", "WINDOWS", "Feature"]

WINDOWS: dict[str, int] = {"1h": 3_600, "1d": 86_400, "7d": 604_800, "30d": 2_592_000}
"""Length of each velocity window in seconds."""

FEEDBACK_WINDOWS: tuple[str, ...] = ("1d", "7d", "30d")
"""Windows of confirmed frauds; each ends where the delay begins."""

ENTITIES: dict[str, tuple[str, str, str]] = {
    "customer": ("customer_id", "customer", "客户"),
    "account": ("account_id", "account", "账户"),
    "card": ("card_id", "card", "银行卡"),
    "device": ("device_id", "device", "设备"),
    "ip": ("ip", "network address", "IP 地址"),
    "phone": ("phone", "phone line", "手机号"),
    "merchant": ("merchant_id", "merchant", "商户"),
    "terminal": ("terminal_id", "terminal", "终端"),
    "payee": ("payee_id", "payee", "收款方"),
}
"""Short name of an entity: its column, and what people call it."""

MET: dict[str, tuple[str, str, str]] = {**ENTITIES, "place": ("place", "city", "城市")}
"""What a customer can meet: the entities, and the city."""

RELATIONS: tuple[tuple[str, str], ...] = (
    *(("customer", "device"), ("customer", "ip"), ("customer", "payee"), ("customer", "terminal")),
    *(("customer", "place"), ("customer", "merchant"), ("account", "payee"), ("card", "terminal")),
    *(("phone", "device"), ("device", "ip")),
)
"""Who meets whom: pairs that are remembered, for first meetings and for numbers of different ones in a window."""

PLURALS: dict[str, str] = {name: "cities" if name == "place" else f"{name}s" for name in MET}
"""The name of several, as in `customer_distinct_payees_1d`."""


@dataclass(frozen=True)
class Feature:
    """One feature: its name, the columns it needs, what it means in English and Chinese, and how it is made.

    `stat` says what is computed, `entity` for whom, `window` over how long, `other` with regard to whom or what; `unit`
    is fen, count, seconds, days, years, km, km/h, ratio, share, flag, code, or empty.
    """

    name: str
    needs: tuple[str, ...]
    meaning: str
    meaning_zh: str
    stat: str
    entity: str = ""
    window: str = ""
    other: str = ""
    unit: str = ""
