import base64
import dataclasses
import hashlib
import io
import json
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_sample import cut_view, ego_view, overview_view, replay_view, sample_networks
from report_sample import HOSTILE, sample_result
from rich.console import Console

from engines.errors import PictureRefusedError
from engines.report import network_page
from engines.report.document import to_json
from engines.report.errors import HairballError, NetworkRefusedError
from engines.report.network_layout import pack, place
from engines.report.networks import Box, Call, Edge, Finding, Node, Step, View, describe
from engines.report.page import render_page
from engines.report.terminal import show
from engines.result import Network

PAIR = (Node("a", "甲公司"), Node("b", "乙公司"))
TIE = (Edge("1", "a", "b"),)


def page_of(*networks, **changes):
    return render_page(sample_result(pictures=(), networks=networks, **changes))


def data_of(page):
    return [json.loads(text) for text in re.findall(r'class="net-data">(.*?)</script>', page, re.S)]


@pytest.fixture(scope="module")
def page():
    return page_of(*sample_networks(200))


def test_json_and_terminal_count_networks_but_do_not_draw_them():
    def refuse():
        raise AssertionError("a network was drawn")

    result = sample_result(networks=(Network("one firm", "一户", "words", refuse),))
    assert json.loads(to_json(result))["networks"] == [{"title": "one firm", "title_zh": "一户", "caption": "words"}]
    buffer = io.StringIO()
    show(result, Console(file=buffer, width=100))
    assert "图表见 HTML 报告: 5" in buffer.getvalue()


def test_a_page_without_networks_carries_neither_their_libraries_nor_their_styles():
    small = render_page(sample_result(pictures=(), networks=()))
    assert "cytoscape" not in small
    assert "net-legend" not in small


def test_a_page_carries_only_the_libraries_of_its_views():
    layered = page_of(Network("t", "", "", lambda: describe(ego_view())))
    dots = page_of(Network("t", "", "", lambda: describe(overview_view(50))))
    assert "The Cytoscape Consortium" in layered
    assert "Sigma=" not in layered
    assert "The Cytoscape Consortium" not in dots
    assert "Sigma=" in dots


def test_every_script_of_the_page_is_allowed_by_its_hash_and_no_other(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1].replace("&#39;", "'")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.S)
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts]
    assert re.findall("'sha256-([^']*)'", policy) == hashes
    assert "unsafe-eval" not in policy
    assert "sourceMappingURL" not in page


def test_vendored_libraries_are_byte_for_byte_what_their_licence_file_says():
    folder = network_page.files("engines.report") / "vendor"
    listed = dict(re.findall(r"(?m)^(\S+\.js) .* ([0-9a-f]{64})$", (folder / "LICENSES.txt").read_text("utf-8")))
    found = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir() if file.suffix == ".js"
    }
    assert listed == found


def test_own_scripts_are_short_files():
    for file in (network_page.files("engines.report") / "scripts").iterdir():
        assert len(file.read_text("utf-8").splitlines()) <= 300, file.name


def test_what_a_file_holds_never_becomes_an_element():
    text = HOSTILE + "\u2028\x1b[2J"
    view = View(
        "replay",
        [Node("a", text, kind=text, value_label=text, details=((text, text),)), Node("b", text)],
        [Edge("1", "a", "b", kind=text, label=text)],
        [Box("x", text, ("a",))],
        [Step(("b",), text=text), Step(("a",), (Call("1", text),))],
    )
    page = page_of(Network(text, text, text, lambda: describe(view)))
    assert "<script>document.title" not in page
    raw = re.search(r'class="net-data">(.*?)</script>', page, re.S)[1]
    assert not re.search("[<>&\u2028]", raw)
    assert "\x1b" not in page
    assert data_of(page)[0]["nodes"][0]["label"] == text.replace("\x1b", "\ufffd")


