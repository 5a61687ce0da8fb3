import pytest
from network_sample import ego_view
from network_seen import Seen, one
from report_sample import HOSTILE, sample_result

from engines.report.networks import Box, Edge, Node, View, describe
from engines.report.page import write_page
from engines.result import Network


def test_what_a_file_holds_is_shown_and_not_run(browser, tmp_path):
    view = View(
        "ego", [Node("a", HOSTILE, value_label=HOSTILE, details=((HOSTILE, HOSTILE),))], [Edge("1", "a", "a", HOSTILE)]
    )
    looked = Seen(browser, one(tmp_path, view), networks=1)
    assert looked.page.title() != "owned"
    assert looked.page.text_content(".net-panel h4") == HOSTILE
    assert looked.errors() == []
    looked.page.close()


ODD = {
    "one node": View("ego", [Node("a", "甲")]),
    "a loop and parallels": View(
        "ego",
        [Node("a", "甲"), Node("b", "乙")],
        [Edge("1", "a", "a"), Edge("2", "a", "b"), Edge("3", "a", "b"), Edge("4", "b", "a")],
    ),
    "an empty box": View(
        "ego",
        [Node("a", "甲", layer=0), Node("b", "乙", layer=1)],
        [Edge("1", "a", "b")],
        [Box("x", "空", ()), Box("y", "一", ("b",))],
    ),
    "no edges": View("ego", [Node(str(at), "企业" * 20, layer=at % 3) for at in range(9)]),
    "boxes over columns": View(
        "ego",
        [Node(str(at), "甲", layer=at % 4) for at in range(12)],
        [Edge(str(at), str(at), str((at * 5 + 3) % 12)) for at in range(12)],
        [Box("x", "一", ("0", "2", "5")), Box("y", "二", ("1", "3", "4")), Box("z", "三", ("8", "11"))],
    ),
    "the most": View(
        "ego",
        [Node(str(at), f"企业{at}") for at in range(150)],
        [Edge(str(at), str(at // 2), str(at * 7 % 150)) for at in range(300)],
    ),
    "dots on one place": View("overview", [Node("a", "甲")]),
    "names of a prototype": View(
        "ego",
        [Node("__proto__", "甲"), Node("constructor", "乙", kind="toString")],
        [Edge("__proto__", "__proto__", "constructor", kind="constructor")],
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_pictures_are_drawn_too(browser, tmp_path, name):
    looked = Seen(browser, one(tmp_path, ODD[name]), networks=1)
    assert looked.page.get_attribute("figure.network", "data-drawn") == "yes"
    assert looked.errors() == []
    looked.page.close()


def test_a_network_that_cannot_be_drawn_says_so_and_the_others_are_drawn(browser, tmp_path):
    broken = Network("t", "", "", lambda: {"view": "replay", "nodes": [{"id": "a", "label": "甲"}]})
    whole = Network("u", "", "", lambda: describe(ego_view()))
    path = write_page(sample_result(pictures=(), networks=(broken, whole)), tmp_path / "r.html")
    looked = Seen(browser, path, networks=2)
    assert "could not be drawn · 图形无法绘制" in looked.page.inner_text("#network-1")
    assert looked.page.get_attribute("#network-2", "data-drawn") == "yes"
    looked.page.close()
