"""The province case: what it promises on a small province, and that each promise can fail."""

import os
from pathlib import Path

import pytest

from datasets.errors import OutOfRangeError
from engines.cases import province as case
from engines.progress import Report
from engines.province.looking import Seen, look
from engines.province.money import MoneyScorer
from engines.province.signs import ENGINES
from engines.result import Result
from rpa.browser import find_browser
from rpa.errors import BrowserMissingError

try:
    find_browser(os.environ)
    BROWSER = ""
except BrowserMissingError as error:
    BROWSER = str(error)
with_browser = pytest.mark.skipif(bool(BROWSER), reason=f"waits for a browser: {BROWSER}")


_SEEN: dict[int, Seen] = {}


def remembered(seed: int, size: int, scorer: MoneyScorer, progress: Report) -> Seen:
    """Look at each province once for all tests here."""
    if seed not in _SEEN:
        _SEEN[seed] = look(seed, size, scorer, progress)
    return _SEEN[seed]


@pytest.fixture(scope="module")
def result() -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(case, "look", remembered)
        return case.run(seed=7, size=100)


def test_every_check_passes(result: Result) -> None:
    assert [(check.name, check.detail) for check in result.checks if not check.passed] == []


@with_browser
def test_the_bot_really_handed_accounts_over(result: Result) -> None:
    table = next(one for one in result.tables if one.title.startswith("A handful of accounts"))
    assert any("contradict" in row[3] for row in table.rows)
    assert any(row[2].startswith("done") for row in table.rows)


def test_a_small_province_says_that_it_flatters(result: Result) -> None:
    assert any(note.startswith("Only") and "flatters" in note for note in result.notes)


def test_every_picture_can_be_drawn(result: Result) -> None:
    assert len(result.pictures) == 4
    assert all(picture.draw()["width"] == "container" for picture in result.pictures)
    assert len(result.networks[0].draw()["nodes"]) > 9


@pytest.mark.parametrize("size", [49, 2_001])
def test_a_size_out_of_range_is_refused_before_any_work(size: int) -> None:
    with pytest.raises(OutOfRangeError, match="50 to 2,000"):
        case.run(size=size)


@pytest.mark.usefixtures("result")
def test_without_a_browser_the_story_goes_on_without_the_bot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HEXI_BROWSER", str(tmp_path / "nowhere"))
    monkeypatch.setattr(case, "look", remembered)
    monkeypatch.setattr(case, "scorer_for", lambda *_: None)
    said: list[str] = []
    found = case.run(seed=7, size=100, say=said.append)
    assert len(said) == 1
    assert found.notes[0].startswith("The bot's evidence is left out")
    assert "nowhere" in found.notes[0]
    compared = next(one for one in found.tables if one.title.startswith("What each engine finds alone"))
    assert not any(row[0].startswith("filing bot") for row in compared.rows)
    assert not any("bot" in check.name for check in found.checks)


def test_the_table_tells_of_every_engine_alone_and_what_it_adds(result: Result) -> None:
    table = next(one for one in result.tables if one.title.startswith("What each engine finds alone"))
    assert len(table.rows) == len(ENGINES) - bool(BROWSER) + 1
    assert all(row[-1][0] in "+-" for row in table.rows[:-1])
