"""All tables of the province by name, for `hexi data`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

from datasets import (
    belongings,
    blacklist,
    defaults,
    filings,
    fingerprints,
    firms,
    fund_flows,
    guarantee_truth,
    guarantees,
    handbook,
    laundering,
    lending,
    newcomer_payments,
    newcomers,
    ownership,
    parties,
    people,
    places,
    receivables,
    rings,
    shared_attributes,
    transactions,
    truth,
)
from datasets.errors import OutOfRangeError

__all__ = ["TABLES", "Table", "frames"]


@dataclass(frozen=True)
class Table:
    """One table: what it holds in English and Chinese, and how it is made, at once or frame by frame."""

    holds: str
    holds_zh: str
    at_once: Callable[[int, int], pd.DataFrame] | None = None
    in_frames: Callable[..., Iterator[pd.DataFrame]] | None = None
    has_base_rate: bool = False


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
    "transactions": Table("payments in time order", "交易流水", in_frames=transactions.make, has_base_rate=True),
    "truth": Table(
        "which payments are fraud, and of which typology and ring", "欺诈真值", in_frames=truth.make, has_base_rate=True
    ),
    "rings": Table("members of the gangs", "团伙成员", rings.make),
    "parties": Table("banks, firms and people of the risk graph", "授信主体", in_frames=parties.make),
    "banks": Table("banks and their capital", "银行资本", in_frames=lending.banks),
    "guarantees": Table("guarantees, guarantor to borrower", "担保", in_frames=guarantees.make),
    "loans": Table("loans, bank to borrower", "贷款", in_frames=lending.make),
    "shareholdings": Table("who holds which part of a firm", "持股", in_frames=ownership.shareholdings),
    "controls": Table("who is declared to control a firm", "实际控制", in_frames=ownership.controls),
    "kinships": Table("relatives", "亲属", in_frames=ownership.kinships),
    "fund_flows": Table("sums paid from firm to firm", "资金往来", in_frames=fund_flows.make),
    "shared_attributes": Table(
        "representative, officer, agent, address, phone", "共同属性", in_frames=shared_attributes.make
    ),
    "blacklist": Table("listed parties", "黑名单", in_frames=blacklist.make),
    "defaults": Table("which firms defaulted when", "违约", in_frames=defaults.make),
    "guarantee_truth": Table("planted structures of guarantees", "担保真值", in_frames=guarantee_truth.make),
    "default_truth": Table("causes of defaults, own or contagion", "违约真值", in_frames=defaults.truth),
    "receivables": Table("what core enterprises owe suppliers", "应收款", in_frames=receivables.make),
    "receivable_steps": Table("steps in receivables' lives", "应收款流转", in_frames=receivables.steps),
    "receivable_truth": Table("steps that may not be done", "应收款真值", in_frames=receivables.truth),
    "filings": Table("accounts to be filed with the central bank", "账户备案", in_frames=filings.make),
    "registry": Table("what the registry of firms knows", "工商登记", in_frames=filings.registry),
    "known_accounts": Table("basic accounts known before", "已有基本户", in_frames=filings.existing),
    "filing_truth": Table("what is wrong with filings, how they end", "备案真值", in_frames=filings.truth),
    "newcomers": Table("firms of one summer, a ring of shells among them", "新设企业", in_frames=newcomers.make),
    "newcomer_payments": Table("what newcomers pay and are paid", "新设企业资金", in_frames=newcomer_payments.make),
    "newcomer_truth": Table("which newcomers are a ring", "新设企业真值", in_frames=newcomers.truth),
    "fingerprints": Table("what devices tell of themselves, drifting", "设备指纹", in_frames=fingerprints.make),
    "fingerprint_truth": Table("which device each fingerprint is of", "设备指纹真值", in_frames=fingerprints.truth),
    "laundering": Table("transfers in which some wash money", "资金转移", in_frames=laundering.make),
    "laundering_truth": Table("which transfers wash money", "洗钱真值", in_frames=laundering.truth),
    "handbook": Table(
        "labelled payments in a foreign layout", "外部格式样例", in_frames=handbook.make, has_base_rate=True
    ),
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
    if base_rate is not None and not table.has_base_rate:
        raise OutOfRangeError(f"the table {name} has no base rate; transactions, truth and handbook have one")
    if table.in_frames is not None:
        return table.in_frames(n, seed, **({} if base_rate is None else {"base_rate": base_rate}))
    return iter([table.at_once(n, seed)] if table.at_once else [])
