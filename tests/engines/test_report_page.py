import dataclasses
import json
import re
import sys
from html.parser import HTMLParser

import pytest
from report_sample import HOSTILE, sample_result

from engines.errors import MissingExtraError, PictureRefusedError
from engines.report.page import render_page, require, write_page
from engines.result import Check, Number, Picture, Table


class Reader(HTMLParser):
    """Collects the elements, their attributes and the text of scripts."""

    def __init__(self):
        super().__init__()
        self.elements, self.scripts, self._inside = [], [], None

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._inside = dict(attrs) if tag == "script" else None

    def handle_endtag(self, tag):
        self._inside = None

    def handle_data(self, data):
        if self._inside is not None:
            self.scripts.append((self._inside, data))


def read(page):
    reader = Reader()
    reader.feed(page)
    return reader


@pytest.fixture(scope="module")
def page():
    return render_page(sample_result())


def test_no_element_names_an_address_on_the_network(page):
    for tag, attributes in read(page).elements:
        for name in ("src", "href", "action", "poster", "data", "srcset", "background"):
            assert not (attributes.get(name) or "").startswith(("http:", "https:", "//")), (tag, name)
        assert not re.search(r"url\(|@import", attributes.get("style") or "")
    assert not re.search(r"url\(|@import", re.search(r"<style>(.*?)</style>", page, re.S)[1])


def test_the_page_itself_forbids_every_request_and_every_other_script(page):
    policy = next(a["content"] for _, a in read(page).elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy
    assert "http" not in policy


def test_no_picture_names_its_schema_on_the_network(page):
    drawings = [text for attributes, text in read(page).scripts if attributes.get("type") == "application/json"]
    assert len(drawings) == 4
    assert all("http" not in text for text in drawings)


def test_languages_are_marked(page):
    elements = read(page).elements
    assert ("html", {"lang": "en"}) in elements
    assert any(attributes.get("lang") == "zh-Hans" for _, attributes in elements)


def test_what_a_file_holds_never_becomes_an_element():
    spec = {"data": {"values": [{"id": HOSTILE, "x": 1}]}, "mark": "point", "encoding": {}}
    hostile = sample_result(
        title=HOSTILE,
        headline=HOSTILE,
        headline_zh=HOSTILE,
        source=HOSTILE,
        numbers=(Number(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE), Number(HOSTILE, HOSTILE, HOSTILE)),
        checks=(Check(HOSTILE, HOSTILE, True, HOSTILE),),
        tables=(Table(HOSTILE, HOSTILE, (HOSTILE,), ((HOSTILE,),)),),
        pictures=(Picture(HOSTILE, HOSTILE, HOSTILE, lambda: dict(spec)),),
        notes=(HOSTILE,),
    )
    reader = read(render_page(hostile, command=HOSTILE))
    assert len(reader.scripts) == 3
    attributes, text = reader.scripts[0]
    assert attributes["type"] == "application/json"
    assert not re.search("[<>&]", text)
    assert json.loads(text)["data"]["values"][0]["id"] == HOSTILE


def test_the_paper_figure_is_marked_as_the_papers(page):
    blocked = page[page.index("transactions blocked") :][:600]
    assert re.search(
        r"ours.*0\.041 %.*the paper&#39;s.*0\.0063 %|ours.*0\.041 %.*the paper's.*0\.0063 %", blocked, re.S
    )


def test_the_footer_says_how_to_repeat_the_run(page):
    footer = page[page.index("<footer>") :]
    assert "hexi run anti-fraud --seed 7 --size 200000" in footer
    assert "synthetic province" in footer


def test_a_page_without_pictures_carries_no_library():
    small = render_page(sample_result(pictures=()))
    assert len(small) < 30_000
    assert "<script" not in small


def test_a_page_replaces_the_one_before_it(tmp_path):
    target = tmp_path / "report.html"
    target.write_text("old")
    assert write_page(sample_result(pictures=()), target) == target
    assert target.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert list(tmp_path.iterdir()) == [target]


def test_a_picture_that_fails_leaves_the_old_page_and_nothing_half_written(tmp_path):
    def fail():
        raise RuntimeError("no data")

    target = tmp_path / "report.html"
    target.write_text("old")
    with pytest.raises(RuntimeError, match="no data"):
        write_page(sample_result(pictures=(Picture("t", "", "", fail),)), target)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_target_that_cannot_be_replaced_leaves_nothing_half_written(tmp_path):
    target = tmp_path / "report.html"
    (target / "inside").mkdir(parents=True)
    with pytest.raises(OSError, match=r"report\.html"):
        write_page(sample_result(pictures=()), target)
    assert list(tmp_path.iterdir()) == [target]


def test_half_a_surrogate_pair_does_not_stop_the_page(tmp_path):
    table = Table("t\ud800", "", ("a",), (("\udfff",),))
    written = write_page(sample_result(pictures=(), tables=(table,)), tmp_path / "report.html")
    assert "\ufffd" in written.read_text("utf-8")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object()])
def test_a_number_that_json_has_not_is_refused_by_the_name_of_the_picture(value):
    picture = Picture("broken picture", "", "", lambda: {"data": {"values": [{"x": value}]}})
    with pytest.raises(PictureRefusedError, match="broken picture"):
        render_page(sample_result(pictures=(picture,)))


def test_drawing_does_not_change_what_the_case_gave():
    spec = {"mark": "point", "data": {"values": []}}
    render_page(sample_result(pictures=(Picture("t", "", "", lambda: spec),)))
    assert spec == {"mark": "point", "data": {"values": []}}


@pytest.mark.parametrize("module", ["altair", "jinja2", "vl_convert"])
def test_a_missing_extra_is_named_with_the_command_that_installs_it(module, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=r"the HTML report needs the extra 'report': pip install -e") as caught:
        require()
    assert caught.value.missing == (module,)
    with pytest.raises(MissingExtraError):
        write_page(sample_result(), tmp_path / "report.html")
    assert not list(tmp_path.iterdir())


def test_a_row_longer_than_its_header_is_shown_whole():
    table = Table("t", "", ("a",), (("1", "beyond"), ()))
    assert "beyond" in render_page(sample_result(pictures=(), tables=(table,)))


def test_the_same_result_gives_the_same_page(page):
    assert render_page(dataclasses.replace(sample_result())) == page
