"""The papers of an account: from the operations platform to the image platform, and every page compared by its hash.

What is stored rightly already is left alone; what is stored in part or wrongly is sent again. Where an upload was not
answered, or may have been sent twice, nothing is believed or sent before the time is over in which it may still arrive:
an upload that comes late takes the place of what was stored in the meantime.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

from rpa.bot.desk import Desk
from rpa.bot.hold import Hold
from rpa.bot.papers import digests_of, read_archive, stored
from rpa.bot.proof import Proof
from rpa.errors import FailureError, SafetyError, UnsureError, UploadError
from rpa.filing import Filing
from rpa.pages import arrive, images, operations, refused
from rpa.queue import State

__all__ = ["carry_papers"]

_FORM = "upload form"


async def carry_papers(desk: Desk, hold: Hold, proof: Proof) -> float | None:
    """Take an account from `filed` to `imaged`.

    Raises
    ------
    DownloadError, UploadError
        If the papers do not arrive whole, here or there.
    UnsureError
        If they may arrive once more: to be looked at again when they no longer can.
    SafetyError
        If the platform shows another account, or the archive holds what papers are not.
    """
    filing = hold.filing
    desk.begin(_FORM, "images", desk.visit("images", _form(filing), [images.upload]))
    files = await _fetched(desk, filing)
    digests = digests_of(files)
    # what this bot has filed an instant ago has no papers there yet; if it has, the same are stored as the same
    is_new = hold.item.attempts == 0 and hold.was_filed_here()
    if is_new or not await _is_stored(desk, filing, digests):
        await _send(desk, filing, files, digests)
    proof.papers(files)
    hold.advance(State.IMAGED, facts={"papers": digests})
    return None


def _form(filing: Filing) -> str:
    return images.upload.address("", filing.entity, filing.filing_id)


async def _fetched(desk: Desk, filing: Filing) -> dict[str, bytes]:
    """Download an account's papers and return them; nothing is left on disk."""
    path = operations.account.address("", filing.filing_id)
    _, answer = await desk.visit("operations", path, [operations.account])
    page = operations.account.read(answer.html)
    if (page.filing_id, page.account_number) != (filing.filing_id, filing.account_number):
        raise SafetyError(
            f"the platform shows {page.account_number} under {page.filing_id}, the list {filing.account_number}"
        )
    archive = await operations.account.download(await desk.tab("operations"), page)
    try:
        return read_archive(archive)
    finally:
        archive.unlink(missing_ok=True)


async def _is_stored(desk: Desk, filing: Filing, digests: Mapping[str, str]) -> bool:
    await desk.forget("images")
    path = images.page_set.address("", filing.entity, filing.filing_id)
    page, answer = await desk.visit("images", path, [images.page_set, refused])
    if page is refused:
        return False
    try:
        images.page_set.check(answer.html, filing.entity, filing.filing_id, digests)
    except UploadError:
        return False
    return True


async def _send(desk: Desk, filing: Filing, files: Mapping[str, bytes], digests: Mapping[str, str]) -> None:
    shown = await desk.ahead(_FORM)
    if shown is None or not desk.is_at("images", _form(filing)):
        await desk.visit("images", _form(filing), [images.upload])
    tab = await desk.tab("images")
    folder = Path(desk.downloads, "papers", filing.filing_id)
    try:
        paths = stored(folder, files)
        sent = await images.upload.submit(tab, images.upload.Papers(filing.entity, filing.filing_id, paths))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    try:
        page, answer = await arrive(tab, sent, [images.page_set, images.upload])
    except FailureError as error:
        raise UnsureError(f"whether the papers were stored is not known: {error}") from None
    if page is images.upload:
        images.upload.check(answer.html)
        raise UploadError("the upload form came back without a reason")
    if sent.on_new_connection:
        raise UnsureError("the papers went over a new connection: the browser may have sent them twice")
    images.page_set.check(answer.html, filing.entity, filing.filing_id, digests)
