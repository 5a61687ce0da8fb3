"""The browser itself: patience, dialogs, wrapped labels, files; each page here is written out in its test."""

import asyncio
import socket
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from conftest import Chrome

from rpa.browser import (
    Button,
    Field,
    Found,
    Tab,
    attach,
    choose,
    click,
    download,
    fill,
    fill_form,
    go,
    open_browser,
    open_tab,
    press,
)
from rpa.errors import (
    BrowserStuckError,
    DownloadError,
    FailureError,
    NotFoundOnPageError,
    ReadBackError,
    UnknownPageError,
)


def show(chrome: Chrome, tab: Tab, body: str) -> None:
    tab.healed.clear()
    tab.dialogs.clear()
    chrome.run(go(tab, f"data:text/html;charset=utf-8,{quote(body)}"))


def value(chrome: Chrome, tab: Tab, selector: str) -> str:
    return str(chrome.run(tab.page.input_value(selector)))


def test_a_label_that_wraps_a_list_is_found_by_its_own_text(chrome: Chrome, tab: Tab) -> None:
    show(chrome, tab, "<label>行业分类 <select id=i><option value=C>制造业<option value=F>零售业</select></label>")
    chrome.run(choose(tab, Field("industry", "行业分类", "choice"), "零售业"))
    assert (value(chrome, tab, "#i"), tab.healed) == ("F", [])


@pytest.mark.parametrize("option", ["批发业", "制造", ""])
def test_an_option_that_is_not_there_is_not_chosen(chrome: Chrome, tab: Tab, option: str) -> None:
    show(chrome, tab, "<label>行业 <select id=i><option value=C>制造业<option value=F>零售业</select></label>")
    with pytest.raises(NotFoundOnPageError, match="0 options of '行业'"):
        chrome.run(choose(tab, Field("industry", "行业", "choice"), option))


def test_what_nobody_can_see_or_change_is_not_filled(chrome: Chrome, tab: Tab) -> None:
    show(
        chrome,
        tab,
        "<label for=a>账号</label><input id=a style='display:none'><label for=b>账号</label><input id=b disabled>"
        "<label for=c>账号</label><input id=c>",
    )
    chrome.run(fill(tab, Field("account_number", "账号"), "62"))
    assert [value(chrome, tab, f"#{one}") for one in "abc"] == ["", "", "62"]


def test_labels_may_be_given_in_other_ways(chrome: Chrome, tab: Tab) -> None:
    show(
        chrome,
        tab,
        "<span id=l>账号</span><input id=a aria-labelledby=l><input id=b aria-label=密码 type=password>"
        "<table><tr><td>联系电话：</td><td><input id=c></td></tr></table>",
    )
    fields = (Field("n", "账号"), Field("p", "密码", "password"), Field("phone", "联系电话"))
    chrome.run(fill_form(tab, fields, {"n": "1", "p": "2", "phone": "3"}))
    assert [value(chrome, tab, f"#{one}") for one in "abc"] == ["1", "2", "3"]
    assert [(one.field, one.found_by) for one in tab.healed] == [("phone", "likeness")]


def test_a_field_that_does_not_keep_what_is_typed_is_noticed(chrome: Chrome, tab: Tab) -> None:
    show(chrome, tab, "<label for=a>账号</label><input id=a oninput='this.value = this.value.slice(0, 8)'>")
    with pytest.raises(ReadBackError, match="does not hold what was typed into '账号'"):
        chrome.run(fill(tab, Field("account_number", "账号"), "3018210000000105"))


def test_a_field_that_is_drawn_late_is_waited_for(chrome: Chrome, tab: Tab) -> None:
    late = "document.body.innerHTML = '<label for=a>账号</label><input id=a>'"
    show(chrome, tab, f"<body><script>setTimeout(() => {{{late}}}, 100)</script>")
    chrome.run(fill(tab, Field("account_number", "账号"), "62"))
    assert value(chrome, tab, "#a") == "62"


@pytest.mark.parametrize("call", ["alert('升级？')", "confirm('升级？')", "prompt('升级？')"])
def test_a_dialog_is_dismissed_and_the_next_action_names_its_text(chrome: Chrome, tab: Tab, call: str) -> None:
    show(chrome, tab, f'<button onclick="document.title = String({call})">去</button><label>账号 <input id=a></label>')
    chrome.run(click(tab, Button("去")))
    with pytest.raises(UnknownPageError, match="升级？"):
        chrome.run(fill(tab, Field("n", "账号"), "62"))
    assert value(chrome, tab, "#a") == ""
    assert chrome.run(tab.page.title()) in ("undefined", "false", "null")
    chrome.run(fill(tab, Field("n", "账号"), "62"))  # whoever caught the error has heard of it


def test_a_window_that_opens_by_itself_is_closed_and_the_next_action_says_so(chrome: Chrome, tab: Tab) -> None:
    show(chrome, tab, "<button onclick=\"window.open('about:blank?ad')\">去</button>")
    chrome.run(click(tab, Button("去")))
    chrome.run(asyncio.sleep(0.3))
    with pytest.raises(UnknownPageError, match="window: about:blank"):
        chrome.run(click(tab, Button("去")))
    assert len(tab.page.context.pages) == 1


