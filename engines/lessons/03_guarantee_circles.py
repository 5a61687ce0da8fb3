"""Guarantee circles: who stands behind whom.

After this hour you can find guarantee circles and mutual pairs in a table of guarantees, say how many of your findings
are right, and name four tricks by which a ring hides from you and what each of them costs to undo.
"""

TITLE_ZH = "担保圈：谁在为谁担保"
ENGINE = "graph"
NEEDS = ("graph",)
MINUTES = {"question": 5, "by hand": 12, "engine": 12, "break it": 12, "exercises": 14, "discussion": 5}

# %% [markdown]
# ## The question
#
# A credit officer in Lanzhou looks at three loans. Each has a guarantor (保证人), each guarantor has a clean record,
# and each guarantee covers the whole loan. On paper the bank cannot lose.
#
# Her colleague asks: *who guarantees the guarantors?* It turns out that firm A stands for B, B stands for C, and C
# stands for A. When A cannot pay, C is called. C has nothing left, so B is called for C, and B asks A, who has failed
# already. Three guarantees were counted, and there was one strength behind them.
#
# Such a ring is a **guarantee circle** (担保圈). Two firms that stand for each other are a **mutual pair** (互保).
# Neither is forbidden. The white paper names both, with joint groups (联保) and chains (担保链), as what a bank
# should see before it lends (case 1-6, 异常担保). So the question is: **can we find all of them, and only them?**

# %%
from datetime import date

import pandas as pd

from credit_graph.sample_graph import small_graph
from credit_graph.snapshot import snapshot
from credit_graph.structures import Findings, find
from engines.risk_graph.circles import strain
from engines.risk_graph.judging import planted
from engines.risk_graph.province import AS_OF, credit
from engines.workshop import check, pictures, show

# %% [markdown]
# ## By hand: ten guarantees
#
# An arrow goes from the guarantor to the borrower, as the ink does: whoever signs stands at its tail. Amounts are in
# 万元 (10,000 yuan). One of the ten has ended.

# %%
names = {"A": "天山建材", "B": "河口运输", "C": "白塔商贸", "D": "祁连药业"}
names |= {"E": "雁滩食品", "F": "皋兰机电", "G": "榆中农业", "H": "黄河集团"}
ten = pd.DataFrame(
    [
        ("A", "B", 500, None),
        ("B", "C", 450, None),
        ("C", "A", 400, None),
        ("C", "D", 300, None),
        ("D", "E", 200, None),
        ("E", "D", 250, "2020-03-31"),
        ("E", "F", 150, None),
        ("F", "G", 120, None),
        ("H", "A", 600, None),
        ("H", "F", 220, None),
    ],
    columns=["from_id", "to_id", "wan", "valid_to"],
)
show(ten.assign(guarantor=ten["from_id"].map(names), borrower=ten["to_id"].map(names)), "ten guarantees · 十笔担保")

# %%
places = pd.DataFrame(
    [
        ("A", 0, 1),
        ("B", 1.3, 2),
        ("C", 2.6, 1),
        ("D", 3.6, 1),
        ("E", 4.6, 1),
        ("F", 5.6, 1),
        ("G", 6.6, 1),
        ("H", 3.6, 0),
    ],
    columns=["node", "x", "y"],
)
places["label"] = places["node"].map(names)
arrows = ten.rename(columns={"from_id": "source", "to_id": "target", "wan": "label"})
show(
    pictures.network(
        places,
        arrows.assign(mark=[True] * 3 + [False] * 7),
        title="ten guarantees, 万元 · 十笔担保",
        alt="A, B and C stand for each other in a ring; D and E for each other; from there a chain leads to G.",
    )
)

# %% [markdown]
# **A rule that a computer can follow.** Say that X *reaches* Y if one can walk from X to Y along the arrows. Two
# firms are in one circle if each reaches the other. A largest set of such firms is called a *strong component*; that
# is the only word of graph theory in this lesson.
#
# With pencil and paper: from A one gets to B, C, D, E, F, G. From D to E, F, G. Does D reach A? No. So A and D are in
# no circle, although an arrow connects C and D.
#
# In pandas, walk one arrow further until nothing new is reached. It is a merge of the table with itself.


