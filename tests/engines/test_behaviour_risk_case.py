"""Case behaviour-risk: what it promises, and what it measures against the truth."""

import numpy as np
import pytest

from engines.behaviour.devices import match_devices, threatened
from engines.behaviour.people import link_people
from engines.cases.behaviour_risk import run
from engines.result import Result


@pytest.fixture(scope="module")
def result() -> Result:
    return run(seed=7, size=20_000)


def test_the_case_keeps_all_its_promises(result: Result) -> None:
    assert [check.name for check in result.checks if not check.passed] == []
    assert result.paper_case == "2-3"
    assert {number.name for number in result.numbers if number.paper} >= {"99 of 100 within", "transactions"}


def test_all_seven_models_are_told_with_figures(result: Result) -> None:
    table = next(one for one in result.tables if one.title.startswith("Models"))
    assert len(table.rows) == 7
    assert all(0 <= float(row[1]) <= 1 for row in table.rows)
    assert table.rows[-1][0].startswith("blend")
    assert all(picture.draw()["width"] == "container" for picture in result.pictures)


def test_the_weighted_comparison_is_learnt_and_plain_ones_are_told() -> None:
    found, maybe, drifted, alike = match_devices(6_000, seed=3)
    ours, equal, most = found
    assert min(ours.precision, ours.recall) > 0.8
    assert equal.recall < most.recall <= 1
    assert maybe > 0
    assert (drifted.decision, alike.decision) == ("same", "other")
    assert np.isclose(sum(part.weight for part in drifted.parts), drifted.weight)


def test_a_farm_is_a_threat_and_a_developer_is_none() -> None:
    kinds = {one.kind: one.grave for one in threatened(6_000, seed=3)[0]}
    assert kinds["farm"]["emulator"] > 0
    assert not any(any(grave.values()) for kind, grave in kinds.items() if kind != "farm")


def test_contacts_are_linked_to_people_and_the_way_is_told() -> None:
    linked = link_people(20_000, seed=3)
    assert linked.precision > 0.99
    assert linked.recall > 0.8
    assert len(linked.path) >= 2
    assert all(one.keys for one in linked.path)
    assert link_people(20_000, seed=3) == linked
