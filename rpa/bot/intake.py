"""Intake: the day's list from the operations platform into the queue, whole or not at all, and each account once.

The package is what counts, for it is signed; what the platform's pages show of the same accounts must agree with it. A
list that is late is waited for, one that comes twice is taken once, and one that is damaged, a replay or not the
platform's is refused with an alarm.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from rpa.bot.desk import Desk
from rpa.bot.dues import due_of
from rpa.bot.insisting import insist
from rpa.bot.lists_taken import ListsTaken
from rpa.bot.pending_list import shown_pages
from rpa.bot.settings import Settings
from rpa.deadlines.rules import CHINA
from rpa.errors import BadListError
from rpa.filing import ACCOUNT_TYPES
from rpa.listing import PendingList, read_list
from rpa.pages import operations
from rpa.pages.operations.lists import Package
from rpa.pages.operations.pending import PendingAccount
from rpa.queue import WorkQueue

__all__ = ["Intake", "compared", "take_in"]

_NAMES_OF_TYPES = {text: kind for kind, text in ACCOUNT_TYPES.items()}
_COMPARED = ("entity", "depositor_name", "account_number", "account_type")


@dataclass
class Intake:
    """What came of asking for lists.

    Parameters
    ----------
    lists
        Names of the packages that were taken.
    added
        Accounts that are new in the queue.
    alarms
        What somebody must look at, in words.
    is_late, late
        Whether it is worth waiting for a list, and in words what is not there.
    """

    lists: list[str] = field(default_factory=list)
    added: int = 0
    alarms: list[str] = field(default_factory=list)
    is_late: bool = False
    late: str = ""

    def tell(self, said: str) -> None:
        """Add an alarm, if it is not there."""
        if said not in self.alarms:
            self.alarms.append(said)

    def joined(self, later: "Intake") -> "Intake":
        """Return what came of asking twice."""
        alarms = [*self.alarms, *(one for one in later.alarms if one not in self.alarms)]
        return Intake([*self.lists, *later.lists], self.added + later.added, alarms, later.is_late, later.late)


async def take_in(desk: Desk, queue: WorkQueue, taken: ListsTaken) -> Intake:
    """Take in the lists that are offered and were not taken before, and say whether one is late.

    Raises
    ------
    FailureError
        If the platform fails again and again.
    SafetyError
        If a page is not known, or somebody must log in.
    CalendarError
        If it is not known whether a list should come today.
    """
    settings, found = desk.settings, Intake()
    strange: list[str] = []
    tries, rng = settings.patience.most_attempts, settings.rng("intake")
    asked = partial(insist, desk, tries=tries, rng=rng, told=strange.append)
    pending = await shown_pages(desk, strange.append)
    await asked(partial(_take_offered, desk, queue, taken, pending, found))
    known = {item.filing_id for item in queue.items()}
    unlisted = [one.filing_id for one in pending if one.filing_id not in known]
    day = settings.clock().astimezone(CHINA).date()
    is_missing = settings.days.is_worked(day) and not taken.has_day(day.isoformat())
    found.is_late = not found.alarms and (bool(unlisted) or is_missing)
    if unlisted or found.is_late:
        found.late = _late(unlisted)
    for said in strange:
        found.tell(said)
    return found


def _late(unlisted: Sequence[str]) -> str:
    if not unlisted:
        return "the day's list has not come"
    return f"{len(unlisted)} pending accounts are in no list that came, such as {unlisted[0]}"


async def _take_offered(
    desk: Desk, queue: WorkQueue, taken: ListsTaken, pending: Sequence[PendingAccount], found: Intake
) -> None:
    """Take every package that is offered and new, the oldest first."""
    _, answer = await desk.visit("operations", operations.lists.PATH, [operations.lists])
    offered = {one.digest: one for one in operations.lists.read(answer.html) if not taken.has(one.digest)}
    read: list[tuple[Package, PendingList]] = []
    last = taken.last_serial(desk.settings.keys.bank)
    for package in offered.values():
        path = await operations.lists.submit(await desk.tab("operations"), package)
        try:
            read.append((package, read_list(path.read_bytes(), desk.settings.keys, last_serial=last)))
        except BadListError as error:
            if not taken.has(package.digest):
                found.tell(f"list {package.name} is refused, nothing of it is filed: {error}")
        finally:
            path.unlink(missing_ok=True)
    for package, one in sorted(read, key=lambda pair: pair[1].serial):
        if one.serial <= taken.last_serial(one.bank) and not taken.has(one.digest):
            found.tell(f"list {package.name} is refused: two lists bear the number {one.serial}")
            continue
        _add(one, queue, desk.settings, pending, found)
        taken.note(one, desk.settings.now())
        found.lists.append(package.name)


def _add(
    one: PendingList, queue: WorkQueue, settings: Settings, pending: Sequence[PendingAccount], found: Intake
) -> None:
    shown = {account.filing_id: account for account in pending}
    missing = [str(record["filing_id"]) for record in one.records if record["filing_id"] not in shown]
    if missing:
        found.tell(
            f"{len(missing)} accounts of list {one.serial} are not on the platform's pages, such as {missing[0]}"
        )
    for record in one.records:
        filing_id, due = str(record["filing_id"]), due_of(record, settings)
        whole = dict(record) | ({"trouble": due.trouble} if due.trouble else {})
        if filing_id in shown:
            whole["shown"] = compared(shown[filing_id])
        found.added += queue.add(filing_id, whole, due=due.at, rank=due.rank, now=settings.now())


def compared(shown: PendingAccount) -> dict[str, str]:
    """Return what a line of the pending list shows, by field of a filing.

    Examples
    --------
    >>> compared(PendingAccount("L1", "陇上银行", "基本存款账户", "甲公司", "62", "", "待备案"))["account_type"]
    'basic'
    """
    values = {name: str(getattr(shown, name)) for name in _COMPARED}
    return values | {"account_type": _NAMES_OF_TYPES.get(shown.account_type, shown.account_type)}
