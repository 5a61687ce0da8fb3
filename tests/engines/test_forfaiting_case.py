"""The forfaiting case: the best valid quote wins, odd banks do not, and papers are for the winner alone."""

from collections.abc import Callable

import pytest

from engines.cases import forfaiting
from engines.receivables.deals import CONDUCTS
from engines.report.document import to_json
from engines.result import Result
from ledger.contracts import agreements, awards, bids


@pytest.fixture(scope="module")
def result() -> Result:
    return forfaiting.run(seed=7, size=5)


def failed(**more: int) -> list[str]:
    return [check.name for check in forfaiting.run(seed=7, size=5, **more).checks if not check.passed]


def test_every_check_passes_and_every_conduct_was_there(result: Result) -> None:
    assert [check.name for check in result.checks if not check.passed] == []
    conducts = {row[0]: row for table in result.tables for row in table.rows if len(row) == 5}
    for conduct in (*CONDUCTS, "unsigned"):
        assert int(conducts[conduct][2]) > 0, conduct
        assert conducts[conduct][3] == "0", conduct


def test_equal_seeds_give_equal_results_and_other_seeds_others(result: Result) -> None:
    assert to_json(forfaiting.run(seed=7, size=5)) == to_json(result)
    assert to_json(forfaiting.run(seed=8, size=5)) != to_json(result)


def test_one_deal_has_a_report_too() -> None:
    found = forfaiting.run(seed=3, size=1)
    assert found.passed
    assert found.pictures[0].draw()["height"] > 0


def test_the_case_fails_if_a_worse_quote_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = awards.best_bid

    def worst(rule: str, known: object) -> object:
        return honest("highest_price" if rule == "lowest_rate" else "lowest_rate", known)  # type: ignore[arg-type]  # bids

    monkeypatch.setattr(awards, "best_bid", worst)
    monkeypatch.setattr("engines.receivables.deals.best_bid", worst)
    assert "the winner is the one that the rules' twin names" in failed()


@pytest.mark.parametrize(
    ("module", "name", "check"),
    [
        (agreements, "check_signed", "what broke the rules was refused, and so was each award to whoever broke them"),
        (bids, "quote_commitment", "what broke the rules was refused, and so was each award to whoever broke them"),
    ],
)
def test_the_case_fails_if_a_rule_is_not_kept(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str, check: str
) -> None:
    """Without the look at the agreement, or at the seal, somebody gets through who should not."""
    rest: Callable[..., object] = lambda *_: None  # noqa: E731 - one word, to be put in another's place
    if name == "quote_commitment":
        monkeypatch.setattr("engines.receivables.deals.quote_commitment", lambda *_: "ab" * 32)
        rest = lambda *_: "ab" * 32  # noqa: E731 - as above
    monkeypatch.setattr(module, name, rest)
    assert check in failed()
