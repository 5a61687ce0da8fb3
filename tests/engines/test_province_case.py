"""The province case: what it promises on a small province, and that each promise can fail."""

import os
from pathlib import Path

import pytest

from datasets.errors import OutOfRangeError
from engines.cases import province as case
from engines.province import browsing
from engines.report.page import render_page
from engines.result import Result
from rpa.browser import find_browser
from rpa.errors import BrowserMissingError

try:
    find_browser(os.environ)
    BROWSER = ""
except BrowserMissingError as error:
    BROWSER = str(error)
with_browser = pytest.mark.skipif(bool(BROWSER), reason=f"waits for a browser: {BROWSER}")


@pytest.fixture(scope="module")
def result() -> Result:
    return case.run(seed=7, size=100)


def test_every_check_passes(result: Result) -> None:
    assert [(check.name, check.detail) for check in result.checks if not check.passed] == []


@with_browser
def test_the_bot_really_handed_accounts_over(result: Result) -> None:
    table = next(one for one in result.tables if one.title.startswith("A handful of accounts"))
    assert any("contradict" in row[3] for row in table.rows)
    assert any(row[2].startswith("done") for row in table.rows)


def test_the_page_holds_all_pictures(result: Result) -> None:
    page = render_page(result)
    for picture in result.pictures:
        assert picture.title in page


@pytest.mark.parametrize("size", [49, 2_001])
def test_a_size_out_of_range_is_refused_before_any_work(size: int) -> None:
    with pytest.raises(OutOfRangeError, match="50 to 2,000"):
        case.run(size=size)


def test_without_a_browser_it_says_so_in_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HEXI_BROWSER", str(tmp_path / "nowhere"))
    assert "nowhere" in browsing.missing_browser()
