"""Proof of what was done with one account: pictures, values, receipt and hashes go into its story.

Pictures are masked before they are taken, traces before they are kept; a trace doubles the time that an account takes,
so it is made only when an account is tried again. Proof that cannot be made because a page has gone is left out, and
said so: an account that is filed is not filed again for the sake of a picture.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from rpa.bot.settings import Settings
from rpa.browser import Tab, picture
from rpa.browser.acts import act
from rpa.browser.readback import differences
from rpa.errors import FailureError, RpaError
from rpa.evidence import MARKING_SCRIPT, MASKING_STYLE, Evidence, Story, masked_trace
from rpa.filing import Filing, to_record

__all__ = ["Proof"]


class Proof:
    """The proof of one account; its story is begun when there is something to tell.

    Parameters
    ----------
    evidence, settings
        Where it goes, and whether pictures are wanted.
    filing_id
        Which account.
    """

    def __init__(self, evidence: Evidence, settings: Settings, filing_id: str) -> None:
        self._evidence, self._settings, self._filing_id = evidence, settings, filing_id
        self._known: Story | None = None

    @property
    def _story(self) -> Story:
        if self._known is None:
            self._known = self._evidence.story(self._filing_id)
        return self._known

    async def before(self, tab: Tab, filing: Filing, shown: Mapping[str, str]) -> None:
        """Keep what is about to be confirmed: the picture of the check page, and the values sent and read back."""
        await self._picture(tab, "check page")
        sent = {name: str(value) for name, value in to_record(filing).items() if name in shown}
        wrong = differences(filing, shown)
        self._story.values("check page", sent, shown, at=self._settings.clock(), differing=wrong)

    async def after(self, tab: Tab, receipt: Mapping[str, Any]) -> None:
        """Keep the receipt, and the picture of the page that shows it."""
        await self._picture(tab, "result")
        self._story.receipt(receipt, at=self._settings.clock())

    def papers(self, files: Mapping[str, bytes]) -> None:
        """Keep the hashes of the files that were uploaded."""
        self._story.hashes("papers", files, at=self._settings.clock())

    def said(self, what: str, **detail: Any) -> None:
        """Write a line into the audit log."""
        self._evidence.log.append(self._filing_id, what, detail, at=self._settings.clock())

    @asynccontextmanager
    async def traced(self, tabs: Sequence[Tab]) -> AsyncIterator[None]:
        """Keep a masked trace of what happens in some tabs; of those that cannot be traced, keep none."""
        traced = [tab for tab in tabs if await self._begin_trace(tab)]
        try:
            yield
        finally:
            for tab in traced:
                await self._end_trace(tab)

    async def _begin_trace(self, tab: Tab) -> bool:
        try:
            with act("beginning a trace", tab.patience):
                await tab.page.context.tracing.start(snapshots=True)
        except FailureError:
            return False
        return True

    async def _end_trace(self, tab: Tab) -> None:
        path = Path(tab.downloads, f"{self._filing_id}.trace")
        try:
            with act("ending a trace", tab.patience):
                await tab.page.context.tracing.stop(path=path)
            kept = masked_trace(path.read_bytes(), self._evidence.masking)
            self._story.file("trace", "zip", kept, at=self._settings.clock())
        except (RpaError, OSError) as error:
            self.said("no trace was kept", reason=str(error))
        finally:
            path.unlink(missing_ok=True)

    def close(self) -> None:
        """Store the index of the story, if there is one."""
        if self._known is not None:
            self._known.close(at=self._settings.clock())
            self._known = None

    async def _picture(self, tab: Tab, stage: str) -> None:
        if not self._settings.pictures:
            return
        try:
            with act(f"masking the {stage}", tab.patience):
                await tab.page.evaluate(MARKING_SCRIPT)
            taken = await picture(tab, MASKING_STYLE, f"the {stage}")
        except FailureError as error:
            self.said("no picture was taken", stage=stage, reason=str(error))
            return
        self._story.screenshot(stage, taken, at=self._settings.clock())
