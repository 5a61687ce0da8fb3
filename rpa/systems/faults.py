"""Faults: what goes wrong with a driven system, each a named switch.

A fault has a rate, or a plan that says on which of its occasions it strikes; both may be given, and changed while the
system runs. What struck is counted. An occasion is whatever the fault could have struck: a page that is asked for, a
form that is shown, a commit, a file. Before a commit means that nothing was taken; after it, that all was.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from rpa.errors import RpaError

__all__ = ["NAMES", "PLACES", "Faults"]

NAMES: Mapping[str, str] = {
    "session_expired": "会话超时: the session ends in the middle of a form",
    "error_500": "500: the server fails",
    "error_502": "502: the gateway fails, and a form that was sent has arrived behind it",
    "error_503": "503: the service is not available",
    "error_429": "429: too many requests",
    "slow_page": "慢页面: a page takes longer than anybody waits",
    "closed_before_commit": "连接中断（提交前）: the connection ends, and nothing has been committed",
    "closed_after_commit": "连接中断（提交后）: the connection ends, and all has been committed",
    "late_commit": "延迟提交: the connection ends, and the commit comes some time later",
    "duplicate_submit": "重复提交: a confirmation arrives twice, and the answer is that to the second",
    "dialog": "未知弹窗: a dialog that nobody knows",
    "notice": "系统公告: a notice stands before the page",
    "maintenance": "系统维护: a maintenance page",
    "label_changed": "标签改名: a label reads otherwise",
    "label_moved": "标签移位: labels and their fields stand in another order",
    "label_wrapped": "标签嵌套: a label wraps its field",
    "labels_swapped": "标签互换: two labels stand before each other's field",
    "layout_changed": "布局变化: the form is laid out otherwise",
    "captcha": "图形验证码: the log-in asks what only people read",
    "one_time_password": "短信验证码: the log-in asks for a one-time password",
    "partial_upload": "部分上传: the last file that was sent is not stored",
    "wrong_checksum": "校验和错误: a stored file is not what was sent",
    "disk_full": "磁盘已满: no file can be stored",
    "download_truncated": "下载截断: a file ends early, and says that it is whole",
    "list_twice": "重复清单: the first list comes again under another name",
    "list_late": "清单迟到: the newest list is not there yet",
    "clock_skew": "时钟偏差: the server's clock is wrong for as long as this is switched on",
}
"""Every switch, and what it does."""
PLACES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("duplicate_submit", "label_changed", "label_moved", "label_wrapped"), ("accounts",)),
    **dict.fromkeys(("labels_swapped", "layout_changed"), ("accounts",)),
    **dict.fromkeys(("partial_upload", "wrong_checksum", "disk_full"), ("images",)),
    **dict.fromkeys(("download_truncated", "list_twice", "list_late"), ("operations",)),
}
"""Systems where a switch does something; those that are not named here do it in all three."""


@dataclass
class Faults:
    """Which faults strike when.

    Parameters
    ----------
    rates
        Chance of each fault on each of its occasions.
    plan
        On which occasions each fault strikes, counted from 1.
    only
        Regular expression for the paths where a fault may strike; elsewhere it has no occasion. A fault that breaks
        every page spares the log-in, unless it is named here.
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
    >>> faults.switch("error_500", plan=(1,), only="/query")
    >>> faults.strikes("error_500", "/lists"), faults.strikes("error_500", "/query")
    (False, True)
    """

    rates: Mapping[str, float] = field(default_factory=dict)
    plan: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    only: Mapping[str, str] = field(default_factory=dict)
    latency: float = 0.0
    slow_seconds: float = 30.0
    late_seconds: float = 2.0
    skew_seconds: float = 3_600.0
    rng: np.random.Generator | None = None
    occasions: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Refuse switches that are none."""
        for name in (*self.rates, *self.plan, *self.only):
            if name not in NAMES:
                raise RpaError(f"there is no fault {name!r}; there are {', '.join(NAMES)}")
        for name, rate in self.rates.items():
            if not 0.0 <= rate <= 1.0:
                raise RpaError(f"the rate of {name} is {rate}, it must be from 0 to 1")
        for name, pattern in self.only.items():
            try:
                re.compile(pattern)
            except re.error:
                raise RpaError(f"{name} is only for {pattern!r}, which is no regular expression") from None
        if self.rates and self.rng is None:
            raise RpaError("faults with rates need a generator of random numbers")

    def switch(self, name: str, rate: float = 0.0, plan: tuple[int, ...] = (), only: str = "") -> None:
        """Set one fault while the system runs; its occasions are counted from now on. Without a rate or a plan: off.

        Raises
        ------
        RpaError
            As above.
        """
        new = Faults(
            {**self.rates, name: rate} if rate else {other: old for other, old in self.rates.items() if other != name},
            {**self.plan, name: plan},
            {**self.only, name: only} if only else {other: old for other, old in self.only.items() if other != name},
            rng=self.rng,
        )
        self.rates, self.plan, self.only = new.rates, new.plan, new.only
        self.occasions[name] = 0

    def is_on(self, name: str) -> bool:
        """Return whether a fault could strike at all."""
        return bool(self.rates.get(name) or self.plan.get(name))

    def strikes(self, name: str, path: str = "") -> bool:
        """Return whether a fault strikes on this occasion, and count both.

        Parameters
        ----------
        path
            Of the request.
        """
        if name in self.only and not re.fullmatch(self.only[name], path):
            return False
        self.occasions[name] += 1
        hit = self.occasions[name] in self.plan.get(name, ())
        if not hit and self.rng is not None and name in self.rates:
            hit = bool(self.rng.random() < self.rates[name])
        self.struck[name] += hit
        return hit

    def any_of(self, *names: str, path: str = "") -> str:
        """Return the first of these that strikes on this occasion, an empty text if none does."""
        return next((name for name in names if self.strikes(name, path)), "")
