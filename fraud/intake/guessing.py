"""Guess from the header which column is which.

Names are compared without case, spaces and punctuation, in English and Chinese, with the spellings of the public data
sets that people bring (the Handbook, Sparkov, PaySim, IEEE-CIS) and of bank exports. A guess is only ever a proposal:
two columns that fit equally well are refused, not chosen between. It knows nothing of what the columns hold, except
for times and amounts, where a few values tell how they are written.
"""

import re
import unicodedata
from collections.abc import Sequence

from fraud.errors import MappingError
from fraud.intake.mapping import Mapping, check_header
from fraud.schema import COLUMNS, REQUIRED, column

__all__ = ["guess"]

# For each column, synonyms in tiers: a later tier is looked at when no earlier one is in the header. The tiers of
# `customer_id` end with the card and the account, which stand for their owner in files that name no customer.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "transaction_id": (
        "transactionid transid txid trxid txnid transnum transno trxno txno serialno "
        "交易编号 交易流水号 流水号 交易号 交易序号",
    ),
    "occurred_at": (
        "occurredat txdatetime transdatetranstime timestamp datetime transactiondatetime transactiontime transtime "
        "txtime trxtime txntime eventtime eventtimestamp transactiondt time 交易时间 交易日期时间 时间 发生时间",
        "transactiondate transdate txdate date 交易日期 日期 step unixtime",
    ),
    "customer_id": (
        "customerid custid clientid userid customer cust client user nameorig "
        "客户号 客户编号 客户id 客户 用户号 用户编号",
        "ccnum cardid cardno cardnumber card 卡号 银行卡号",
        "accountid account accountno accountnumber acctid acctno 账号 账户 付款账号",
    ),
    "amount_fen": (
        "amountfen amount amt txamount transactionamount transactionamt transamount transamt trxamount txnamount "
        "金额 交易金额 发生额",
    ),
    "account_id": ("accountid account accountno accountnumber acctid acctno 账号 账户 付款账号",),
    "card_id": ("cardid cardno cardnumber card ccnum 卡号 银行卡号",),
    "channel": ("channel txchannel transactionchannel 渠道 交易渠道",),
    "kind": ("kind type transactiontype txtype transtype trxtype 交易类型 类型",),
    "payee_id": (
        "payeeid payee namedest beneficiaryid beneficiary beneficiaryaccount toaccount destaccount "
        "收款账号 收款方 收款人账号 对方账号 对手账号",
    ),
    "terminal_id": (
        "terminalid terminal posid 终端号 终端编号 终端",
        "merchantid merchant merchantname 商户号 商户编号 商户",
    ),
    "phone": ("phone phonenumber phoneno phoneid mobileno mobilenumber 手机号 手机号码 手机 联系电话",),
    # A merchant that stands for its terminal is taken by then: a file needs both to have both.
    "merchant_id": ("merchantid merchant merchantname 商户号 商户编号 商户",),
    # Sparkov has the home of the cardholder too: where it happens is where the merchant is.
    "latitude": ("merchlat merchantlat merchantlatitude", "latitude lat 纬度"),
    "longitude": ("merchlong merchantlong merchantlongitude", "longitude long lon lng 经度"),
    "merchant_category": (
        "merchantcategory merchantcategorycode mcc category merchanttype 商户类别 商户类型 行业类别",
    ),
    "device_id": ("deviceid device deviceno 设备号 设备编号 设备",),
    "ip": ("ip ipaddress ipaddr sourceip ip地址",),
    "place": ("place city location transactioncity 交易地 交易城市 交易地点 城市",),
    "country": ("country countrycode 国家 国别",),
    "customer_age": ("customerage age 客户年龄 年龄",),
    "account_age_days": ("accountagedays accountage 开户天数",),
    "sim_age_days": ("simagedays simage 换卡天数",),
    "is_fraud": (
        "isfraud txfraud fraud fraudflag fraudlabel 是否欺诈 欺诈标签 欺诈标志 欺诈",
        "class label target 标签",
    ),
}
MINOR_UNITS = ("fen", "cents", "cent", "分")
MAJOR_UNITS = ("yuan", "元", "cny", "rmb", "usd", "eur")
NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?")
COMPACT_DATE = re.compile(r"(19|20)\d{6}(\d{4}|\d{6})?")
DAY_OR_MONTH_FIRST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b.*")
DECIMAL_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d{1,2}")


