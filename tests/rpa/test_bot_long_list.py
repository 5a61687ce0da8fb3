"""A long list whose pages fail: page after page is asked for until it comes."""

import os
from pathlib import Path
from typing import Any

import pytest

from rpa.bot.desk import Desk, Engine
from rpa.bot.insisting import insist
from rpa.bot.pending_list import shown_pages
from rpa.browser import find_browser
from rpa.errors import FailureError, HandOverError, UnknownPageError
from rpa.filing import to_record
from rpa.systems import Faults
from tests.rpa.bot_world import World, basic, rates, world

FOUND = find_browser(os.environ)
COUNT = 600


async def shown(made: World, browser: Any) -> tuple[list[str], list[str]]:
    """Numbers of the accounts that are read, and what is told."""
    settings, said = made.settings(FOUND), list[str]()
    settings.folder.mkdir()
    engine = Engine(settings, browser)
    desk = Desk(engine, settings, "reader")
    try:
        return [one.filing_id for one in await shown_pages(desk, said.append)], said
    finally:
        await desk.close()
        await engine.close()


def test_every_page_of_a_long_list_is_read_though_every_tenth_fails(tmp_path: Path, chrome: Any) -> None:
    faults = {"operations": Faults(**rates(7, error_500=0.05, session_expired=0.05, notice=0.04))}
    with world(tmp_path, faults=faults) as made:
        opened = [to_record(basic(number)) | {"opened_at": "2026-07-01 09:00:00"} for number in range(1, COUNT + 1)]
        made.branch.publish(opened, made.clock())
        found, said = chrome.run(shown(made, chrome.browser), seconds=120)
        struck = made.truth.struck["operations"]
        assert sorted(found) == [f"L{number:08d}" for number in range(1, COUNT + 1)]
        assert struck["error_500"] + struck["session_expired"] > 2
        assert struck["notice"] > 0
        assert len(said) <= struck["notice"]


class Counter:
    """Stands for a desk, and for what is asked: fails as it is told, then answers how often it was asked."""

    last = "operations"

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.dropped, self.said = list(errors), 0, list[str]()

    async def drop(self, name: str) -> None:
        self.dropped += name == self.last

    async def ask(self) -> int:
        if self.errors:
            raise self.errors.pop(0)
        return self.dropped


def asked(counter: Counter, made: World, chrome: Any) -> Any:
    settings = made.settings(FOUND)
    counter.settings = settings  # type: ignore[attr-defined]  # it stands for a desk
    task = insist(counter, counter.ask, tries=3, rng=settings.rng("t"), told=counter.said.append)  # type: ignore[arg-type]  # as above
    return chrome.run(task)


def test_what_fails_is_asked_again_and_not_for_ever(tmp_path: Path, chrome: Any) -> None:
    with world(tmp_path) as made:
        assert asked(Counter(FailureError("a"), FailureError("b")), made, chrome) == 2
        with pytest.raises(FailureError, match="c"):
            asked(Counter(FailureError("a"), FailureError("b"), FailureError("c")), made, chrome)


def test_what_is_not_known_is_closed_once_told_and_not_accepted_twice(tmp_path: Path, chrome: Any) -> None:
    with world(tmp_path) as made:
        counter = Counter(UnknownPageError("系统升级"))
        assert asked(counter, made, chrome) == 1
        assert counter.said == ["operations showed what is not known, it was closed and asked again: 系统升级"]
        with pytest.raises(UnknownPageError):
            asked(Counter(UnknownPageError("a"), UnknownPageError("b")), made, chrome)
        with pytest.raises(HandOverError):
            asked(Counter(HandOverError("a one-time password")), made, chrome)
