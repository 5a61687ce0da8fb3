"""The benchmark of the province: everybody is measured by everything, beside the floor of their kind."""

import math

import pytest

from benchmarks import province


@pytest.fixture(scope="module")
def quick():
    steps = []
    found = province.run(quick=True, progress=lambda step, done, total: steps.append((done, total)))
    return found, steps


def test_every_subject_is_measured_by_every_metric(quick):
    found, _ = quick
    assert {one.dataset for one in found} == {"20,000 payments"}
    assert len(found) == len(province.SUBJECTS) * 4
    assert len({(one.subject, one.metric) for one in found}) == len(found)
    assert all(math.isfinite(one.value) and one.value > 0 for one in found)


def test_a_floor_is_exactly_as_fast_as_itself_and_every_subject_has_one(quick):
    ratio = {one.subject: one.value for one in quick[0] if one.metric == "of its floor"}
    speed = {one.subject: one.value for one in quick[0] if one.metric == "speed"}
    for name, (_, floor) in province.SUBJECTS.items():
        assert ratio[name] == speed[name] / speed[floor]
        assert ratio[floor] == 1


def test_the_progress_counts_every_process(quick):
    _, steps = quick
    assert steps == [(done, len(steps)) for done in range(len(steps))]
    assert len(steps) == len(province.SUBJECTS) * 2
