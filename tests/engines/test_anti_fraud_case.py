"""The anti-fraud case, whole: on the province and on foreign files, clean, dirty, unlabelled and rare."""

import json
from pathlib import Path

import pandas as pd
import pytest

from datasets import handbook
from datasets.plan import PAPER_BASE_RATE
from engines.__main__ import main
from engines.cases import anti_fraud
from engines.report.document import to_json
from engines.result import Result


def numbers(result: Result) -> dict[str, str]:
    return {number.name: number.value for number in result.numbers}


@pytest.fixture(scope="module")
def small() -> Result:
    return anti_fraud.run(seed=7, size=40_000, base_rate=0.01)


def handbook_file(path: Path, n: int = 20_000, seed: int = 5, **changes: object) -> pd.DataFrame:
    frame = pd.concat(handbook.make(n, seed, base_rate=0.01), ignore_index=True).assign(**changes)
    frame.to_csv(path, index=False)
    return frame


def test_all_checks_pass_on_the_province(small: Result) -> None:
    assert [check.name for check in small.checks if not check.passed] == []
    assert len(small.checks) >= 7


def test_the_papers_figures_stand_beside_ours(small: Result) -> None:
    paper = {number.name: number.paper for number in small.numbers if number.paper}
    assert paper["rules in use"] == "561"
    assert paper["payments that hit a rule"] == "6.94 %"
    assert paper["payments blocked"] == "0.0063 %"


def test_every_picture_can_be_drawn(small: Result) -> None:
    assert len(small.pictures) == 4
    for picture in small.pictures:
        assert "$schema" in picture.draw() or "layer" in picture.draw()


def test_equal_seeds_give_equal_results() -> None:
    one, again, other = (to_json(anti_fraud.run(seed=seed, size=8_000, base_rate=0.03)) for seed in (7, 7, 8))
    assert one == again
    assert one != other


@pytest.mark.parametrize("base_rate", [0.0, PAPER_BASE_RATE])
def test_with_almost_no_fraud_rules_and_the_unusual_rank_the_payments(base_rate: float) -> None:
    result = anti_fraud.run(size=20_000, base_rate=base_rate)
    assert any("too few labelled frauds" in note for note in result.notes)
    assert result.passed


def test_a_file_in_another_layout_runs_the_whole_path_and_names_what_it_leaves_out(tmp_path: Path) -> None:
    frame = handbook_file(tmp_path / "theirs.csv")
    said: list[object] = []
    result = anti_fraud.run(source=tmp_path / "theirs.csv", say=lambda *words, **options: said.append(words))
    assert result.passed
    assert result.size == len(frame)
    assert said, "the mapping is shown before it is used"
    left_out = "\n".join(" ".join(row) for table in result.tables for row in table.rows)
    assert "new_device" in left_out
    assert "sim_swap_new_device" in left_out
    assert "terminal_count_7d" not in left_out


def test_a_file_without_labels_is_ranked_and_nothing_is_claimed(tmp_path: Path) -> None:
    handbook_file(tmp_path / "theirs.csv").drop(columns="TX_FRAUD").to_csv(tmp_path / "unlabelled.csv", index=False)
    result = anti_fraud.run(source=tmp_path / "unlabelled.csv")
    assert result.passed
    assert "average precision" not in numbers(result)
    assert "no labelled fraud" in result.headline


def test_refused_rows_are_written_with_their_reasons_and_the_rest_is_judged(tmp_path: Path) -> None:
    frame = handbook_file(tmp_path / "theirs.csv").astype({"TX_AMOUNT": str})
    frame.loc[3, "TX_AMOUNT"] = "-5"
    frame.loc[9, "TX_AMOUNT"] = "lots"
    frame.to_csv(tmp_path / "dirty.csv", index=False)
    result = anti_fraud.run(source=tmp_path / "dirty.csv", quarantine=tmp_path / "refused.csv")
    assert result.size == len(frame) - 2
    refused = (tmp_path / "refused.csv").read_text(encoding="utf-8-sig")
    assert "lots" in refused
    assert any("2 rows of the file were refused" in note for note in result.notes)


def test_a_file_that_ends_before_anything_can_be_judged_is_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    handbook_file(tmp_path / "theirs.csv").head(30).to_csv(tmp_path / "short.csv", index=False)
    assert main(["run", "anti-fraud", "--input", str(tmp_path / "short.csv")]) == 2
    assert "hexi:" in capfd.readouterr().err


def test_the_command_writes_page_and_json(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    handbook_file(tmp_path / "theirs.csv")
    page = tmp_path / "report.html"
    words = ["run", "anti-fraud", "--input", str(tmp_path / "theirs.csv"), "--html", str(page), "--json"]
    assert main(words) == 0
    assert json.loads(capfd.readouterr().out)["case"] == "anti-fraud"
    assert "--input" in page.read_text(encoding="utf-8")


def test_a_mapping_of_ones_own_is_used(tmp_path: Path) -> None:
    frame = handbook_file(tmp_path / "theirs.csv")
    frame.columns = pd.Index(["a", "b", "c", "d", "e", "f"])
    frame.to_csv(tmp_path / "odd.csv", index=False)
    (tmp_path / "odd.toml").write_text(
        '[columns]\noccurred_at = "b"\ncustomer_id = "c"\nterminal_id = "d"\namount_fen = "e"\nis_fraud = "f"\n'
    )
    result = anti_fraud.run(source=tmp_path / "odd.csv", mapping=tmp_path / "odd.toml")
    assert result.size == len(frame)
    assert "average precision" in numbers(result)


def test_the_handbooks_month_runs_the_whole_path(handbook_month: Path) -> None:
    result = anti_fraud.run(source=handbook_month)
    assert result.passed
    assert result.size == 288_062
    assert float(numbers(result)["average precision"]) > 0.4


def test_frauds_without_an_amount_are_still_ranked(tmp_path: Path) -> None:
    handbook_file(tmp_path / "free.csv", TX_AMOUNT=0)
    result = anti_fraud.run(source=tmp_path / "free.csv")
    assert numbers(result)["fraud value found with alerts on 1 %"] == "–"
    for picture in result.pictures:
        picture.draw()
