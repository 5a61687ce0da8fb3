"""What each page of the console shows: read from the queue and the evidence at the moment it is asked for."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from rpa.console.correction import ENGLISH, shown_value
from rpa.console.danger import danger_of
from rpa.console.evidence_view import MEDIA, evidence_of, file_of
from rpa.console.pace import Pace, pace_of
from rpa.console.queue_view import QueueView, Row, reading
from rpa.console.rendering import clock_time, page
from rpa.deadlines import Late, Policy, dangers, lateness
from rpa.deadlines.lateness import Finished
from rpa.deadlines.rules import CHINA
from rpa.deadlines.warning import Waiting
from rpa.evidence import Masking
from rpa.filing import LABELS
from rpa.queue import FOR_A_PERSON, State

__all__ = ["Pages"]

PAGE_SIZE = 50
WINDOW_MINUTES = 60
_MASKED = Masking()
"""Pages show the last digits of numbers; only the form of a correction shows them whole."""


@dataclass(frozen=True)
class Pages:
    """Makes the pages that are only looked at.

    Parameters
    ----------
    queue_path, evidence_path
        File of the queue; folder of the evidence.
    clock
        The time, with its time zone.
    policy
        Of deadlines.
    """

    queue_path: Path
    evidence_path: Path
    clock: Callable[[], datetime]
    policy: Policy

    def queue(self, request: Request) -> Response:
        """Return the page of the queue: counts of states, and accounts by deadline, or some of them."""
        asked = request.query_params.get("state", "")
        state = State(asked) if asked in set(State) else None
        text = request.query_params.get("text", "").strip()[:100]
        number = request.query_params.get("page", "1")
        place = max(int(number), 1) if number.isascii() and number.isdecimal() and len(number) < 7 else 1
        now = self.clock().timestamp()
        with reading(self.queue_path) as view:
            counts = view.counts()
            found, total = view.rows(state, text, (place - 1) * PAGE_SIZE, PAGE_SIZE)
            pace, endangered = self._endangered(view, now)
        rows = [self._shown(row, now, endangered) for row in found]
        last = max(-(-total // PAGE_SIZE), 1)
        kept = {"state": state.value if state else "", "text": text}
        links = {
            name: urlencode({**kept, "page": there}) for name, there in (("before", place - 1), ("after", place + 1))
        }
        values = {
            "tab": "queue",
            "now": now,
            "counts": counts,
            "rows": rows,
            "total": total,
            "page": place,
            "last": last,
        }
        values |= {"links": links, "kept": kept, "live": "live" in request.query_params, "pace": pace}
        return page("queue.html", values | {"endangered": len(endangered)})

    def account(self, request: Request, token: str) -> Response:
        """Return the story of one account."""
        filing_id, now = request.path_params["filing_id"], self.clock().timestamp()
        with reading(self.queue_path) as view:
            row, steps = view.row(filing_id), view.steps(filing_id)
        steps = [step._replace(reason=_MASKED.text(step.reason)) for step in steps]
        mask = _MASKED.record
        record = mask(dict(row.item.record))
        fields = [(ENGLISH[name], LABELS[name], shown_value(name, record[name])) for name in LABELS if name in record]
        values = {"tab": "", "now": now, "row": self._shown(row, now, ()), "steps": steps, "fields": fields}
        values |= {
            "labels": LABELS,
            "facts": mask(dict(row.item.facts)),
            "said": request.query_params.get("said", ""),
            "token": token,
        }
        return page("account.html", values | {"evidence": evidence_of(self.evidence_path, filing_id)})

    def file(self, request: Request) -> Response:
        """Return one file of an account's evidence: pictures as pictures, JSON as text, all else to be saved."""
        name = request.path_params["name"]
        content = file_of(self.evidence_path, request.path_params["filing_id"], name)
        suffix = Path(name).suffix
        headers = {"Content-Security-Policy": "default-src 'none'; sandbox"}
        if suffix not in (*MEDIA, ".json"):
            headers["Content-Disposition"] = "attachment"
        return Response(content, 200, headers, MEDIA.get(suffix, "text/plain; charset=utf-8"))

    def hand_over(self, request: Request, token: str) -> Response:
        """Return what waits for a person."""
        del request
        now = self.clock().timestamp()
        with reading(self.queue_path) as view:
            rows = [self._shown(row, now, ()) for row in view.for_a_person()]
            seen = view.last_steps()
        return page("hand_over.html", {"tab": "hand over", "now": now, "rows": rows, "seen": seen, "token": token})

    def throughput(self, request: Request) -> Response:
        """Return how many accounts are filed a minute, by whom, and how long one takes."""
        now = self.clock().timestamp()
        with reading(self.queue_path) as view:
            pace = pace_of(view.steps(since=now - 60 * WINDOW_MINUTES), now, WINDOW_MINUTES)
            at_work = view.leased(now)
        most = max(*pace.filed, *pace.done, 1)
        values = {"tab": "throughput", "now": now, "pace": pace, "most": most, "at_work": at_work}
        return page("throughput.html", values | {"live": "live" in request.query_params})

    def late(self, request: Request) -> Response:
        """Return what is late and why."""
        del request
        now = self.clock()
        late, total = self._late(now)
        filed = sum(one.filed_at is not None for one in late)
        values = {"tab": "lateness", "now": now.timestamp(), "late": late, "total": total}
        return page("lateness.html", values | {"filed": filed, "open": len(late) - filed})

    def late_table(self, request: Request) -> Response:
        """Return the same as a table for spreadsheets; no cell is taken for a formula."""
        del request
        made = io.StringIO()
        table = csv.writer(made)
        table.writerow(["filing_id 流水号", "due 截止", "filed_at 备案时间", "minutes 分钟", "reason 原因"])
        for one in self._late(self.clock())[0]:
            cells = [one.filing_id, clock_time(one.due), clock_time(one.filed_at), str(one.minutes), one.reason]
            table.writerow([f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell for cell in cells])
        headers = {"Content-Disposition": 'attachment; filename="lateness.csv"'}
        return Response("\ufeff" + made.getvalue(), 200, headers, "text/csv; charset=utf-8")

    def _late(self, now: datetime) -> tuple[list[Late], int]:
        with reading(self.queue_path) as view:
            accounts, steps = view.deadlines(), view.steps()
        held: dict[str, list[str]] = {}
        for step in steps:
            if step.reason and step.before:
                held.setdefault(step.filing_id, []).append(_MASKED.text(step.reason))
        finished = [
            Finished(
                name, _moment(due), _moment(came), None if filed is None else _moment(filed), (*held.get(name, ()),)
            )
            for name, due, came, filed in accounts
        ]
        return lateness(finished, now), len(accounts)

    def _endangered(self, view: QueueView, now: float) -> tuple[Pace, frozenset[str]]:
        """Return the pace, and who would be late at it."""
        pace = pace_of(view.steps(since=now - 60 * WINDOW_MINUTES), now, WINDOW_MINUTES)
        waiting = [Waiting(name, _moment(due)) for name, due in view.unfiled()]
        bots = max(sum(bot.filed > 0 for bot in pace.bots), 1)
        found = dangers(waiting, _moment(now), pace.seconds_each, bots, self.policy.warn_seconds)
        return pace, frozenset(one.filing_id for one in found)

    def _shown(self, row: Row, now: float, endangered: tuple[()] | frozenset[str]) -> dict[str, Any]:
        """Return an account as templates show it."""
        item = row.item
        number = str(item.record.get("account_number", ""))
        return {
            "id": item.filing_id,
            "state": item.state.value,
            "danger": danger_of(item, now, self.policy.warn_seconds, endangered),
            "name": str(item.record.get("depositor_name", "")),
            "kind": str(item.record.get("account_type", "")),
            "number": f"…{number[-4:]}" if number else "",
            "item": item,
            "reason": _MASKED.text(item.reason),
            "worker": row.worker if row.lease_until > now else "",
            "is_for_a_person": item.state in FOR_A_PERSON,
            "can_resume": item.state is State.WAITING,
            "can_correct": item.state in FOR_A_PERSON and item.filed_at is None,
            "rests_until": item.not_before if item.not_before > now else None,
        }


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, CHINA)
