"""What a person decides on the console: an account goes back corrected, or as it is; both stand in the audit log.

A decision is taken only on what the person has seen: if the account has moved since the page was made, it is refused.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rpa.console.correction import changed_fields, form_fields, opening_of, record_of, typed_of
from rpa.console.queue_view import Row, reading
from rpa.console.rendering import message, page
from rpa.deadlines.rules import CHINA
from rpa.errors import QueueError
from rpa.evidence import AuditLog
from rpa.evidence.story import LOG
from rpa.listing import Problem
from rpa.queue import FOR_A_PERSON, State, WorkQueue

__all__ = ["Decisions"]


@dataclass(frozen=True)
class Decisions:
    """Takes what a person decides.

    Parameters
    ----------
    queue_path, evidence_path
        File of the queue; folder of the evidence, with the audit log.
    clock
        The time, with its time zone.
    """

    queue_path: Path
    evidence_path: Path
    clock: Callable[[], datetime]

    def form(self, request: Request, token: str) -> Response:
        """Return the form in which an account is corrected, with what is wrong with it now."""
        row, seen = self._row(request)
        typed = typed_of(row.item.record)
        _, wrong = record_of(typed, row.item.record, self._today())
        return self._form(row, typed, wrong, token, seen, "", "")

    def correct(self, request: Request, form: Mapping[str, str], token: str) -> Response:
        """Put an account back with other data, if there is nothing wrong with them; else show the form again."""
        row, seen = self._row(request)
        filed = "has been filed: a correction must be made at the central bank"
        if refused := _moved(row, form, seen, filed if row.item.filed_at is not None else ""):
            return refused
        who, reason = form.get("who", "").strip(), form.get("reason", "").strip()
        record, wrong = record_of(form, row.item.record, self._today())
        if said := _unsigned(who, reason):
            wrong.append(Problem("", said))
        elif not wrong and not changed_fields(row.item.record, record) and row.item.state is State.REFUSED:
            wrong.append(Problem("", "nothing was changed: the same data are refused again 数据未修改，将再次被拒绝"))
        if wrong:
            return self._form(row, form, wrong, token, seen, who, reason, 422)
        changed = changed_fields(row.item.record, record)
        self._note(row, "a person corrects the account", who, reason, changed=changed)
        with _writing(self.queue_path) as queue:
            whole = record | opening_of(row.item.record, record)
            queue.correct(row.item.filing_id, whole, who=who, now=self.clock().timestamp(), reason=reason)
        return _back_to(row, "corrected")

    def resume(self, request: Request, form: Mapping[str, str]) -> Response:
        """Put an account back where it was."""
        row, seen = self._row(request)
        ruled = "was refused by a rule: correct it, the same data are refused again"
        if refused := _moved(row, form, seen, ruled if row.item.state is State.REFUSED else ""):
            return refused
        who, reason = form.get("who", "").strip(), form.get("reason", "").strip()
        if said := _unsigned(who, reason):
            return message(422, "Nothing was changed", "未作任何修改", said)
        self._note(row, "a person sends the account back", who, reason)
        with _writing(self.queue_path) as queue:
            queue.resume(row.item.filing_id, who=who, now=self.clock().timestamp(), reason=reason)
        return _back_to(row, "sent")

    def _row(self, request: Request) -> tuple[Row, int]:
        filing_id = request.path_params["filing_id"]
        with reading(self.queue_path) as view:
            steps = view.steps(filing_id)
            return view.row(filing_id), steps[-1].number if steps else 0

    def _form(
        self,
        row: Row,
        typed: Mapping[str, str],
        wrong: list[Problem],
        token: str,
        seen: int,
        who: str,
        reason: str,
        status: int = 200,
    ) -> Response:
        item = row.item
        is_open = item.state in FOR_A_PERSON and item.filed_at is None
        values = {"tab": "hand over", "item": item, "fields": form_fields(typed, wrong), "token": token, "seen": seen}
        values |= {"who": who, "reason": reason, "is_open": is_open, "is_again": status != 200, "count": len(wrong)}
        values["wrong"] = [problem.message for problem in wrong if not problem.field]
        return page("correct.html", values, status)

    def _today(self) -> date:
        return self.clock().astimezone(CHINA).date()

    def _note(self, row: Row, what: str, who: str, reason: str, **more: Any) -> None:
        detail = {"who": who, "reason": reason, "state": row.item.state.value, **more}
        AuditLog(self.evidence_path / LOG).append(row.item.filing_id, what, detail, at=self.clock())


def _moved(row: Row, form: Mapping[str, str], seen: int, otherwise: str) -> Response | None:
    """Return what to answer if an account is not as the person has seen it, or this cannot be decided of it."""
    item = row.item
    if item.state not in FOR_A_PERSON:
        words = f"account {item.filing_id} is {item.state}, it does not wait for a person"
    elif form.get("seen") != str(seen):
        words = f"account {item.filing_id} has moved since this page was made: open it again and look at it"
    elif otherwise:
        words = f"account {item.filing_id} {otherwise}"
    else:
        return None
    return message(409, "Nothing was changed", "未作任何修改", words)


def _unsigned(who: str, reason: str) -> str:
    if not 1 <= len(who) <= 40 or not who.isprintable():
        return "say who you are, in at most 40 characters 请填写经办人"
    if not 1 <= len(reason) <= 400:
        return "say why, in at most 400 characters 请填写处理说明"
    return ""


def _back_to(row: Row, said: str) -> Response:
    return RedirectResponse(f"/accounts/{quote(row.item.filing_id, safe='')}?said={said}", 303)


@contextmanager
def _writing(path: Path) -> Iterator[WorkQueue]:
    """Open the queue for one short transaction."""
    if not path.is_file():
        raise QueueError(f"there is no queue {path} yet")
    queue = WorkQueue(path)
    try:
        yield queue
    finally:
        queue.close()