def _plain(name: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", name).lower() if letter.isalnum())


def _without_unit(name: str, units: Sequence[str]) -> str:
    for unit in units:
        if name.endswith(unit) and name != unit:
            return name.removesuffix(unit)
    return name


def _fix(lines: Sequence[str]) -> str:
    return "write a mapping file like this and give it with the input:\n\n" + "\n".join(lines)


def _candidates(name: str, synonyms: set[str], free: Sequence[str]) -> list[str]:
    found = []
    for source in free:
        plain = _plain(source)
        if name == "amount_fen":
            plain = _without_unit(plain, (*MINOR_UNITS, *MAJOR_UNITS))
        if plain in synonyms:
            found.append(source)
    return found


def _choose(name: str, header: Sequence[str], taken: set[str]) -> str | None:
    free = [source for source in header if source not in taken]
    if name in free:
        return name
    for tier in SYNONYMS[name]:
        found = _candidates(name, set(tier.split()), free)
        if len(found) > 1:
            lines = _fix(["[columns]", f'{name} = "{found[0]}"', "# ... and the other columns"])
            names = " and ".join(map(repr, found))
            raise MappingError(f"The columns {names} may both be {name} ({column(name).meaning_zh}); {lines}")
        if found:
            return found[0]
    return None


def _refuse_missing(chosen: dict[str, str], header: Sequence[str]) -> None:
    missing = [entry for entry in COLUMNS if entry.required and entry.name not in chosen]
    if not missing:
        return
    lines = ["[columns]", *(f'{name} = "{chosen.get(name, "NAME OF ITS COLUMN")}"' for name in REQUIRED)]
    names = ", ".join(f"{entry.name} ({entry.meaning_zh})" for entry in missing)
    raise MappingError(f"No column of the file looks like {names}; its columns are {', '.join(header)}; {_fix(lines)}")


def _refuse_unclear_times(chosen: dict[str, str], values: Sequence[str]) -> None:
    source, first = chosen["occurred_at"], values[0] if values else ""
    lines = ["[columns]", *(f'{name} = "{chosen[name]}"' for name in chosen), "", "[time]"]
    if values and all(NUMBER.fullmatch(value) and not COMPACT_DATE.fullmatch(value) for value in values):
        unit = "hours" if _plain(source) == "step" else "seconds"
        fix = _fix([*lines, f'unit = "{unit}"', 'origin = "2018-04-01"'])
        raise MappingError(f"The column {source!r} holds numbers such as {first}, not dates: {fix}")
    if any(DAY_OR_MONTH_FIRST.fullmatch(value) for value in values):
        fix = _fix([*lines, 'format = "%d/%m/%Y %H:%M"'])
        raise MappingError(f"Times such as {first!r} in {source!r} do not tell the day from the month: {fix}")


def guess(header: Sequence[str], sample: Sequence[Sequence[str]] = ()) -> Mapping:
    """Propose a mapping for a file with this header.

    Parameters
    ----------
    header
        Names of the file's columns.
    sample
        A few rows as text, in the order of the header. They tell numbers from dates in the column of times, and
        commas from points in the amounts.

    Returns
    -------
    Mapping
        Amounts are taken for yuan unless the name of the column ends in fen, cents or 分.

    Raises
    ------
    MappingError
        If a required column is not found, two columns fit one of ours, or the times cannot be understood. The
        message lists the columns found and shows the lines of TOML that settle it.

    Examples
    --------
    >>> found = guess(["TX_DATETIME", "CUSTOMER_ID", "TERMINAL_ID", "TX_AMOUNT", "TX_FRAUD"])
    >>> found.columns["amount_fen"], found.amount_unit
    ('TX_AMOUNT', 'yuan')
    >>> guess(["交易时间", "客户号", "交易金额（分）"]).amount_unit
    'fen'
    """
    check_header(header)
    chosen: dict[str, str] = {}
    required_first = sorted(COLUMNS, key=lambda entry: not entry.required)
    for entry in required_first:
        source = _choose(entry.name, header, set(chosen.values()))
        if source is not None:
            chosen[entry.name] = source
    _refuse_missing(chosen, header)
    places = {name: list(header).index(source) for name, source in chosen.items()}

    def values(name: str) -> list[str]:
        cells = (row[places[name]].strip() for row in sample if len(row) > places[name])
        return [cell for cell in cells if cell]

    _refuse_unclear_times(chosen, values("occurred_at"))
    amounts = values("amount_fen")
    comma = bool(amounts) and all(DECIMAL_COMMA.fullmatch(amount) for amount in amounts)
    return Mapping(
        columns={entry.name: chosen[entry.name] for entry in COLUMNS if entry.name in chosen},
        amount_unit="fen" if _plain(chosen["amount_fen"]).endswith(MINOR_UNITS) else "yuan",
        amount_decimal="," if comma else ".",
    )
