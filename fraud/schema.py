"""The columns of a transaction, with types, units and what they are called in Chinese.

Three columns are required (when, who, how much); every other one is used when it is there. Money is an integer
number of fen. Identifiers and categories are text: they are compared, never computed with.
"""

from dataclasses import dataclass
from typing import Literal

__all__ = ["COLUMNS", "LABEL", "MAX_AMOUNT_FEN", "REQUIRED", "Column", "column"]

Kind = Literal["time", "money", "identifier", "category", "number", "flag"]

LABEL = "is_fraud"
MAX_AMOUNT_FEN = 10**13
"""100 billion yuan: above it an amount is taken for a mistake of the file."""


@dataclass(frozen=True)
class Column:
    """One column: its name, kind, whether a table must have it, and what it means in English and Chinese."""

    name: str
    kind: Kind
    meaning: str
    meaning_zh: str
    required: bool = False
    lowest: float | None = None
    highest: float | None = None


COLUMNS: tuple[Column, ...] = (
    Column("transaction_id", "identifier", "number of the transaction", "交易编号"),
    Column("occurred_at", "time", "local time of the transaction, to the second", "交易时间", required=True),
    Column("customer_id", "identifier", "who pays", "客户号", required=True),
    Column("amount_fen", "money", "amount in fen", "交易金额（分）", True, 0, MAX_AMOUNT_FEN),
    Column("account_id", "identifier", "account that is debited", "账号"),
    Column("card_id", "identifier", "card that is used", "卡号"),
    Column("channel", "category", "counter, atm, pos, mobile, web or qr", "渠道"),
    Column("kind", "category", "purchase, transfer, withdrawal or deposit", "交易类型"),
    Column("payee_id", "identifier", "account that is credited", "收款账号"),
    Column("terminal_id", "identifier", "terminal of a merchant, or cash machine", "终端号"),
    Column("merchant_category", "category", "what the merchant sells", "商户类别"),
    Column("device_id", "identifier", "phone or computer that is used", "设备号"),
    Column("ip", "identifier", "network address of the device", "IP 地址"),
    Column("place", "category", "city where it happens", "交易地"),
    Column("country", "category", "country where it happens, ISO 3166 two letters", "国家"),
    Column("customer_age", "number", "age of the customer in years", "客户年龄", False, 0, 130),
    Column("account_age_days", "number", "days since the account was opened", "开户天数", False, 0, 40_000),
    Column("sim_age_days", "number", "days since the SIM card was last changed", "换卡天数", False, 0, 40_000),
    Column("phone", "identifier", "phone line of the customer", "手机号"),
    Column("merchant_id", "identifier", "merchant that is paid, who may have several terminals", "商户号"),
    Column("latitude", "number", "latitude of where it happens, degrees north", "纬度", False, -90, 90),
    Column("longitude", "number", "longitude of where it happens, degrees east", "经度", False, -180, 180),
    Column(LABEL, "flag", "1 if confirmed as fraud, else 0", "欺诈标签"),
)

REQUIRED: tuple[str, ...] = tuple(entry.name for entry in COLUMNS if entry.required)


def column(name: str) -> Column:
    """Return the entry of one column.

    Raises
    ------
    KeyError
        If no column has this name.

    Examples
    --------
    >>> column("amount_fen").kind
    'money'
    """
    for entry in COLUMNS:
        if entry.name == name:
            return entry
    raise KeyError(name)
