"""Filing an account, exactly once: ask first, read back, write down that something will be sent, confirm, ask again.

The account is on record or it is not, and only the system knows. So it is asked before anything that binds is sent (the
key information is typed meanwhile, for a draft binds nobody); `filing` is on disk before the confirmation; an answer
that does not come is doubt, and doubt ends by asking until the account appears or so much time has passed that it
cannot appear any more. If it then still did, the system refuses the second one.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import asdict
from typing import TypeVar

from rpa.bot.desk import QUESTIONS, Desk
from rpa.bot.hold import Hold
from rpa.bot.proof import Proof
from rpa.browser import Answer, readback
from rpa.errors import BusinessError, FailureError, SafetyError, UnsureError
from rpa.filing import ACCOUNT_TYPES, Filing
from rpa.pages import accounts, arrive, refused
from rpa.pages.accounts.query import Account, OnRecord
from rpa.queue import State

__all__ = ["file_account", "on_record", "settle"]

T = TypeVar("T")
U = TypeVar("U")
_SYSTEM = "accounts"
_KEY_FORM = "key form"


async def file_account(desk: Desk, hold: Hold, proof: Proof) -> float | None:
    """Take an account from `validated` to `filed`, or into doubt.

    Returns
    -------
    float or None
        When to go on; None for at once.

    Raises
    ------
    BusinessError
        If a rule refuses the account.
    ReadBackError
        If the check page does not show what the source says; nothing was confirmed.
    RpaError
        As the pages do.
    """
    filing = hold.filing
    try:
        found, _ = await _both(on_record(desk, filing), _key_taken(desk, filing))
        if found is not None:
            await _take(desk, hold, proof, found)
            return None
        shown = await _to_check_page(desk, filing)
    except (BusinessError, UnsureError) as error:
        # a refusal counts only while nothing is on record: the system may have what an earlier try has sent
        found = await on_record(desk, filing)
        if found is not None:
            await _take(desk, hold, proof, found)
            return None
        if isinstance(error, UnsureError):
            raise FailureError(f"the system says that it has the account, and shows none: {error}") from None
        raise
    tab = await desk.tab(_SYSTEM)
    await proof.before(tab, filing, shown)
    hold.beat()
    hold.advance(State.FILING)
    try:
        answer = await accounts.check.submit(tab, filing)
    except UnsureError as error:
        hold.advance(State.IN_DOUBT, str(error))
        return None
    desk.settings.watch(filing.filing_id, "confirmed")
    await _hear(desk, hold, proof, answer)
    return None


async def _both(question: Awaitable[T], work: Awaitable[U]) -> tuple[T, U]:
    """Ask while something is typed that binds nobody; return both, or raise once both have ended."""
    asked, worked = await asyncio.gather(question, work, return_exceptions=True)
    if isinstance(asked, BaseException):
        raise asked
    if isinstance(worked, BaseException):
        raise worked
    return asked, worked


async def _key_taken(desk: Desk, filing: Filing) -> None:
    """Fill the key information, and arrive at the details; the system keeps a draft, nothing more."""
    shown = await desk.ahead(_KEY_FORM)
    if shown is None or not desk.is_at(_SYSTEM, accounts.key.PATH):
        await desk.visit(_SYSTEM, accounts.key.PATH, [accounts.key])
    tab = await desk.tab(_SYSTEM)
    answer = await accounts.key.submit(tab, filing)
    page, answer = await arrive(tab, answer, [accounts.details, accounts.key])
    if page is accounts.key:
        accounts.key.check(answer.html, filing)
        raise FailureError("the form for the key information came back without a reason")


async def _to_check_page(desk: Desk, filing: Filing) -> dict[str, str]:
    """Fill the details, and return what the check page shows, if that is what the source says."""
    tab = await desk.tab(_SYSTEM)
    answer = await accounts.details.submit(tab, filing)
    page, answer = await arrive(tab, answer, [accounts.check, accounts.details, accounts.key])
    if page is not accounts.check:
        if page is accounts.details:
            accounts.details.check(answer.html, filing)
        raise FailureError("the form for the details came back without a reason")
    return dict(accounts.check.compare(answer.html, filing))


async def _hear(desk: Desk, hold: Hold, proof: Proof, answer: Answer) -> None:
    """Take the answer to a confirmation: a receipt, or a refusal that is not believed before the system was asked."""
    if refused.recognise(answer.html):
        messages = refused.read(answer.html).messages
        said = "；".join(messages)
        facts = {"refusal": "" if refused.is_already_filed(messages) else said}
        hold.advance(State.IN_DOUBT, f"the confirmation was refused: {said}", facts)
        return
    receipt = accounts.result.read(answer.html)
    if receipt.account_number != hold.filing.account_number:
        said = f"the receipt is for {receipt.account_number}, not for {hold.filing.account_number}"
        hold.advance(State.IN_DOUBT, said)
        raise SafetyError(said)
    hold.advance(State.FILED, facts=asdict(receipt) | {"refusal": ""})
    await proof.after(await desk.tab(_SYSTEM), asdict(receipt))
    desk.begin(_KEY_FORM, _SYSTEM, desk.visit(_SYSTEM, accounts.key.PATH, [accounts.key]))


async def on_record(desk: Desk, filing: Filing) -> OnRecord | None:
    """Return what is on record of an account, None if the system says that nothing is.

    Raises
    ------
    SafetyError
        If it is on record for another depositor, or as another kind.
    """
    asked = Account(filing.bank_code, filing.account_number)
    path = accounts.query.address("", asked)
    _, answer = await desk.visit(QUESTIONS, path, [accounts.query])
    found = accounts.query.on_record(answer.html, asked)
    if found is None:
        return None
    theirs = (found.certificate_number, found.account_type)
    ours = (filing.certificate_number, ACCOUNT_TYPES[filing.account_type])
    if theirs != ours:
        raise SafetyError(
            f"account {filing.account_number} is on record for {theirs[0]} as {theirs[1]},"
            f" the list says {ours[0]} and {ours[1]}: somebody else has filed under its number"
        )
    return found


async def _take(desk: Desk, hold: Hold, proof: Proof, found: OnRecord) -> None:
    """Take an account that is on record as filed, if all of its sheet says what the source says."""
    await desk.forget(_SYSTEM)
    _, answer = await desk.visit(_SYSTEM, accounts.sheet.PATH + found.receipt, [accounts.sheet])
    sheet = accounts.sheet.read(answer.html)
    readback(hold.filing, sheet.shown)
    facts = {name: getattr(found, name) for name in ("receipt", "account_number", "filed_at", "basic_account_number")}
    hold.advance(State.FILED, "it was on record when it was asked for", facts | {"refusal": ""})
    await proof.after(await desk.tab(_SYSTEM), facts)


async def settle(desk: Desk, hold: Hold, proof: Proof) -> float | None:
    """End the doubt about an account that may have been sent.

    Returns
    -------
    float or None
        When to ask again; None if it is certain.

    Raises
    ------
    BusinessError
        If its confirmation was refused, and it did not appear.
    SafetyError
        If it was sent too often without an answer.
    """
    if hold.item.state is State.FILING:
        hold.advance(State.IN_DOUBT, "work on it had stopped when something may have been sent")
    patience, asked_at = desk.settings.patience, desk.settings.now()
    found = await on_record(desk, hold.filing)
    if found is not None:
        await _take(desk, hold, proof, found)
        return None
    certain_at = hold.since(State.IN_DOUBT) + patience.settle_seconds
    if asked_at < certain_at:
        return min(desk.settings.now() + patience.settle_seconds / patience.settle_queries, certain_at)
    refusal = str(hold.item.facts.get("refusal", ""))
    if refusal:
        raise BusinessError(f"the system refuses {hold.filing.account_number}: {refusal}")
    rounds = hold.times_in(State.FILING)
    if rounds >= patience.most_rounds:
        raise SafetyError(f"it was sent {rounds} times, the system never answered, and it is not on record")
    hold.advance(State.VALIDATED, f"it is not on record {patience.settle_seconds:g} s after it may have been sent")
    return None
