"""The start page and what it is made from: cases run apart, their reports on a shelf, durations, thumbnails."""

import json
import re
from pathlib import Path

import pytest
from report_sample import sample_result

from engines import catalogue
from engines.__main__ import main
from engines.errors import EngineError
from engines.paper import paper_cases
from engines.report.document import to_json
from engines.report.page import write_page as write_report
from engines.start import durations, shelf
from engines.start.durations import Durations, measure, read
from engines.start.page import cards, links, render_page, write_page
from engines.start.running import SMALL, Ran, run_case
from engines.start.shelf import Kept, kept, make
from engines.start.thumbnails import as_source, drawn, photograph

CASES = catalogue.cases()
DOCUMENT = json.loads(to_json(sample_result()))


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    """A report as a case leaves it."""
    return write_report(sample_result(), tmp_path_factory.mktemp("report") / "anti-fraud.html")


@pytest.fixture
def a_case(report, monkeypatch):
    """Cases that take no time: each leaves the same report, but `filing`, which fails."""

    def run(name, size=None, page=None):
        if name == "filing":
            return Ran({}, 0.1, 0.1, "no browser was found: <b>install one</b>")
        if page is not None:
            page.write_bytes(report.read_bytes())
        return Ran(DOCUMENT, 12.3, 7.8)

    monkeypatch.setattr(shelf, "run_case", run)
    monkeypatch.setattr(durations, "run_case", run)


def quiet(step, done, total):
    """Report nothing."""


def test_all_37_cases_are_on_the_page_with_what_runs_or_why_not(tmp_path):
    page = render_page(tmp_path)
    for one in paper_cases(CASES.values()):
        row = re.search(rf'<tr id="case-{one.number}".*?</tr>', page, re.DOTALL)
        assert row is not None, one.number
        assert all(f'<a href="#{name}">{name}</a>' in row[0] for name in one.runs)
        assert one.runs or one.why.split("`")[0].replace("'", "&#39;") in row[0]


def test_every_case_of_ours_is_a_tile_with_a_command_to_copy(tmp_path):
    page = render_page(tmp_path)
    for name in CASES:
        tile = re.search(rf'<article class="tile" id="{name}">.*?</article>', page, re.DOTALL)
        assert tile is not None, name
        command = re.search(r"<code>(.*?)</code><button", tile[0])
        assert command is not None
        assert re.sub(r"<.*?>", "", command[1]) == f"hexi run {name} --open"
        assert "not run for this page yet" in tile[0]


def test_a_page_without_reports_says_how_to_make_them(tmp_path):
    assert "hexi</span> <span>open</span> <span>--make" in render_page(tmp_path)


def test_cases_are_grouped_by_engine_and_the_story_stands_apart(tmp_path):
    engines = {one.entry.name: one.engine for one in cards(tmp_path)}
    assert engines["anti-fraud"] == "fraud"
    assert engines["limits"] == "credit_graph"
    assert engines["province"] == ""
    assert next(one.entry.name for one in cards(tmp_path)) == "province"


def test_a_case_of_somebodys_own_stands_among_the_others(monkeypatch, tmp_path):
    own = catalogue.Entry("night-owls", "engines.cases.night_owls", "Night owls", "夜猫子", "")
    monkeypatch.setattr(catalogue, "cases", lambda: CASES | {"night-owls": own})
    assert [(one.entry.name, one.engine) for one in cards(tmp_path)][-1] == ("night-owls", "other")
    assert "Others" in render_page(tmp_path)


def test_small_sizes_are_those_of_cases_that_there_are():
    assert SMALL.keys() <= CASES.keys()


