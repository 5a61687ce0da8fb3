"""Chinese names of people and firms, from a small pool.

Faker's zh_CN provider writes some 10,000 names a second, too slow for millions: a pool of surnames and given names is
asked once, with a fixed seed, and the world combines them. The pool depends on the version of Faker, which the
constraints file pins.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from datasets.seeds import generator, skip

__all__ = ["of_firms", "of_people", "pool"]

_WORDS = (
    "陇原",
    "祁连",
    "河西",
    "黄河",
    "敦煌",
    "崆峒",
    "洮河",
    "雪山",
    "绿洲",
    "金塔",
    "玉门",
    "丝路",
    "长城",
    "白龙江",
)
_SECOND = ("恒", "瑞", "达", "兴", "盛", "源", "通", "和", "诚", "安")


@cache
def pool() -> tuple[NDArray[np.object_], NDArray[np.object_], NDArray[np.object_]]:
    """Return 120 surnames as often as people bear them, and 150 given names each of women and of men.

    Examples
    --------
    >>> [len(part) for part in pool()]
    [120, 150, 150]
    """
    from faker import Faker  # asked only by the tables that print names; its import is slow

    fake = Faker("zh_CN")
    fake.seed_instance(20201101)
    surnames = [fake.last_name() for _ in range(120)]
    women = [fake.first_name_female() for _ in range(150)]
    men = [fake.first_name_male() for _ in range(150)]
    return np.array(surnames, object), np.array(women, object), np.array(men, object)


def of_people(seed: int, is_woman: NDArray[np.bool_], first: int = 0) -> NDArray[np.object_]:
    """Return a name for each person from number `first` on, text of the shape of `is_woman`.

    Examples
    --------
    >>> list(of_people(7, np.array([True, False]))[1:]) == list(of_people(7, np.array([False]), first=1))
    True
    """
    surnames, women, men = pool()
    size = len(is_woman)
    chances = [generator(seed, "people", column) for column in ("surname", "given")]
    for rng in chances:
        skip(rng, first)
    surname = surnames[(chances[0].random(size) * len(surnames)).astype(np.int64)]
    given = (chances[1].random(size) * len(women)).astype(np.int64)
    return np.asarray(surname + np.where(is_woman, women[given], men[given]), object)


def of_firms(
    seed: int, cities: NDArray[np.object_], trades: NDArray[np.object_], purpose: str = "firms"
) -> NDArray[np.object_]:
    """Return a name for each firm: its city, two invented words, its trade, and 有限公司.

    `purpose` names the stream of chance: firms that are drawn apart from the others get names apart from theirs.

    Examples
    --------
    >>> of_firms(7, np.array(["兰州"], object), np.array(["商贸"], object))[0].endswith("商贸有限公司")
    True
    """
    size = len(cities)
    first = np.array(_WORDS, object)[(generator(seed, purpose, "word").random(size) * len(_WORDS)).astype(int)]
    second = np.array(_SECOND, object)[(generator(seed, purpose, "second").random(size) * 10).astype(int)]
    return np.asarray(cities + first + second + trades + "有限公司", object)