# %%
def reached(ties: pd.DataFrame) -> pd.DataFrame:
    """Return all pairs (from_id, to_id) such that the second can be reached from the first."""
    steps = ties[["from_id", "to_id"]].drop_duplicates()
    known = steps
    while True:
        further = known.merge(steps, left_on="to_id", right_on="from_id", suffixes=("", "_next"))
        further = further[["from_id", "to_id_next"]].rename(columns={"to_id_next": "to_id"})
        more = pd.concat([known, further]).drop_duplicates()
        if len(more) == len(known):
            return known
        known = more


def circles(ties: pd.DataFrame) -> list[str]:
    """Return the circles as texts such as "A B C": firms that reach each other."""
    pairs = reached(ties)
    both = pairs.merge(pairs, left_on=["from_id", "to_id"], right_on=["to_id", "from_id"], suffixes=("", "_back"))
    return sorted(set(both.groupby("from_id")["to_id"].agg(lambda firms: " ".join(sorted(firms)))))


today = ten[ten["valid_to"].isna()]
print("all ten guarantees:", circles(ten))
print("those valid on 1 July 2020:", circles(today))

# %% [markdown]
# The pair D, E was a circle until March. **A circle exists on a day.** Keep that in mind; most false alarms come from
# it.
#
# Now the money. What do A, B and C promise each other, and what do they own?

# %%
equity = pd.DataFrame({"firm": ["A", "B", "C"], "owns": [300, 200, 250]})
inside = today[today["from_id"].isin(equity["firm"]) & today["to_id"].isin(equity["firm"])]
equity["promises"] = equity["firm"].map(inside.groupby("from_id")["wan"].sum())
show(equity, "equity and guarantees within the circle, 万元 · 净资产与圈内担保")
promised, owns = equity["promises"].sum(), equity["owns"].sum()
print(f"promised {promised}, owned {owns}: the same strength is counted {promised / owns:.1f} times")

# %% [markdown] tags=["teacher"]
# ### Goes wrong
#
# - Half of the room draws the arrow from borrower to guarantor. Both are used; insist on one for the hour.
# - "C and D are connected, so they are in one circle." Let them walk back from D. *Connected* is not *circle*.
# - Somebody asks why H is not in the circle: it stands for A, but nobody stands for H. H can lose, and cannot be
#   pulled down by the circle's own failure unless it is called.

# %% [markdown]
# ## The engine: 800 firms
#
# The engine does the same with compiled kernels; a million firms take seconds. First our ten rows, to see that it
# agrees.

# %%
toy = small_graph(
    names=names, guarantee=[(str(a), str(b), int(wan) * 1_000_000) for a, b, wan in today.to_numpy()[:, :3]]
)
show(
    find(toy, shortest_chain=4).structures[["kind", "title_zh", "size", "level"]], "what the engine finds · 引擎的发现"
)

# %% [markdown]
# Now the synthetic province: 800 firms, their guarantees, and a *truth* that no bank has: which structures were
# planted, and whether each does harm. The truth is for judging alone.

# %%
made = credit(seed=7, firms=800)
ties, parties, truth = made.tables["guarantee"], made.tables["parties"], made.truth
found = find(made.graph, longest_cycle=8)
counts = found.counts.set_index("kind")["found"]
show(
    counts[["mutual", "joint", "triad", "cycle", "circle", "chain", "hub"]].to_frame(),
    "structures on 1 July 2020 · 结构数量",
)


# %%
def firms_of(findings: Findings, *kinds: str) -> set[frozenset[str]]:
    """Return the findings of some kinds, each as the set of its firms."""
    kind = findings.structures.set_index("structure_id")["kind"]
    members = findings.members.groupby("structure_id")["party_id"].agg(frozenset)
    return set(members[kind.reindex(members.index).isin(kinds)])


