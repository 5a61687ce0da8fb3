"""The filing bot for real: a handful of the story's accounts, filed in a browser against the three systems.

Which ones, monitoring and the bot's own checks decide, not the truth: of the linked groups with most contradictions, a
few each. The systems are those of the filing case, without faults. The bot must file what its checks let through, and
hand over what contradicts the registry.
"""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from engines.filing.evening import spend
from engines.filing.opening_day import EVENING, OpeningDay
from engines.filing.strip import filmstrip
from engines.progress import Report
from engines.province.looking import Seen
from engines.province.papers import record_of, rows_of
from engines.result import Film
from rpa.browser import find_browser
from rpa.deadlines import WorkingDays, deadline_of, default_policy
from rpa.errors import BadFilingError, BrowserMissingError
from rpa.filing import from_record
from rpa.listing import Registry, complete
from rpa.queue import FOR_A_PERSON, Item, State, WorkQueue
from rpa.systems.truth import Expected

__all__ = ["Browsed", "browse", "chosen", "missing_browser"]


@dataclass(frozen=True, eq=False)
class Browsed:
    """What the bot did: its queue's items by firm, and pictures of one filing."""

    items: dict[str, Item]
    films: tuple[Film, ...]

    @property
    def handed_over(self) -> dict[str, str]:
        """Why each account went to a person, by firm."""
        return {firm: item.reason for firm, item in self.items.items() if item.state in FOR_A_PERSON}


def missing_browser(*, headed: bool = False) -> str:
    """Return in one sentence why there is no browser, or nothing if there is one."""
    try:
        find_browser(os.environ, headed=headed)
    except BrowserMissingError as error:
        return str(error)
    return ""


def chosen(seen: Seen, most: int) -> list[str]:
    """Return the firms whose accounts the bot files: the linked groups with most contradictions, a part of each.

    Where no linked firm contradicts the registry, somebody who does comes first.
    """
    signs, partners = seen.looked.signs, seen.looked.partners(["monitoring"])
    level = signs["papers"].level
    doubtful = {firm for firm in level.index if level[firm] == 2}
    groups: list[list[str]] = []
    left = set(partners)
    while left:
        group, edge = set(), [min(left)]
        while edge:
            one = edge.pop()
            if one not in group:
                group.add(one)
                edge += sorted(partners[one])
        left -= group
        groups.append(sorted(group, key=lambda one: (one not in doubtful, one)))
    groups.sort(key=lambda group: (-sum(one in doubtful for one in group), group[0]))
    picked = [one for group in groups[:2] for one in group[: most // 2]]
    if not doubtful & set(picked):
        picked = [*sorted(doubtful)[:1], *picked]
    return picked[:most]


def browse(seen: Seen, firms: Sequence[str], progress: Report, *, headed: bool = False) -> Browsed:
    """File the accounts of some firms in a browser.

    Raises
    ------
    BrowserMissingError
        If there is no browser.
    """
    day = _day(seen, firms)
    with (
        tempfile.TemporaryDirectory(prefix="hexi-province-") as folder,
        spend(Path(folder), seen.story.seed, day, 0.0, progress, headed=headed) as evening,
    ):
        queue = WorkQueue(evening.settings.queue_path)
        found = {item.filing_id: item for item in queue.items()}
        queue.close()
        done = [one.filing for one in day.expected if found[one.filing.filing_id].state is State.DONE]
        films = (filmstrip(evening, done[0]),) if done else ()
    table = seen.story.tables["filings"]
    firm_of = dict(zip(table["filing_id"], table["firm_id"], strict=True))
    return Browsed({firm_of[name]: item for name, item in found.items()}, films)


def _day(seen: Seen, firms: Sequence[str]) -> OpeningDay:
    tables = seen.story.tables
    rows = rows_of(tables["filings"][tables["filings"]["firm_id"].isin(list(firms))])
    registry = tuple(rows_of(tables["registry"]))
    records = tuple(record_of(row, EVENING) for row in rows)
    known = tuple(tables["known"].itertuples(index=False, name=None))
    banks = {row["bank_code"]: row["bank_name"] for row in rows}
    book = Registry(registry)
    return OpeningDay(records, registry, known, banks, tuple(_expected(one, book) for one in records), {})


def _expected(record: dict[str, Any], book: Registry) -> Expected:
    """Return what the bot's checks let expect: nobody tells it the truth."""
    bare = {name: value for name, value in record.items() if name != "opened_at"}
    opened = datetime.fromisoformat(record["opened_at"])
    due = deadline_of(record["account_type"], opened, default_policy(), WorkingDays()).due
    try:
        return Expected(complete(bare, book).filing, due, "filed")
    except BadFilingError:
        return Expected(from_record(bare), due, "person")
