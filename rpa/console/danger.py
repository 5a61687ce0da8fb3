"""Danger: how near each account is to its deadline, as a level that a page colours and names.

A level is told in words as well as in colour: not everybody sees colours.
"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from rpa.deadlines.rules import CHINA
from rpa.queue import Item

__all__ = ["LEVELS", "Danger", "danger_of", "span"]

LEVELS: dict[str, tuple[str, str]] = {
    "missed": ("overdue", "已超时"),
    "danger": ("in danger", "即将超时"),
    "today": ("today", "今日到期"),
    "later": ("later", "时间充足"),
    "late": ("filed late", "逾期备案"),
    "kept": ("filed in time", "按时备案"),
}
"""Level: in English and Chinese, the worst first."""


class Danger(NamedTuple):
    """How an account stands to its deadline: a key of `LEVELS`, its deadline in China, and what is left in words."""

    level: str
    due: datetime
    left: str
    left_zh: str


def danger_of(item: Item, now: float, warn_seconds: int, endangered: Collection[str] = ()) -> Danger:
    """Return how an account stands to its deadline.

    Parameters
    ----------
    now
        Unix seconds.
    warn_seconds
        From which time before the deadline on it is in danger.
    endangered
        Numbers of those that would be late at the present pace.

    Examples
    --------
    >>> from rpa.queue import State
    >>> item = Item("L1", State.NEW, {}, 7200.0, 0, 0.0, None, 0, 0.0, "", {}, None)
    >>> danger_of(item, 0.0, 3600).level, danger_of(item, 7200.5, 3600).left
    ('today', '0 min over')
    """
    due = datetime.fromtimestamp(item.due, CHINA)
    end = now if item.filed_at is None else item.filed_at
    words, chinese = span(abs(item.due - end))
    if item.filed_at is not None:
        is_late = item.filed_at > item.due
        left = (f"{words} late", f"晚 {chinese}") if is_late else (f"{words} before", f"提前 {chinese}")
        return Danger("late" if is_late else "kept", due, *left)
    if now > item.due:
        return Danger("missed", due, f"{words} over", f"超时 {chinese}")
    if item.due - now <= warn_seconds or item.filing_id in endangered:
        level = "danger"
    else:
        level = "today" if due.date() == datetime.fromtimestamp(now, CHINA).date() else "later"
    return Danger(level, due, f"{words} left", f"剩余 {chinese}")


def span(seconds: float) -> tuple[str, str]:
    """Return a time in words, in English and Chinese.

    Examples
    --------
    >>> span(100_000)
    ('1 d 3 h', '1 天 3 小时')
    """
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes} min", f"{minutes} 分钟"
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60} min", f"{minutes // 60} 小时 {minutes % 60} 分钟"
    hours = minutes // 60
    return f"{hours // 24} d {hours % 24} h", f"{hours // 24} 天 {hours % 24} 小时"
