"""The page of results: made from whatever is recorded, losses marked, readable offline on a desk and on a phone."""

import re

import pytest

from benchmarks.contests import FLOOR, duels
from benchmarks.growth import curves
from benchmarks.recording import read_records
from engines import catalogue
from engines.__main__ import main
from engines.measured.page import render_page, write_page
from engines.measured.pictures import growth_lines, nearness_bars, ratio_dots, styles_of
from engines.measured.sections import _floor_name, section

OVERLAPS = """() => [...document.querySelectorAll(".picture svg")].flatMap(svg => {
    const all = [...svg.querySelectorAll("text")].filter(t => t.textContent.trim() && !t.getAttribute("stroke"))
        .map(t => [t.textContent, t.getBoundingClientRect()]);
    return all.flatMap(([a, r], i) => all.slice(i + 1).filter(([b, s]) => a !== b &&
        Math.min(r.right, s.right) - Math.max(r.left, s.left) > 1 &&
        Math.min(r.bottom, s.bottom) - Math.max(r.top, s.top) > 4).map(([b]) => a + " / " + b));
})"""


def record(name, *values, **head):
    keys = ("dataset", "subject", "metric", "value", "unit")
    about = {
        **{"benchmark": name, "note": "", "date": "2026-11-30T22:21:21+00:00", "commit": "5feefd5e1661234241a9f80"},
        **{"changed_files": 0, "load": 0.5, "load_before": 0.2, "versions": {"python": "3.11.7"}},
        "machine": {"processor": "A <b>processor</b>", "cores": 2, "memory": "24684092 kB", "system": "Linux"},
    }
    return about | head | {"measurements": [dict(zip(keys, one, strict=True)) for one in values]}


def network(firms, scale):
    dataset = f"{firms:,} firms, CPU time"
    return [
        (dataset, "ours", "PageRank", 2.0 * scale, "ms"),
        (dataset, "scipy", "PageRank", 3.0 * scale, "ms"),
        (dataset, "igraph", "PageRank", 1.5 * scale, "ms"),
    ]


GRAPH = record("graph", *network(10_000, 1), *network(100_000, 11), note="on a <i>busy</i> day", load_before=2.5)
FILING = record(
    "filing",
    ("24 accounts", "direct HTTP (floor)", "each account", 0.25, "s"),
    ("24 accounts", "plain Playwright", "each account", 1.5, "s"),
    ("24 accounts", "ours, 1 at once", "each account", 1.0, "s"),
    ("24 accounts", "ours, 2 at once", "each account", 0.8, "s"),
)
RECORDS = {"graph": GRAPH, "filing": FILING}


@pytest.fixture(scope="module")
def page():
    return render_page(RECORDS)


def test_a_loss_is_marked_and_counted(page):
    assert '<td class="cell lost">▼ 0.75×<span>1.50 ms</span></td>' in page
    assert '<td class="cell won">1.5×<span>3.00 ms</span></td>' in page
    assert '4 ahead 领先</span> · <span class="lost">2 behind 落后' in page


def test_a_floor_is_no_loss(page):
    assert '<td class="cell floor">0.25×<span>0.250 s</span></td>' in page


def test_what_is_not_recorded_is_said(page):
    for name in catalogue.benchmarks():
        assert f'<h2 id="{name}">' in page
        assert (f"<code>hexi bench {name} --record</code>" in page) == (name not in RECORDS)


def test_machine_commit_load_and_note_are_told_and_escaped(page):
    assert "A &lt;b&gt;processor&lt;/b&gt;, 2 cores, 25 GB, Linux" in page
    assert "<dd>5feefd5e16</dd>" in page
    assert "0.20, 0.50" in page
    assert "busy when this began (load 2.50 for each core)" in page
    assert "on a &lt;i&gt;busy&lt;/i&gt; day" in page


def test_changed_files_are_told():
    made = section(catalogue.benchmarks()["graph"], GRAPH | {"changed_files": 3, "load_before": None})
    assert ("commit", "提交", "5feefd5e16 with 3 changed files") in made.about
    assert made.busy == ""


def test_a_page_of_nothing_is_a_page():
    assert render_page({}).count("<h2 id=") == len(catalogue.benchmarks()) + 1


def test_cost_against_size_is_drawn_where_several_sizes_are_recorded():
    assert [one.about for one in curves(GRAPH)] == ["PageRank"]
    assert [one.points for one in curves(record("graph", *network(10_000, 1)))] == []
    assert curves(FILING)[0].points == (("each account", 1.0, 1.0), ("each account", 2.0, 0.8))


