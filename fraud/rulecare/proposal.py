"""A rule that is proposed: its text as it would stand in a rulebook, and the evidence that speaks for it.

A proposal changes nothing. It carries what a person needs to say yes or no: what it asks, events that it hits and
misses, how it did on the rows it was found on (which flatters) and on later ones (which counts), and among how many
others it was found.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

from fraud.errors import RulebookError
from fraud.rules import Rule, Rulebook, check_examples, parse
from fraud.wording import yuan

__all__ = ["Evidence", "Proposal", "as_rule", "as_toml"]


@dataclass(frozen=True)
class Evidence:
    """How a rule did on some rows that no other rule hits.

    The ends of the precision are Clopper and Pearson's at `level`, with the alerts of one customer counted together;
    `customers` are those of the frauds, amounts are fen, `benefit_fen` is by the table of costs.
    """

    rows: int
    alerts: int
    frauds: int
    missed_frauds: int
    customers: int
    precision: float
    precision_low: float
    precision_high: float
    level: float
    value_fen: int
    benefit_fen: int


@dataclass(frozen=True)
class Proposal:
    """A rule for a person to accept, and its evidence.

    `looked_at` conjunctions were compared to find it and its siblings; of them `tested` were tried on later rows, and
    the level of `held_out` is sharpened by that number (Bonferroni). `break_even` is the precision that pays.
    """

    id: str
    when: str
    title: str
    title_zh: str
    action: str
    severity: int
    reason: str
    reason_zh: str
    tags: tuple[str, ...]
    owner: str
    hits: tuple[Mapping[str, object], ...]
    misses: tuple[Mapping[str, object], ...]
    learnt: Evidence
    held_out: Evidence
    break_even: float
    looked_at: int
    tested: int
    rulebook: str

    def summary(self) -> tuple[str, str]:
        """Return the evidence in a sentence, in English and Chinese."""
        seen = self.held_out
        span = f"{seen.precision:.1%}, {seen.precision_low:.1%}-{seen.precision_high:.1%} at {seen.level:.1%}"
        span_zh = f"{seen.precision:.1%}，{seen.level:.1%} 置信区间 {seen.precision_low:.1%}-{seen.precision_high:.1%}"
        value, saved = yuan(seen.value_fen), yuan(seen.benefit_fen)
        return (
            f"On {seen.rows:,} later rows that no rule hits: {seen.frauds:,} of {seen.alerts:,} alerts are fraud "
            f"({span}), of {seen.customers:,} customers, {value} yuan in all, among {seen.missed_frauds:,} missed "
            f"frauds; {self.break_even:.1%} would pay; saves {saved} yuan. "
            f"Found among {self.looked_at:,}, one of {self.tested} tried on later rows.",
            f"在无规则命中的 {seen.rows:,} 笔后续交易上：{seen.alerts:,} 笔告警中欺诈 {seen.frauds:,} 笔（{span_zh}），"
            f"涉及客户 {seen.customers:,} 名，金额 {value} 元；盈亏平衡点 {self.break_even:.1%}，净收益 {saved} 元。"
            f"共比较 {self.looked_at:,} 个候选，{self.tested} 个经样本外检验。",
        )


def as_toml(proposal: Proposal) -> str:
    """Return the entry of a rulebook that the proposal would be.

    Examples
    --------
    >>> seen = Evidence(9, 3, 3, 4, 3, 1.0, 0.4, 1.0, 0.95, 900_000, 800_000)
    >>> texts = ("Web", "网上", "hold", 3, "Web", "网上")
    >>> events = ({"channel": "web"},), ({"channel": "atm"},)
    >>> made = Proposal("m1", 'channel == "web"', *texts, (), "me", *events, seen, seen, 0.1, 50, 1, "first 1")
    >>> as_toml(made).splitlines()[:2]
    ['[[rule]]', 'id = "m1"']
    """
    when = f"'''\n{proposal.when}\n'''" if "'''" not in proposal.when else _toml(proposal.when)
    lines = ["[[rule]]", f"id = {_toml(proposal.id)}", f"title = {_toml(proposal.title)}"]
    lines += [f"title_zh = {_toml(proposal.title_zh)}", f"when = {when}", f"action = {_toml(proposal.action)}"]
    lines += [f"severity = {proposal.severity}", f"reason = {_toml(proposal.reason)}"]
    lines += [f"reason_zh = {_toml(proposal.reason_zh)}", f"tags = [{', '.join(map(_toml, proposal.tags))}]"]
    lines += [f"owner = {_toml(proposal.owner)}"]
    for name, events in (("hits", proposal.hits), ("misses", proposal.misses)):
        lines += [f"{name} = [", *(f"    {_event(event)}," for event in events), "]"]
    return "\n".join(lines) + "\n"


def as_rule(proposal: Proposal) -> Rule:
    """Return the rule that the proposal would be, read as any rule is, its examples tried.

    Raises
    ------
    RulebookError, ConditionError
        If it is no rule, or does not keep its examples.

    Examples
    --------
    >>> seen = Evidence(9, 3, 3, 4, 3, 1.0, 0.4, 1.0, 0.95, 900_000, 800_000)
    >>> texts = ("Web", "网上", "hold", 3, "Web", "网上")
    >>> events = ({"channel": "web"},), ({"channel": "atm"},)
    >>> made = Proposal("m1", 'channel == "web"', *texts, ("new",), "me", *events, seen, seen, 0.1, 50, 1, "first 1")
    >>> as_rule(made).action, as_rule(made).fields
    ('hold', ('channel',))
    """
    head = 'id = "proposed"\nversion = 1\ntitle = "Proposed"\ntitle_zh = "建议"\n\n'
    book: Rulebook = parse(head + as_toml(proposal), f"proposal {proposal.id}")
    failures = check_examples(book)
    if failures:
        raise RulebookError(str(failures[0]))
    return book.rules[0]


def _event(event: Mapping[str, object]) -> str:
    return "{ " + ", ".join(f"{name} = {_toml(value)}" for name, value in event.items()) + " }"


def _toml(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, float) and not math.isfinite(value):
        return "inf" if value > 0 else "-inf"
    return repr(value)
