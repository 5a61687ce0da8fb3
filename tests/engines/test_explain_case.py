"""The case of one firm on one page, and the option that names the firm."""

from dataclasses import replace

import numpy as np
import pytest

from credit_graph.sentences import TOPICS
from engines.__main__ import main
from engines.cases import explain_firm
from engines.report.document import to_json
from engines.report.networks import LIMITS
from engines.result import Result
from engines.risk_graph.firm_checks import firm_checks
from engines.risk_graph.nearness import rules_for
from engines.risk_graph.province import credit


@pytest.fixture(scope="module")
def small() -> Result:
    return explain_firm.run(seed=7, size=200)


def words(result: Result) -> str:
    return "\n".join(" ".join(row) for table in result.tables for row in table.rows)


def test_all_checks_pass_on_the_firm_of_which_most_is_to_be_said(small: Result) -> None:
    assert [check.name for check in small.checks if not check.passed] == []
    assert len(small.checks) == 4
    assert small.paper_case == explain_firm.PAPER_CASE == "1-6"


def test_the_page_says_something_on_every_topic_in_both_languages(small: Result) -> None:
    page = small.tables[0]
    topics = [row[0] for row in page.rows if row[0]]
    assert topics == [f"{zh} {en}" for en, zh in TOPICS.items()]
    assert all(row[1] for row in page.rows)


def test_the_networks_can_be_drawn_and_the_first_is_the_neighbourhood(small: Result) -> None:
    first, *others = [network.draw() for network in small.networks]
    assert first["view"] == "ego"
    assert [node["state"] for node in first["nodes"] if node.get("state") == "centre"] == ["centre"]
    for shown in (first, *others):
        assert len(shown["nodes"]) <= LIMITS[shown["view"]][0]


def test_the_named_firm_is_explained() -> None:
    result = explain_firm.run(seed=7, size=200, firm="F00030027")
    assert "F00030027" in result.title
    assert result.passed
    assert "listed itself" in words(result)


def test_a_firm_in_default_is_said_to_be() -> None:
    made = credit(7, 600)
    fell = [str(one) for one in made.graph.ids[made.defaulted]]
    result = explain_firm.run(seed=7, size=600, firm=fell[0])
    assert "has defaulted by" in result.notes[0]
    assert result.passed


def test_equal_seeds_give_equal_pages(small: Result) -> None:
    assert to_json(explain_firm.run(seed=7, size=200)) == to_json(small)


def test_a_page_of_another_day_fails_its_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {}

    def keep(made: object, page: object, *rest: object) -> tuple[object, ...]:
        kept["page"], kept["rest"] = page, rest
        return ()

    monkeypatch.setattr(explain_firm, "firm_checks", keep)
    explain_firm.run(seed=7, size=200)
    page, (buffer, listed, _) = kept["page"], kept["rest"]  # type: ignore[misc]  # kept as one dict of unlike things
    made = credit(7, 200)
    loans = page.exposures.assign(amount_fen=page.exposures["amount_fen"] + 1)
    falls = replace(page.falls, pulls_down=page.falls.pulls_down.assign(round=9), calls=page.falls.calls)
    wrong = replace(page, exposures=loans, falls=falls, listed=page.listed.head(0), sentences=page.sentences.head(3))
    told = firm_checks(made, wrong, buffer, listed, rules_for(200))
    has_falls = bool(len(page.falls.pulls_down))
    assert [check.passed for check in told] == [False, not has_falls, not len(page.listed), False]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["run", "explain-firm", "--size", "40", "--firm", "F99999999"], "no party 'F99999999' in the graph"),
        (["run", "explain-firm", "--size", "40", "--firm", "K00000000"], "is of the kind bank"),
        (["run", "explain-firm", "--size", "0"], "size is 0"),
        (["run", "explain-firm", "--size", "-3"], "-3"),
        (["run", "guarantee-circles", "--firm", "F00000001"], "takes no --firm"),
        (["run", "anti-fraud", "--firm", "F00000001"], "takes no --firm"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(
    given: list[str], sentence: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(given) == 2
    said = capfd.readouterr().err.strip()
    assert said.startswith("hexi: ")
    assert sentence in said.replace("\n", " ")
    assert "Traceback" not in said
    assert "fault in Hexi" not in said


def test_the_command_repeats_itself_with_the_firm(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "explain-firm", "--size", "40", "--firm", "F00000003"]) == 0
    told = capfd.readouterr().out
    assert "hexi run explain-firm --firm F00000003 --seed 7 --size 40" in told


def test_buffers_of_persons_and_of_the_fallen_never_run_out() -> None:
    made = credit(7, 200)
    found = explain_firm._buffer(made)
    is_person = (made.graph.parties["kind"] == "person").to_numpy()
    assert np.isinf(found[is_person]).all()
    assert np.isinf(found[made.defaulted]).all()
    assert (found >= 0).all()
