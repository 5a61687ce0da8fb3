"""All that is known of a customer, network address, phone or device, for one page (客户、IP、手机号、设备画像).

Pure: history tables and the decision log come in, counts and habits go out, as of a moment. Nothing that happened or
was said after that moment is seen, so that a page can be shown as an analyst saw it then.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from fraud.casework.cases import Case, Outcome
from fraud.costs import ACTIONS
from fraud.engine.canonical import seconds as seconds_of
from fraud.engine.lists import ENTITIES, ListEntry
from fraud.engine.snooze import Snooze
from fraud.errors import ProfileInputError

__all__ = ["AMOUNT_EDGES_FEN", "KINDS", "Link", "Profile", "Tally", "profile"]

KINDS: Final[Mapping[str, str]] = {
    **{"customer": "customer_id", "ip": "ip", "phone": "phone", "device": "device_id", "account": "account_id"},
    **{"card": "card_id", "payee": "payee_id", "merchant": "merchant_id", "terminal": "terminal_id"},
}
"""What can have a profile, and the column that names it."""

AMOUNT_EDGES_FEN: Final = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
"""Amounts are counted below 10 yuan, below 100, and so on, and from 100,000 yuan on."""

_HABITS: Final = ("place", "country", "channel", "kind", "merchant_category")
_MOST: Final = 8
_DAYS: Final = 60


@dataclass(frozen=True)
class Tally:
    """How often something was seen, and with how much money."""

    name: str
    count: int
    fen: int


@dataclass(frozen=True)
class Link:
    """Something else that was seen together with what the profile is of.

    `listed` are the colours of lists on which it stands, `frauds` events of both that were confirmed as fraud.
    """

    value: str
    count: int
    fen: int
    first_at: int
    last_at: int
    frauds: int
    listed: tuple[str, ...]


@dataclass(frozen=True)
class Profile:
    """What is known of one entity up to `until`; times are seconds since 1970 in local time, money is fen.

    `hours`, `weekdays` and `amounts` are counts; `days` the count of each of 60 days, the last event's is last;
    `usual_fen` the amounts below which a tenth, half and nine tenths lie. `habits` are by column and `links` by
    kind, commonest first. `decisions` are counts by action, `rules` by rule, `recent` the last events and decisions.
    """

    kind: str
    value: str
    until: int
    events: int
    first_at: int
    last_at: int
    total_fen: int
    largest_fen: int
    usual_fen: tuple[int, int, int]
    hours: tuple[int, ...]
    weekdays: tuple[int, ...]
    amounts: tuple[int, ...]
    days: tuple[int, ...]
    habits: Mapping[str, tuple[Tally, ...]]
    links: Mapping[str, tuple[Link, ...]]
    link_counts: Mapping[str, int]
    decisions: tuple[int, ...]
    rules: tuple[Tally, ...]
    frauds: int
    honest: int
    entries: tuple[ListEntry, ...]
    snoozes: tuple[Snooze, ...]
    cases: tuple[Case, ...]
    recent: tuple[Mapping[str, Any], ...]


def profile(
    kind: str,
    value: str,
    history: pd.DataFrame,
    *,
    decisions: Iterable[Any] = (),
    outcomes: Iterable[Outcome] = (),
    entries: Iterable[ListEntry] = (),
    snoozes: Iterable[Snooze] = (),
    cases: Iterable[Case] = (),
    until: int | None = None,
) -> Profile:
    """Return the profile of one entity.

    Parameters
    ----------
    kind, value
        One of `KINDS`, and the identifier.
    history
        Transactions in the columns of `fraud.schema`, in any order; at least the time, the amount and the column of
        the kind.
    decisions
        What the engine decided: anything with event_id, decided_at, action, probability and hits.
    outcomes
        Labels that people have given (`WorkList.labels`).
    entries, snoozes
        Of the lists; those of others are used to mark what is linked.
    cases
        Of the work list; those about this customer are shown.
    until
        The moment as of which, seconds since 1970; by default the last event.

    Raises
    ------
    ProfileInputError
        If there is no such kind, or the history lacks its column.

    Examples
    --------
    >>> when = pd.to_datetime(["2026-01-01 09:00", "2026-01-01 21:00"])
    >>> history = pd.DataFrame({"occurred_at": when, "amount_fen": [900, 5_000], "ip": "10.0.0.1", "customer_id": "C1"})
    >>> found = profile("ip", "10.0.0.1", history)
    >>> found.events, found.hours[9], found.amounts[:2], found.links["customer"][0].count
    (2, 1, (1, 1), 2)
    """
    if kind not in KINDS:
        raise ProfileInputError(f"there are no profiles of {kind!r}; there are of {', '.join(KINDS)}")
    for name in (KINDS[kind], "occurred_at", "amount_fen"):
        if name not in history.columns:
            raise ProfileInputError(f"the history has no column {name!r}, which a profile of a {kind} needs")
    rows = history[(history[KINDS[kind]] == value).fillna(False).to_numpy(bool)]
    seconds = _seconds(rows["occurred_at"])
    now = until if until is not None else int(seconds.max()) if len(seconds) else 0
    rows = rows.assign(_at=seconds)[seconds <= now].sort_values("_at", kind="stable")
    listed = [entry for entry in entries if _acts(entry, now)]
    silenced = [snooze for snooze in snoozes if _acts(snooze, now)]
    known = {outcome.event_id: outcome for outcome in outcomes if outcome.known_at <= now}
    taken = {str(one.event_id): one for one in decisions if one.decided_at <= now}
    rows = rows.assign(_event=_texts(rows, "transaction_id"))
    own = [taken[event] for event in rows["_event"] if event in taken]
    return Profile(
        kind=kind,
        value=value,
        until=now,
        **_money(rows),
        **_clock(rows),
        habits={name: _tallied(rows, name) for name in _HABITS if name in rows and rows[name].notna().any()},
        **_linked(kind, rows, known, listed),
        decisions=tuple(int(sum(one.action == action for one in own)) for action in range(len(ACTIONS))),
        rules=tuple(
            Tally(rule, count, 0) for rule, count in Counter(hit for one in own for hit in one.hits).most_common(_MOST)
        ),
        frauds=sum(event in known and known[event].is_fraud for event in rows["_event"]),
        honest=sum(event in known and not known[event].is_fraud for event in rows["_event"]),
        entries=tuple(one for one in listed if _is_of(one, kind, value)),
        snoozes=tuple(one for one in silenced if _is_of(one, kind, value)),
        cases=tuple(case for case in cases if case.about == (kind, value) and case.opened_at <= now),
        recent=tuple(_recent(rows.tail(12).iloc[::-1], taken, known)),
    )


def _seconds(times: "pd.Series[Any]") -> Any:
    if pd.api.types.is_numeric_dtype(times.dtype):
        return times.to_numpy(np.int64)
    return times.to_numpy().astype("datetime64[s]").astype(np.int64)


def _texts(rows: pd.DataFrame, name: str) -> list[str]:
    return [str(value) for value in rows[name]] if name in rows else [""] * len(rows)


def _acts(entry: ListEntry | Snooze, now: int) -> bool:
    return seconds_of(entry.since) <= now and (entry.until is None or now < seconds_of(entry.until))


def _is_of(entry: ListEntry | Snooze, kind: str, value: str) -> bool:
    return entry.value == value and KINDS[kind] in ENTITIES.get(entry.entity, ())


def _money(rows: pd.DataFrame) -> dict[str, Any]:
    amounts = rows["amount_fen"].to_numpy(np.int64)
    empty = not len(amounts)
    usual = (0, 0, 0) if empty else tuple(map(int, np.quantile(amounts, (0.1, 0.5, 0.9), method="inverted_cdf")))
    counts = np.bincount(np.searchsorted(AMOUNT_EDGES_FEN, amounts, "right"), minlength=len(AMOUNT_EDGES_FEN) + 1)
    return {
        **{"events": len(rows), "total_fen": int(amounts.sum()), "largest_fen": 0 if empty else int(amounts.max())},
        **{"usual_fen": usual, "amounts": tuple(map(int, counts))},
    }


def _clock(rows: pd.DataFrame) -> dict[str, Any]:
    at = rows["_at"].to_numpy(np.int64)
    day = at // 86_400
    ago = day.max(initial=0) - day
    days = np.bincount(_DAYS - 1 - ago[ago < _DAYS], minlength=_DAYS)
    return {
        "first_at": int(at[0]) if len(at) else 0,
        "last_at": int(at[-1]) if len(at) else 0,
        "hours": tuple(map(int, np.bincount(at // 3_600 % 24, minlength=24))),
        "weekdays": tuple(map(int, np.bincount((day + 3) % 7, minlength=7))),  # 1 January 1970 was a Thursday
        "days": tuple(map(int, days)),
    }


def _tallied(rows: pd.DataFrame, name: str) -> tuple[Tally, ...]:
    grouped = rows.assign(_name=rows[name].astype(object))[["_name", "amount_fen"]].groupby("_name")["amount_fen"]
    table = grouped.agg(["size", "sum"]).reset_index().sort_values(["size", "_name"], ascending=[False, True])
    return tuple(Tally(str(key), int(count), int(fen)) for key, count, fen in table.head(_MOST).to_numpy(object))


def _linked(kind: str, rows: pd.DataFrame, known: Mapping[str, Outcome], listed: list[ListEntry]) -> dict[str, Any]:
    fraud = [event in known and known[event].is_fraud for event in rows["_event"]]
    links, counts = {}, {}
    for other, column in KINDS.items():
        if other == kind or column not in rows or not rows[column].notna().any():
            continue
        part = rows.assign(_value=rows[column].astype(object), _fraud=fraud)[["_value", "amount_fen", "_at", "_fraud"]]
        grouped = part.groupby("_value").agg(
            **{"count": ("_at", "size"), "fen": ("amount_fen", "sum"), "first": ("_at", "min"), "last": ("_at", "max")},
            frauds=("_fraud", "sum"),
        )
        table = grouped.reset_index().sort_values(["frauds", "count", "_value"], ascending=[False, False, True])
        counts[other] = len(table)
        links[other] = tuple(
            Link(
                str(name), int(count), int(fen), int(first), int(last), int(frauds), _colours(listed, other, str(name))
            )
            for name, count, fen, first, last, frauds in table.head(_MOST).to_numpy(object)
        )
    return {"links": links, "link_counts": counts}


def _colours(listed: list[ListEntry], kind: str, value: str) -> tuple[str, ...]:
    return tuple(sorted({entry.colour for entry in listed if _is_of(entry, kind, value)}))


def _recent(rows: pd.DataFrame, taken: Mapping[str, Any], known: Mapping[str, Outcome]) -> Iterable[dict[str, Any]]:
    wanted = ("channel", "kind", "place", "payee_id", "merchant_category")
    for row in rows.to_dict("records"):
        event = row["_event"]
        decision, outcome = taken.get(event), known.get(event)
        yield {
            **{"event": event, "at": int(row["_at"]), "amount_fen": int(row["amount_fen"])},
            **{name: "" if pd.isna(row.get(name)) else str(row[name]) for name in wanted},
            "action": None if decision is None else int(decision.action),
            "probability": None if decision is None else decision.probability,
            "hits": () if decision is None else tuple(decision.hits),
            "is_fraud": None if outcome is None else outcome.is_fraud,
        }