real = planted(truth)
true_circles = set(real.loc[real["kind"].isin(["circle", "shell_ring"]), "firms"])
ever = ties.assign(valid_from=pd.Timestamp("2018-01-01"), valid_to=None)
no_dates = find(snapshot(parties, {"guarantee": ever}, AS_OF), longest_cycle=8)
weak = found.firms.groupby("component")["party_id"].agg(frozenset)
finders = {
    "all that is connected": {firms for firms in weak if len(firms) > 2},
    "circles, dates ignored": firms_of(no_dates, "triad", "cycle"),
    "circles of the day": firms_of(found, "triad", "cycle"),
}
scores = pd.DataFrame(
    [
        (finder, len(sets), len(sets & true_circles), len(sets & true_circles) / len(sets))
        for finder, sets in finders.items()
    ],
    columns=["finder", "findings", "right", "precision"],
)
show(scores, f"three ways to look for the {len(true_circles)} planted circles · 三种找法")
assert scores["right"].iloc[-1] == scores["findings"].iloc[-1] == len(true_circles)
assert scores["right"].iloc[1] == len(true_circles)
lump = max(weak, key=len)
assert 0.6 < sum(firm.startswith("F") for firm in lump) / 800 < 0.75
assert 0.6 < scores["precision"].iloc[1] < 0.8

# %% [markdown]
# **Recall** is the share of the planted circles that are found; **precision** the share of the findings that are
# right. Without dates nothing is missed, but about three findings in ten are look-alikes: circles that an ended
# guarantee once closed, or one that has not begun. "Connected" is useless: two firms in three hang together in one
# lump.
#
# **Does the shape tell the harm?** Published work on China's loans says: not much. Nor does it here. What tells more
# is whether the members can bear each other. The engine lets each member fall in turn and counts who falls with it.

# %%
loans = made.graph.layers["loan"]
owed = pd.Series(loans.amount_fen).groupby(loans.head).sum().reindex(range(made.graph.n), fill_value=0).to_numpy(float)
wanted = found.structures[found.structures["kind"] == "circle"]
ranked = strain(made.graph, owed).table(wanted, found.members)
harm = dict(zip(real["firms"], real["is_harmful"], strict=True))
firms_in = found.members.groupby("structure_id")["party_id"].agg(frozenset)
ranked["does harm"] = ranked["structure_id"].map(firms_in).map(harm).astype(bool)
orders = {
    "as they come": float(ranked["does harm"].mean()),
    "largest amount": float(ranked.sort_values("amount_fen", ascending=False)["does harm"].head(10).mean()),
    "members that fall": float(ranked["does harm"].head(10).mean()),
}
first = pd.DataFrame({"order": list(orders), "share": [round(share, 2) for share in orders.values()]})
show(
    pictures.bars(
        first,
        "share",
        "order",
        percent=True,
        mark=first["order"] == "members that fall",
        title="harmful ones among the first ten circles · 前十个担保圈中有害占比",
        alt="The order by members that fall puts only harmful circles first; the order by amount is worse than chance.",
    )
)
assert orders["members that fall"] > orders["as they come"] > orders["largest amount"]

# %% [markdown] tags=["teacher"]
# ### Goes wrong
#
# - "Precision 1 is unrealistic." Right. In this province ordinary guarantees close no circle, so each circle was
#   planted; real tables have gaps, late entries and firms under two names. The method is exact, the table is not.
# - Let the room guess before the bars are shown. Nearly everybody bets on the amount.

# %% [markdown]
# ## Break it: four tricks of a ring
#
# Now we are the ring. The bank runs a search, and we know it. What can we do so that the loans stay and the circle is
# not seen? Each trick rewrites the guarantees of all planted circles.
#
# 1. **An honest firm in between.** C asks an honest friend H: "stand for A, and I stand for you." The arrow C to A
#    becomes C to H to A.
# 2. **A shell in every tie.** For each arrow a new firm is registered, and the arrow goes through it: twice as long.
# 3. **Split.** Each guarantee is signed as eight small ones, since the bank reads only those of 500 万元 and more.
# 4. **Another kind of tie.** The last guarantee is cancelled; the guarantor holds shares of the borrower instead.

