"""The case of contagion, whole: its checks hold and can fail, and its parts say what they should."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from credit_graph.sample_graph import small_graph
from datasets.errors import OutOfRangeError
from engines.__main__ import main
from engines.cases import contagion
from engines.report.document import to_json
from engines.report.networks import LIMITS
from engines.report.risk_pictures import importance_bars, loss_distribution
from engines.result import Result
from engines.risk_graph.calls import Calls, calls_of
from engines.risk_graph.contagion_checks import checks
from engines.risk_graph.falls import agrees_with_definition, fall, falls, is_least_fixed_point
from engines.risk_graph.losses import chances, simulated
from engines.risk_graph.models import MODELS, agreement, disorder, readings
from engines.risk_graph.province import credit
from engines.risk_graph.replays import replay
from engines.risk_graph.stopping import SHOCKS, circles, loose_stop, told_circles


@pytest.fixture(scope="module")
def small() -> Result:
    return contagion.run(seed=7, size=400)


def tight(buffer: float = 40.0) -> Calls:
    """F1 and F2 stand for each other with calls of two and a half times their buffers; F3 stands for F1."""
    graph = small_graph(
        guarantee=[("F1", "F2", 100), ("F2", "F1", 100), ("F3", "F1", 30), ("P1", "F1", 70)],
        loan=[("B1", "F1", 500), ("B1", "F2", 500), ("B1", "F3", 500)],
    )
    made = calls_of(graph, np.zeros(graph.n, bool))
    return replace(made, buffer_fen=np.full(made.n, buffer))


def test_all_checks_pass_on_the_province(small: Result) -> None:
    assert [check.name for check in small.checks if not check.passed] == []
    assert len(small.checks) >= 8


def test_the_eigenvalue_is_always_reported(small: Result) -> None:
    number = next(one for one in small.numbers if one.name.startswith("leading eigenvalue"))
    assert float(number.value) > 0
    assert number.note.endswith(", converged")
    assert "eigenvalue" in small.headline


def test_both_languages_and_the_papers_case_are_there(small: Result) -> None:
    assert small.paper_case == contagion.PAPER_CASE == "1-6"
    assert small.headline_zh
    for part in (*small.tables, *small.pictures, *small.networks):
        assert part.title
        assert part.title_zh


def test_every_row_is_as_wide_as_its_table(small: Result) -> None:
    for table in small.tables:
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.columns)}


def test_pictures_and_the_replay_can_be_drawn(small: Result) -> None:
    assert len(small.pictures) == 3
    for picture in small.pictures:
        assert json.loads(json.dumps(picture.draw(), allow_nan=False))["width"] == "container"
    shown = small.networks[0].draw()
    assert shown["view"] == "replay"
    assert 1 < len(shown["nodes"]) <= LIMITS["replay"][0]
    fell = [node for step in shown["steps"] for node in step["failed"]]
    assert len(fell) == len(small.tables[0].rows)


def test_equal_seeds_give_equal_results_and_other_seeds_others(small: Result) -> None:
    again, other = (contagion.run(seed=seed, size=100) for seed in (7, 8))
    assert to_json(contagion.run(seed=7, size=100)) == to_json(again)
    assert len({one.headline for one in (again, other, small)}) == 3


def test_a_province_with_too_few_defaults_is_told_without_a_ranking() -> None:
    result = contagion.run(seed=7, size=40)
    assert result.passed
    assert any("Too few defaults" in note for note in result.notes)


def test_no_firms_are_refused_in_one_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(OutOfRangeError, match="size is 0"):
        contagion.run(size=0)
    assert main(["run", "contagion", "--size", "0"]) == 2
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("words", [["--firm", "F00000001"], ["--base-rate", "0.1"], ["--seed", "-1"]])
def test_options_of_other_cases_are_refused(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "contagion", *words]) == 2
    assert capfd.readouterr().err.startswith("hexi: ")


def test_persons_bear_their_part_and_pass_nothing_on() -> None:
    made = tight()
    assert made.ids.tolist() == ["F1", "F2", "F3"]
    assert made.matrix.toarray().tolist() == [[0, 100, 0], [100, 0, 0], [30, 0, 0]]


def test_a_party_in_default_is_taken_out_and_the_others_bear_its_part() -> None:
    graph = small_graph(guarantee=[("F1", "F3", 100), ("F2", "F3", 100)], loan=[("B1", "F3", 120)])
    both = calls_of(graph, np.zeros(graph.n, bool))
    assert both.call_fen.tolist() == [60.0, 60.0]
    one = calls_of(graph, graph.ids == "F2")
    assert (one.ids.tolist(), one.call_fen.tolist()) == (["F1", "F3"], [100.0])


def test_the_cascade_is_checked_by_a_twin_that_notices_another_buffer() -> None:
    made = tight()
    assert agrees_with_definition(made, 0) == (True, 4)
    assert fall(made, [0]).round.tolist() == [0, 1, -1]
    spared = replace(made, call_fen=made.call_fen / 10)
    assert agrees_with_definition(spared, 0)[0] is False


def test_a_fixed_point_that_is_not_the_least_is_noticed() -> None:
    made = tight()
    result = fall(made, [0])
    assert is_least_fixed_point(made, result)[0]
    too_many = replace(result, failed=np.ones(3, bool), round=np.array([0, 1, 1]))
    too_few = replace(result, failed=np.array([True, False, False]), round=np.array([0, -1, -1]))
    assert not is_least_fixed_point(made, too_many)[0]
    assert not is_least_fixed_point(made, too_few)[0]


def test_falls_count_the_others_and_put_the_worst_first() -> None:
    found = falls(tight())
    assert found.pulled_down.tolist() == [1, 1, 0]
    assert found.order.tolist() == [0, 1, 2]


def test_the_models_keep_their_order_and_a_wrong_one_is_named() -> None:
    made = tight()
    found = readings(made, [0, 1])
    assert list(found) == list(MODELS)
    assert disorder(found) == []
    assert agreement(found, [0, 1])["cascade", "clearing0"] == 1.0
    wrong = found | {"clearing0": found["clearing100"][:1] * 2}
    wrong["clearing0"] = [replace(one, fallen=np.ones(3, bool)) for one in found["clearing0"]]
    assert "spares" in disorder(wrong)[0]


def test_a_loose_stop_misses_what_the_exact_answer_finds() -> None:
    made = tight()
    ring = circles(made)[0]
    assert ring.eigenvalue == pytest.approx(2.5)
    found = [loose_stop(made, ring, shock) for shock in SHOCKS]
    assert [stop.exact for stop in found] == [1.0] * 4
    assert found[0].loose < 0.001
    assert found[0].missed > 0.999
    assert found[-1].missed == 0.0
    calm = circles(tight(buffer=1_000.0))[0]
    assert calm.eigenvalue == pytest.approx(0.1)
    assert loose_stop(tight(buffer=1_000.0), calm, 0.1).missed < 0.01


def test_circles_worth_telling_of_are_told_once_and_those_without_buffers_not_at_all() -> None:
    assert told_circles(circles(tight(buffer=0.0))) == []
    assert len(told_circles(circles(tight()))) == 1


def test_the_simulated_year_is_the_same_on_any_thread_and_a_fault_is_noticed() -> None:
    made = credit(7, 80)
    calls = calls_of(made.graph, made.defaulted)
    losses = simulated(calls, made.tables["parties"], made.defaulted, seed=3, count=500)
    assert losses.is_repeatable
    seeds = [int(one) for one in falls(calls).order[:3]]
    rings = [(ring, [loose_stop(calls, ring, 0.01)]) for ring in told_circles(circles(calls))]
    told = checks(calls, seeds, readings(calls, seeds), rings, losses, None)
    assert all(check.passed for check in told)
    other = simulated(calls, made.tables["parties"], made.defaulted, seed=4, count=500)
    broken = checks(calls, seeds, readings(calls, seeds), rings, replace(losses, again=other.simulation), None)
    assert [check.name for check in broken if not check.passed] == [
        "equal seeds give equal losses, to the bit, on one thread or several"
    ]
    assert losses.own_risk.expected_loss <= losses.risk.expected_loss
    assert losses.risk.value_at_risk <= losses.risk.expected_shortfall


def test_chances_grow_with_the_defaults_of_the_class_and_are_never_zero() -> None:
    leverage = np.linspace(0.1, 0.9, 500)
    found = chances(leverage, leverage > 0.85, years=1.5)
    assert (np.diff(found) >= 0).all()
    assert found[-1] > 2 * found[0]
    assert chances(leverage, np.zeros(500, bool), years=1.5).min() > 0
    assert len(chances([], [], years=1.0)) == 0
    assert np.isfinite(chances([np.nan, np.nan], [False, True], years=1.0)).all()


def test_a_replay_keeps_to_its_most_firms_and_begins_with_the_first_fall() -> None:
    made = credit(7, 200)
    calls = calls_of(made.graph, made.defaulted)
    result = fall(calls, falls(calls).order[:1])
    view = replay(made, calls, result, most=3)
    assert len(view.nodes) == 3
    assert view.steps[0].failed == (view.nodes[0].id,)
    edges = {edge.id for edge in view.edges}
    assert all(call.edge in edges for step in view.steps for call in step.calls)


@pytest.mark.parametrize("losses", [[0.0], [5.0], [0.0, 0.0, 3.0, 9.0], np.arange(1_000.0)], ids=len)
def test_losses_of_any_shape_are_drawn_whole(losses: list[float]) -> None:
    spec = loss_distribution(losses, {"VaR": 3.0}, tail=3.0)
    bars = [row for rows in spec["datasets"].values() for row in rows if "share" in row]
    assert sum(row["share"] for row in bars) == pytest.approx(1.0, abs=1e-4)
    assert len(bars) <= 90


def test_bars_of_firms_never_reach_below_zero() -> None:
    frame = pd.DataFrame({"name": ["a", "b"], "value": [1.0, 0.0], "error": [2.0, 0.0], "text": ["1", "0"]})
    rows = [row for rows in importance_bars(frame, "caused")["datasets"].values() for row in rows]
    assert min(row["low"] for row in rows) == 0.0
