"""Profiles count what happened up to a moment and no more; pages show it, escaped, without a script."""

import re
from datetime import datetime
from html.parser import HTMLParser
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud.casework import Alert, Listing, Outcome, State, WorkList
from fraud.casework.pages import case_page, profile_page, rules_page, work_list_page
from fraud.casework.profile import KINDS, profile
from fraud.engine.lists import ListEntry
from fraud.engine.snooze import Snooze
from fraud.errors import ProfileInputError
from fraud.rulecare import Change, Hits, examine
from tests.fraud.care_sample import costs, rulebook
from tests.fraud.test_rulecare_acceptance import PROPOSAL

NASTY = "<script>alert('&')</script>"
HISTORY = pd.DataFrame(
    {
        "transaction_id": ["T1", "T2", "T3", "T4"],
        "occurred_at": pd.to_datetime(["2026-01-05 09:30", "2026-01-05 23:10", "2026-01-06 09:00", "2026-01-07 12:00"]),
        "customer_id": ["C1", "C1", "C2", "C1"],
        "amount_fen": [900, 5_000, 70_000, 2_000_000],
        "device_id": ["D1", "D1", "D1", None],
        "payee_id": ["P1", "P2", "P1", "P1"],
        "place": ["Lanzhou", "Lanzhou", "Tianshui", None],
    }
)


def at(text: str) -> int:
    return int((np.datetime64(text, "s") - np.datetime64(0, "s")).astype(int))


def decision(event: str, when: str, action: int = 1) -> SimpleNamespace:
    return SimpleNamespace(event_id=event, decided_at=at(when), action=action, probability=0.25, hits=("night", "new"))


def test_a_profile_counts_habits_peers_and_money() -> None:
    found = profile("customer", "C1", HISTORY)
    assert (found.events, found.total_fen, found.largest_fen) == (3, 2_005_900, 2_000_000)
    assert [hour for hour, count in enumerate(found.hours) if count] == [9, 12, 23]
    assert found.weekdays[:3] == (2, 0, 1)
    assert found.amounts == (1, 1, 0, 0, 1, 0)
    assert found.days[-3:] == (2, 0, 1)
    assert [(link.value, link.count) for link in found.links["payee"]] == [("P1", 2), ("P2", 1)]
    assert [(tally.name, tally.count) for tally in found.habits["place"]] == [("Lanzhou", 2)]


def test_a_device_shows_who_shares_it() -> None:
    found = profile("device", "D1", HISTORY)
    assert [(link.value, link.count, link.fen) for link in found.links["customer"]] == [
        ("C1", 2, 5_900),
        ("C2", 1, 70_000),
    ]


def test_what_came_later_is_not_seen() -> None:
    black = ListEntry("black", "payee", "P2", "mule", "Li", datetime(2026, 1, 7))
    told = {
        "decisions": [decision("T1", "2026-01-05 09:30"), decision("T4", "2026-01-07 12:00", action=3)],
        "outcomes": [Outcome("T1", at("2026-01-05 09:30"), True, at("2026-01-09"), 1)],
        "entries": [black],
        "snoozes": [Snooze("customer", "C1", datetime(2026, 1, 8), datetime(2026, 1, 20), "Li", "wedding")],
    }
    early = profile("customer", "C1", HISTORY, until=at("2026-01-06"), **told)
    assert (early.events, early.frauds, early.decisions, early.snoozes) == (2, 0, (0, 1, 0, 0), ())
    assert [link.listed for link in early.links["payee"]] == [(), ()]
    late = profile("customer", "C1", HISTORY, until=at("2026-01-10"), **told)
    assert (late.events, late.frauds, late.decisions, len(late.snoozes)) == (3, 1, (0, 1, 0, 1), 1)
    assert {link.value: link.listed for link in late.links["payee"]} == {"P1": (), "P2": ("black",)}
    assert late.links["payee"][0].frauds == 1


