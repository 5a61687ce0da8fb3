"""An account of the operations platform (账户信息): its papers, its state, and the form for the result (结果回写)."""

from dataclasses import dataclass
from pathlib import Path

from rpa.browser import Answer, Button, Field, Tab, fill_form, in_order, press
from rpa.browser import download as download_file
from rpa.browser.reading import alerts, forms, has_heading, pairs, title
from rpa.errors import BusinessError, ReadBackError, UnknownPageError
from rpa.pages.operations.home import SYSTEM
from rpa.pages.operations.lists import check_file

__all__ = ["PATH", "AccountPage", "Outcome", "address", "check_written", "download", "read", "recognise", "submit"]

PATH = "/accounts/"
FILED, REFUSED = "备案成功", "备案失败"
_FIELDS = in_order(
    Field("result", "备案结果", "choice"),
    Field("receipt", "备案编号"),
    Field("basic_account_number", "基本存款账户编号"),
    Field("reason", "失败原因", synonyms=("原因",)),
)
_BUTTON = Button("回写", synonyms=("提交",))
_LABELS = {
    **{"filing_id": "流水号", "entity": "法人机构", "account_type": "账户性质", "depositor_name": "存款人名称"},
    **{"account_number": "账号", "state": "状态", "digest": "影像SHA-256"},
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an account: filed, with its numbers, or refused, with the reason."""

    is_filed: bool
    receipt: str = ""
    basic_account_number: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AccountPage:
    """An account in the page's words; the checksum of its papers; the result if it was written back; refusals."""

    filing_id: str
    entity: str
    account_type: str
    depositor_name: str
    account_number: str
    state: str
    digest: str
    outcome: Outcome | None
    has_form: bool
    messages: tuple[str, ...]


def recognise(html: str) -> bool:
    """Return whether this is the page.

    Examples
    --------
    >>> recognise("<html><body><h2>另一个页面</h2></body></html>")
    False
    """
    return SYSTEM in title(html) and has_heading(html, "账户信息")


def address(base: str, filing_id: str) -> str:
    """Return where an account lies.

    Examples
    --------
    >>> address("http://o", "L1")
    'http://o/accounts/L1'
    """
    return f"{base}{PATH}{filing_id}"


def read(html: str) -> AccountPage:
    """Return what the page says.

    Raises
    ------
    UnknownPageError
        If a line is missing, or the result is neither of the two.
    """
    shown = pairs(html, "#account")
    missing = [label for label in _LABELS.values() if not shown.get(label)]
    if missing:
        raise UnknownPageError(f"the account's page lacks {missing[0]}")
    outcome = None
    if "备案结果" in shown:
        if shown["备案结果"] not in (FILED, REFUSED):
            raise UnknownPageError(f"the result is {shown['备案结果']!r:.40}, neither {FILED} nor {REFUSED}")
        texts = (shown.get(label, "") for label in ("备案编号", "基本存款账户编号", "失败原因"))
        outcome = Outcome(shown["备案结果"] == FILED, *texts)
    has_form = any(_BUTTON.label in form.buttons for form in forms(html))
    values = {name: shown[label] for name, label in _LABELS.items()}
    return AccountPage(**values, outcome=outcome, has_form=has_form, messages=alerts(html))


async def download(tab: Tab, item: AccountPage) -> Path:
    """Download an account's papers, and return where the archive lies.

    Raises
    ------
    DownloadError
        If it is not the archive whose checksum the page shows.
    """
    where = f"{PATH}{item.filing_id}/papers.zip"
    path = await download_file(tab, Button("下载影像", "link", name=where), f"{item.digest[:16]}.zip")
    check_file(path, item.digest)
    return path


async def submit(tab: Tab, item: Outcome) -> Answer:
    """Write a result back; `check_written` says whether it stands."""
    values = {
        "result": FILED if item.is_filed else REFUSED,
        "receipt": item.receipt,
        "basic_account_number": item.basic_account_number,
        "reason": item.reason,
    }
    await fill_form(tab, _FIELDS, values)
    return await press(tab, _BUTTON)


def check_written(html: str, filing_id: str, item: Outcome) -> None:
    """Refuse a page that does not show a result as it was written back.

    Raises
    ------
    BusinessError
        If the platform refuses the result.
    ReadBackError
        If it shows another result, none, or another account's.
    """
    page = read(html)
    if page.messages:
        raise BusinessError(f"the platform refuses the result of {filing_id}: {'；'.join(page.messages):.200}")
    if page.filing_id != filing_id or page.outcome != _as_shown(item):
        raise ReadBackError(f"the platform does not show the result of {filing_id} as it was written back", ("result",))


def _as_shown(item: Outcome) -> Outcome:
    receipt, basic, reason = (" ".join(text.split()) for text in (item.receipt, item.basic_account_number, item.reason))
    return Outcome(item.is_filed, receipt, basic, reason)