def test_reports_are_made_with_pictures_and_shown(a_case, monkeypatch, tmp_path):
    monkeypatch.setattr(
        shelf, "photograph", lambda pages: [page.with_suffix(".jpg").write_bytes(b"x") for page in pages]
    )
    said = []
    make(tmp_path, ["anti-fraud", "filing"], quiet, said.append)
    assert said == ["filing: no browser was found: <b>install one</b>"]
    there = kept(tmp_path, "anti-fraud")
    assert there == Kept(
        DOCUMENT["headline"], DOCUMENT["headline_zh"], DOCUMENT["passed"], DOCUMENT["size"], "",
        "reports/anti-fraud.html", "reports/anti-fraud.jpg",
    )  # fmt: skip
    page = render_page(tmp_path)
    assert '<a class="shot" href="reports/anti-fraud.html"><img src="data:image/jpeg;base64,eA=="' in page
    assert "no browser was found: &lt;b&gt;install one&lt;/b&gt;" in page
    assert f"2 of {len(CASES)} cases were run for this page" in page


def test_an_older_report_of_a_case_that_now_fails_is_taken_away(a_case, monkeypatch, tmp_path):
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "filing.html").write_text("old")
    monkeypatch.setattr(shelf, "photograph", lambda pages: [])
    make(tmp_path, ["filing"], quiet, lambda _: None)
    assert kept(tmp_path, "filing") == Kept(error="no browser was found: <b>install one</b>")


def test_without_a_browser_the_first_chart_is_drawn(a_case, monkeypatch, tmp_path):
    def missing(pages):
        raise EngineError("no browser was found")

    monkeypatch.setattr(shelf, "photograph", missing)
    said = []
    make(tmp_path, ["anti-fraud"], quiet, said.append)
    assert said == ["thumbnails are drawn, not photographed · 缩略图为绘制: no browser was found"]
    picture = (tmp_path / kept(tmp_path, "anti-fraud").picture).read_text()
    assert picture.startswith("<svg")
    assert "recall" in picture
    assert "data:image/svg+xml;base64," in render_page(tmp_path)


def test_a_report_without_charts_becomes_a_card_of_its_figures(tmp_path):
    (tmp_path / "a.html").write_text("<html></html>")
    path = drawn(tmp_path / "a.html", {"numbers": [{"name": "average precision & more", "value": "0.57"}]})
    assert ">0.57</text>" in path.read_text()
    assert "average precision &amp; more" in path.read_text()
    assert as_source(path).startswith("data:image/svg+xml;base64,")


def test_a_browser_that_is_not_there_is_an_error_of_ours(monkeypatch, tmp_path):
    monkeypatch.setenv("HEXI_BROWSER", str(tmp_path / "nothere"))
    with pytest.raises(EngineError, match="nothere"):
        photograph([tmp_path / "a.html"])


def test_links_lead_to_what_is_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "build" / "start"
    folder.mkdir(parents=True)
    assert not links(folder)[0].address
    (folder / "benchmarks.html").write_text("x")
    lessons = tmp_path / "build" / "lessons" / "student"
    lessons.mkdir(parents=True)
    (lessons / "index.html").write_text("x")
    results, taught, _ = links(folder)
    assert (results.address, taught.address) == ("benchmarks.html", "../lessons/student/index.html")


def test_the_command_prints_the_path_and_opens_the_page(monkeypatch, tmp_path, capsys):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    assert main(["open", "-o", str(tmp_path / "start")]) == 0
    page = tmp_path / "start" / "index.html"
    assert capsys.readouterr().out.strip() == str(page)
    assert opened == [page.as_uri()]
    assert main(["open", "-o", str(tmp_path / "start"), "--no-browser"]) == 0
    assert len(opened) == 1


def test_the_command_makes_reports_and_the_page_of_results(a_case, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(shelf, "photograph", lambda pages: [])
    monkeypatch.setattr("engines.measured.page.render_page", lambda records=None: "results")
    assert main(["open", "limits", "--make", "-o", str(tmp_path), "--no-browser"]) == 0
    assert (tmp_path / "reports" / "limits.html").exists()
    assert not (tmp_path / "reports" / "anti-fraud.html").exists()
    assert 'href="benchmarks.html"' in (tmp_path / "index.html").read_text()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["limits"], "names of cases say what --make runs"),
        (["limit", "--make"], "there is no case 'limit'; did you mean 'limits'?"),
        (["-o", __file__], "is a file; name a folder"),
    ],
)
def test_wrong_usage_is_refused_in_a_sentence(capsys, words, sentence):
    assert main(["open", "--no-browser", *words]) == 2
    assert sentence in capsys.readouterr().err