def test_a_subject_looks_the_same_in_every_picture_and_ours_is_blue():
    styles = styles_of(["scipy", "igraph"])
    assert styles_of(["scipy", "igraph", "ours"], ours=["ours"]) == styles | {"ours": ("#0072B2", "circle", [1, 0])}


def test_the_pictures_of_a_loss_and_of_a_floor_hold_their_numbers():
    beside = [one for one in duels(GRAPH) if one.dataset.startswith("10,000 ")]
    drawn = str(ratio_dots(beside, ["scipy", "igraph"]))
    assert "'times': 0.75" in drawn
    assert "'times': 1.5" in drawn
    floors = [one for one in duels(FILING) if one.kind == "floor"]
    assert "31 %" in str(nearness_bars(floors, ["a", "b"]))


def test_quality_and_cost_are_told_apart_only_where_both_are_measured():
    quality = [
        ("frauds", who, "average precision", value, "share") for who, value in (("ours: blend", 0.6), ("a", 0.5))
    ]
    alone = section(catalogue.benchmarks()["fraud-quality"], record("fraud-quality", *quality))
    assert [one.title for one in alone.pictures] == ["frauds: ours beside the others"]
    both = [("province", who, "average precision", 0.5, "share") for who in ("ours: rules + trees", "a")]
    both += [("province", who, "fit", 2.0, "s") for who in ("ours: rules + trees", "a")]
    told = section(catalogue.benchmarks()["fraud"], record("fraud", *both))
    titles = {one.title for one in told.pictures}
    assert titles == {"province, quality: ours beside the others", "province, cost: ours beside the others"}


def test_a_bar_names_what_differs_and_its_floor():
    written = ("write: payments to Parquet", "write random integers (floor)")
    made = ("make: payments as frames", "draw random integers (floor)")

    def names(*subjects):
        rows = [("9 rows", who, "speed", 2.0, "rows/s") for who in subjects]
        found = [one for one in duels(record("province", *rows)) if one.kind == FLOOR]
        return {_floor_name(one, found) for one in found}

    assert names(*written) == {"9 rows · speed · write: payments to Parquet / write random integers (floor)"}
    assert names(*written, *made) == {
        "speed · write: payments to Parquet / write random integers (floor)",
        "speed · make: payments as frames / draw random integers (floor)",
    }


def test_no_line_is_drawn_twice_and_a_narrow_range_begins_at_zero():
    import pandas as pd

    points = pd.DataFrame({"line": ["ours", "ours"], "size": [1, 2], "value": [1.0, 1.2]})
    drawn = growth_lines(points, "firms", "s", ours=["ours"])
    assert drawn["layer"][0]["encoding"]["y"]["scale"]["domain"] == [0, pytest.approx(1.38)]
    assert [one["name"] for one in drawn["usermeta"]["legend"]] == ["ours"]


def test_the_page_of_what_is_kept_is_written_by_the_command(tmp_path, capsys):
    path = tmp_path / "results.html"
    assert main(["bench", "page", "-o", str(path)]) == 0
    assert "results.html" in capsys.readouterr().err
    text = path.read_text(encoding="utf-8")
    assert not re.findall(r'(?:src|href)="(?!#|data:)', text.split("<script>")[0])
    for name, kept in read_records().items():
        assert kept["date"].replace("T", " ")[:16] in text, name


@pytest.mark.parametrize("width", [1400, 600])
def test_the_page_is_readable_in_a_browser(browser, tmp_path, width):
    path = write_page(tmp_path / "results.html", RECORDS)
    seen, said, asked = browser.new_page(viewport={"width": width, "height": 900}), [], []
    seen.on("console", lambda message: said.append(message.text))
    seen.on("pageerror", lambda error: said.append(str(error)))
    seen.on("request", lambda request: asked.append(request.url))
    seen.goto(path.as_uri())
    seen.wait_for_function(
        "() => [...document.querySelectorAll('.picture')].every(box => box.querySelector('svg'))", timeout=20_000
    )
    assert said == []
    assert len(asked) == 1
    assert seen.evaluate("document.documentElement.scrollWidth") == width
    assert seen.locator(".picture svg").count() == 6
    assert seen.evaluate(OVERLAPS) == []
    seen.close()
