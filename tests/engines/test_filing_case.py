"""The filing case: a small day with faults ends clean, and the checks can fail."""

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from datasets.account_openings import FLAWS, LOOK_ALIKES
from engines.cases import filing as case
from engines.errors import EngineError
from engines.filing import evening
from engines.filing.opening_day import EVENING, opening_day
from engines.report.page import render_page
from engines.result import Result
from rpa.browser import find_browser
from rpa.errors import BrowserMissingError
from rpa.filing import from_record
from rpa.listing import problems
from rpa.systems import Faults, central_bank
from rpa.systems.branch import SYSTEMS
from rpa.systems.records import Records
from rpa.systems.truth import judge

try:
    find_browser(os.environ)
    BROWSER = ""
except BrowserMissingError as error:
    BROWSER = str(error)
with_browser = pytest.mark.skipif(bool(BROWSER), reason=f"waits for a browser: {BROWSER}")


@pytest.fixture(scope="module")
def result() -> Result:
    return case.run(seed=7, size=13, faults=0.2)


@with_browser
def test_every_check_passes_though_faults_strike(result: Result) -> None:
    assert [(check.name, check.detail) for check in result.checks if not check.passed] == []
    faults = next(table for table in result.tables if table.title == "Faults that struck")
    assert sum(int(row[3]) for row in faults.rows) > 0


@with_browser
def test_what_must_not_be_filed_is_told_with_its_reason(result: Result) -> None:
    handed = next(table for table in result.tables if table.title.startswith("What went to a person"))
    said = " ".join(row[2] for row in handed.rows)
    for words in ("校验位", "contradict", "不得重复开立", "已销户", "久悬", "编号与存款人不符"):
        assert words in said or "knows no firm" in said, words


@with_browser
def test_the_page_shows_the_filmstrip(result: Result) -> None:
    page = render_page(result)
    assert page.count('class="frame"') == 4
    assert page.count("data:image/") >= 4


@with_browser
def test_a_person_also_sends_back_what_will_be_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two swapped labels hand the account over before the central bank can refuse it; the refusal must be written."""
    day = opening_day(7, 13)
    (one,) = (one for one in day.expected if day.kinds[one.filing.filing_id] == "wrong_basic_number")
    name = one.filing.filing_id
    alone = replace(day, expected=(one,), records=tuple(row for row in day.records if row["filing_id"] == name))
    faults = {system: Faults() for system in SYSTEMS} | {"accounts": Faults(plan={"labels_swapped": (1,)})}
    monkeypatch.setattr(evening, "faults_of", lambda seed, rate: faults)
    with evening.spend(tmp_path, 7, alone, 0.2, lambda *_: None) as spent:
        found = judge(spent.branch, alone.expected)
    assert faults["accounts"].struck["labels_swapped"] == 1
    assert list(spent.helped) == [name]
    assert found.is_clean, found


@with_browser
def test_the_case_fails_if_the_central_bank_takes_an_account_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A judge that does not see a double filing would be none."""
    honest = central_bank.commit

    def twice(records: Records, draft: Mapping[str, str], by: str, **times: datetime) -> object:
        filed = honest(records, draft, by, **times)
        if isinstance(filed, dict):
            records.note(times["at"], "filed", f"{filed['bank_code']}/{filed['account_number']}", {"by": "again"})
        return filed

    monkeypatch.setattr(central_bank, "commit", twice)
    found = case.run(seed=7, size=3, faults=0.0)
    assert "none filed twice" in [check.name for check in found.checks if not check.passed]


def test_a_day_has_one_account_of_each_kind_and_ordinary_ones() -> None:
    day = opening_day(7, 20)
    kinds = list(day.kinds.values())
    assert set(kinds) == {"", *FLAWS, *LOOK_ALIKES}
    assert kinds.count("") == 20 - len(FLAWS) - len(LOOK_ALIKES)
    for one in day.expected:
        assert (one.ends == "filed") == (FLAWS.get(day.kinds[one.filing.filing_id], "filed") == "filed")
        if one.ends == "filed":
            assert problems(one.filing, EVENING.date()) == []
            assert one.deadline is not None
            assert one.deadline > EVENING
    for record in day.records:
        bare = from_record({name: value for name, value in record.items() if name != "opened_at"})
        assert bare.opened_on == date(2020, 7, 1)


def test_equal_seeds_draw_equal_days_and_faults() -> None:
    assert opening_day(7, 5) == opening_day(7, 5)
    assert opening_day(7, 5) != opening_day(8, 5)
    one, two = (evening.faults_of(7, 0.3)["accounts"] for _ in range(2))
    assert [one.strikes("closed_after_commit") for _ in range(50)] == [
        two.strikes("closed_after_commit") for _ in range(50)
    ]


@pytest.mark.parametrize("wrong", [{"size": 0}, {"size": 2_001}, {"faults": -0.1}, {"faults": 0.6}])
def test_what_is_out_of_range_is_refused_before_any_work(wrong: dict[str, float]) -> None:
    with pytest.raises(EngineError):
        case.run(**wrong)  # type: ignore[arg-type]  # numbers


def test_without_a_browser_one_sentence_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HEXI_BROWSER", str(tmp_path / "nowhere"))
    with pytest.raises(BrowserMissingError):
        case.run(size=1)