@pytest.mark.parametrize("over", ["<dialog open>升级？</dialog>", "<div role=dialog>升级？</div>"])
def test_nothing_is_typed_behind_a_dialog_of_the_page(chrome: Chrome, tab: Tab, over: str) -> None:
    show(chrome, tab, f"<label>账号 <input id=a></label>{over}")
    with pytest.raises(UnknownPageError, match="升级？"):
        chrome.run(fill(tab, Field("n", "账号"), "62"))
    assert value(chrome, tab, "#a") == ""
    show(chrome, tab, f"<label>账号 <input id=a></label><div style='display:none'>{over}</div>")
    chrome.run(fill(tab, Field("n", "账号"), "62"))


def test_a_page_that_does_not_come_is_a_failure_within_the_tabs_patience(chrome: Chrome, tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        chrome.open_tab(tmp_path, patience=0.5) as tab,
        pytest.raises(FailureError, match=r"took longer than 0\.5 seconds"),
    ):
        chrome.run(go(tab, f"http://127.0.0.1:{silent.getsockname()[1]}/"))


def test_nobody_who_listens_is_a_failure(chrome: Chrome, tab: Tab) -> None:
    with pytest.raises(FailureError, match=r"going to http://127\.0\.0\.1:9/ failed"):
        chrome.run(go(tab, "http://127.0.0.1:9/"))


def test_a_button_that_leads_nowhere_is_a_failure(chrome: Chrome, tmp_path: Path) -> None:
    with chrome.open_tab(tmp_path, patience=0.5) as tab:
        show(chrome, tab, "<button>下一步</button>")
        with pytest.raises(FailureError, match="clicking '下一步' took longer"):
            chrome.run(press(tab, Button("下一步")))


def test_a_button_that_is_not_there_is_no_failure_of_the_system(chrome: Chrome, tab: Tab) -> None:
    show(chrome, tab, "<button>取消</button>")
    with pytest.raises(NotFoundOnPageError, match="there is no button '下一步'"):
        chrome.run(press(tab, Button("下一步")))


def test_files_are_attached_and_downloaded(chrome: Chrome, tab: Tab, tmp_path: Path) -> None:
    paper = tmp_path / "营业执照.png"
    paper.write_bytes(b"\x89PNG")
    show(
        chrome,
        tab,
        "<label for=f>影像文件</label><input type=file id=f multiple><a href='data:,62' download=x>下载</a>",
    )
    chrome.run(attach(tab, Field("files", "影像文件", "file"), [paper]))
    assert chrome.run(tab.page.evaluate("document.getElementById('f').files[0].name")) == "营业执照.png"
    path = chrome.run(download(tab, Button("下载", "link"), "mine.txt"))
    assert (path, path.read_bytes()) == (tab.downloads / "mine.txt", b"62")


def test_a_download_that_does_not_come_leaves_no_file(chrome: Chrome, tmp_path: Path) -> None:
    with chrome.open_tab(tmp_path, patience=0.5) as tab:
        show(chrome, tab, "<a href='#'>下载</a>")
        with pytest.raises(DownloadError):
            chrome.run(download(tab, Button("下载", "link"), "mine.txt"))
        assert not (tmp_path / "mine.txt").exists()


def test_a_trace_is_written_when_it_is_asked_for(chrome: Chrome, tmp_path: Path) -> None:
    async def traced(trace: Path | None) -> None:
        async with open_tab(chrome.browser, tmp_path, trace=trace) as tab:
            await go(tab, "data:text/html,<p>x")

    chrome.run(traced(None))
    assert list(tmp_path.iterdir()) == []
    chrome.run(traced(tmp_path / "trace.zip"))
    assert (tmp_path / "trace.zip").stat().st_size > 0


def test_a_browser_that_ends_is_a_failure_and_its_tab_is_dead(chrome: Chrome, tmp_path: Path) -> None:
    async def killed() -> tuple[bool, bool, str]:
        context = await chrome.browser.new_context()
        await context.close()
        async with open_tab(chrome.browser, tmp_path) as tab:
            alive = tab.is_alive
            await tab.page.context.close()
            try:
                await go(tab, "data:text/html,<p>x")
            except FailureError as error:
                return alive, tab.is_alive, str(error)
        return alive, tab.is_alive, ""

    before, after, said = chrome.run(killed())
    assert (before, after) == (True, False)
    assert "closed" in said


def test_what_is_no_browser_does_not_start(chrome: Chrome, tmp_path: Path) -> None:
    async def start() -> None:
        async with open_browser(Found("/bin/false", "variable", has_windows=False)):
            time.sleep(0)

    with pytest.raises(FailureError, match="the browser /bin/false does not start"):
        chrome.run(start())


class Stuck:
    """A browser that lives and opens nothing; the context, if it opens one, has no page and does not close."""

    def __init__(self, opens_context: bool) -> None:
        self.opens_context = opens_context

    def is_connected(self) -> bool:
        return True

    async def new_context(self, **_: object) -> "Stuck":
        if not self.opens_context:
            await asyncio.Event().wait()
        return self

    def set_default_timeout(self, _: float) -> None:
        pass

    async def new_page(self) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None:
        await asyncio.Event().wait()


@pytest.mark.parametrize("opens_context", [False, True])
def test_a_browser_that_opens_no_tab_is_not_waited_for(tmp_path: Path, opens_context: bool) -> None:
    async def opened() -> None:
        async with open_tab(Stuck(opens_context), tmp_path, patience=0.05):  # type: ignore[arg-type]  # it stands for one
            pytest.fail("a tab was opened")

    with pytest.raises(BrowserStuckError, match=r"no tab within 0\.15 seconds"):
        asyncio.run(asyncio.wait_for(opened(), 5))
