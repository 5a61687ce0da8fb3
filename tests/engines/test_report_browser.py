import json
import re
import shutil
import subprocess

import pytest
from network_seen import wait
from report_sample import HOSTILE, one_customer, sample_result

from engines.report.page import write_page
from engines.report.timeline import timeline
from engines.result import Picture

WIDTHS = {"desktop": 1280, "phone": 390}
TEXT_SIZES = """() => [...document.querySelectorAll(".picture svg text")].filter(t => t.textContent.trim())
    .map(t => [parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a, t.textContent])"""
OUTSIDE = """() => [...document.querySelectorAll(".picture")].flatMap(box => {
    const edge = box.getBoundingClientRect();
    return [...box.querySelectorAll("svg text")].filter(t => t.textContent.trim()).filter(t => {
        const r = t.getBoundingClientRect();
        return r.left < edge.left - 1 || r.right > edge.right + 1 || r.top < edge.top - 1 || r.bottom > edge.bottom + 1;
    }).map(t => t.textContent);
})"""
OVERLAPS = """() => [...document.querySelectorAll(".picture svg")].flatMap(svg => {
    const all = [...svg.querySelectorAll("text")].filter(t => t.textContent.trim() && +getComputedStyle(t).opacity > 0)
        .map(t => [t.textContent, t.getBoundingClientRect()]);
    return all.flatMap(([a, r], i) => all.slice(i + 1).filter(([b, s]) =>
        Math.min(r.right, s.right) - Math.max(r.left, s.left) > 1 &&
        Math.min(r.bottom, s.bottom) - Math.max(r.top, s.top) > 4).map(([b]) => a + " / " + b));
})"""


class Seen:
    """A page of the report in the browser, with all that the browser complained about."""

    def __init__(self, browser, path, width):
        self.page = browser.new_page(viewport={"width": width, "height": 900})
        self.complaints, self.requests = [], []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri())
        wait(
            self.page,
            "() => [...document.querySelectorAll('.picture')].every(box => box.querySelector('svg') || "
            "box.textContent.includes('could not be drawn'))",
        )
        # A chart takes the width of its box in the frame after it is drawn.
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def ask(self, script):
        return self.page.evaluate(script)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return write_page(sample_result(), tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture(scope="module", params=WIDTHS.values(), ids=list(WIDTHS))
def seen(request, browser, report):
    looked = Seen(browser, report, request.param)
    yield looked
    looked.page.close()


def test_the_browser_has_nothing_to_complain_about(seen):
    assert seen.complaints == []


def test_nothing_is_requested_but_the_file_itself(seen):
    assert len(seen.requests) == 1
    assert seen.requests[0].startswith("file://")


def test_every_picture_is_drawn_with_a_size(seen):
    sizes = seen.ask("() => [...document.querySelectorAll('.picture svg')].map(s => [s.clientWidth, s.clientHeight])")
    assert len(sizes) == 4
    assert all(width > 300 and height > 250 for width, height in sizes)


def test_the_page_is_not_wider_than_the_window(seen):
    assert seen.ask("() => document.documentElement.scrollWidth") <= seen.page.viewport_size["width"]


def test_a_wide_table_scrolls_in_its_own_box(seen):
    box, table = seen.ask(
        "() => { const b = document.querySelector('.scroll'); return [b.clientWidth, b.scrollWidth]; }"
    )
    assert box < seen.page.viewport_size["width"]
    assert table > 390


def test_the_smallest_text_of_a_picture_can_be_read(seen):
    size, text = min(seen.ask(TEXT_SIZES))
    assert size >= 12, text


def test_no_text_of_a_picture_is_cut_off(seen):
    assert seen.ask(OUTSIDE) == []


def test_no_two_texts_of_a_picture_overlap(seen):
    assert seen.ask(OVERLAPS) == []


def test_pictures_are_drawn_again_when_the_window_changes(browser, report):
    looked = Seen(browser, report, 1280)
    looked.page.set_viewport_size({"width": 390, "height": 900})
    wait(looked.page, "() => document.querySelector('.picture svg').clientWidth < 380")
    assert looked.ask("() => document.documentElement.scrollWidth") <= 390
    assert looked.complaints == []
    looked.page.close()


def test_what_a_file_holds_is_shown_and_not_run(browser, tmp_path):
    frame = one_customer().assign(label=HOSTILE, reasons=HOSTILE)
    picture = Picture(HOSTILE, HOSTILE, HOSTILE, lambda: timeline(frame))
    path = write_page(sample_result(title="honest", title_zh="", pictures=(picture,)), tmp_path / "report.html")
    looked = Seen(browser, path, 1280)
    assert looked.page.title().startswith("honest")
    assert HOSTILE in looked.ask("() => document.querySelector('.beside li').textContent")
    assert looked.complaints == []
    looked.page.close()


def test_a_tooltip_shows_a_hostile_label_as_text(browser, tmp_path):
    label = "<img src=x onerror=\"document.title='owned'\">"
    picture = Picture("t", "", "", lambda: timeline(one_customer().assign(label=label)))
    path = write_page(sample_result(pictures=(picture,)), tmp_path / "report.html")
    looked = Seen(browser, path, 1280)
    looked.page.hover(".mark-symbol path >> nth=3", force=True)
    looked.page.wait_for_selector("#vg-tooltip-element.visible")
    assert "<img" in looked.ask("() => document.querySelector('#vg-tooltip-element').textContent")
    assert "owned" not in looked.page.title()
    looked.page.close()


def test_a_script_that_slips_in_is_stopped_by_the_policy_of_the_page(browser, report, tmp_path):
    path = tmp_path / "tampered.html"
    script = "<script>document.title='owned'</script></footer>"
    path.write_text(report.read_text("utf-8").replace("</footer>", script), "utf-8")
    looked = Seen(browser, path, 1280)
    assert looked.page.title() != "owned"
    assert any("Content Security Policy" in complaint for complaint in looked.complaints)
    looked.page.close()


def test_a_picture_that_cannot_be_drawn_says_so_in_its_place(browser, tmp_path):
    picture = Picture("t", "", "", lambda: {"mark": "no such mark", "data": {"values": []}})
    looked = Seen(browser, write_page(sample_result(pictures=(picture,)), tmp_path / "report.html"), 390)
    assert "could not be drawn · 图表无法绘制" in looked.ask("() => document.querySelector('.picture').textContent")
    looked.page.close()


@pytest.mark.parametrize("where", ["h1 span", ".picture svg text", ".beside li"])
def test_chinese_is_written_with_a_font_that_has_it(browser, report, where):
    fonts = shutil.which("fc-list") and subprocess.run(
        ["fc-list", ":lang=zh", "family"], capture_output=True, text=True
    )
    if not fonts or not fonts.stdout.strip():
        pytest.skip("waits for a Chinese font: apt-get install fonts-noto-cjk")
    families = set(re.split(r"[,\n]", fonts.stdout.strip()))
    looked = Seen(browser, report, 1280)
    looked.ask(
        f"() => {{ [...document.querySelectorAll({json.dumps(where)})]"
        ".find(n => /[\\u4e00-\\u9fff]/.test(n.textContent)).id = 'chinese'; }"
    )
    devtools = looked.page.context.new_cdp_session(looked.page)
    devtools.send("DOM.enable")
    devtools.send("CSS.enable")
    root = devtools.send("DOM.getDocument")["root"]["nodeId"]
    node = devtools.send("DOM.querySelector", {"nodeId": root, "selector": "#chinese"})["nodeId"]
    used = {font["familyName"] for font in devtools.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]}
    assert used & families
    looked.page.close()
