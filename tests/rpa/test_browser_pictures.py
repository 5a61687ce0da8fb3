"""A picture shows the whole page with what is covered covered, in every part of it, and leaves the page as it was."""

import struct
from urllib.parse import quote

import pytest
from conftest import Chrome

from rpa.browser import Tab, go, picture

COVER = "[data-secret] { color: transparent !important; background: #444 !important }"
SECRET = "<b data-secret>482913</b>"
PAGES = {
    "low": f"<p>{SECRET}</p>",
    "high": f"<div style='height: 4000px'>{SECRET}</div><p>the end {SECRET}</p>",
    "wide": f"<div style='width: 3000px; text-align: right'>{SECRET}</div>",
    "own tree": "<p id=host></p><script>host.attachShadow({mode: 'open'}).innerHTML = `" + SECRET + "`</script>",
    "strict": f"<meta http-equiv=Content-Security-Policy content=\"style-src 'none'\"><p>{SECRET}</p>",
}


def taken(chrome: Chrome, tab: Tab, body: str, style: str = COVER) -> bytes:
    chrome.run(go(tab, f"data:text/html;charset=utf-8,{quote(body)}"))
    return bytes(chrome.run(picture(tab, style)))


def size(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize("name", PAGES)
def test_what_is_covered_cannot_be_told_from_the_picture(chrome: Chrome, tab: Tab, name: str) -> None:
    one, other = (PAGES[name].replace("482913", secret) for secret in ("482913", "719305"))
    assert taken(chrome, tab, one) == taken(chrome, tab, other)
    assert taken(chrome, tab, one, "") != taken(chrome, tab, other, "")


def test_what_is_covered_in_a_frame_cannot_be_told_either(chrome: Chrome, tab: Tab) -> None:
    def framed(secret: str) -> str:
        return f"<iframe srcdoc='<p>{SECRET.replace('482913', secret)}</p>'></iframe>"

    assert taken(chrome, tab, framed("482913")) == taken(chrome, tab, framed("719305"))
    assert taken(chrome, tab, framed("482913"), "") != taken(chrome, tab, framed("719305"), "")


def test_all_of_a_page_is_on_it(chrome: Chrome, tab: Tab) -> None:
    low, high, wide = (size(taken(chrome, tab, PAGES[name])) for name in ("low", "high", "wide"))
    assert low == (1100, 1000)
    assert high[1] > 4000
    assert wide[0] >= 3000


def test_the_page_is_afterwards_as_it_was(chrome: Chrome, tab: Tab) -> None:
    taken(chrome, tab, PAGES["low"])
    look = "getComputedStyle(document.querySelector('b')).color + document.adoptedStyleSheets.length"
    assert chrome.run(tab.page.evaluate(look)) == "rgb(0, 0, 0)0"
