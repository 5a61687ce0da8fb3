"""The tables of the filing case: how accounts ended, what was refused and why, deadlines, and faults that struck."""

from collections.abc import Mapping
from datetime import datetime

from datasets.account_openings import FLAWS, LOOK_ALIKES
from engines.filing.evening import Evening
from engines.filing.opening_day import OpeningDay
from engines.result import Table
from rpa.deadlines.rules import CHINA
from rpa.queue import FOR_A_PERSON, Item, Step
from rpa.queue.states import NAMES_ZH
from rpa.systems.faults import NAMES
from rpa.systems.truth import Truth

__all__ = ["fault_table", "handed_table", "kind_table", "queue_table"]

_KINDS_ZH: Mapping[str, str] = {
    **{"": "正常", "wrong_check_digit": "统一社会信用代码校验位错误", "other_representative": "法定代表人与登记不符"},
    **{"other_name": "名称与登记不符", "second_basic": "重复开立基本户", "wrong_basic_number": "基本户编号不符"},
    **{"cancelled": "基本户已销户", "dormant": "久悬账户", "missing_scope": "缺经营范围（由登记补全）"},
    **{
        "missing_address": "缺地址（由登记补全）",
        "same_address": "同址（正常）",
        "capital_not_stated": "注册资金未注明（正常）",
    },
    "old_firm_new_basic": "老企业新开户（正常）",
}
_MOST = 20


def kind_table(day: OpeningDay, items: Mapping[str, Item]) -> Table:
    """Return for each kind of account how many there were, how they should end, and how they did."""
    rows = []
    for kind in ("", *FLAWS, *LOOK_ALIKES):
        mine = [items[name] for name, one in day.kinds.items() if one == kind and name in items]
        if mine:
            ends = FLAWS.get(kind, "filed")
            done = sum(item.state not in FOR_A_PERSON for item in mine)
            rows.append((kind.replace("_", " ") or "ordinary", _KINDS_ZH[kind], str(len(mine)), ends, str(done)))
    columns = ("account", "情况", "number · 户数", "should end · 应为", "filed · 已备案")
    return Table("What kinds of accounts there were", "账户情况", columns, tuple(rows))


def handed_table(evening: Evening, items: Mapping[str, Item]) -> Table:
    """Return what a person got, why, and what became of it."""
    rows = [
        (name, "asked a person, then filed · 人工后备案", reason) for name, reason in sorted(evening.helped.items())
    ]
    rows += [
        (item.filing_id, f"{item.state} · {NAMES_ZH[item.state]}", item.reason)
        for item in items.values()
        if item.state in FOR_A_PERSON
    ]
    return Table(
        "What went to a person, and why",
        "转人工处理",
        ("account", "state · 状态", "reason · 原因"),
        tuple(rows[:_MOST]),
    )


def queue_table(items: Mapping[str, Item], steps: list[Step]) -> Table:
    """Return when each account came, was due, and was filed, and in how many steps."""
    rows = []
    for item in list(items.values())[:_MOST]:
        mine = [step for step in steps if step.filing_id == item.filing_id]
        failures = sum(step.before == step.after for step in mine)
        kind = item.record["account_type"]
        rows.append(
            (
                item.filing_id,
                kind,
                _clock(item.due),
                "" if item.filed_at is None else _clock(item.filed_at),
                f"{item.state} · {NAMES_ZH[item.state]}",
                str(len(mine)),
                str(failures),
            )
        )
    columns = ("account", "kind · 性质", "due · 时限", "filed · 备案", "state · 状态", "steps", "failures · 重试")
    return Table("The queue in the end", "队列与时限", columns, tuple(rows))


def fault_table(truth: Truth) -> Table:
    """Return which faults struck which system how often."""
    rows = [
        (system, name.replace("_", " "), NAMES[name].split(":")[0], str(count))
        for system, struck in truth.struck.items()
        for name, count in struck.items()
        if count
    ]
    columns = ("system · 系统", "fault", "故障", "struck · 次数")
    return Table("Faults that struck", "注入的故障", columns, tuple(rows) or (("–", "none", "无", "0"),))


def _clock(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, CHINA):%m-%d %H:%M:%S}"
