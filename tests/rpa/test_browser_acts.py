"""Acts of the browser: their failures are named, and their times told, from every task that is begun meanwhile."""

import asyncio

import pytest

from rpa.browser.acts import act, acts_timed
from rpa.errors import FailureError

playwright = pytest.importorskip("playwright.async_api", reason="waits for Playwright: the extra `rpa`")


def test_times_are_told_from_tasks_too_and_of_acts_that_fail() -> None:
    seen: list[tuple[str, float]] = []

    async def slow(what: str) -> None:
        with act(what, 5.0):
            await asyncio.sleep(0.02)

    async def all_at_once() -> None:
        await asyncio.gather(slow("going to a page"), asyncio.create_task(slow("filling a form")))
        with pytest.raises(FailureError), act("clicking 'OK'", 5.0):
            raise playwright.Error("gone\nCall log: ...")

    with acts_timed(lambda kind, seconds: seen.append((kind, seconds))):
        asyncio.run(all_at_once())
    with act("going on", 5.0):
        pass
    assert sorted(kind for kind, _ in seen) == ["clicking", "filling", "going"]
    assert all(seconds >= 0.02 for kind, seconds in seen if kind != "clicking")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (playwright.Error("gone\nCall log: ..."), "clicking 'OK' failed: gone"),
        (playwright.Error(""), "clicking 'OK' failed: Error"),
        (playwright.TimeoutError("late"), "clicking 'OK' took longer than 2.5 seconds"),
        (TimeoutError(), "clicking 'OK' took longer than 2.5 seconds"),
    ],
)
def test_a_failure_names_what_was_being_done(error: Exception, said: str) -> None:
    with pytest.raises(FailureError) as failed, act("clicking 'OK'", 2.5):
        raise error
    assert str(failed.value) == said


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(KeyError), act("clicking", 1.0):
        raise KeyError("no failure of the browser")
