"""The report of a run, for people: what was done, what waits for whom, what is late, what is not as it should be."""

from rpa.bot.run import Summary
from rpa.queue.states import NAMES_ZH
from rpa.reconciliation import table

__all__ = ["is_clean", "report"]


def report(summary: Summary) -> str:
    """Return the report of a run as text.

    Examples
    --------
    >>> from rpa.bot.intake import Intake
    >>> from rpa.queue import State
    >>> print(report(Summary({State.DONE: 2, State.NEW: 0}, Intake(["a.json"], 2), seconds=3.0)))
    2 accounts in 3.0 s: done 完成 2
    lists 清单: a.json, 2 new
    """
    total = sum(summary.counts.values())
    states = ", ".join(f"{state} {NAMES_ZH[state]} {count}" for state, count in summary.counts.items() if count)
    lines = [f"{total} accounts in {summary.seconds:.1f} s: {states or 'nothing'}"]
    lines += (
        [f"lists 清单: {', '.join(summary.intake.lists)}, {summary.intake.added} new"] if summary.intake.lists else []
    )
    lines += [f"for a person 待人工 {name}: {reason}" for name, reason in summary.for_persons.items()]
    lines += [f"late 逾期 {one.filing_id}: {one.minutes} min, {one.reason}" for one in summary.late]
    lines += [f"in danger 临期 {one.filing_id}: {one.reason}" for one in summary.warnings]
    lines += [f"alarm 告警: {alarm}" for alarm in summary.alarms]
    closed = {name: times for name, times in summary.gates_closed.items() if times}
    lines += [f"left alone after failures 熔断: {name} {times} times" for name, times in closed.items()]
    if summary.reconciliation is not None:
        lines.append(table(summary.reconciliation))
    return "\n".join(lines)


def is_clean(summary: Summary) -> bool:
    """Return whether nobody needs to look: no alarm, nothing late, no difference."""
    return not summary.alarms and not summary.late
