"""Closing a run: refusals are written back, and the four systems are held against each other, by their pages.

Each system is asked again, account by account: what the bot believes to have done is no proof that it was done.
"""

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from rpa.bot.desk import Desk
from rpa.bot.insisting import insist
from rpa.bot.result_step import is_refusal_written
from rpa.errors import RpaError
from rpa.filing import ACCOUNT_TYPES
from rpa.pages import accounts, images, operations, refused
from rpa.pages.accounts.query import Account
from rpa.queue import ENDED, Item, State, WorkQueue
from rpa.reconciliation import Asked, Filed, Imaged, Reconciliation, WrittenBack, reconcile

__all__ = ["Seen", "reconciled", "refusals_written", "seen_of"]

_TRIES = 6


class Seen(NamedTuple):
    """What three systems show of one account, None where they show nothing."""

    filed: Filed | None
    images: Imaged | None
    written_back: WrittenBack | None


async def refusals_written(desk: Desk, queue: WorkQueue) -> list[str]:
    """Write every refusal back that is not, and return in words what could not be written."""
    alarms = list[str]()
    asked = partial(insist, desk, tries=_TRIES, rng=desk.settings.rng("closing"), told=alarms.append)
    for item in queue.items():
        if item.state is not State.REFUSED:
            continue
        try:
            if not await asked(partial(is_refusal_written, desk, item)):
                alarms.append(f"the refusal of {item.filing_id} cannot be written back: the platform does not know it")
        except RpaError as error:
            alarms.append(f"the refusal of {item.filing_id} is not written back: {error}")
    return alarms


async def reconciled(desks: Sequence[Desk], queue: WorkQueue) -> tuple[Reconciliation | None, list[str]]:
    """Ask the systems about every account of the queue; return what came of it, and in words why not all was asked."""
    items = queue.items()
    left, found, alarms, told = iter(items), dict[str, Seen](), list[str](), list[str]()
    await asyncio.gather(*(_ask(desk, left, found, alarms, told) for desk in desks))
    if alarms:
        return None, [*told, *alarms]
    seen = [found[item.filing_id] for item in items]
    result = reconcile(
        [_asked(item) for item in items],
        {(one.filed.bank_code, one.filed.account_number): one.filed for one in seen if one.filed}.values(),
        [one.images for one in seen if one.images],
        [one.written_back for one in seen if one.written_back],
        [item.filing_id for item in items if item.state not in ENDED and item.state is not State.REFUSED],
    )
    return result, told + [
        f"{one.filing_id or one.account_number}: {one.system} {one.detail}" for one in result.differences
    ]


async def _ask(desk: Desk, left: Iterator[Item], found: dict[str, Seen], alarms: list[str], told: list[str]) -> None:
    asked = partial(insist, desk, tries=_TRIES, rng=desk.settings.rng("closing"), told=told.append)
    for item in left:
        try:
            found[item.filing_id] = await asked(partial(seen_of, desk, item))
        except RpaError as error:
            alarms.append(f"{item.filing_id} could not be reconciled: {error}")


async def seen_of(desk: Desk, item: Item) -> Seen:
    """Return what the systems show of an account.

    Raises
    ------
    RpaError
        If one fails, or shows a page that is not known.
    """
    record, filed = item.record, await _filed(desk, item)
    path = images.page_set.address("", str(record.get("entity", "")), item.filing_id)
    page, answer = await desk.visit("images", path, [images.page_set, refused])
    pages = None
    if page is not refused:
        pages = Imaged(item.filing_id, tuple(one.digest for one in images.page_set.read(answer.html).pages))
    path = operations.account.address("", item.filing_id)
    page, answer = await desk.visit("operations", path, [operations.account, refused])
    outcome = None if page is refused else operations.account.read(answer.html).outcome
    told = None
    if outcome is not None:
        told = WrittenBack(
            item.filing_id, outcome.is_filed, outcome.receipt, outcome.basic_account_number, outcome.reason
        )
    return Seen(filed, pages, told)


async def _filed(desk: Desk, item: Item) -> Filed | None:
    asked = Account(str(item.record.get("bank_code", "")), str(item.record.get("account_number", "")))
    if not (f"{asked.bank_code}{asked.account_number}".isdecimal() and asked.bank_code and asked.account_number):
        return None
    _, answer = await desk.visit("accounts", accounts.query.address("", asked), [accounts.query])
    there = accounts.query.on_record(answer.html, asked)
    if there is None:
        return None
    facts = {name: getattr(there, name) for name in ("certificate_number", "depositor_name", "account_type")}
    return Filed(there.bank_code, there.account_number, there.receipt, there.basic_account_number, facts)


def _asked(item: Item) -> Asked:
    record = dict(item.record) | dict(item.facts.get("completed", {}))
    kind = str(record.get("account_type", ""))
    facts = {name: str(record.get(name, "")) for name in ("certificate_number", "depositor_name")}
    facts["account_type"] = ACCOUNT_TYPES.get(kind, kind)
    hashes = tuple(str(digest) for digest in dict(item.facts.get("papers", {})).values())
    return Asked(item.filing_id, str(record.get("bank_code", "")), str(record.get("account_number", "")), hashes, facts)
