"""Places: the fourteen prefectures of Gansu, cities that people travel to, and countries abroad.

A town of the synthetic province lies in one of the prefectures, more often in a populous one. Names are in pinyin,
with the Chinese name and the ISO 3166 code of the country in the table.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["ABROAD", "COUNTRIES", "DOMESTIC", "HOME", "PLACES", "make", "of_towns"]

HOME: tuple[tuple[str, str, str, int], ...] = (
    # pinyin, Chinese, code of the administrative division (GB/T 2260), towns in twenty
    ("Lanzhou", "兰州", "620100", 4),
    ("Jiayuguan", "嘉峪关", "620200", 1),
    ("Jinchang", "金昌", "620300", 1),
    ("Baiyin", "白银", "620400", 1),
    ("Tianshui", "天水", "620500", 2),
    ("Wuwei", "武威", "620600", 1),
    ("Zhangye", "张掖", "620700", 1),
    ("Pingliang", "平凉", "620800", 1),
    ("Jiuquan", "酒泉", "620900", 1),
    ("Qingyang", "庆阳", "621000", 2),
    ("Dingxi", "定西", "621100", 2),
    ("Longnan", "陇南", "621200", 1),
    ("Linxia", "临夏", "622900", 1),
    ("Gannan", "甘南", "623000", 1),
)

DOMESTIC: tuple[tuple[str, str], ...] = (
    ("Xi'an", "西安"),
    ("Xining", "西宁"),
    ("Yinchuan", "银川"),
    ("Urumqi", "乌鲁木齐"),
    ("Chengdu", "成都"),
    ("Beijing", "北京"),
    ("Shanghai", "上海"),
    ("Guangzhou", "广州"),
)

ABROAD: tuple[tuple[str, str, str], ...] = (
    ("Hong Kong", "香港", "HK"),
    ("Bangkok", "曼谷", "TH"),
    ("Tokyo", "东京", "JP"),
    ("Seoul", "首尔", "KR"),
    ("Singapore", "新加坡", "SG"),
    ("Kuala Lumpur", "吉隆坡", "MY"),
    ("Istanbul", "伊斯坦布尔", "TR"),
    ("Almaty", "阿拉木图", "KZ"),
)

PLACES: tuple[str, ...] = (
    *(name for name, _, _, _ in HOME),
    *(name for name, _ in DOMESTIC),
    *(name for name, _, _ in ABROAD),
)
"""All names; a place's code in the streams is its position here."""

COUNTRIES: tuple[str, ...] = (*("CN",) * (len(HOME) + len(DOMESTIC)), *(country for _, _, country in ABROAD))
"""Country of each place, in the same order."""

_TWENTY = np.repeat(np.arange(len(HOME)), [row[3] for row in HOME])


def of_towns(towns: int) -> NDArray[np.int64]:
    """Return the code of the place in which each of the first `towns` towns lies, int64 of shape (towns,).

    Examples
    --------
    >>> [PLACES[code] for code in of_towns(3)]
    ['Lanzhou', 'Tianshui', 'Qingyang']
    """
    return _TWENTY[(np.arange(towns) * 7) % len(_TWENTY)]


def make(n: int, seed: int) -> pd.DataFrame:
    """Return the first n places: place, its Chinese name, country, and division code where it lies in Gansu.

    The table is the same for every seed: places are facts, not draws.

    Examples
    --------
    >>> make(2, 0).to_dict("records")[0]
    {'place': 'Lanzhou', 'place_zh': '兰州', 'country': 'CN', 'division_code': '620100'}
    """
    del seed
    rows: list[tuple[str, str, str, str | None]] = [(name, zh, "CN", code) for name, zh, code, _ in HOME]
    rows += [(name, zh, "CN", None) for name, zh in DOMESTIC]
    rows += [(name, zh, country, None) for name, zh, country in ABROAD]
    return pd.DataFrame(rows, columns=["place", "place_zh", "country", "division_code"]).head(n)
