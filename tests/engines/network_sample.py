"""Four network pictures of invented firms for the tests of the reports; nothing in them is a real company."""

from collections.abc import Iterator

import numpy as np

from engines.report.networks import Box, Call, Edge, Finding, Node, Step, View, describe
from engines.result import Network

PLACES = ("兰州", "天水", "张掖", "酒泉", "武威", "白银", "定西", "平凉", "庆阳", "陇南", "金昌", "嘉峪关")
TRADES = ("矿业", "建材", "商贸", "农业科技", "新能源装备制造", "物流", "食品", "化工", "房地产开发", "中药材")
WORDS = ("恒泰", "祁连", "金城", "丝路", "鑫源", "陇上", "雪峰", "瑞丰", "黄河", "玉门")


def firm_name(at: int) -> str:
    """An invented name: place, word, trade."""
    place, word, trade = PLACES[at % 12], WORDS[at // 12 % 10], TRADES[(at * 7 + at // 120) % 10]
    return f"{place}{word}{trade}有限{'责任' if at % 3 else ''}公司"


def ego_view() -> View:
    """A firm in a circle of four and a mutual pair, with owners, a bank, a listed debtor and hidden neighbours."""
    firms = {
        "hub": ("centre", 0),
        "a": ("", -1),
        "b": ("", -1),
        "c": ("", 1),
        "d": ("", 1),
        "e": ("listed", 2),
        "f": ("", 2),
        "g": ("", -2),
    }
    nodes = [
        Node(name, firm_name(at), layer=layer, state=state, value_label=f"贷款 {at * 3 + 4}.0 m")
        for at, (name, (state, layer)) in enumerate(firms.items())
    ]
    nodes += [
        Node(
            "owner",
            "马振华",
            kind="person",
            layer=-2,
            details=(("share · 持股", "62 %"), ("role · 职务", "法定代表人")),
        ),
        Node("bank", "甘泉银行 Ganquan Bank", kind="bank", layer=-1),
        Node("tel", "0931-555 01", kind="attribute", layer=1),
        *(Node(f"h{at}", firm_name(40 + at), layer=2 + at % 2, is_hidden=True) for at in range(5)),
        Node("deep", firm_name(77), layer=4, is_hidden=True),
    ]
    edges = [
        Edge("1", "a", "hub", label="8.0 m"),
        Edge("2", "hub", "c", label="12.0 m"),
        Edge("3", "c", "a", label="6.5 m"),
        Edge("4", "hub", "d", label="5.0 m", is_mutual=True),
        Edge("5", "d", "hub", label="5.5 m", is_mutual=True),
        Edge("6", "d", "e", label="20.0 m"),
        Edge("7", "c", "f", label="3.0 m"),
        Edge("8", "g", "b", label="1.2 m"),
        Edge("9", "b", "hub", label="2.4 m"),
        Edge("10", "owner", "a", "shareholding", "62 %"),
        Edge("11", "owner", "g", "control", "100 %"),
        Edge("12", "bank", "hub", "loan", "30.0 m"),
        Edge("13", "hub", "tel", "shared_attribute"),
        Edge("14", "a", "b", label="0.8 m"),
        *(Edge(f"h{at}", "c" if at < 3 else "d", f"h{at}", label=f"{at + 1}.0 m") for at in range(5)),
        Edge("h9", "h1", "deep", label="0.5 m"),
    ]
    return View("ego", nodes, edges, boxes=[Box("ring", "担保圈 1 · circle of 3 · 26.5 m", ("hub", "a", "c"))])


def replay_view() -> View:
    """Two firms fail, and three rounds of calls follow."""
    nodes = [Node(f"n{at}", firm_name(at + 20), value_label=f"净资产 {at + 2}.0 m") for at in range(14)]
    ties = [(1, 0), (2, 0), (3, 0), (4, 1), (5, 1), (6, 2), (7, 4), (8, 5), (9, 7), (10, 3), (11, 10), (12, 6), (4, 5)]
    edges = [
        Edge(f"e{guarantor}-{borrower}", f"n{guarantor}", f"n{borrower}", label=f"{guarantor + 1}.0 m")
        for guarantor, borrower in ties
    ]
    edges += [
        Edge("m1", "n12", "n13", label="2.0 m", is_mutual=True),
        Edge("m2", "n13", "n12", label="2.0 m", is_mutual=True),
    ]
    steps = [
        Step(("n0",), text="兰州 firm stops paying · 停止还款"),
        Step(("n1", "n2"), (Call("e1-0", "2.0 m"), Call("e2-0", "3.0 m"), Call("e3-0", "1.5 m"))),
        Step(("n4", "n5"), (Call("e4-1", "5.0 m"), Call("e5-1", "6.0 m"), Call("e6-2", "2.2 m"))),
        Step(("n7",), (Call("e7-4", "8.0 m"), Call("e8-5", "1.0 m"))),
    ]
    return View("replay", nodes, edges, steps=steps, boxes=[Box("pair", "互保 mutual pair", ("n12", "n13"))])


def cut_view() -> View:
    """The same firms; one guarantee is released, and four firms no longer fall."""
    replay = replay_view()
    fell = {"n0": "seed", **dict.fromkeys(("n1", "n2", "n4", "n5", "n7"), "failed")}
    still = {"n2": "failed"}
    nodes = [
        Node(node.id, node.label, state=fell.get(node.id, ""), state_after=still.get(node.id, ""))
        for node in replay.nodes
    ]
    edges = [
        Edge(edge.id, edge.source, edge.target, edge.kind, edge.label, edge.is_mutual, edge.id == "e1-0")
        for edge in replay.edges
    ]
    return View("cut", nodes, edges, boxes=replay.boxes)


def _ties(random: np.random.Generator, count: int) -> Iterator[tuple[int, int]]:
    at = 0
    while at < count:
        size = min(
            int(random.choice([1, 2, 3, 4, 5, 8, 14, 40, 160], p=[0.3, 0.25, 0.12, 0.1, 0.08, 0.08, 0.04, 0.02, 0.01])),
            count - at,
        )
        kind = random.integers(3)
        for one in range(1, size):
            yield at + one, at + (0 if kind == 0 else one - 1 if kind == 1 else int(random.integers(one)))
        if size > 2 and kind == 1:
            yield at, at + size - 1
        at += size


def overview_view(count: int = 5_000, seed: int = 7) -> View:
    """Many small components and a few large ones, with findings on some."""
    random = np.random.default_rng(seed)
    findings = (
        Finding("mutual", "mutual pair", "互保"),
        Finding("circle", "circle", "担保圈"),
        Finding("star", "hub of a star", "担保核心企业"),
        Finding("chain", "long chain", "担保链"),
    )
    marks = random.choice(["", "mutual", "circle", "star", "chain"], count, p=[0.86, 0.05, 0.05, 0.02, 0.02])
    sizes = random.lognormal(1.0, 1.0, count).round(2)
    nodes = [
        Node(f"f{at}", firm_name(at), value=float(sizes[at]), value_label=f"{sizes[at]} m", finding=str(marks[at]))
        for at in range(count)
    ]
    edges = [
        Edge(f"e{at}", f"f{left}", f"f{right}", label="1.0 m") for at, (left, right) in enumerate(_ties(random, count))
    ]
    return View("overview", nodes, edges, findings=findings)


def sample_networks(count: int = 600) -> tuple[Network, ...]:
    """One network of each view."""
    return (
        Network(
            "One firm and its neighbours",
            "企业担保关系图",
            "Guarantors stand left, borrowers right. 左为担保人，右为借款人。",
            lambda: describe(ego_view()),
        ),
        Network(
            "Contagion round by round",
            "风险传导回放",
            "Who falls when one firm stops paying. 一户违约后的传导过程。",
            lambda: describe(replay_view()),
        ),
        Network(
            "Before and after a cut",
            "拆圈解链前后",
            "One guarantee is released. 解除一笔担保。",
            lambda: describe(cut_view()),
        ),
        Network(
            "All firms with guarantees",
            "担保网络全景",
            "Coloured by what was found. 按发现着色。",
            lambda: describe(overview_view(count)),
        ),
    )