@pytest.mark.parametrize("words", [("互保", "代偿", "拟解除", "黑名单"), ("mutual", "called", "released", "blacklist")])
def test_the_legend_explains_what_occurs_and_nothing_else(page, words):
    legends = re.findall(r'<ul class="net-legend".*?</ul>', page, re.S)
    ego, replay, cut, overview = [[word in legend for word in words] for legend in legends]
    assert ego == [True, False, False, True]
    assert replay == [True, True, False, False]
    assert cut == [True, False, True, False]
    assert overview == [True, False, False, False]


def test_a_table_says_the_same_where_no_script_runs(page):
    tables = re.findall(r'<details class="net-tables">.*?</details>', page, re.S)
    assert len(tables) == len(re.findall("<noscript><p", page)) == 4
    ego, replay, cut, _ = tables
    assert ego.count("<tr>") == 1 + len(ego_view().edges)
    assert "各轮传导" in replay
    assert re.search(r"随后违约</td><td>no longer falls · 不再违约", cut)


def test_a_long_table_says_how_much_it_leaves_out():
    page = page_of(Network("t", "", "", lambda: describe(overview_view(2_000))))
    assert re.search(r"The first 300 of 1,\d\d\d rows", page)
    assert page.count("<tr>") < 330


def test_the_same_result_gives_the_same_page(page):
    assert page_of(*sample_networks(200)) == page


def test_numbers_of_numpy_are_plain_numbers_in_the_page():
    node = Node("a", "甲", value=np.float64(2.5), layer=np.int64(-1), is_hidden=np.bool_(False))
    described = describe(View("overview", [node]))["nodes"][0]
    assert json.loads(json.dumps(described)) == {"id": "a", "label": "甲", "layer": -1, "value": 2.5}


@pytest.mark.parametrize(("view", "most"), [("ego", 150), ("replay", 150), ("cut", 150), ("overview", 5_000)])
def test_a_hairball_is_refused_by_name_and_the_largest_readable_picture_is_not(view, most):
    nodes = [Node(str(at), "x") for at in range(most + 1)]
    steps = [Step(("0",))]
    assert len(describe(View(view, nodes[:most], steps=steps))["nodes"]) == most
    with pytest.raises(HairballError, match=f"'{view}' shows at most {most:,} nodes, and this one has {most + 1:,}"):
        describe(View(view, nodes, steps=steps))


def test_too_many_edges_are_a_hairball_too():
    with pytest.raises(HairballError, match="at most 600 edges"):
        describe(View("ego", PAIR, [Edge(str(at), "a", "b") for at in range(601)]))


def test_a_hairball_made_by_hand_is_refused_by_the_page():
    drawing = {"view": "cut", "nodes": [{"id": str(at), "label": "x"} for at in range(151)]}
    with pytest.raises(HairballError, match="151"):
        page_of(Network("t", "", "", lambda: drawing))


REFUSED = {
    "'map' is none of ego": View("map", PAIR),
    "at least one node": View("ego", []),
    "not hidden": View("ego", [Node("a", "x", is_hidden=True)]),
    "hidden nodes can be shown in the view 'ego' alone": View("cut", [Node("a", "x", is_hidden=True), Node("b", "y")]),
    "identifier ''": View("ego", [Node("", "x")]),
    "identifier 3": View("ego", [Node(3, "x")]),
    "node 'a' is there twice": View("ego", [Node("a", "x"), Node("a", "y")]),
    "edge '1' is there twice": View("ego", PAIR, [*TIE, *TIE]),
    "edge '1' names 'z'": View("ego", PAIR, [Edge("1", "a", "z")]),
    "state 'dead' of node 'a'": View("ego", [Node("a", "x", state="dead")]),
    "state 'late'": View("cut", [Node("a", "x", state_after="late")]),
    "size -1": View("overview", [Node("a", "x", value=-1)]),
    "size nan": View("overview", [Node("a", "x", value=float("nan"))]),
    "size inf": View("overview", [Node("a", "x", value=float("inf"))]),
    "node 'a' names 'ring'": View("overview", [Node("a", "x", finding="ring")]),
    "8 findings": View("overview", PAIR, findings=[Finding(str(at), "x") for at in range(8)]),
    "box 'r' names 'z'": View("ego", PAIR, boxes=[Box("r", "x", ("z",))]),
    "node in a box 'a' is there twice": View("ego", PAIR, boxes=[Box("r", "x", ("a",)), Box("s", "y", ("a", "b"))]),
    "at least one round": View("replay", PAIR),
    "failed node 'a' is there twice": View("replay", PAIR, steps=[Step(("a",)), Step(("a",))]),
    "round 0 names 'z'": View("replay", PAIR, steps=[Step(("z",))]),
    "round 1 names '9'": View("replay", PAIR, TIE, steps=[Step(("a",)), Step(("b",), (Call("9"),))]),
}


