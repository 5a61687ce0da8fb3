"""The parts of serving: percentiles, drift, limits, the door, the description."""

import asyncio
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud.errors import ServingLimitError
from fraud.serving.door import Door
from fraud.serving.drift import FIELDS, Drift, FieldCells, stability_index
from fraud.serving.latency import LONGEST_NANOSECONDS, LatencyCounts, RollingLatency
from fraud.serving.limits import Limits
from fraud.serving.openapi import openapi
from fraud.serving.problem import RequestRefusedError
from fraud.serving.watch import Watch


@given(st.lists(st.integers(0, LONGEST_NANOSECONDS), min_size=1, max_size=200), st.sampled_from([0, 0.1, 0.5, 0.99, 1]))
def test_a_percentile_is_never_too_low_and_at_most_a_32nd_too_high(durations: list[int], share: float) -> None:
    counts = LatencyCounts()
    for one in durations:
        counts.record(one)
    exact = sorted(durations)[max(math.ceil(share * len(durations)), 1) - 1]
    assert exact <= counts.quantile(share) <= exact * (1 + 1 / 32)


def test_durations_beyond_both_ends_are_counted_at_the_ends() -> None:
    counts = LatencyCounts()
    counts.record(-5)
    counts.record(10**15)
    assert (counts.quantile(0.5), counts.quantile(1.0)) == (0, LONGEST_NANOSECONDS)


@given(st.lists(st.tuples(st.floats(0, 300), st.integers(0, 10**9)), max_size=60), st.floats(0, 300))
def test_the_last_minute_holds_what_was_recorded_in_its_twelve_parts(
    those: list[tuple[float, int]], now: float
) -> None:
    rolling = RollingLatency()
    for at, duration in sorted(those):
        rolling.record(duration, at)
    latest = max([now, *(at for at, _ in those)])
    wanted = sum(int(latest / 5) - 12 < int(at / 5) for at, _ in those)
    assert rolling.recent(latest).total == wanted
    assert rolling.all.total == len(those)


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=20), st.integers(1, 50))
def test_equal_shares_have_no_drift_and_others_some(counts: list[int], times: int) -> None:
    assert stability_index(counts, counts) == 0
    moved = [*counts[1:], counts[0] + 5_000]
    assert stability_index([*counts, 0], [0, *counts]) >= 0
    assert stability_index(counts, moved) >= 0


def test_the_index_is_that_of_the_definition() -> None:
    one, two = np.array([400.5, 600.5]) / 1001, np.array([100.5, 900.5]) / 1001
    assert stability_index([400, 600], [100, 900]) == pytest.approx(float(((one - two) * np.log(one / two)).sum()))


@given(st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.booleans()))
def test_every_value_has_a_cell(value: object) -> None:
    for cells in (*FIELDS, FieldCells("x", edges=(0.0,)), FieldCells("y", names=("a",))):
        assert 0 <= cells.place(value) < cells.count


def test_a_channel_that_stops_sending_a_field_is_seen_as_drift() -> None:
    drift = Drift(window=1_000)
    for number in range(500):
        drift.observe({"amount_fen": 100 * number, "customer_age": 40}, 0.01)
    for number in range(600):
        drift.observe({"amount_fen": 100 * (number % 500)}, 0.01)
    states = {one["name"]: one["state"] for one in drift.told()["fields"]}
    assert states["customer_age"] == "drifted"
    assert states["channel"] == states["probability"] == "stable"


def test_drift_is_not_told_of_few_events() -> None:
    drift = Drift(window=100)
    for _ in range(300):
        drift.observe({}, None)
    assert drift.told()["fields"] == []


@pytest.mark.parametrize("wrong", [{"patience": -1}, {"patience": math.nan}, {"most_waiting": 0}, {"retry_after": 0}])
def test_limits_without_room_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ServingLimitError, match="must be"):
        Limits(**wrong)  # type: ignore[arg-type]  # wrong on purpose


HOSTS = [b"127.0.0.1:8080", b"localhost", b"[::1]:9", b"localhost:80"]
FOREIGN = [b"", b"evil.example", b"127.0.0.1.evil.example:80", b"localhost.evil", b"0x7f.1", b"evil:80:80"]


@pytest.mark.parametrize("host", HOSTS)
def test_the_door_is_open_to_names_of_this_machine(host: bytes) -> None:
    Door().check([(b"host", host), (b"origin", b"http://" + host), (b"sec-fetch-site", b"same-origin")])


@pytest.mark.parametrize("host", FOREIGN)
def test_the_door_is_closed_to_other_names(host: bytes) -> None:
    with pytest.raises(RequestRefusedError, match="Host is"):
        Door().check([(b"host", host)])


@pytest.mark.parametrize("origin", [b"http://evil.example", b"null", b"http://127.0.0.1:9", b"http://127.0.0.1:80801"])
def test_the_door_is_closed_to_pages_of_others(origin: bytes) -> None:
    with pytest.raises(RequestRefusedError, match="Origin is"):
        Door().check([(b"host", b"127.0.0.1:8080"), (b"origin", origin)])
    with pytest.raises(RequestRefusedError, match="another site"):
        Door().check([(b"host", b"127.0.0.1:8080"), (b"sec-fetch-site", b"cross-site")])


def test_a_body_that_never_ends_and_one_that_breaks_off_are_refused() -> None:
    headers = [(b"content-type", b"application/json; charset=utf-8")]

    async def endless() -> dict[str, object]:
        return {"type": "http.request", "body": b"x" * 1000, "more_body": True}

    async def broken() -> dict[str, object]:
        return {"type": "http.disconnect"}

    async def slow() -> dict[str, object]:
        await asyncio.sleep(60)
        return {}

    for receive, status in ((endless, 413), (broken, 400), (slow, 408)):
        with pytest.raises(RequestRefusedError) as refused:
            asyncio.run(Door(seconds=0.01).body(headers, receive, (b"application/json",), 5_000))
        assert refused.value.status == status


def test_the_description_is_valid_openapi() -> None:
    validator = pytest.importorskip("openapi_spec_validator", reason="waits for openapi-spec-validator: pip install it")
    validator.validate(openapi())


def test_rates_and_rules_are_those_of_the_last_minutes() -> None:
    watch = Watch(now=0.0)
    told = {"event_id": "T", "action_name": "hold", "probability": None, "hits": ["r"], "reasons": [], "degraded": True}
    for second in range(600):
        watch.decided({}, told, 1_000_000, float(second))
    seen = watch.told(599.5)
    assert (seen["rate"], seen["minute"]["hold"], seen["minute"]["degraded"]) == (1.0, 60, 60)
    assert (seen["counts"]["hold"], seen["hit_rules"]) == (600, [["r", 300]])
    assert seen["rates"] == [1] * 300
    assert [one["number"] for one in watch.since(598)] == [599, 600]