# %%
on_the_left = [("A", 0.0, 1.0), ("B", 1.0, 2.0), ("C", 2.0, 1.0), ("H", 1.0, 0.0)]
on_the_right = [
    ("A′", 3.2, 1.0),
    ("s1", 3.6, 1.7),
    ("B′", 4.4, 2.0),
    ("s2", 5.2, 1.7),
    ("C′", 5.6, 1.0),
    ("s3", 4.4, 0.0),
]
bent_at = pd.DataFrame([*on_the_left, *on_the_right], columns=["node", "x", "y"])
ring_is, friend_is, shell_is = "ring · 圈内", "honest friend · 诚信企业", "new shell · 新设空壳"
bent_at["group"] = [ring_is] * 3 + [friend_is] + [ring_is, shell_is] * 3
drawn = [("A", "B"), ("B", "C"), ("C", "H"), ("H", "A"), ("A′", "s1"), ("s1", "B′"), ("B′", "s2"), ("s2", "C′")]
bent = pd.DataFrame([*drawn, ("C′", "s3"), ("s3", "A′")], columns=["source", "target"])
show(
    pictures.network(
        bent_at,
        bent.assign(mark=bent.isin(["H"]).any(axis=1)),
        title="tricks 1 and 2 · 前两种手法",
        alt="On the left an honest firm stands between C and A; on the right a shell stands in each tie of a ring.",
    )
)

# %%
day = pd.Timestamp(AS_OF)
valid = ties[(ties["valid_from"] <= day) & ~(ties["valid_to"] < day)].reset_index(drop=True)
edges = valid.pop("edge_id")
rows = truth[truth["kind"].isin(["circle", "shell_ring"]) & truth["edge_id"].str.startswith("G", na=False)]
ring = edges.map(dict(zip(rows["edge_id"], rows["structure_id"], strict=True)))
of_rings = valid[ring.notna()]
last = valid.loc[ring.dropna().drop_duplicates(keep="last").index]
in_truth = set(truth["party_id"].dropna())
honest = [firm for firm in parties["party_id"] if firm.startswith("F") and firm not in in_truth]
shells = [f"F9{number:07d}" for number in range(len(of_rings))]
new = pd.DataFrame({"party_id": shells, "kind": "firm", "name": "新设空壳", "equity_fen": 10_000_000})
everybody = pd.concat([parties, new], ignore_index=True)


def through(old: pd.DataFrame, middlemen: list[str]) -> pd.DataFrame:
    """Return all guarantees, some of which go through a middleman now: X to Y becomes X to M to Y."""
    detour = [old.assign(to_id=middlemen[: len(old)]), old.assign(from_id=middlemen[: len(old)])]
    return pd.concat([valid.drop(index=old.index), *detour], ignore_index=True)


