"""Clues: shapes, shared things and confirmed frauds in one form, with what they say in words.

Suspicion is the score with a ceiling for each kind. How rare a shape is does not say how bad: a wedding is a fan-in of
thirty gifts that chance never makes. So what only collects or only pays out cannot weigh as much as money that goes
round, is passed on at once, or is scattered and gathered again. The ceilings were chosen on simulated transfers with
honest look-alikes, of other seeds than those that are reported.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from fraud.rings.communities import Node
from fraud.rings.ring import yuan
from fraud.rings.sharing import SHARED, Use, sharing_scores
from fraud.rings.structures import KINDS, Structure
from fraud.rings.transfers import Ties, Transfers

__all__ = ["CEILINGS", "Clue", "clues_of_shapes", "clues_of_sharing", "suspicion"]

CEILINGS: Mapping[str, float] = {
    **{"cycle": 12.0, "chain": 10.0, "scatter_gather": 12.0, "gather_scatter": 12.0, "bipartite": 9.0},
    **{"fan_in": 6.0, "fan_out": 6.0, "sharing": 6.0, "confirmed": 15.0},
}


@dataclass(frozen=True)
class Clue:
    """One piece of evidence before rings are made of it; rows are positions in the table that was searched."""

    kind: str
    score: float
    accounts: frozenset[str]
    rows: tuple[int, ...] = field(repr=False)
    things: tuple[Node, ...] = ()
    victims: frozenset[str] = frozenset()
    sentence: str = ""
    sentence_zh: str = ""

    @property
    def suspicion(self) -> float:
        """The score under the ceiling of its kind."""
        return suspicion(self.kind, self.score)


def suspicion(kind: str, score: float) -> float:
    """Return a score with the ceiling of its kind; what chance gives stays as it is.

    Examples
    --------
    >>> round(suspicion("cycle", 3.0), 1), round(suspicion("fan_in", 100.0), 1), suspicion("chain", -2.0)
    (2.7, 6.0, -2.0)
    """
    ceiling = CEILINGS[kind]
    return score if score <= 0 else ceiling * -math.expm1(-score / ceiling)


def clues_of_shapes(transfers: Transfers, ties: Ties, found: list[Structure]) -> Iterator[Clue]:
    """Yield the shapes as clues, in their order.

    Examples
    --------
    >>> from fraud.rings.sample import payments
    >>> from fraud.rings.structures import structures_of
    >>> from fraud.rings.transfers import DAY, read_transfers, short_ties
    >>> transfers = read_transfers(payments())
    >>> ties = short_ties(transfers, 10 * DAY)
    >>> next(clues_of_shapes(transfers, ties, structures_of(ties, 10 * DAY))).sentence
    'cycle: money goes round from A1 through 5 accounts, ...
    """
    rows_of = _rows_of_ties(transfers, ties)
    for one in found:
        rows = sorted(row for tie in one.ties for row in rows_of(tie))
        total = int(ties.amount_fen[list(one.ties)].sum())
        days = (int(ties.last[list(one.ties)].max()) - int(ties.first[list(one.ties)].min())) / 86_400
        names = [str(transfers.accounts[code]) for code in one.accounts]
        sentence, sentence_zh = _say(one.kind, names, total, days)
        yield Clue(one.kind, one.score, frozenset(names), tuple(rows), sentence=sentence, sentence_zh=sentence_zh)


def _rows_of_ties(transfers: Transfers, ties: Ties) -> Callable[[int], list[int]]:
    key = transfers.payer * len(transfers.accounts) + transfers.payee
    order = np.argsort(key, kind="stable")
    ordered = key[order]

    def rows(tie: int) -> list[int]:
        if ties.lone[tie] >= 0:
            return [int(transfers.row[ties.lone[tie]])]
        wanted = int(ties.payer[tie]) * len(transfers.accounts) + int(ties.payee[tie])
        start, end = np.searchsorted(ordered, [wanted, wanted + 1])
        return [int(row) for row in transfers.row[order[start:end]]]

    return rows


def _say(kind: str, names: list[str], total: int, days: float) -> tuple[str, str]:
    money, span = yuan(total), f"{days:.1f}"
    first, last = names[0], names[-1]
    many = len(names)
    ways = {
        "cycle": (f"money goes round from {first} through {many} accounts", f"资金自 {first} 经 {many} 户回流"),
        "chain": (f"money is passed on from {first} to {last} at once", f"资金自 {first} 快速过账至 {last}"),
        "fan_in": (f"{many - 1} accounts pay {last} for the first time", f"{many - 1} 户首次向 {last} 付款"),
        "fan_out": (f"{first} pays {many - 1} accounts for the first time", f"{first} 首次向 {many - 1} 户付款"),
        "scatter_gather": (
            f"{first} pays {many - 2} go-betweens who pay {last}",
            f"{first} 经 {many - 2} 个中间户汇至 {last}",
        ),
        "gather_scatter": ("one account collects and pays out again", "一户归集后随即分散"),
        "bipartite": (
            f"{first} and {names[1]} pay the same {many - 2} new payees",
            f"{first} 与 {names[1]} 向相同的 {many - 2} 个新收款人付款",
        ),
    }
    english, chinese = ways[kind]
    name, name_zh = KINDS[kind]
    return f"{name}: {english}, {money} yuan in {span} days", f"{name_zh}：{chinese}，{span} 天内共 {money} 元"


def clues_of_sharing(uses: list[Use]) -> Iterator[Clue]:
    """Yield what several accounts share and chance does not explain; a shared thing alone has no rows.

    Examples
    --------
    >>> from fraud.rings.sample import payments
    >>> from fraud.rings.sharing import uses_of
    >>> [one.sentence for one in clues_of_sharing(list(uses_of(payments())))]
    ['shared device: 4 accounts use device D0', 'shared device: 5 accounts use device D9']
    """
    for use in uses:
        name, name_zh, most = SHARED[use.column]
        score = sharing_scores(use.shared_by, most)
        order = np.argsort(use.thing, kind="stable")
        start = np.searchsorted(use.thing[order], np.arange(len(use.things) + 1))
        for thing in np.flatnonzero((score > 0) & (use.shared_by >= 3)).tolist():
            who = [str(use.accounts[use.account[k]]) for k in order[start[thing] : start[thing + 1]]]
            value = str(use.things[thing])
            yield Clue(
                "sharing",
                float(score[thing]),
                frozenset(who),
                (),
                ((name, value),),
                sentence=f"shared {name}: {len(who)} accounts use {name} {value}",
                sentence_zh=f"共用{name_zh}：{len(who)} 户使用同一{name_zh} {value}",
            )
