"""The mouse clicks what was found and nothing else: not what lies over it, and not what comes in its place."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from conftest import Chrome

from rpa.browser import Button, Tab, click, go, press
from rpa.errors import FailureError

OVER = "<div id=over style='position: fixed; inset: 0; background: #fff8'>请稍候</div>"
PAGE = "<button id=yes onclick='document.title += 1'>确认提交</button><button id=no onclick='document.title += 2'>删除"


@pytest.fixture(scope="module")
def tab(chrome: Chrome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """One tab for all tests here, short of patience."""
    with chrome.open_tab(tmp_path_factory.mktemp("downloads")) as opened:
        opened.patience = 2.0
        yield opened


def show(chrome: Chrome, tab: Tab, body: str) -> None:
    chrome.run(go(tab, f"data:text/html;charset=utf-8,{quote(f'<title>0</title>{body}')}"))


def clicked(chrome: Chrome, tab: Tab) -> str:
    return str(chrome.run(tab.page.title()))


@pytest.mark.parametrize(
    "above", ["", "<div style='height: 5000px'></div>", "<div style='width: 5000px; height: 1px'>"]
)
def test_a_button_is_clicked_once_wherever_it_stands(chrome: Chrome, tab: Tab, above: str) -> None:
    show(chrome, tab, above + PAGE)
    chrome.run(click(tab, Button("确认提交")))
    assert clicked(chrome, tab) == "01"


def test_the_text_inside_a_button_is_the_button(chrome: Chrome, tab: Tab) -> None:
    show(chrome, tab, PAGE.replace("确认提交", "<b><i>确认</i>提交</b>"))
    chrome.run(click(tab, Button("确认提交")))
    assert clicked(chrome, tab) == "01"


def test_nothing_is_clicked_through_what_lies_over_it(chrome: Chrome, tab: Tab) -> None:
    show(chrome, tab, PAGE + OVER)
    for act in (click, press):
        with pytest.raises(FailureError, match="covered by 请稍候"):
            chrome.run(act(tab, Button("确认提交")))
    assert clicked(chrome, tab) == "0"


def test_what_lies_over_it_for_a_moment_is_waited_for(chrome: Chrome, tab: Tab) -> None:
    show(chrome, tab, f"{PAGE}</button>{OVER}<script>setTimeout(() => over.remove(), 600)</script>")
    chrome.run(click(tab, Button("确认提交")))
    assert clicked(chrome, tab) == "01"


def test_a_control_that_slips_under_the_mouse_is_not_clicked(chrome: Chrome, tab: Tab) -> None:
    """As soon as the mouse comes near, another button takes the place of the one that was found."""
    show(chrome, tab, f"{PAGE}</button><script>document.onmousemove = () => yes.before(no)</script>")
    chrome.run(tab.page.mouse.move(900, 900))
    show(chrome, tab, f"{PAGE}</button><script>document.onmousemove = () => yes.before(no)</script>")
    with pytest.raises(FailureError, match="took longer than"):
        chrome.run(press(tab, Button("确认提交")))
    assert clicked(chrome, tab) == "0"
    chrome.run(tab.page.click("#no"))
    assert clicked(chrome, tab) == "02"


def test_a_click_that_came_to_nothing_does_not_stand_in_the_way_of_the_next(chrome: Chrome, tab: Tab) -> None:
    show(chrome, tab, f"{PAGE}</button><script>yes.onmousedown = () => yes.remove()</script>")
    chrome.run(click(tab, Button("确认提交")))
    assert clicked(chrome, tab) == "0"
    chrome.run(click(tab, Button("删除")))
    assert clicked(chrome, tab) == "02"
