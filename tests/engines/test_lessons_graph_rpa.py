"""The lessons of the filing bot on a machine without a browser: they say so in a sentence, and all else runs."""

from importlib.util import find_spec

import pytest

from engines.workshop.checking import RIGHT
from engines.workshop.reading import lessons
from engines.workshop.running import trial

for module, extra in (("jupytext", "lessons"), ("altair", "report"), ("playwright", "rpa")):
    if find_spec(module) is None:
        pytest.skip(f"waits for {module}: pip install -e '.[{extra}]'", allow_module_level=True)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("07_exactly_once", "All else in this lesson runs without."), ("08_pages_that_lie", "No page is visited")],
)
def test_without_a_browser_a_lesson_says_what_is_left_out_and_goes_on(
    name: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEXI_BROWSER", "/no/such/browser")
    told = trial(lessons()[name])
    (said,) = [printed for printed in told.shown if sentence in printed]
    assert "/no/such/browser" in said
    assert all(RIGHT in printed for printed in told.solved)
