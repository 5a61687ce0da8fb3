"""What is known about each kind of structure: why it matters, and what published work says of its risk.

Not every circle is bad. On nearly all bank loans of China from 2007 to 2012, mutual pairs and triangles that hold a
mutual pair defaulted more often than other patterns, but three firms in one circle, and three who all stand for each
other, were the most stable: they watch each other. A single guarantee, and one firm that stands for two, spread least.
What is said here of larger circles, chains and hubs is reasoning, not measurement, and is called so.

Source: Wang, Zhang and Yang, "Network subgraphs of the heterogeneous Chinese credit system", arXiv:1806.04351, and
"Evolution of the Chinese guarantee network under financial crisis and stimulus program", Nature Communications 11,
2020. The levels are a reading order for a credit officer, never a score.
"""

from dataclasses import dataclass

__all__ = ["EVIDENCE", "Evidence"]


@dataclass(frozen=True)
class Evidence:
    """One kind of structure.

    Parameters
    ----------
    title, title_zh
        What it is called.
    level
        "high", "medium" or "low": in which order to look.
    why, why_zh
        Why it matters.
    known, known_zh
        What the evidence says.
    """

    title: str
    title_zh: str
    level: str
    why: str
    why_zh: str
    known: str
    known_zh: str


_MEASURED = "measured on China's bank loans of 2007-2012 (arXiv:1806.04351)"
_MEASURED_ZH = "据2007—2012年全国贷款数据的研究（arXiv:1806.04351）"
_REASONED = "no measurement known; follows from how calls travel"
_REASONED_ZH = "尚无实证，由代偿传导机制推知"

EVIDENCE: dict[str, Evidence] = {
    "mutual": Evidence(
        *("mutual guarantee", "互保", "high"),
        "two firms stand for each other: when one falls, its guarantee is worth nothing just when it is called",
        "两家企业互相担保：一方违约时，另一方既失去保障又要代偿",
        f"patterns with a mutual pair default more often; {_MEASURED}",
        f"含互保的结构违约率较高；{_MEASURED_ZH}",
    ),
    "joint": Evidence(
        *("joint-guarantee group", "联保", "low"),
        "at least three firms each stand for each: they watch each other, but a call on one is a call on all",
        "三家以上企业两两互保：成员相互监督，但一家代偿会牵动全体",
        f"three who all stand for each other are among the most stable patterns; {_MEASURED}",
        f"三方联保属于最稳定的结构之一；{_MEASURED_ZH}",
    ),
    "triad": Evidence(
        *("circle of three", "三方循环担保", "low"),
        "three firms in one circle, none of them mutual: each depends on one and is watched by another",
        "三家企业单向循环担保：各依赖一家，又受另一家监督",
        f"cyclic triads are among the most stable patterns; {_MEASURED}",
        f"单向三角循环属于最稳定的结构之一；{_MEASURED_ZH}",
    ),
    "mixed_triangle": Evidence(
        *("circle of three with a mutual pair", "含互保的三角担保", "high"),
        "three firms in one circle, at least two of whom also stand for each other, but not all three",
        "三家企业循环担保，其中部分企业又互保",
        f"some triangles with a mutual pair default more often; {_MEASURED}",
        f"部分含互保的三角结构违约率较高；{_MEASURED_ZH}",
    ),
    "cycle": Evidence(
        *("circle of guarantees", "循环担保", "medium"),
        "a guarantee comes back to its giver: the same strength is counted several times",
        "担保绕一圈回到自身：同一实力被重复计算",
        _REASONED,
        _REASONED_ZH,
    ),
    "circle": Evidence(
        *("guarantee circle", "担保圈", "medium"),
        "all members can be reached from each other along guarantees, so that any of them can pull down any other",
        "圈内企业经担保关系相互可达，任一企业违约都可能波及其他成员",
        _REASONED,
        _REASONED_ZH,
    ),
    "chain": Evidence(
        *("guarantee chain", "担保链", "medium"),
        "a default at the end runs up the chain, guarantor by guarantor, as far as buffers are too small",
        "末端违约沿担保链逐级向上传导，直至缓冲足以吸收",
        _REASONED,
        _REASONED_ZH,
    ),
    "hub": Evidence(
        *("hub guarantor", "担保中心", "medium"),
        "one firm stands for many: the calls of several borrowers can come at once",
        "一家企业为多家担保：多笔代偿可能同时发生",
        f"one firm that stands for two spreads least; {_MEASURED}; many at once: {_REASONED}",
        f"一保二结构传染性最低；{_MEASURED_ZH}；一保多：{_REASONED_ZH}",
    ),
    "star": Evidence(
        *("much guaranteed borrower", "多头被担保", "medium"),
        "many stand for one firm: its default calls all of them on one day",
        "多家企业为同一借款人担保：其违约会同时牵动全部担保人",
        _REASONED,
        _REASONED_ZH,
    ),
    "core": Evidence(
        *("innermost core", "核心圈层", "medium"),
        "each member has at least as many partners inside as the core's number: nobody can be isolated by one release",
        "每个成员在圈内的担保关系不少于核数，难以通过解除单笔担保隔离",
        _REASONED,
        _REASONED_ZH,
    ),
    "articulation": Evidence(
        *("articulation firm", "割点企业", "medium"),
        "the only bridge between parts of the network: what crosses from one part to another crosses here",
        "连接两片担保网络的唯一企业：风险跨片传导必经此处",
        _REASONED,
        _REASONED_ZH,
    ),
}
"""All kinds by their name in the tables of findings."""
