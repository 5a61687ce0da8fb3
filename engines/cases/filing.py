"""Filing: a bot files a day's accounts in a real browser, each exactly once, through everything that goes wrong.

Case 1-1 of the white paper, ICBC's automatic filing of corporate settlement accounts (单位结算账户自动备案). The
encrypted list is fetched from the operations platform, each account filed in the central bank's system, its papers
stored, the result written back, without touching the systems, by their pages alone. Three simulated systems lose
connections, end sessions and exchange labels meanwhile. What must not be filed is refused with its reason, what the bot
is not sure of goes to a person; in the end the systems' own records are held against what should have happened.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

from engines.errors import EngineError
from engines.filing.evening import CONTEXTS, Evening, keys_of, spend
from engines.filing.filing_tables import fault_table, handed_table, kind_table, queue_table
from engines.filing.opening_day import OpeningDay, opening_day
from engines.filing.strip import filmstrip
from engines.progress import Report
from engines.result import Check, Film, Number, Result
from rpa.errors import BadListError
from rpa.evidence.audit_log import verify
from rpa.evidence.story import LOG
from rpa.filing import Filing
from rpa.listing import read_list
from rpa.queue import FOR_A_PERSON, Item, State, Step, WorkQueue
from rpa.systems.truth import Truth, Verdict, judge, truth_of

__all__ = ["PAPER_CASE", "TITLE_ZH", "run"]

PAPER_CASE = "1-1"
TITLE_ZH = "单位结算账户自动备案"
_MOST_ACCOUNTS = 2_000


def run(
    seed: int = 7,
    size: int = 24,
    faults: float = 0.1,
    headed: bool = False,
    progress: Report | None = None,
    say: Callable[[str], None] | None = None,
) -> Result:
    """File a day's accounts, and judge what the systems have on record.

    Parameters
    ----------
    seed
        Seed of the province, of all keys, and of what goes wrong.
    size
        Number of accounts, 1 to 2,000.
    faults
        How much goes wrong: with 0.1, one confirmation in ten loses its answer, and so on; 0 for nothing.
    headed
        Whether the browser's windows are shown.
    progress
        Called with the name of a step, how much is done and how much there is.
    say
        Called with lines for the person at the terminal.

    Raises
    ------
    EngineError
        If size or faults is out of range.
    BrowserMissingError
        If there is no browser.
    """
    if not 1 <= size <= _MOST_ACCOUNTS:
        raise EngineError(f"size is {size:,}, but a day has 1 to {_MOST_ACCOUNTS:,} accounts")
    if not 0.0 <= faults <= 0.5:
        raise EngineError(f"--faults is {faults}, but it must be from 0 to 0.5")
    day = opening_day(seed, size)
    with tempfile.TemporaryDirectory(prefix="hexi-filing-") as folder:
        with spend(Path(folder), seed, day, faults, progress or (lambda *_: None), headed=headed, say=say) as evening:
            queue = WorkQueue(evening.settings.queue_path)
            items, steps = {item.filing_id: item for item in queue.items()}, queue.steps()
            queue.close()
            verdict, truth = judge(evening.branch, day.expected), truth_of(evening.branch)
            shown = _shown(day, items)
            films = () if shown is None else (filmstrip(evening, shown),)
        broken = verify(evening.settings.evidence_folder / LOG)
        return _result(seed, size, day, evening, items, steps, verdict, truth, films, str(broken or ""))


def _shown(day: OpeningDay, items: dict[str, Item]) -> Filing | None:
    """Return the account for the filmstrip: an ordinary basic one that is done, if there is one."""
    done = [one.filing for one in day.expected if items[one.filing.filing_id].state is State.DONE]
    ranked = sorted(done, key=lambda one: (day.kinds[one.filing_id] != "", one.account_type != "basic", one.filing_id))
    return ranked[0] if ranked else None


def _result(
    seed: int,
    size: int,
    day: OpeningDay,
    evening: Evening,
    items: dict[str, Item],
    steps: list[Step],
    verdict: Verdict,
    truth: Truth,
    films: tuple[Film, ...],
    broken: str,
) -> Result:
    should = [one for one in day.expected if one.ends == "filed"]
    done = sum(items[one.filing.filing_id].state is State.DONE for one in should)
    struck = sum(sum(counts.values()) for counts in truth.struck.values())
    wrong = sum(verdict.counts().values())
    return Result(
        case="filing",
        title="Account filing: a bot in a real browser, each account exactly once",
        title_zh="单位结算账户自动备案：真实浏览器、恰好一次、时限内完成",
        paper_case=PAPER_CASE,
        headline=f"{done} of {len(should)} accounts filed in time, {len(day.expected) - len(should)} rightly not; "
        f"{struck} faults struck, {wrong} accounts missed, double, wrong or late",
        headline_zh=f"应备案 {len(should)} 户，按时完成 {done} 户，{len(day.expected) - len(should)} 户依规未备案；"
        f"注入故障 {struck} 次，漏、重、错、迟合计 {wrong} 户",
        seed=seed,
        size=size,
        source=f"synthetic province, {len(day.records)} accounts of one bank, three simulated systems · 合成数据",
        numbers=_numbers(evening, len(should), done, steps),
        checks=_checks(seed, day, evening, items, verdict, broken),
        tables=(kind_table(day, items), handed_table(evening, items), queue_table(items, steps), fault_table(truth)),
        films=films,
        notes=_notes(),
    )


def _numbers(evening: Evening, should: int, done: int, steps: list[Step]) -> tuple[Number, ...]:
    seconds = sum(summary.seconds for summary in evening.summaries)
    asked = sum(step.after == State.IN_DOUBT for step in steps)
    return (
        Number(
            "time for one account",
            "单户处理时间",
            f"{seconds / max(done, 1) / 60:.2f} min",
            "15 min by a clerk, 0.5 min by the bank's bot",
            note=f"{CONTEXTS} side by side, with refusals, retries, reconciliation; real systems are slower",
        ),
        Number(
            "accounts filed of those that should be",
            "备案成功率",
            f"{done / max(should, 1):.1%}",
            "100 % in the first month",
        ),
        Number("answers lost and settled by asking", "应答丢失后查询核实", str(asked)),
        Number("accounts that a person looked at and sent back", "人工核对后继续", str(len(evening.helped))),
        Number("rounds of the bot", "运行轮次", str(len(evening.summaries))),
    )


def _checks(
    seed: int, day: OpeningDay, evening: Evening, items: dict[str, Item], verdict: Verdict, broken: str
) -> tuple[Check, ...]:
    counts = verdict.counts()
    rightly = [
        one.filing.filing_id
        for one in day.expected
        if one.ends != "filed" and items[one.filing.filing_id].state not in FOR_A_PERSON
    ]
    final = evening.summaries[-1].reconciliation
    return (
        Check("none missed", "无遗漏", not counts["missed"], _named(verdict.missed)),
        Check("none filed twice", "无重复", not counts["double"], _named(verdict.double)),
        Check(
            "none filed wrongly, and none that should not be",
            "无差错，无不应备案者",
            not counts["wrong"] and not counts["beyond"],
            _named((*verdict.wrong, *verdict.beyond)),
        ),
        Check("none late", "无迟报", not counts["late"], _named(verdict.late)),
        Check(
            "what contradicts the registry or the rules went to a person",
            "与登记或规则冲突者均转人工",
            not rightly,
            _named(rightly),
        ),
        Check(
            "papers and results are where they belong",
            "影像与回写齐全",
            not any(counts[name] for name in ("images_missing", "images_wrong", "results_missing", "results_wrong")),
            _named((*verdict.images_missing, *verdict.images_wrong, *verdict.results_missing, *verdict.results_wrong)),
        ),
        Check(
            "four systems say the same: list, central bank, images, result",
            "四方对账一致",
            final is not None and final.is_clean,
            "reconciled · 已对账" if final is not None else "not reconciled · 未对账",
        ),
        Check(
            "a list that was changed is refused whole",
            "被篡改的清单整单拒收",
            _list_is_refused(seed, evening),
            "one bit",
        ),
        Check("the audit log is whole", "审计日志完整", not broken, broken or "each line holds the one before"),
    )


def _list_is_refused(seed: int, evening: Evening) -> bool:
    data = evening.branch.lists[0].data
    changed = data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :]
    try:
        read_list(changed, keys_of(seed)[0], last_serial=0)
    except BadListError:
        return True
    return False


def _named(accounts: object) -> str:
    names = [str(one) for one in accounts] if isinstance(accounts, list | tuple | dict) else []
    return ", ".join(names[:6]) or "none · 无"


def _notes() -> tuple[str, ...]:
    return (
        "The systems are simulated and answer at once; a real one takes a second or more for each page · "
        "模拟系统响应快于真实系统",
        "The bot knows pages alone; no password or identity number gets into its evidence · 证据不含口令与证件号",
        "The clerk's part is played: accounts that were handed over because of a page are looked at and sent back; "
        "those that contradict the registry stay with a person · 人工环节为模拟",
        "Times depend on the machine and are not the same for equal seeds; what is filed is · 耗时因机器而异",
    )
