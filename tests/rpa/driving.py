"""What tests of pages share: a branch's systems with two accounts, and the way of one through the accounts' pages."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filing_sample import BASIC, GENERAL

from rpa.browser import Answer, Tab, go
from rpa.filing import Filing, to_record
from rpa.pages import PageObject, accounts, arrive, images, login, operations
from rpa.systems import Faults, serve
from rpa.systems.branch import Branch, open_branch
from rpa.systems.operations import ListFile

if TYPE_CHECKING:
    from conftest import Chrome

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 7, 1, 10, 0, tzinfo=CHINA)
WHO = login.Credentials("clerk", "not a secret: a made system's")
KNOWN = [(GENERAL.certificate_number, GENERAL.basic_account_number, "open")]


@contextmanager
def systems(folder: Path, faults: Mapping[str, Faults] | None = None) -> Iterator[tuple[dict[str, str], Branch]]:
    """Serve a branch's systems with the two accounts of the sample and one list package."""
    users = {name: {WHO.user: WHO.password} for name in ("operations", "accounts", "images")}
    branch = open_branch(folder, users, lambda: NOW, known=KNOWN, faults=faults, document_size=500)
    pending = [to_record(filing) | {"opened_at": "2026-07-01 09:30"} for filing in (BASIC, GENERAL)]
    branch.publish(pending, NOW)
    branch.lists.append(ListFile("pending-20260701-001.json", "2026-07-01", b"not a real package"))
    with serve(branch.applications()) as addresses:
        yield addresses, branch


async def log_in(tab: Tab, base: str, home: PageObject) -> Answer:
    """Log in, and return the first page."""
    await go(tab, base + login.PATH)
    _, answer = await arrive(tab, await login.submit(tab, WHO), [home])
    return answer


async def up_to_check(tab: Tab, base: str, filing: Filing) -> Answer:
    """Go as far as the check page; raise what a form that comes back means."""
    steps: tuple[tuple[Any, Any], ...] = ((accounts.key, accounts.details), (accounts.details, accounts.check))
    _, answer = await arrive(tab, await go(tab, base + accounts.key.PATH), [accounts.key])
    for step, onward in steps:
        page, answer = await arrive(tab, await step.submit(tab, filing), [step, onward])
        if page is step:
            step.check(answer.html, filing)
    return answer


async def file_account(tab: Tab, base: str, filing: Filing) -> accounts.result.Result:
    """File an account, all the way to its receipt."""
    await up_to_check(tab, base, filing)
    answer = await accounts.check.submit(tab, filing)
    return accounts.result.read(answer.html)


class Driven:
    """A tab at one of the systems, logged in."""

    def __init__(self, chrome: "Chrome", tab: Tab, base: str, branch: Branch) -> None:
        self.chrome, self.tab, self.base, self.branch = chrome, tab, base, branch

    def file(self, filing: Filing) -> accounts.result.Result:
        found = self.chrome.run(file_account(self.tab, self.base, filing))
        assert isinstance(found, accounts.result.Result)
        return found

    def filed(self) -> list[str]:
        """What the system has really filed: for tests alone."""
        return [one["account_number"] for one in self.branch.records["accounts"].all("account").values()]

    def html(self, address: str) -> str:
        return str(self.chrome.run(go(self.tab, address)).html)


@contextmanager
def at(
    chrome: "Chrome", folder: Path, system: str, faults: Faults | None = None, patience: float = 10.0
) -> Iterator[Driven]:
    homes = {"accounts": accounts.home, "operations": operations.home, "images": images.home}
    with (
        systems(folder, {system: faults} if faults else None) as (addresses, branch),
        chrome.open_tab(folder / "files", patience) as tab,
    ):
        chrome.run(log_in(tab, addresses[system], homes[system]))
        yield Driven(chrome, tab, addresses[system], branch)
