"""Reconciliation (对账): source = filed = images = written back, account by account.

Four sets of facts, each as the pages of its system show them: what the list asked for, what the central bank has on
record, which image pages the image platform holds, and what the operations platform was told. They must say the same of
each account. What is missing, double, different, or known to one system alone is named, with both values.
"""

import unicodedata
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from rpa.filing import LABELS

__all__ = [
    "KINDS",
    "SYSTEMS",
    "Asked",
    "Difference",
    "Filed",
    "Imaged",
    "Reconciliation",
    "WrittenBack",
    "reconcile",
    "table",
]

SYSTEMS: dict[str, str] = {"source": "清单", "filed": "备案", "images": "影像", "written back": "回写"}
KINDS: dict[str, str] = {"missing": "缺失", "double": "重复", "different": "不一致", "unknown": "清单外"}
T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


class Asked(NamedTuple):
    """An account as the list asks for it: `hashes` of its image pages, `facts` by the names of `rpa.filing.LABELS`."""

    filing_id: str
    bank_code: str
    account_number: str
    hashes: tuple[str, ...] = ()
    facts: Mapping[str, str] = {}


class Filed(NamedTuple):
    """An account as the central bank has it on record."""

    bank_code: str
    account_number: str
    receipt: str
    basic_account_number: str = ""
    facts: Mapping[str, str] = {}


class Imaged(NamedTuple):
    """An account's image pages as the image platform holds them: their SHA-256, in any order."""

    filing_id: str
    hashes: tuple[str, ...]


class WrittenBack(NamedTuple):
    """What the operations platform was told: filed with its receipt, or (`is_filed` false) refused with a reason."""

    filing_id: str
    is_filed: bool
    receipt: str = ""
    basic_account_number: str = ""
    reason: str = ""


class Difference(NamedTuple):
    """What is wrong with one account: in which system, of which of `KINDS`, and in words in both languages."""

    filing_id: str
    account_number: str
    system: str
    kind: str
    detail: str
    detail_zh: str


@dataclass(frozen=True)
class Reconciliation:
    """The outcome.

    Parameters
    ----------
    counts
        How many accounts each system knows.
    refused, waiting
        Accounts that were refused and written back so; that wait for a person, of which nothing is expected yet.
    agreed
        Accounts of which all four say the same.
    differences
        By account, in the order of the list.
    """

    counts: Mapping[str, int]
    refused: tuple[str, ...]
    waiting: tuple[str, ...]
    agreed: tuple[str, ...]
    differences: tuple[Difference, ...]

    @property
    def is_clean(self) -> bool:
        """Return whether nothing differs."""
        return not self.differences


@dataclass
class _Found:
    account: Asked
    differences: list[Difference] = field(default_factory=list)

    def add(self, system: str, kind: str, english: str, chinese: str) -> None:
        one = self.account
        self.differences.append(Difference(one.filing_id, one.account_number, system, kind, english, chinese))


def reconcile(
    source: Iterable[Asked],
    filed: Iterable[Filed],
    images: Iterable[Imaged],
    written_back: Iterable[WrittenBack],
    waiting: Collection[str] = (),
) -> Reconciliation:
    """Hold what the four systems say against each other.

    Parameters
    ----------
    source, filed, images, written_back
        As their pages show them, each in any order; what one shows twice is double.
    waiting
        Numbers of filings that wait for a person: of them nothing needs to be there yet, but what is must agree.

    Examples
    --------
    >>> source = [Asked("L1", "301", "6200"), Asked("L2", "301", "6201")]
    >>> told = [WrittenBack("L1", True, "R1"), WrittenBack("L2", False, reason="已销户")]
    >>> found = reconcile(source, [Filed("301", "6200", "R1")], [Imaged("L1", ())], told)
    >>> found.is_clean, found.agreed, found.refused
    (True, ('L1',), ('L2',))
    """
    asked, filings = list(source), list(filed)
    pages, told = list(images), list(written_back)
    by_number = _grouped((_number(one), one) for one in filings)
    by_images = _grouped((one.filing_id, one) for one in pages)
    by_told = _grouped((one.filing_id, one) for one in told)
    agreed: list[str] = []
    refused: list[str] = []
    open_ones: list[str] = []
    differences: list[Difference] = []
    times = Counter(one.filing_id for one in asked)
    shares = _grouped((_number(one), one.filing_id) for one in asked)
    for one in {account.filing_id: account for account in reversed(asked)}.values():
        found = _Found(one)
        if times[one.filing_id] > 1:
            found.add("source", "double", f"is in the list {times[one.filing_id]} times", "清单中重复")
        if others := sorted(set(shares[_number(one)]) - {one.filing_id}):
            found.add("source", "double", f"has its number in common with {others[0]}", f"与 {others[0]} 账号相同")
        here = by_number.get(_number(one), []), by_images.get(one.filing_id, []), by_told.get(one.filing_id, [])
        is_open, is_refused = one.filing_id in waiting, bool(here[2]) and not here[2][0].is_filed
        _check_filed(found, here[0], is_refused, is_open)
        _check_images(found, here[1], is_refused, is_open)
        _check_told(found, here[2], here[0], is_open)
        differences += found.differences
        if is_open:
            open_ones.append(one.filing_id)
        elif not found.differences:
            (refused if is_refused else agreed).append(one.filing_id)
    order = {one.filing_id: place for place, one in reversed(list(enumerate(asked)))}
    differences.sort(key=lambda difference: order[difference.filing_id])
    differences += _strangers(set(times), set(shares), by_number, by_images, by_told)
    counts = dict(zip(SYSTEMS, (len(times), len(by_number), len(by_images), len(by_told)), strict=True))
    in_order = [tuple(sorted(names, key=order.__getitem__)) for names in (refused, open_ones, agreed)]
    return Reconciliation(counts, in_order[0], in_order[1], in_order[2], tuple(differences))


