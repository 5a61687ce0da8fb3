"""A page that says that the system is under maintenance (系统维护), whatever its status."""

from dataclasses import dataclass

from rpa.browser.reading import has_heading, text_at

__all__ = ["Maintenance", "read", "recognise"]


@dataclass(frozen=True, slots=True)
class Maintenance:
    """What it says."""

    text: str


def recognise(html: str) -> bool:
    """Return whether a page is about maintenance.

    Examples
    --------
    >>> recognise("<h2>系统维护中</h2>"), recognise("<h2>首页</h2><p>今晚系统维护</p>")
    (True, False)
    """
    return has_heading(html, "系统维护中", "系统维护", "系统升级中")


def read(html: str) -> Maintenance:
    """Return what it says."""
    return Maintenance(text_at(html, "#maintenance") or text_at(html, "p"))
