"""Which browser is driven: the one asked for, Playwright's own, the system's; and what to do if there is none."""

from pathlib import Path

import pytest

from rpa.browser import Found, find_browser
from rpa.errors import BrowserMissingError

EVERYTHING = {
    name: f"/usr/bin/{name}" for name in ("microsoft-edge", "google-chrome", "chromium", "chromium-headless-shell")
}


def put(folder: Path, *parts: str) -> str:
    path = folder.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return str(path)


def test_the_variable_has_the_first_word(tmp_path: Path) -> None:
    mine = put(tmp_path, "my-chrome")
    assert find_browser({"HEXI_BROWSER": mine}, EVERYTHING.get) == Found(mine, "variable", has_windows=True)


def test_the_variable_may_name_a_command() -> None:
    assert find_browser({"HEXI_BROWSER": "google-chrome"}, EVERYTHING.get).path == "/usr/bin/google-chrome"


def test_a_variable_that_names_no_browser_is_refused_although_there_are_others() -> None:
    with pytest.raises(BrowserMissingError, match="HEXI_BROWSER is '/nowhere/chrome'"):
        find_browser({"HEXI_BROWSER": "/nowhere/chrome"}, EVERYTHING.get)


def test_playwrights_own_comes_before_the_systems_and_the_newest_before_the_others(tmp_path: Path) -> None:
    put(tmp_path, ".cache/ms-playwright/chromium_headless_shell-999/chrome-linux/headless_shell")
    newest = put(
        tmp_path, ".cache/ms-playwright/chromium_headless_shell-1208/chrome-headless-shell-linux64/headless_shell"
    )
    found = find_browser({"HOME": str(tmp_path)}, EVERYTHING.get)
    assert found == Found(newest, "playwright", has_windows=False)


def test_playwrights_folder_may_lie_elsewhere(tmp_path: Path) -> None:
    chrome = put(tmp_path, "chromium-1208", "chrome-linux64", "chrome")
    assert find_browser({"PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}, {}.get) == Found(chrome, "playwright", True)


def test_a_folder_of_playwright_without_a_browser_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "chromium-1208").mkdir()
    found = find_browser({"PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}, EVERYTHING.get)
    assert found.kind == "chromium-headless-shell"


def test_the_systems_browsers_are_tried_in_order_the_smallest_first() -> None:
    left, order = dict(EVERYTHING), []
    while left:
        order.append(find_browser({}, left.get).kind)
        del left[order[-1]]
    assert order == ["chromium-headless-shell", "chromium", "google-chrome", "microsoft-edge"]


def test_whoever_wants_to_watch_gets_a_browser_with_windows(tmp_path: Path) -> None:
    put(tmp_path, ".cache/ms-playwright/chromium_headless_shell-1208/chrome-linux/headless_shell")
    assert find_browser({"HOME": str(tmp_path)}, EVERYTHING.get, headed=True).kind == "chromium"
    with pytest.raises(BrowserMissingError, match="without --headed the headless shell is enough"):
        find_browser({}, {"chromium-headless-shell": "/usr/bin/chromium-headless-shell"}.get, headed=True)
    with pytest.raises(BrowserMissingError, match="shows no windows"):
        find_browser({"HEXI_BROWSER": "chromium-headless-shell"}, EVERYTHING.get, headed=True)


def test_without_a_browser_one_sentence_says_how_to_get_one() -> None:
    with pytest.raises(BrowserMissingError) as caught:
        find_browser({}, {}.get)
    assert "apt-get install chromium-headless-shell" in str(caught.value)
    assert "playwright install chromium" in str(caught.value)
    assert "\n" not in str(caught.value)
