"""The white paper's cases: all 37 are told, each runs or says why it does not."""

import json
import re
from pathlib import Path

import pytest

from engines import paper
from engines.catalogue import Entry, cases
from engines.errors import EngineError
from engines.paper import paper_cases
from tests.laws.house import ROOT

PACKAGES = {"credit_graph", "fraud", "ledger", "rpa", ""}


def test_all_37_cases_are_there_in_order_once() -> None:
    found = [one.number for one in paper_cases(cases().values())]
    assert len(found) == len(set(found)) == 37
    assert found == sorted(found, key=lambda number: tuple(map(int, number.split("-"))))


def test_every_case_of_ours_shows_one_of_the_paper() -> None:
    shown = {name for one in paper_cases(cases().values()) for name in one.runs}
    assert shown == {entry.name for entry in cases().values() if entry.paper_case}


def test_what_does_not_run_says_why_in_one_sentence() -> None:
    for one in paper_cases(cases().values()):
        assert one.engine in PACKAGES
        assert not one.engine or (ROOT / one.engine).is_dir()
        if not one.runs:
            assert re.fullmatch(r"Not (yet|there)\b[^.]*(\.ci/run`)?\.", one.why), one.why


@pytest.mark.parametrize("extra", ['why = "Not there: no."', ""], ids=["runs and says why not", "neither"])
def test_a_row_that_contradicts_the_cases_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, extra: str
) -> None:
    rows = {name: name for name in ("bank", "bank_zh", "title", "title_zh", "engine")} | {"number": "1-5"}
    file = tmp_path / "paper.toml"
    file.write_text("[[case]]\n" + "\n".join(f"{k} = {json.dumps(v)}" for k, v in rows.items()) + f"\n{extra}\n")
    monkeypatch.setattr(paper, "_FILE", file)
    ours = [Entry("anti-fraud", "m", "t", "z", "1-5")] if extra else []
    with pytest.raises(EngineError, match="case 1-5"):
        paper_cases(ours)