def test_a_case_is_run_as_a_command_and_its_cost_is_known(tmp_path):
    ran = run_case("forfaiting", 6, tmp_path / "a.html")
    assert ran.error == ""
    assert ran.document["case"] == "forfaiting"
    assert ran.document["passed"] is True
    assert ran.document["size"] == 6
    assert ran.cpu_seconds > 0.1
    assert (tmp_path / "a.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_durations_are_kept_with_machine_commit_and_load_and_others_stay(a_case, tmp_path):
    path = tmp_path / "durations.json"
    measure(["limits", "blacklist"], quiet, path)
    found = measure(["limits"], quiet, path)
    assert set(found.cases) == {"limits", "blacklist"}
    assert found.cases["limits"]["seconds"] == 12.3
    assert found.cases["limits"]["cpu_seconds"] == 7.8
    assert re.match(r"measured \d{4}-\d\d-\d\d at commit \w+ on .+, \d+ cores", found.about)
    with pytest.raises(EngineError, match="the case filing was not measured: no browser"):
        measure(["filing"], quiet, path)


@pytest.mark.parametrize(
    ("seconds", "cpu", "load", "shown"),
    [(12.3, 7.8, 0.4, "12 s"), (12.3, 7.8, 3.0, "8 s CPU"), (0.4, 0.2, 0.1, "1 s"), (240.0, 200.0, 0.1, "4 min")],
)
def test_on_a_busy_machine_seconds_of_cpu_are_told(seconds, cpu, load, shown):
    assert Durations({"a": {"seconds": seconds, "cpu_seconds": cpu, "load": load}}, "").shown("a") == shown


def test_the_list_measures_when_asked_and_tells_engine_and_duration(monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(durations, "measure", lambda names, report: asked.append(list(names)))
    taken = Durations({"anti-fraud": {"seconds": 31.0, "cpu_seconds": 40.0, "load": 0.2}}, "measured somewhere")
    monkeypatch.setattr(durations, "read", lambda: taken)
    assert main(["list", "--measure", "limits"]) == 0
    assert asked == [["limits"]]
    said = " ".join(capsys.readouterr().out.split())
    assert "31 s" in said
    assert "measured somewhere" in said
    assert main(["list", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert next(one for one in told["cases"] if one["name"] == "anti-fraud")["takes"]["seconds"] == 31.0
    assert {one["engine"] for one in told["paper"]} >= {"fraud", "credit_graph", "ledger", "rpa"}
    assert main(["list", "--measure", "nothere"]) == 2


def test_a_duration_is_of_a_case_that_there_is():
    assert set(read().cases) <= set(CASES), "run: hexi list --measure"


@pytest.mark.parametrize("width", [1400, 600])
def test_the_page_is_readable_in_a_browser(browser, a_case, monkeypatch, tmp_path, width):
    monkeypatch.setattr(shelf, "photograph", lambda pages: [])
    make(tmp_path, ["anti-fraud", "filing"], quiet, lambda _: None)
    page = write_page(tmp_path)
    seen, said, asked = browser.new_page(viewport={"width": width, "height": 900}), [], []
    seen.on("console", lambda message: said.append(message.text))
    seen.on("pageerror", lambda error: said.append(str(error)))
    seen.on("request", lambda request: asked.append(request.url))
    seen.goto(page.as_uri())
    assert seen.evaluate("document.documentElement.scrollWidth") == width
    tile = seen.locator("#limits button.copy")
    tile.click()
    seen.wait_for_function("() => document.querySelector('#limits button.copy').textContent.includes('copied')")
    sizes = "[...document.querySelectorAll('p, td, h3, button')].map(e => parseFloat(getComputedStyle(e).fontSize))"
    assert min(seen.evaluate(sizes)) >= 14
    assert said == []
    assert asked == [page.as_uri()]
    seen.close()
