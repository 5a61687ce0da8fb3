"""Proof of what was done with one account: pictures, values, receipt and hashes go into its story.

Pictures are masked before they are taken. Proof that cannot be made because a page has gone is left out, and said so:
an account that is filed is not filed again for the sake of a picture.
"""

from collections.abc import Mapping
from typing import Any

from rpa.bot.settings import Settings
from rpa.browser import Tab
from rpa.browser.readback import differences
from rpa.browser.session import failures
from rpa.errors import FailureError
from rpa.evidence import MARKING_SCRIPT, MASKING_STYLE, Evidence, Story
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

    def close(self) -> None:
        """Store the index of the story, if there is one."""
        if self._known is not None:
            self._known.close(at=self._settings.clock())
            self._known = None

    async def _picture(self, tab: Tab, stage: str) -> None:
        if not self._settings.pictures:
            return
        try:
            with failures(f"taking a picture of the {stage}", tab.patience):
                await tab.page.evaluate(MARKING_SCRIPT)
                picture = await tab.page.screenshot(style=MASKING_STYLE, full_page=True)
        except FailureError as error:
            self.said("no picture was taken", stage=stage, reason=str(error))
            return
        self._story.screenshot(stage, picture, at=self._settings.clock())