parts = [of_rings.assign(amount_fen=of_rings["amount_fen"] // 8 + part) for part in range(8)]
tricks = {
    "none": valid,
    "an honest firm": through(last, honest),
    "a shell in every tie": through(of_rings, shells),
    "split in eight": pd.concat([valid.drop(index=of_rings.index), *parts], ignore_index=True),
    "shares instead": valid.drop(index=last.index),
}
owned = pd.concat([made.tables["shareholding"], last.assign(share=0.6)])[["from_id", "to_id", "valid_from", "valid_to"]]
owned = owned.assign(amount_fen=500_000_000, source="shares")
LINE = 500_000_000  # 500 万元 in fen


def caught(table: pd.DataFrame, *kinds: str) -> float:
    """Return the share of the planted circles whose firms all stand in one finding."""
    sets = firms_of(find(snapshot(everybody, {"guarantee": table}, AS_OF), longest_cycle=5), *kinds)
    return sum(any(firms <= one for one in sets) for firms in true_circles) / len(true_circles)


def summed(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each pair of firms, with the sum of its guarantees."""
    keys = ["from_id", "to_id"]
    return (
        table.groupby(keys, as_index=False)
        .agg({"amount_fen": "sum", "valid_from": "min", "source": "first"})
        .assign(valid_to=None)
    )


result = pd.DataFrame(
    {
        "cycles up to 5": [caught(table, "triad", "cycle") for table in tricks.values()],
        "circles": [caught(table, "circle") for table in tricks.values()],
        "large rows": [caught(table[table["amount_fen"] >= LINE], "circle") for table in tricks.values()],
        "large sums": [caught(table[table["amount_fen"] >= LINE], "circle") for table in map(summed, tricks.values())],
        "with shares": [caught(pd.concat([table, owned]), "circle") for table in tricks.values()],
    },
    index=pd.Index(tricks, name="trick"),
)
show(result.map(lambda share: f"{share:.0%}"), "planted circles that are found · 各检测方法找到的担保圈占比")
assert list(result.loc["shares instead"]) == [0, 0, 0, 0, 1]
assert result.loc["a shell in every tie", "cycles up to 5"] == 0

# %% [markdown]
# Read the table by rows. Looking for *short cycles* is beaten by a few registrations; looking for *circles* is not: a
# strong component does not care how long the way round is. Reading only *large rows* is beaten by a printer; *sums*
# for each pair of firms are not. Against shares one needs the register of shareholders beside the register of
# guarantees.
#
# The second row looks harmless: everything is still found. It is the nastiest. Who is *accused* now?

# %%
after = firms_of(find(snapshot(everybody, {"guarantee": tricks["an honest firm"]}, AS_OF)), "circle")
accused = {firm for one in after if any(firms <= one for firms in true_circles) for firm in one}
guilty = {firm for firms in true_circles for firm in firms}
wide = firms_of(find(snapshot(everybody, {"guarantee": pd.concat([valid, owned.iloc[: -len(last)]])}, AS_OF)), "circle")
price = pd.DataFrame(
    [
        ("firms in circles, no trick", len(guilty), 0),
        ("firms in circles, honest friend drawn in", len(accused), len(accused - guilty)),
        ("circles with shares, no trick", len(wide), len(wide - firms_of(found, "circle"))),
    ],
    columns=["what is counted", "in all", "innocent or new"],
)
show(price, "what finding them costs · 误伤")
assert len(accused - guilty) == len(last)

# %% [markdown]
# Each honest friend stands in a circle today, and an officer who only reads the list will call in its loan. It *is*
# in danger: it can be called. But it planted nothing. A circle is a reason to look, and no verdict.

# %% [markdown] tags=["teacher"]
# ### Say
#
# - The finder that is exact (circles) and the finder that is fast to explain (cycles up to 5) differ by one trick.
#   Ask which of the two is built into the systems that the room knows.
# - Thresholds are for workload, so apply them after summing, never to rows. The same holds for reporting cash.
# - The honest friend shows that recall says nothing of justice: count the accused, not only the caught.

# %% [markdown]
# ## Exercises
#
# ### Exercise 1: mutual pairs
#
# Write a function that finds the pairs of firms that stand for each other, by one merge. Each pair once, smaller name
# first.


# %%
def mutual_pairs(table: pd.DataFrame) -> set[tuple[str, str]]:
    """Return the pairs of a table of guarantees (from_id, to_id) that are tied both ways, smaller first."""
    # solution
    back = table.rename(columns={"from_id": "to_id", "to_id": "from_id"})[["from_id", "to_id"]]
    both = table[["from_id", "to_id"]].merge(back)
    both = both[both["from_id"] < both["to_id"]]
    return set(both.itertuples(index=False, name=None))
    # end of solution


engine_pairs = {tuple(sorted(pair)) for pair in firms_of(found, "mutual")}
answer_1 = mutual_pairs(valid)
check(
    "1",
    answer_1,
    lambda pairs: set(pairs) == engine_pairs,
    "merge the table with itself turned round; keep smaller first",
)

# %% [markdown]
# ### Exercise 2: the guarantees of a day
#
# Most false alarms came from dates. A contract is written with its last day: on that day it still holds. A missing
# last day means that the end is open.


# %%
def on_day(table: pd.DataFrame, when: pd.Timestamp) -> pd.DataFrame:
    """Return the rows of a table with valid_from and valid_to that hold on a day."""
    # solution
    begun = table["valid_from"] <= when
    is_open = table["valid_to"].isna()
    return table[begun & (is_open | (table["valid_to"] >= when))]
    # end of solution


borders = pd.DataFrame(
    {
        "valid_from": pd.to_datetime(["2020-07-01", "2020-07-02", "2019-01-01", "2019-01-01", "2019-01-01"]),
        "valid_to": pd.to_datetime(["NaT", "NaT", "2020-07-01", "2020-06-30", "NaT"]),
    }
)
answer_2 = on_day(borders, pd.Timestamp(date(2020, 7, 1)))
check("2", answer_2, lambda table: list(table.index) == [0, 2, 4], "which of the five borders fall on 1 July 2020?")

# %% [markdown]
# ### Exercise 3: precision and recall
#
# Findings and truth are sets of sets of firms. Return both measures; a finder that finds nothing has precision 0.


# %%
def judged(findings: set[frozenset[str]], right: set[frozenset[str]]) -> tuple[float, float]:
    """Return precision and recall of findings."""
    # solution
    hits = len(findings & right)
    return (hits / len(findings) if findings else 0.0), hits / len(right)
    # end of solution


def is_right_3(answer: tuple[float, float]) -> bool:
    """Return whether precision and recall are right, also of other sets."""
    one, two, three = frozenset("AB"), frozenset("CD"), frozenset("EF")
    return judged({one, two}, {one, three}) == (0.5, 0.5) and judged(set(), {one}) == (0.0, 0.0) and answer[1] == 1.0


check("3", judged(finders["circles, dates ignored"], true_circles), is_right_3, "hits over findings, hits over truth")

# %% [markdown]
# ### Exercise 4: where to draw the line
#
# Nobody can read everything. Among the lines of 100, 200, 500, 1,000 and 2,000 万元 for the *sum* of each pair, which
# is the highest at which at least 85 % of the planted circles are still found? And how many sums are left to read?

# %%
LINES = (100, 200, 500, 1_000, 2_000)
sums = summed(valid)


def share_at(wan: int) -> float:
    """Return the share of the planted circles that are found among sums of so many 万元 and more."""
    return caught(sums[sums["amount_fen"] >= wan * 1_000_000], "circle")


highest = None
# solution
highest = max(wan for wan in LINES if share_at(wan) >= 0.85)
print({wan: f"{share_at(wan):.0%} with {(sums['amount_fen'] >= wan * 1_000_000).sum():,} sums" for wan in LINES})
# end of solution


def is_right_4(wan: int) -> bool:
    """Return whether a line is the highest that finds enough."""
    return share_at(wan) >= 0.85 and all(share_at(line) < 0.85 for line in LINES if line > wan)


check("4", highest, is_right_4, "try share_at with each of the lines")

# %% [markdown]
# ## Discussion
#
# 1. A village joint group (农户联保) of three neighbours and a ring of three shells have the same shape. Published
#    work on China's loans even finds closed triads among the most stable. What would you look at next, before you
#    decide?
# 2. The regulator asks for a list of all circles, with no judgement. Who reads it, and what happens to the honest
#    friend?
# 3. Your bank sees its own loans only. The circle goes through three banks. What can you see, and whom would you ask?
# 4. You publish how you search. Which of the four tricks becomes cheaper for a ring, and which does not?

# %% [markdown] tags=["teacher"]
# ### Answers
#
# 1. Cash flows among them, age, whether each could pay the others' calls (what the bars showed), whether one person
#    stands behind all three. Not the shape.
# 2. Lists get read as verdicts. Good answers ask for a reason beside each name, and for a way to answer it.
# 3. A chain with two open ends. The credit registry (征信) knows the rest; the dates there are late by a month or so.
# 4. Shells and splitting are cheap for whoever knows the rule; an honest friend costs a friend; shares leave a trace
#    in a public register. A search that does not depend on length, size or kind loses little by being known.
