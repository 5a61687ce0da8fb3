"""A refusal that fills a page: an operation that failed (操作失败), or what is not there (未找到)."""

from collections.abc import Sequence
from dataclasses import dataclass

from rpa.browser.reading import alerts, has_heading

__all__ = ["Refused", "is_already_filed", "read", "recognise"]


@dataclass(frozen=True, slots=True)
class Refused:
    """Why, in the system's words."""

    messages: tuple[str, ...]


def recognise(html: str) -> bool:
    """Return whether a page is a refusal that gives its reason.

    Examples
    --------
    >>> recognise("<html><body><h2>另一个页面</h2></body></html>")
    False
    """
    return has_heading(html, "操作失败", "未找到") and bool(alerts(html))


def read(html: str) -> Refused:
    """Return why.

    Examples
    --------
    >>> read('<div class="faults" role="alert"><p>未找到</p></div>').messages
    ('未找到',)
    """
    return Refused(alerts(html))


def is_already_filed(messages: Sequence[str]) -> bool:
    """Return whether a refusal says that the account is on record: no person can help, the system must be asked.

    Examples
    --------
    >>> is_already_filed(["该账户已备案，请勿重复提交（账号62）"]), is_already_filed(["该存款人已开立基本存款账户"])
    (True, False)
    """
    return any("账户已备案" in message for message in messages)