def table(found: Reconciliation) -> str:
    """Return what people read: counts, and each difference in both languages.

    Examples
    --------
    >>> print(table(reconcile([Asked("L1", "301", "62000000")], [], [Imaged("L1", ())], [])))
    source 清单 1 · filed 备案 0 · images 影像 1 · written back 回写 0
    agreed 一致 0 · refused 已拒绝 0 · waiting 待人工 0 · differences 差异 2
    filing 流水号  account 账号  system 系统        kind 类型     what 说明
    L1             ****0000      filed 备案         missing 缺失  is not on record 央行系统无备案记录
    L1             ****0000      written back 回写  missing 缺失  nothing was written back 未回写
    """
    first = " · ".join(f"{name} {SYSTEMS[name]} {count}" for name, count in found.counts.items())
    groups = (("agreed 一致", found.agreed), ("refused 已拒绝", found.refused), ("waiting 待人工", found.waiting))
    second = " · ".join(f"{name} {len(ones)}" for name, ones in (*groups, ("differences 差异", found.differences)))
    if found.is_clean:
        return f"{first}\n{second}"
    rows = [("filing 流水号", "account 账号", "system 系统", "kind 类型", "what 说明")]
    for one in found.differences:
        number = "*" * min(len(one.account_number[:-4]), 4) + one.account_number[-4:]
        system, kind = f"{one.system} {SYSTEMS[one.system]}", f"{one.kind} {KINDS[one.kind]}"
        rows.append((one.filing_id or "-", number or "-", system, kind, f"{one.detail} {one.detail_zh}"))
    widths = [max(_width(row[place]) for row in rows) for place in range(4)]
    lines = ["  ".join([*map(_padded, row, widths), row[4]]) for row in rows]
    return "\n".join([first, second, *lines])


def _check_filed(found: _Found, here: list[Filed], is_refused: bool, is_open: bool) -> None:
    if len(here) > 1:
        receipts = ", ".join(one.receipt for one in here)
        found.add("filed", "double", f"was filed {len(here)} times: {receipts}", f"重复备案：{receipts}")
    if not here and not is_refused and not is_open:
        found.add("filed", "missing", "is not on record", "央行系统无备案记录")
    if here and is_refused:
        found.add("filed", "different", "was written back as refused, but is on record", "回写为拒绝，实际已备案")
    for one in here:
        for name in [name for name in found.account.facts if name in one.facts]:
            asked, shown = found.account.facts[name], one.facts[name]
            if asked != shown:
                label = LABELS.get(name, name)
                found.add("filed", "different", f"{name} is {shown!r}, the list says {asked!r}", f"{label}与清单不一致")


def _check_images(found: _Found, here: list[Imaged], is_refused: bool, is_open: bool) -> None:
    if len(here) > 1:
        found.add("images", "double", f"has {len(here)} page sets", f"影像共 {len(here)} 套")
    if not here and not is_refused and not is_open:
        found.add("images", "missing", "has no images", "无影像")
    for one in here:
        asked, shown = Counter(found.account.hashes), Counter(one.hashes)
        lost, more = sorted((asked - shown).elements()), sorted((shown - asked).elements())
        if lost:
            named = ", ".join(sha[:8] for sha in lost)
            found.add("images", "missing", f"lacks {len(lost)} pages: {named}", f"缺 {len(lost)} 页")
        if more:
            named = ", ".join(sha[:8] for sha in more)
            found.add("images", "different", f"has {len(more)} other pages: {named}", f"多 {len(more)} 页")


def _check_told(found: _Found, here: list[WrittenBack], filed: list[Filed], is_open: bool) -> None:
    if len(here) > 1:
        found.add("written back", "double", f"was written back {len(here)} times", f"回写 {len(here)} 次")
    if not here and not is_open:
        found.add("written back", "missing", "nothing was written back", "未回写")
    for one in here:
        if not one.is_filed and not one.reason.strip():
            found.add("written back", "missing", "was refused without a reason", "拒绝但无原因")
        if not one.is_filed or len(filed) != 1:
            continue
        for name, chinese in (("receipt", "回执号"), ("basic_account_number", "基本存款账户编号")):
            told, real = getattr(one, name), getattr(filed[0], name)
            if told != real:
                words = f"{name} {told or 'none'!r} was written back, on record is {real or 'none'!r}"
                found.add(
                    "written back", "different", words, f"{chinese}不一致：回写 {told or '无'}，备案 {real or '无'}"
                )


def _strangers(
    known: set[str],
    numbers: set[tuple[str, str]],
    filed: Mapping[tuple[str, str], list[Filed]],
    images: Mapping[str, list[Imaged]],
    told: Mapping[str, list[WrittenBack]],
) -> list[Difference]:
    """Return what is in a system, but not in the list."""
    words = "is not in the list", "不在清单中"
    found = [Difference("", number[1], "filed", "unknown", *words) for number in filed if number not in numbers]
    found += [Difference(name, "", "images", "unknown", *words) for name in images if name not in known]
    return found + [Difference(name, "", "written back", "unknown", *words) for name in told if name not in known]


def _number(one: Asked | Filed) -> tuple[str, str]:
    return one.bank_code, one.account_number


def _grouped(pairs: Iterable[tuple[K, T]]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
