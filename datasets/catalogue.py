"""All tables of the province by name, for `hexi data`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

from datasets import belongings, firms, handbook, people, places, rings, transactions, truth
from datasets.errors import OutOfRangeError

__all__ = ["TABLES", "Table", "frames"]


@dataclass(frozen=True)
class Table:
    """One table: what it holds in English and Chinese, and how it is made, at once or frame by frame."""

    holds: str
    holds_zh: str
    at_once: Callable[[int, int], pd.DataFrame] | None = None
    in_frames: Callable[..., Iterator[pd.DataFrame]] | None = None


TABLES: dict[str, Table] = {
    "people": Table("people with age, segment and address", "个人客户", people.make),
    "firms": Table("firms with credit code, representative and capital", "企业客户", firms.make),
    "addresses": Table("homes and offices", "地址", belongings.addresses),
    "accounts": Table("accounts and their owners", "账户", belongings.accounts),
    "cards": Table("cards and their accounts", "银行卡", belongings.cards),
    "phones": Table("phone lines and SIM cards", "手机号", belongings.phones),
    "devices": Table("phones, computers and tablets", "设备", belongings.devices),
    "networks": Table("network addresses", "IP 地址", belongings.networks),
    "terminals": Table("shops' terminals, cash machines and counters", "终端", belongings.terminals),
    "places": Table("cities at home and abroad", "地区", places.make),
    "transactions": Table("payments in time order", "交易流水", in_frames=transactions.make),
    "truth": Table("which payments are fraud, and of which typology and ring", "欺诈真值", in_frames=truth.make),
    "rings": Table("members of the gangs", "团伙成员", rings.make),
    "handbook": Table("labelled payments in a foreign layout", "外部格式样例", in_frames=handbook.make),
}


def frames(name: str, n: int, seed: int, base_rate: float | None = None) -> Iterator[pd.DataFrame]:
    """Make the first n rows of a table in one or more frames; only tables made from payments have a base rate.

    Raises
    ------
    KeyError
        If no table has this name.
    OutOfRangeError
        If n or the seed is out of range.

    Examples
    --------
    >>> sum(len(frame) for frame in frames("people", 30, seed=7))
    30
    """
    table = TABLES[name]
    if table.in_frames is not None:
        return table.in_frames(n, seed, **({} if base_rate is None else {"base_rate": base_rate}))
    if base_rate is not None:
        raise OutOfRangeError(f"the table {name} has no base rate; transactions, truth and handbook have one")
    return iter([table.at_once(n, seed)] if table.at_once else [])
