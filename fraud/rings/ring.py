"""A ring as a value: members with their parts, evidence in numbers and words, and what can be drawn of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

__all__ = ["PARTS", "Evidence", "Member", "Ring", "yuan"]

PARTS: dict[str, str] = {
    "collector": "收款人",
    "passes on": "过账人",
    "payer": "付款人",
    "victim": "受害人",
    "user": "使用人",
    "shared": "共用",
}
"""What a member does in the ring, in English and Chinese."""


@dataclass(frozen=True)
class Member:
    """One member: an account, a device, a phone or an address, its part, and how strongly it belongs to the ring."""

    kind: str
    value: str
    part: str
    score: float
    first: datetime
    last: datetime
    paid_fen: int = 0
    received_fen: int = 0

    @property
    def part_zh(self) -> str:
        """The part in Chinese."""
        return PARTS[self.part]


@dataclass(frozen=True)
class Evidence:
    """One shape or shared thing: its score, a sentence in English and Chinese, who, when, how much, in which rows."""

    kind: str
    score: float
    sentence: str
    sentence_zh: str
    members: tuple[str, ...]
    start: datetime
    end: datetime
    amount_fen: int
    rows: tuple[int, ...] = field(repr=False)


@dataclass(frozen=True)
class Ring:
    """One ring; `rows` are positions in the table that was searched, `confirmed` how many of them are known frauds.

    `score` says how little chance explains it: 0 is what one table holds by chance, each further point is ten times
    rarer. `flows` are pairs of accounts with the sum and number of payments between them.
    """

    id: str
    score: float
    members: tuple[Member, ...]
    evidence: tuple[Evidence, ...]
    rows: tuple[int, ...] = field(repr=False)
    flows: tuple[tuple[str, str, int, int], ...] = field(repr=False)
    amount_fen: int
    start: datetime
    end: datetime
    confirmed: int = 0

    @property
    def accounts(self) -> tuple[str, ...]:
        """The members that are accounts."""
        return tuple(one.value for one in self.members if one.kind == "account")

    def explain(self, chinese: bool = False) -> str:
        """Return who is in it, what speaks for it, when, and how much money, in lines of text."""
        days, money, many = (
            (f"{self.start:%Y-%m-%d}", f"{self.end:%Y-%m-%d}"),
            yuan(self.amount_fen),
            len(self.accounts),
        )
        if chinese:
            head = f"团伙 {self.id}：{many} 个账户，{days[0]} 至 {days[1]}，涉及 {money} 元"
            lines = [f"  {one.sentence_zh}（强度 {one.score:.1f}）" for one in self.evidence]
            parts = [f"  {one.part_zh}：{one.value}" for one in self.members]
        else:
            head = f"Ring {self.id}: {many} accounts, {days[0]} to {days[1]}, {money} yuan"
            lines = [f"  {one.sentence} (strength {one.score:.1f})" for one in self.evidence]
            parts = [f"  {one.part}: {one.kind} {one.value}" for one in self.members]
        return "\n".join([head, *lines, *parts])

    def picture(self) -> Mapping[str, list[dict[str, object]]]:
        """Return what can be drawn: nodes (id, kind, part, score) and edges (from, to, kind, amount_fen, count)."""
        nodes: list[dict[str, object]] = [
            {"id": f"{one.kind} {one.value}", "kind": one.kind, "part": one.part, "score": round(one.score, 3)}
            for one in self.members
        ]
        edges: list[dict[str, object]] = [
            {"from": f"account {one}", "to": f"account {other}", "kind": "pays", "amount_fen": sum_fen, "count": count}
            for one, other, sum_fen, count in self.flows
        ]
        accounts, things = set(self.accounts), {one.value: one for one in self.members if one.kind != "account"}
        for found in self.evidence:
            for name in [name for name in found.members if name in things]:
                thing = f"{things[name].kind} {name}"
                users = [user for user in found.members if user in accounts]
                edges += [{"from": f"account {user}", "to": thing, "kind": "uses"} for user in users]
        return {"nodes": nodes, "edges": edges}


def yuan(amount_fen: int) -> str:
    """Return an amount as people read it.

    Examples
    --------
    >>> yuan(123_456_789)
    '1,234,567.89'
    """
    whole, rest = divmod(amount_fen, 100)
    return f"{whole:,}.{rest:02d}"
