"""The tables of the receivables case: one life step by step, attempts and their refusals, attacks, financing."""

from collections.abc import Mapping, Sequence

import pandas as pd

from datasets.supply_chains import ATTEMPTS
from engines.receivables.attacks import Attack
from engines.receivables.calls import CONVENTION
from engines.receivables.life import Part, Scene
from engines.receivables.playing import Event
from engines.result import Table
from engines.risk_graph.amounts import wan
from ledger.node import Receipt, Refusal

__all__ = ["ACTIONS_ZH", "attack_table", "attempt_table", "financing_table", "life_table"]

ACTIONS_ZH: Mapping[str, str] = {
    **{"draft": "开立草稿", "issue": "签发", "accept": "承兑", "pay_on": "转让支付", "merge": "合并", "pledge": "质押"},
    **{"release": "解押", "discount": "贴现", "redeem": "到期兑付", "default": "违约登记", "recourse": "追索"},
}
_KINDS_ZH: Mapping[str, str] = {
    "double_spend": "重复支付",
    "double_pledge": "重复质押",
    "moved_while_pledged": "质押期间转让",
    "registration_used_twice": "登记编号重复使用",
    "after_maturity": "到期后转让",
    "pledged_again_after_release": "解押后再质押（合规）",
    "two_equal_payments": "两笔同额支付（合规）",
}


def life_table(scenes: Sequence[Scene], parts: Sequence[Part], names: Mapping[str, str]) -> Table:
    """Return what happened to one receivable: each step, who, how much, the answer, and who holds what after it."""
    rows = []
    for scene in scenes:
        step, answer = scene.event.step, scene.event.answer
        said = f"entry {answer.place}" if isinstance(answer, Receipt) else f"refused 拒绝: {answer.rule}"
        rows.append(
            (
                str(scene.number),
                step["on"].strftime("%m-%d"),
                f"{step['action']} {ACTIONS_ZH[step['action']]}",
                names.get(step["by_id"], step["by_id"]),
                names.get(step["to_id"], step["to_id"]),
                wan(step["amount_fen"]) if step["amount_fen"] else "",
                said,
                _balances(scene.number, parts, names),
            )
        )
    columns = (
        "step",
        "day",
        "what · 事项",
        "by · 发起",
        "to · 对方",
        "amount",
        "answer · 结果",
        "holders after · 余额",
    )
    return Table("The drawn receivable, step by step", "图中应收款逐步明细", columns, tuple(rows))


def _balances(at: int, parts: Sequence[Part], names: Mapping[str, str]) -> str:
    held: dict[str, int] = {}
    for part in parts:
        if part.begins <= at < part.ends:
            held[part.owner] = held.get(part.owner, 0) + part.amount
    return "; ".join(f"{names.get(owner, owner)} {wan(fen)}" for owner, fen in held.items()) or "paid · 已结清"


def attempt_table(events: Sequence[Event]) -> Table:
    """Return for each kind of attempt, and of what only looks like one, how often it came and what the ledger said.

    Examples
    --------
    >>> [row[2] for row in attempt_table([]).rows][:2]
    ['0', '0']
    """
    rows = []
    for kind, chinese in _KINDS_ZH.items():
        answers = [event.answer for event in events if event.kind == kind]
        refused = [answer for answer in answers if isinstance(answer, Refusal)]
        rules = ", ".join(sorted({answer.rule for answer in refused})) or "–"
        rightly = len(refused) if kind in ATTEMPTS else len(answers) - len(refused)
        rows.append((kind.replace("_", " "), chinese, str(len(answers)), str(len(refused)), rules, str(rightly)))
    columns = ("what is tried", "行为", "tried · 次数", "refused · 拒绝", "rule · 规则", "rightly · 正确")
    return Table("Planted attempts, and what only looks like one", "预埋违规与合规对照", columns, tuple(rows))


def attack_table(attacks: Sequence[Attack]) -> Table:
    """Return what was done to copies of the ledger, and what noticed it.

    Examples
    --------
    >>> attack_table([Attack("dropped", "删除", "2 blocks fewer", "rolled back", True)]).rows[0][-1]
    'caught · 发现'
    """
    rows = tuple(
        (one.name, one.name_zh, one.done, one.noticed, "caught · 发现" if one.caught else "MISSED · 漏检")
        for one in attacks
    )
    columns = ("attack on a copy", "攻击", "what was done · 手法", "what noticed it · 发现依据", "")
    return Table("Attacks on copies of the ledger", "对账本副本的攻击", columns, rows)


def financing_table(events: Sequence[Event], names: Mapping[str, str]) -> Table:
    """Return what each bank has lent against pledges and bought at a discount, and at which rates."""
    taken = [one for one in events if isinstance(one.answer, Receipt) and one.step["action"] in ("pledge", "discount")]
    frame = pd.DataFrame(
        [
            (one.step["to_id"], one.step["action"], one.step["amount_fen"], one.step["rate_bp"], one.price_fen)
            for one in taken
        ],
        columns=["bank", "action", "amount", "rate", "price"],
    )
    rows = []
    for bank, mine in frame.groupby("bank", sort=True):
        pledged, bought = mine[mine["action"] == "pledge"], mine[mine["action"] == "discount"]
        rates = f"{bought['rate'].min() / 100:.2f}–{bought['rate'].max() / 100:.2f} %" if len(bought) else "–"
        rows.append(
            (
                names.get(str(bank), str(bank)),
                f"{len(pledged)} / {wan(int(pledged['amount'].sum()))}",
                f"{len(bought)} / {wan(int(bought['amount'].sum()))}",
                wan(int(bought["amount"].sum() - bought["price"].sum())),
                rates,
            )
        )
    columns = ("bank · 银行", "pledges · 质押", "discounts · 贴现", "interest · 贴现息", f"rates ({CONVENTION}) · 利率")
    return Table("What banks financed", "银行融资", columns, tuple(rows))