@pytest.mark.parametrize("words", REFUSED)
def test_a_picture_that_contradicts_itself_is_refused_in_words(words):
    with pytest.raises(NetworkRefusedError, match=re.escape(words)):
        describe(REFUSED[words])


def test_what_json_has_not_is_refused_by_the_name_of_the_picture():
    drawing = {"view": "ego", "nodes": [{"id": "a", "label": "x", "value": float("nan")}]}
    with pytest.raises(PictureRefusedError, match="broken network"):
        page_of(Network("broken network", "", "", lambda: drawing))


@pytest.mark.parametrize("make", [ego_view, replay_view, cut_view, lambda: overview_view(100)])
def test_a_description_is_json_that_leaves_the_view_unchanged(make):
    view = make()
    described = describe(view)
    assert json.loads(json.dumps(described, allow_nan=False)) == described
    assert dataclasses.asdict(view) == dataclasses.asdict(make())


graphs = st.integers(0, 40).flatmap(
    lambda count: st.tuples(st.just(count), st.lists(st.tuples(*[st.integers(0, max(count - 1, 0))] * 2), max_size=80))
)


@given(graphs)
@settings(max_examples=150, deadline=None)
def test_every_graph_has_finite_places_that_do_not_coincide(graph):
    count, ties = graph
    ties = ties if count else []
    source, target = [left for left, _ in ties], [right for _, right in ties]
    points = place(count, source, target)
    assert points.shape == (count, 2)
    assert np.isfinite(points).all()
    assert len({tuple(point) for point in points.round(2).tolist()}) == count
    assert (place(count, source, target) == points).all()


def test_components_do_not_overlap():
    points = place(60, [at for at in range(60) if at % 6], [at - 1 for at in range(60) if at % 6])
    boxes = [(points[at : at + 6].min(axis=0), points[at : at + 6].max(axis=0)) for at in range(0, 60, 6)]
    for at, (low, high) in enumerate(boxes):
        for other_low, other_high in boxes[at + 1 :]:
            assert (low > other_high).any() or (high < other_low).any()


def test_rows_are_about_as_wide_as_each_other():
    corners = pack([(4.0, 2.0)] * 100)
    assert len({y for _, y in corners}) > 5
    assert max(x for x, _ in corners) < 90


def test_a_ring_is_drawn_as_a_ring():
    points = place(40, list(range(40)), [(at + 1) % 40 for at in range(40)])
    far = np.hypot(*(points - points.mean(axis=0)).T)
    assert far.min() > 0.8 * far.max()


def test_a_large_component_keeps_neighbours_near():
    random = np.random.default_rng(5)
    ends = np.arange(1, 900), random.integers(0, np.arange(1, 900))
    points = place(900, *ends)
    near = np.hypot(*(points[ends[0]] - points[ends[1]]).T).mean()
    any_two = np.hypot(*(points - points[random.permutation(900)]).T).mean()
    assert near < 0.35 * any_two
