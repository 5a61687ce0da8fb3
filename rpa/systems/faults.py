"""Faults: what goes wrong with a driven system, each a named switch.

A fault has a rate, or a plan that says on which of its occasions it strikes; both may be given. What struck is counted.
An occasion is whatever the fault could have struck: a page that is asked for, a form that is sent, a commit, a file.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from rpa.errors import RpaError

__all__ = ["NAMES", "Faults"]

NAMES: Mapping[str, str] = {
    "session_expired": "会话超时: the session ends in the middle of a form",
    "error_500": "500: the server fails",
    "error_502": "502: the gateway fails",
    "error_503": "503: the service is not available",
    "error_429": "429: too many requests",
    "slow_page": "慢页面: a page takes longer than anybody waits",
    "closed_before_commit": "连接中断（提交前）: the connection ends, and nothing has been committed",
    "closed_after_commit": "连接中断（提交后）: the connection ends, and all has been committed",
    "late_commit": "延迟提交: the connection ends, and the commit comes some time later",
    "dialog": "未知弹窗: a dialog that nobody knows",
    "notice": "系统公告: a notice stands before the page",
    "maintenance": "系统维护: a maintenance page",
    "label_changed": "标签改名: a label reads otherwise",
    "label_moved": "标签移位: a label stands elsewhere",
    "label_wrapped": "标签嵌套: a label wraps its field",
    "labels_swapped": "标签互换: two labels stand before each other's field",
    "layout_changed": "布局变化: the form is laid out otherwise",
    "captcha": "图形验证码: the log-in asks what only people read",
    "one_time_password": "短信验证码: the log-in asks for a one-time password",
    "partial_upload": "部分上传: not all files are stored",
    "wrong_checksum": "校验和错误: a stored file is not what was sent",
    "download_truncated": "下载截断: a file ends early",
    "list_twice": "重复清单: yesterday's list comes again",
    "list_late": "清单迟到: there is no list yet",
    "clock_skew": "时钟偏差: the server's clock is wrong",
}
"""Every switch, and what it does."""


@dataclass
class Faults:
    """Which faults strike when.

    Parameters
    ----------
    rates
        Chance of each fault on each of its occasions.
    plan
        On which occasions each fault strikes, counted from 1.
    latency
        Seconds that every request takes longer.
    slow_seconds, late_seconds, skew_seconds
        How long a slow page takes, a late commit comes after the connection has ended, and the clock is wrong.
    rng
        Where chance comes from; needed for rates.

    Raises
    ------
    RpaError
        If a fault is not one of `NAMES`, a rate is none, or there are rates without a generator.

    Examples
    --------
    >>> faults = Faults(plan={"error_503": (2,)})
    >>> [faults.strikes("error_503") for _ in range(3)], dict(faults.struck)
    ([False, True, False], {'error_503': 1})
    """

    rates: Mapping[str, float] = field(default_factory=dict)
    plan: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    latency: float = 0.0
    slow_seconds: float = 30.0
    late_seconds: float = 2.0
    skew_seconds: float = 3_600.0
    rng: np.random.Generator | None = None
    occasions: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Refuse switches that are none."""
        for name in (*self.rates, *self.plan):
            if name not in NAMES:
                raise RpaError(f"there is no fault {name!r}; there are {', '.join(NAMES)}")
        for name, rate in self.rates.items():
            if not 0.0 <= rate <= 1.0:
                raise RpaError(f"the rate of {name} is {rate}, it must be from 0 to 1")
        if self.rates and self.rng is None:
            raise RpaError("faults with rates need a generator of random numbers")

    def strikes(self, name: str) -> bool:
        """Return whether a fault strikes on this occasion, and count both."""
        self.occasions[name] += 1
        hit = self.occasions[name] in self.plan.get(name, ())
        if not hit and self.rng is not None and name in self.rates:
            hit = bool(self.rng.random() < self.rates[name])
        self.struck[name] += hit
        return hit

    def any_of(self, *names: str) -> str:
        """Return the first of these that strikes on this occasion, an empty text if none does."""
        return next((name for name in names if self.strikes(name)), "")
