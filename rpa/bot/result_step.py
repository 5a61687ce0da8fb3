"""The result of an account, written back to the operations platform: once, and looked at afterwards.

A refusal is written back, too. If a person then corrects the account and it is filed, the new result takes the place of
the refusal where the platform allows that; where it does not, a person must write it.
"""

from rpa.bot.desk import Desk
from rpa.bot.hold import Hold
from rpa.bot.proof import Proof
from rpa.errors import BusinessError, SafetyError
from rpa.pages import arrive, operations, refused
from rpa.pages.operations.account import Outcome
from rpa.queue import Item, State

__all__ = ["finish", "is_refusal_written", "write_result"]

_MOST_LETTERS = 200


async def write_result(desk: Desk, hold: Hold, proof: Proof) -> float | None:
    """Take an account from `imaged` to `written_back`."""
    del proof
    facts = hold.item.facts
    outcome = Outcome(True, str(facts["receipt"]), str(facts.get("basic_account_number", "")))
    await _write(desk, hold.item.filing_id, outcome)
    hold.advance(State.WRITTEN_BACK)
    return None


async def finish(desk: Desk, hold: Hold, proof: Proof) -> float | None:
    """Take an account from `written_back` to `done`: its story is told."""
    del desk
    proof.close()
    hold.advance(State.DONE)
    return None


async def is_refusal_written(desk: Desk, item: Item) -> bool:
    """Write a refusal back, and return whether it stands; false if the platform knows of no such account.

    Raises
    ------
    RpaError
        If the platform fails, or holds another result.
    """
    reason = " ".join(item.reason.split())[:_MOST_LETTERS]
    return await _write(desk, item.filing_id, Outcome(False, reason=reason), is_needed=False)


async def _write(desk: Desk, filing_id: str, outcome: Outcome, *, is_needed: bool = True) -> bool:
    path = operations.account.address("", filing_id)
    # the tab that has fetched the papers an instant ago still shows the form, before anything was written
    tab = await desk.tab("operations")
    html = await tab.html() if desk.is_at("operations", path) else ""
    if not operations.account.recognise(html):
        page, answer = await desk.visit("operations", path, [operations.account, refused])
        if page is refused:
            if is_needed:
                raise SafetyError(f"the operations platform knows no account {filing_id}")
            return False
        html = answer.html
    there = operations.account.read(html)
    if there.outcome is not None and there.outcome.is_filed == outcome.is_filed:
        if outcome.is_filed:
            operations.account.check_written(html, filing_id, outcome)
        return True
    if there.outcome is not None and there.outcome.is_filed:
        raise SafetyError(f"the platform holds the result filed of {filing_id}, a refusal cannot take its place")
    if there.outcome is not None and not there.has_form:
        said = "filed" if there.outcome.is_filed else "refused"
        raise SafetyError(
            f"the platform holds the result {said} of {filing_id} and takes no other: a person must write"
        )
    answer = await operations.account.submit(tab, outcome)
    page, answer = await arrive(tab, answer, [operations.account])
    try:
        operations.account.check_written(answer.html, filing_id, outcome)
    except BusinessError as error:
        raise SafetyError(str(error)) from None
    return True
