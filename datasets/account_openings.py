"""Account openings: which firms of a town open which corporate settlement account (单位结算账户), when and where.

Half of a town's firms are new customers and open their basic account (基本存款账户); the others have one at some bank
and open a general account (一般存款账户) elsewhere. Some openings are not as they should be, each in one way; others
only look odd. The ring's shell firms open basic accounts on one day, and what one of them says of its representative is
not what the registry says.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from datasets import firms, lending, places, towns
from datasets.seeds import generator

__all__ = ["FLAWS", "LOOK_ALIKES", "SCOPES", "SECTIONS", "Branch", "Opening", "branch", "openings"]

FLAWS: dict[str, str] = {
    "wrong_check_digit": "person",
    "other_representative": "person",
    "other_name": "person",
    "second_basic": "refused",
    "wrong_basic_number": "refused",
    "cancelled": "refused",
    "dormant": "refused",
    "missing_scope": "filed",
    "missing_address": "filed",
}
"""What is not as it should be, and how it should end: `person` (a contradiction that somebody must settle), `refused`
(by the central bank's rules), or `filed` (what is missing stands in the registry)."""
LOOK_ALIKES = ("same_address", "capital_not_stated", "old_firm_new_basic")
"""What looks odd and is as it should be: it must be filed."""
SECTIONS = ("F", "C", "A", "G", "H", "I", "E", "F", "R", "D")
"""Section of GB/T 4754 for each of `datasets.firms.INDUSTRIES`."""
SCOPES: tuple[str, ...] = (
    "日用百货、针纺织品、五金交电批发和零售",
    "建筑材料、装饰材料生产与销售",
    "农业技术开发、种子种苗销售、农产品加工",
    "普通货物道路运输、仓储服务",
    "餐饮服务、食品经营",
    "电子产品技术开发、软件开发、系统集成",
    "房屋建筑工程、市政公用工程施工",
    "药品、医疗器械批发",
    "文化艺术交流策划、广告设计制作",
    "太阳能、风能发电项目开发与运营",
)
_BANK_NUMBERS = ("313", "314", "402", "402", "320", "320")
_OPEN_HOUR, _CLOSE_HOUR, _DAYS = 9, 17, 20


class Branch(NamedTuple):
    """Where an account is opened: the bank, its twelve-digit code (银行机构代码), the branch's name, its area code."""

    entity: str
    code: str
    name: str
    area: str


class Opening(NamedTuple):
    """One opening: the firm's number in its town, when (working day and second of it), what kind, and its truth."""

    firm: int
    day: int
    second: int
    account_type: str
    bank: int
    flaw: str
    look_alike: str


def branch(bank: int, town: int) -> Branch:
    """Return the branch of a bank in the place of a town.

    Examples
    --------
    >>> branch(0, 0).name, len(branch(0, 0).code)
    ('陇上银行兰州分行', 12)
    """
    place = int(places.of_towns(town + 1)[town])
    _, chinese, division, _ = places.HOME[place]
    body = f"{_BANK_NUMBERS[bank]}{division[:4]}{bank * 100 + place:04d}"
    check = sum((place + 1) * int(digit) for place, digit in enumerate(body)) % 10
    return Branch(lending.BANKS[bank][1], f"{body}{check}", f"{lending.BANKS[bank][1]}{chinese}分行", division)


@lru_cache(maxsize=128)
def openings(seed: int, town: int) -> tuple[Opening, ...]:
    """Return one town's openings in the order of their time.

    Examples
    --------
    >>> drawn = openings(7, 0)
    >>> len(drawn), {one.account_type for one in drawn} == {"basic", "general"}
    (40, True)
    >>> sorted({one.flaw for one in drawn if one.firm >= 37})
    ['', 'other_representative']
    """
    rng = generator(seed, "account_openings", town)
    founded = firms.draw(seed, towns.MAX_TOWNS).founded[town * towns.FIRMS : (town + 1) * towns.FIRMS]
    shells_day, shell = int(rng.integers(3, _DAYS)), int(rng.integers(towns.FIRMS - firms.SHELLS, towns.FIRMS))
    found = []
    for firm in range(towns.FIRMS):
        is_shell = firm >= towns.FIRMS - firms.SHELLS
        kind = "basic" if is_shell or rng.integers(0, 2) == 0 else "general"
        day = shells_day if is_shell else int(rng.integers(0, _DAYS))
        second = int(rng.integers(_OPEN_HOUR * 3_600, _CLOSE_HOUR * 3_600))
        flaw = _flaw(rng, kind)
        if is_shell:
            flaw = "other_representative" if firm == shell else ""
        odd = _look_alike(rng, kind, int(founded[firm])) if not flaw else ""
        found.append(Opening(firm, day, second, kind, int(rng.integers(0, len(lending.BANKS))), flaw, odd))
    return tuple(sorted(found, key=lambda one: (one.day, one.second, one.firm)))


def _flaw(rng: np.random.Generator, kind: str) -> str:
    draw = int(rng.integers(0, 1_000))
    common = ("wrong_check_digit", "other_representative", "other_name", "missing_scope", "missing_address")
    own = ("second_basic", "dormant") if kind == "basic" else ("wrong_basic_number", "cancelled")
    ranked = (*common, *own)
    return ranked[draw // 20] if draw < 20 * len(ranked) else ""


def _look_alike(rng: np.random.Generator, kind: str, founded_days_ago: int) -> str:
    draw = int(rng.integers(0, 100))
    if draw < 8:
        return "capital_not_stated"
    if draw < 12:
        return "same_address"
    return "old_firm_new_basic" if kind == "basic" and founded_days_ago > 4_000 else ""
