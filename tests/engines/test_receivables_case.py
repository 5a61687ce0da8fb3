"""The receivables case: what it promises, that it can fail, and the bundle that it leaves."""

from collections.abc import Callable
from pathlib import Path

import pytest

from datasets.supply_chains import ATTEMPTS
from engines.__main__ import main
from engines.cases import receivables as case
from engines.errors import EngineError
from engines.receivables import life, playing
from engines.receivables.flow import flow
from engines.receivables.outstanding import by_day
from engines.receivables.playing import Played
from engines.result import Result
from ledger.auditor import verify
from ledger.node import Receipt


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("left") / "bundle"


@pytest.fixture(scope="module")
def result(bundle: Path) -> Result:
    said: list[str] = []
    found = case.run(seed=7, size=80, bundle=bundle, say=said.append)
    assert said == [f"proof bundle · 证明包: hexi ledger verify {bundle}"]
    return found


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return playing.play(tmp_path_factory.mktemp("played") / "a.ledger", 8, 40, lambda *_: None)


def test_every_check_passes(result: Result) -> None:
    assert [check.name for check in result.checks if not check.passed] == []
    assert len(result.checks) >= 8


def test_the_bundle_is_accepted_by_the_command_and_a_changed_one_is_not(result: Result, bundle: Path) -> None:
    assert main(["ledger", "verify", str(bundle)]) == 0
    entries = next(path for path in sorted((bundle / "tile" / "entries").rglob("*")) if path.is_file())
    data = entries.read_bytes()
    entries.write_bytes(data.replace(b'"amount":', b'"amounT":', 1))
    assert entries.read_bytes() != data
    assert main(["ledger", "verify", str(bundle)]) == 1
    entries.write_bytes(data)


def test_equal_seeds_give_one_ledger_and_others_another(played: Played, tmp_path: Path) -> None:
    again = playing.play(tmp_path / "again.ledger", 8, 40, lambda *_: None)
    assert verify(again.path) == verify(played.path)
    other = playing.play(tmp_path / "other.ledger", 9, 40, lambda *_: None)
    assert other.members.ledger != played.members.ledger


def test_what_may_not_be_done_is_refused_and_nothing_else(played: Played) -> None:
    for event in played.events:
        assert isinstance(event.answer, Receipt) == (event.kind not in ATTEMPTS), event


def test_the_case_fails_if_the_ledger_lets_a_second_pledge_through(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A check that cannot fail is none: here the lock of a pledged fragment is overlooked."""
    from ledger.contracts import circulation

    honest: Callable[..., dict[str, object]] = circulation.circulating  # type: ignore[assignment]  # a record is one

    def blind(state: object, fragment: str, time: int) -> dict[str, object]:
        record = circulation.fragments.live(state, circulation.CONTROLLER, fragment)  # type: ignore[arg-type, attr-defined]  # it is one
        if "lock" in record:
            return dict(record)
        return honest(state, fragment, time)

    monkeypatch.setattr(circulation, "circulating", blind)
    found = case.run(seed=7, size=40, bundle=tmp_path / "bundle")
    assert not found.passed


def test_a_bundle_replaces_nothing(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="name another place"):
        case.run(seed=7, size=40, bundle=tmp_path)


def test_a_life_keeps_its_sum_from_step_to_step(played: Played) -> None:
    for receivable in played.promises.index:
        scenes, parts = life.life_of(played, str(receivable))
        total = int(played.promises.loc[receivable, "amount_fen"])
        for scene in scenes:
            held = sum(part.amount for part in parts if part.begins <= scene.number < part.ends)
            assert held == (0 if scene.event.step["action"] == "redeem" and not scene.refused else total)


def test_the_flow_draws_every_part_and_every_refusal(played: Played) -> None:
    chosen = life.most_eventful(played)
    scenes, parts = life.life_of(played, chosen)
    spec = flow(scenes, parts, {})
    drawn = {row["group"].split(" ")[0] for data in spec["datasets"].values() for row in data if "group" in row}
    assert {part.fragment for part in parts} <= drawn
    crosses = [row for data in spec["datasets"].values() for row in data if "refused" in str(row.get("text"))]
    assert len(crosses) == sum(scene.refused for scene in scenes)


def test_what_is_outstanding_is_the_sum_of_what_is_open(played: Played) -> None:
    last = by_day(played.events).tail(3)["million"].sum()
    held = sum(record["amount"] for record in played.state["fragments"].values())
    assert last == pytest.approx(held / 1e8)


def test_a_discount_costs_whole_fen_and_less_than_the_amount(played: Played) -> None:
    event = next(one for one in played.events if one.step["action"] == "discount" and isinstance(one.answer, Receipt))
    assert isinstance(event.price_fen, int)
    assert 0 < event.price_fen < event.step["amount_fen"]
