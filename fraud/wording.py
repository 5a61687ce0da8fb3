"""A feature and its value in words: fen as yuan, seconds as minutes, hours or days, flags as yes or no.

What a feature means is in `fraud.features.catalogue`, in the units that a model reads. People read other
units.
"""

import math
import re
from collections.abc import Callable

from fraud.features.catalogue import FEATURES, Feature
from fraud.features.context import KNOWN

__all__ = ["duration", "worded", "yuan"]

Both = tuple[str, str]

_BY_NAME = {feature.name: feature for feature in FEATURES}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_CATEGORIES_ZH = {
    **{"counter": "柜台", "atm": "自助设备", "pos": "POS", "mobile": "手机银行", "web": "网上银行", "qr": "扫码"},
    **{"purchase": "消费", "transfer": "转账", "withdrawal": "取现", "deposit": "存款"},
}
_UNIT_IN_MEANING = re.compile(r" in (fen|years)$|, km/h$|, 0 to 23$|, Monday is 0$")
_UNIT_IN_MEANING_ZH = re.compile(r"（分）|（公里/小时）|秒数$|公里数$")


def yuan(fen: float) -> str:
    """Return an amount of fen in yuan with two decimals.

    Examples
    --------
    >>> yuan(123_450)
    '1,234.50'
    """
    return f"{fen / 100:,.2f}"


def duration(seconds: float) -> Both:
    """Return a length of time in its largest fitting unit, in English and Chinese.

    Examples
    --------
    >>> duration(59), duration(5_400), duration(172_800)
    (('59 seconds', '59 秒'), ('1.5 hours', '1.5 小时'), ('2 days', '2 天'))
    """
    for size, name, name_zh in ((86_400, "day", "天"), (3_600, "hour", "小时"), (60, "minute", "分钟")):
        if seconds >= size:
            return _counted(seconds / size, name, name_zh)
    return _counted(seconds, "second", "秒")


def _counted(number: float, name: str, name_zh: str) -> Both:
    text = _plain(number)
    return f"{text} {name}{'' if text == '1' else 's'}", f"{text} {name_zh}"


def _plain(number: float) -> str:
    text = f"{number:,.1f}"
    return text.removesuffix(".0")


def worded(name: str, value: float) -> Both:
    """Return what a feature is and its value, in English and Chinese.

    Parameters
    ----------
    name
        Name of a feature. One that is not in the catalogue is shown by its name, its value as it stands.
    value
        Value in the feature's own unit; NaN if there is none, which leaves the value out.

    Examples
    --------
    >>> worded("customer_sum_1d", 123_450.0)
    ('amount moved by the customer in 1d: 1,234.50 yuan', '客户 1d 金额: 1,234.50 元')
    >>> worded("device_seconds_since_last", 90.0)
    ("time since the device's last: 1.5 minutes", '距设备上一笔: 1.5 分钟')
    >>> worded("new_payee", 1.0)
    ('first payment to this payee: yes', '首次向该收款方付款: 是')
    >>> worded("customer_speed_kmh", 912.25)
    ('speed from where the customer was last: 912.2 km/h', '客户两笔之间的移动速度: 912.2 公里/小时')
    >>> worded("their_own_feature", 0.123456)
    ('their_own_feature: 0.1235', 'their_own_feature: 0.1235')
    """
    feature = _BY_NAME.get(name)
    meaning = name if feature is None else _UNIT_IN_MEANING.sub("", feature.meaning)
    meaning_zh = name if feature is None else _UNIT_IN_MEANING_ZH.sub("", feature.meaning_zh)
    meaning = re.sub(r"^fen ", "amount ", re.sub(r"^(seconds|days) since ", "time since ", meaning))
    meaning = re.sub(r"^kilometres from", "distance from", meaning)
    if not math.isfinite(value):
        return meaning, meaning_zh
    text, text_zh = _value(feature, value) if feature is not None else (f"{value:.4g}", f"{value:.4g}")
    return f"{meaning}: {text}", f"{meaning_zh}: {text_zh}"


def _value(feature: Feature, value: float) -> Both:
    show = _UNITS.get(feature.unit) or _BY_NAME_ALONE.get(feature.name)
    return show(feature.name, value) if show is not None else (_plain(value), _plain(value))


def _money(_: str, value: float) -> Both:
    return f"{yuan(value)} yuan", f"{yuan(value)} 元"


def _flag(_: str, value: float) -> Both:
    return ("yes", "是") if value else ("no", "否")


def _clock(_: str, value: float) -> Both:
    return f"{int(value):02}:00", f"{int(value):02}:00"


def _weekday(_: str, value: float) -> Both:
    return _DAYS[int(value) % 7], _DAYS_ZH[int(value) % 7]


def _category(name: str, value: float) -> Both:
    words = KNOWN.get(name.removesuffix("_code"), ())
    if not 0 <= value < len(words):
        return f"category {_plain(value)}", f"类别 {_plain(value)}"
    return words[int(value)], _CATEGORIES_ZH.get(words[int(value)], words[int(value)])


_UNITS: dict[str, Callable[[str, float], Both]] = {
    "fen": _money,
    "seconds": lambda _, value: duration(value),
    "days": lambda _, value: _counted(value, "day", "天"),
    "years": lambda _, value: _counted(value, "year", "岁"),
    "km": lambda _, value: (f"{_plain(value)} km", f"{_plain(value)} 公里"),
    "km/h": lambda _, value: (f"{_plain(value)} km/h", f"{_plain(value)} 公里/小时"),
    "flag": _flag,
    "ratio": lambda _, value: (f"{_plain(value)} times", f"{_plain(value)} 倍"),
    "share": lambda _, value: (f"{value:.0%}", f"{value:.0%}"),
    "code": _category,
}
_BY_NAME_ALONE = {"hour": _clock, "weekday": _weekday}