def test_an_account_is_shown_as_listed_whichever_side_it_is_on() -> None:
    listed = ListEntry("black", "account", "P1", "mule", "Li", datetime(2026, 1, 1))
    assert profile("payee", "P1", HISTORY, entries=[listed]).entries == (listed,)


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 10**6), st.integers(0, 200_000)), max_size=30),
    st.integers(0, 10**6),
)
def test_a_profile_is_the_count_of_its_rows(rows: list[tuple[str, int, int]], until: int) -> None:
    history = pd.DataFrame(rows, columns=["customer_id", "occurred_at", "amount_fen"]).astype(
        {"customer_id": object, "occurred_at": np.int64, "amount_fen": np.int64}
    )
    found = profile("customer", "A", history, until=until)
    mine = [(time, fen) for who, time, fen in rows if who == "A" and time <= until]
    assert found.events == len(mine) == sum(found.hours) == sum(found.weekdays) == sum(found.amounts) == sum(found.days)
    assert found.total_fen == sum(fen for _, fen in mine)
    assert found.hours == tuple(sum(time // 3_600 % 24 == hour for time, _ in mine) for hour in range(24))


def test_an_unknown_kind_and_a_history_without_its_column_are_refused() -> None:
    with pytest.raises(ProfileInputError, match="no profiles of 'shoe'"):
        profile("shoe", "1", HISTORY)
    with pytest.raises(ProfileInputError, match="no column 'ip'"):
        profile("ip", "1", HISTORY)


class Tags(HTMLParser):
    """Open elements must close in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def pages() -> dict[str, str]:
    desk = WorkList(":memory:", costs())
    case = desk.add(Alert(NASTY, NASTY, 0, 60, 90_000, 0.5, 2, ((NASTY, NASTY),), {"payee": NASTY, "customer": NASTY}))
    desk.add(Alert("T2", "C2", 0, 60, 90_000, 0.5, 0, ring_id=NASTY))
    case = desk.take(case.case_id, NASTY, case.version, now=100)
    listing = Listing("black", "payee", NASTY, NASTY)
    desk.dispose(case.case_id, NASTY, State.CONFIRMED_FRAUD, NASTY, case.version, now=200, listings=[listing])
    made = {"list": work_list_page(desk, 10**6), "case": case_page(desk, 1, 300), "open case": case_page(desk, 2, 300)}
    history = HISTORY.assign(**dict.fromkeys(("customer_id", "payee_id", "device_id", "place"), NASTY))
    black = ListEntry("black", "customer", NASTY, NASTY, NASTY, datetime(2026, 1, 1))
    known = {"decisions": [decision("T1", "2026-01-05 09:30")], "entries": [black], "cases": desk.cases(set(State))}
    made["profile"] = profile_page(profile("customer", NASTY, history, **known))
    made["empty profile"] = profile_page(profile("customer", "nobody", HISTORY))
    desk.close()
    hits = Hits.of_matrix(np.ones((4, 1), bool), ("one",))
    book = rulebook(("one", "hour > 1", "hold"))
    found = examine(hits, book, np.array([0, 0, 1, 0], np.int8), np.full(4, 900), np.arange(4), costs(), periods=2)
    change = Change(NASTY, "tighten", NASTY, NASTY, (90, 40), (9, 9), (-500, 800), 600, 30, 100)
    made["rules"] = rules_page(found, [PROPOSAL], [change])
    return made


PAGES = pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_and_what_it_shows_cannot_run(name: str) -> None:
    page = PAGES[name]
    tags = Tags(page)
    assert tags.open == []
    assert not {"script", "iframe", "object", "form", "img"} & tags.seen
    assert "default-src 'none'" in page
    assert not re.search(r"(?:src|href)=\"(?!data:)", page), "nothing is requested"
    assert NASTY not in page


@pytest.mark.parametrize("name", PAGES)
def test_a_page_speaks_both_languages(name: str) -> None:
    assert re.search(r"[\u4e00-\u9fff]", PAGES[name])
    assert 'lang="zh-Hans"' in PAGES[name]


def test_links_go_where_the_server_says() -> None:
    page = profile_page(
        profile("customer", "C1", HISTORY), lambda kind, name: f"/{kind}/{name}" if kind in KINDS else ""
    )
    assert '<a href="/payee/P1">P1</a>' in page
    assert '<a href="/device/D1">D1</a>' in page


def test_the_page_of_a_case_shows_its_story_and_what_may_follow() -> None:
    assert "waits for a second person" in PAGES["case"]
    assert "assigned" in PAGES["open case"]
    assert "late" in PAGES["list"]
