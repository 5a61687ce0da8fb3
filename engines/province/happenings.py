"""What firms of the story did, in time: opened, handed over, guaranteed, traded, pledged, were refused, were paid."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from engines.province.looking import Seen
from engines.province.papers import rows_of
from engines.risk_graph.amounts import wan

__all__ = ["KINDS_OF_EVENTS", "Happening", "events_of"]

KINDS_OF_EVENTS: dict[str, str] = {
    "opened": "开户",
    "handed over": "备案转人工",
    "guarantee": "互保",
    "receivable": "签发应收款",
    "pledge": "质押",
    "refused": "重复质押被拒",
    "large payment": "大额付款",
}
_LARGE_FEN = 10_000_000
"""A payment between two of the firms, or to a person, from here on is shown: a hundred thousand yuan."""


class Happening(NamedTuple):
    """One act of one firm, on a day, in words."""

    firm: str
    on: date
    kind: str
    said: str


def events_of(seen: Seen, firms: Sequence[str]) -> list[Happening]:
    """Return what some firms did, in order of time."""
    return sorted(
        [*_opened(seen, firms), *_signed(seen, firms), *_pledged(seen, firms), *_paid(seen, firms)], key=_when
    )


def _when(one: Happening) -> tuple[date, str, str]:
    return one.on, one.firm, one.kind


def _opened(seen: Seen, firms: Sequence[str]) -> list[Happening]:
    found = []
    words = seen.looked.signs["papers"].words if "papers" in seen.looked.signs else {}
    for row in rows_of(seen.story.tables["filings"]):
        if row["firm_id"] in firms:
            on = row["opened_at"].date()
            found.append(Happening(row["firm_id"], on, "opened", row["bank_name"]))
            if row["firm_id"] in words:
                found.append(Happening(row["firm_id"], on, "handed over", words[row["firm_id"]]))
    return found


def _signed(seen: Seen, firms: Sequence[str]) -> list[Happening]:
    inside = set(firms)
    return [
        Happening(
            row["from_id"],
            row["valid_from"].date(),
            "guarantee",
            f"{seen.story.names[row['to_id']]} {wan(int(row['amount_fen']))}",
        )
        for row in rows_of(seen.story.tables["guarantee"])
        if row["from_id"] in inside and row["to_id"] in inside
    ]


def _pledged(seen: Seen, firms: Sequence[str]) -> list[Happening]:
    found = []
    for one in seen.playing.outcomes:
        firm, action = one.step["by_id"], one.step["action"]
        if firm in firms and action in ("issue", "pledge"):
            kind = "receivable" if action == "issue" else "refused" if one.is_refused else "pledge"
            said = f"{one.step['receivable_id']} {wan(int(one.step['amount_fen']))}"
            found.append(Happening(firm, one.step["on"].date(), kind, said))
    return found


def _paid(seen: Seen, firms: Sequence[str]) -> list[Happening]:
    accounts = {f"B{firm[1:]}": firm for firm in firms}
    payments = seen.story.tables["payments"]
    mine = payments[payments["account_id"].isin(list(accounts)) & payments["payee_id"].isin(list(accounts))]
    mine = mine[mine["amount_fen"] >= _LARGE_FEN]
    return [
        Happening(
            accounts[row["account_id"]],
            row["occurred_at"].date(),
            "large payment",
            f"{seen.story.names[accounts[row['payee_id']]]} {wan(int(row['amount_fen']))}",
        )
        for row in rows_of(mine)
    ]
