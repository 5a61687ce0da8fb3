"""Places: the fourteen prefectures of Gansu, cities that people travel to, and countries abroad.

A town of the synthetic province lies in one of the prefectures, more often in a populous one. Names are in pinyin,
with the Chinese name and the ISO 3166 code of the country in the table.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["ABROAD", "CENTRES", "COUNTRIES", "DOMESTIC", "HOME", "PLACES", "degrees_near", "make", "of_towns"]

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

CENTRES: tuple[tuple[float, float], ...] = (
    # Lanzhou ... Gannan
    *((36.06, 103.83), (39.77, 98.29), (38.52, 102.19), (36.54, 104.14), (34.58, 105.72), (37.93, 102.64)),
    *((38.93, 100.45), (35.54, 106.67), (39.73, 98.49), (35.71, 107.64), (35.58, 104.63), (33.40, 104.92)),
    *((35.60, 103.21), (34.98, 102.91)),
    # Xi'an ... Guangzhou
    *((34.34, 108.94), (36.62, 101.78), (38.49, 106.23), (43.83, 87.62)),
    *((30.57, 104.07), (39.90, 116.41), (31.23, 121.47), (23.13, 113.26)),
    # Hong Kong ... Almaty
    *((22.32, 114.17), (13.76, 100.50), (35.68, 139.69), (37.57, 126.98)),
    *((1.35, 103.82), (3.14, 101.69), (41.01, 28.98), (43.24, 76.89)),
)
"""Latitude and longitude of each place's centre in degrees, in the order of `PLACES`."""

_SCATTER = 12_000
"""Hundred-thousandths of a degree to either side of a centre: some ten kilometres."""

_TWENTY = np.repeat(np.arange(len(HOME)), [row[3] for row in HOME])


def of_towns(towns: int) -> NDArray[np.int64]:
    """Return the code of the place in which each of the first `towns` towns lies, int64 of shape (towns,).

    Examples
    --------
    >>> [PLACES[code] for code in of_towns(3)]
    ['Lanzhou', 'Tianshui', 'Qingyang']
    """
    return _TWENTY[(np.arange(towns) * 7) % len(_TWENTY)]


def degrees_near(place: NDArray[np.int64], who: NDArray[np.int64], is_longitude: bool) -> NDArray[np.float64]:
    """Return latitudes (or longitudes) near the centres of places, the same for the same place and `who`.

    Parameters
    ----------
    place
        int64 codes of places.
    who
        int64 numbers, 0 or more, of what stands there.
    is_longitude
        Whether longitudes are wanted.

    Returns
    -------
    numpy.ndarray
        float64 degrees with five decimals, as positioning gives them.

    Examples
    --------
    >>> degrees_near(np.array([0, 0]), np.array([1, 2]), is_longitude=False).tolist()
    [36.15357, 36.12715]
    """
    centre = np.rint(np.array(CENTRES)[:, int(is_longitude)] * 100_000).astype(np.int64)
    # factors near the golden section scatter neighbours; odd, so that no degree is whole and loses its point as text
    offset = who * (61_803_391 if is_longitude else 41_421_357) % (2 * _SCATTER) - _SCATTER
    degrees: NDArray[np.float64] = (centre[place] + offset | 1) / 100_000.0
    return degrees


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
