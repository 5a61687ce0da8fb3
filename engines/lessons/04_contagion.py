"""Contagion: when one falls.

After this hour you can follow a default through guarantees round by round, say what three models of contagion assume,
choose which guarantee to release first, and notice the two mistakes that make such models look better than they are.
"""

TITLE_ZH = "信用风险传导：一家倒下之后"
ENGINE = "graph"
NEEDS = ("graph",)
MINUTES = {"question": 4, "by hand": 15, "engine": 12, "break it": 11, "exercises": 14, "discussion": 4}

# %% [markdown]
# ## The question
#
# On Monday a maker of feed in one county stops paying. By Friday the risk committee asks three things: **who falls
# next? What does a bad year cost? And if we may release a few guarantees, which ones?** (拆圈解链: taking circles and
# chains apart, against new collateral or repayment.)
#
# None of this is answered by looking at firms one by one. The feed maker's guarantors were sound on Monday.
#
# A *guarantor* (保证人) pays when the borrower does not. A guarantee is *called* (代偿) then. What a firm can pay at
# once is its *buffer*; if calls exceed it, the firm defaults too, and its own guarantors are called. That is
# contagion (风险传导), case 1-6 of the white paper.

# %%
import numpy as np
import pandas as pd

from credit_graph.breaking import compare_releases
from credit_graph.cascade import guarantee_cascade
from credit_graph.clearing import clear
from credit_graph.debtrank import debtrank
from credit_graph.prediction.features import day_of_history, network_features, own_features
from credit_graph.prediction.history import day_number, history_of
from credit_graph.prediction.measures import average_precision
from credit_graph.prediction.panel import panel
from credit_graph.risk_measures import risk_measures
from credit_graph.simulation import GaussianCopula, copula_scenarios, simulate_cascades
from engines.risk_graph.calls import calls_of
from engines.risk_graph.falls import fall, falls
from engines.risk_graph.losses import LOSS_GIVEN_DEFAULT, chances
from engines.risk_graph.models import MODELS, readings
from engines.risk_graph.province import AS_OF, credit
from engines.workshop import check, pictures, show

# %% [markdown]
# ## By hand: ten guarantees, six firms
#
# The arrow goes from the guarantor to the borrower. Amounts in 万元. F, the feed maker, cannot pay.

# %%
ten = pd.DataFrame(
    [
        ("E", "F", 50),
        ("D", "F", 40),
        ("C", "E", 45),
        ("D", "E", 30),
        ("B", "C", 50),
        ("D", "C", 20),
        ("B", "D", 30),
        ("A", "B", 70),
        ("A", "D", 20),
        ("F", "A", 25),
    ],
    columns=["guarantor", "borrower", "wan"],
)
buffer = pd.Series({"A": 100, "B": 60, "C": 40, "D": 80, "E": 30, "F": 20}, name="buffer").rename_axis("firm")
places = pd.DataFrame(
    [("A", 0, 1), ("B", 1.5, 2), ("D", 1.7, 0), ("C", 3.2, 1.6), ("E", 4.8, 1.2), ("F", 6, 0)],
    columns=["node", "x", "y"],
)
called_in = places["node"].map(lambda firm: f"{firm} {buffer[firm]}")
named = dict(zip(places["node"], called_in, strict=True))
arrows = ten.rename(columns={"guarantor": "source", "borrower": "target", "wan": "label"}).replace(named)
show(
    pictures.network(
        places.assign(node=called_in),
        arrows.assign(mark=arrows["target"] == named["F"]),
        title="six firms and what each can pay, 万元 · 六家企业与可代偿额",
        alt="Ten guarantees among six firms; E and D stand for F, which fails.",
    )
)

# %% [markdown]
# Take a pencil. **Round 1**: F has failed, so E is called for 50 and D for 40. E can pay 30: it falls. D can pay 80:
# it pays 40 and has 40 left. **Round 2**: E has failed, so C is called for 45, and D for 30 more ... Go on until
# nobody falls. Who is left standing?
#
# In pandas: add up the calls on each guarantor by those who have failed, compare with the buffer, repeat.

# %%
failed, course = {"F"}, []
for round_ in range(1, 7):
    called = ten[ten["borrower"].isin(failed)].groupby("guarantor")["wan"].sum().reindex(buffer.index, fill_value=0)
    new = set(called.index[called > buffer]) - failed
    course.append({"round": round_, **called.to_dict(), "falls": " ".join(sorted(new))})
    if not new:
        break
    failed |= new
show(pd.DataFrame(course), "calls by round, 万元, and who falls · 逐轮代偿")
assert failed == set("FECDB")

# %% [markdown]
# A is left, with 10 of its 100. Look at D: it met every single call. It fell because **three calls came one after the
# other**, each of which it could pay alone. No list of single exposures shows that.
#
# The engine's cascade is the same loop with sparse matrices:

# %%
firms = list(buffer.index)
exposure = ten.pivot_table(index="guarantor", columns="borrower", values="wan", fill_value=0)
exposure = exposure.reindex(index=firms, columns=firms, fill_value=0)
cascade = guarantee_cascade(exposure, exposure.sum(), buffer, [firms.index("F")])
print("round in which each firm falls (-1: never):", dict(zip(firms, cascade.round.tolist(), strict=True)))

# %% [markdown]
# **A second reading: distress before default.** A banker objects: "Why wait until F has failed? When F loses a third
# of what it can pay, E's guarantee is already a worse promise." *DebtRank* says so: each firm has a distress h
# between 0 and 1, and passes it on in proportion:
#
# `h = min(1, shock + sum over borrowers of guarantee / buffer * h of the borrower)`
#
# Let F lose a tenth of its buffer, and iterate. There is a circle (A stands for B, B for C, C for E, E for F, F for
# A).

# %%
weight = exposure.div(buffer, axis="index")
shock = pd.Series(0.0, index=firms)
shock["F"] = 0.1
rounds = [shock]
for _ in range(20):
    rounds.append((shock + weight @ rounds[-1]).clip(upper=1.0))
lost = pd.DataFrame({"round": range(21), "lost": [float((h * buffer).sum() / buffer.sum()) for h in rounds]})
exact = debtrank(exposure, buffer, shock)
show(
    pictures.lines(
        lost,
        x="round",
        y="lost",
        title="share of all buffers lost · 缓冲损失占比",
        axes={"x": "round · 轮次", "y": "lost · 损失占比"},
        alt="The loss grows slowly for some rounds, then fast, until nearly everything is lost.",
        at={5: "who stops here sees little · 过早停止"},
    )
)
print(f"after 5 rounds {lost['lost'][5]:.0%}, in the end {exact.value_lost:.0%}")
print(f"leading eigenvalue {exact.leading_eigenvalue:.2f}")
assert exact.leading_eigenvalue > 1
assert exact.value_lost > 0.95
assert 0.1 < lost["lost"][5] < 0.3

# %% [markdown]
# The *leading eigenvalue* is the factor by which small losses grow in each round. Above 1, any shock in reach of the
# circle ends in ruin *in this model*; nobody was called, and the cascade would say "nobody falls". Models are
# assumptions. Write them beside each figure that you report.
#
# **A third reading: what can still be paid.** X owes Y 60 and Z 30; Y owes Z 50; Z owes X 20. Cash: X 40, Y 5, Z 30.
# Assume first that everybody pays; who cannot hands over all that it has, in proportion; repeat. With pencil:
#
# - X has 40 + 20 = 60 and owes 90. It pays two thirds: 40 to Y, 20 to Z.
# - Y has 5 + 40 = 45 and owes 50. It pays 45.
# - Z has 30 + 20 + 45 = 95 and owes 20. It pays.

# %%
owes = pd.DataFrame([[0, 60, 30], [0, 0, 50], [20, 0, 0]], index=list("XYZ"), columns=list("XYZ"))
settled = clear(owes, [40, 5, 30])
paid = pd.DataFrame({"owes": settled.owed, "pays": settled.payments, "fails in wave": settled.wave}, index=owes.index)
show(paid.rename_axis("firm"), "clearing vector · 清算向量")
assert settled.payments.round(9).tolist() == [60, 45, 20]

# %% [markdown] tags=["teacher"]
# ### Goes wrong
#
# - Many stop after round 2, because D "has paid". Calls add up: let them write a running sum for D.
# - Some let a firm fall when calls *equal* its buffer. By guarantee law it has just paid. Fix the rule before you
#   start.
# - "F stands for A, so A is called when F fails." No: F is the guarantor there. The arrow again.
# - If time is short, leave out the third reading; it returns in the table of models below.

# %% [markdown]
# ## The engine: 2,000 firms
#
# The synthetic province on 1 July 2020. We let each firm fall alone, and count whom it pulls down. Nobody knows what
# a firm can pay at once; the engine assumes 40 % of equity.

# %%
made = credit(seed=7, firms=2_000)
calls = calls_of(made.graph, made.defaulted)
alone = falls(calls)
spectrum = pd.Series(alone.pulled_down).value_counts().sort_index()
show(
    spectrum.rename_axis("pulled down").rename("firms").reset_index(),
    f"how many others each of {calls.n:,} firms pulls down · 单户违约的连带户数",
)
worst = int(alone.order[0])
assert (alone.pulled_down == 0).mean() > 0.75

# %%
victims = fall(calls, [worst])
inside = np.flatnonzero(victims.failed)
ties = calls.guarantees
among = np.isin(ties.tail, inside) & np.isin(ties.head, inside)
spot = pd.DataFrame({"code": inside, "x": -victims.round[inside]}).sort_values("x", ascending=False)
place = spot.groupby("x").cumcount()
spot["y"] = (-spot["x"] % 2) + 0.5 * place
spot["node"] = [f"{-x}{'abcdefgh'[at]}" for x, at in zip(spot["x"], place, strict=True)]
node_of = dict(zip(spot["code"], spot["node"], strict=True))
drawn = pd.DataFrame(
    {
        "source": [node_of[code] for code in ties.tail[among]],
        "target": [node_of[code] for code in ties.head[among]],
        "label": [f"{fen / 1e6:,.0f}" for fen in calls.call_fen[among]],
    }
)
show(
    pictures.network(
        spot,
        drawn,
        title="who falls in which round, calls in 万元 · 逐轮违约与代偿额",
        alt="From the right, one firm falls in round 0, its guarantor in round 1, the next in round 2, and so on.",
    )
)

# %% [markdown]
# Most firms pull down nobody. A few pull down several, and size does not tell which: of the ten firms that pull down
# most, hardly one is among the ten that owe most. How much do the models differ on these ten?

# %%
seeds = alone.order[:10].tolist()
assert len({*seeds} & {*np.argsort(-calls.debt_fen)[:10].tolist()}) <= 1
told = readings(calls, seeds)
models = pd.DataFrame(
    [
        (MODELS[name].name, MODELS[name].assumes, sum(int(one.fallen.sum()) - 1 for one in some))
        for name, some in told.items()
    ],
    columns=["model", "assumes", "pulled down"],
)
show(models, "ten firms fall, one at a time · 各模型的连带违约数")
assert models["pulled down"].nunique() > 3

# %% [markdown]
# **Which guarantees to release?** The bank may release one in a hundred. We simulate 1,000 years, in which firms fail
# by their own chance and together in bad times, rank the guarantees by some rule, release the first, and judge on
# 2,000 *other* years. The rules: at random; the largest amount; the amount over what the guarantor can pay;
# *attribution*, by the contagion that passed over the guarantee in the simulated years, also for each yuan released;
# and *circles*, which opens every circle whatever that takes.

# %%
listed = made.tables["parties"]
is_firm = listed["kind"] == "firm"
fell = listed["party_id"].isin(made.graph.ids[made.defaulted])
years = 1.5
by_class = chances(listed.loc[is_firm, "leverage"], fell[is_firm], years)
chance = pd.Series(by_class, index=listed.loc[is_firm, "party_id"]).reindex(calls.ids).to_numpy(float)
together = GaussianCopula(chance, correlation=0.2)
rng = np.random.default_rng([7, 4])
loss = LOSS_GIVEN_DEFAULT * calls.debt_fen
released = compare_releases(
    calls.guarantees,
    calls.buffer_fen,
    copula_scenarios(together, 1_000, rng),
    copula_scenarios(together, 2_000, rng),
    rng,
    share=0.01,
    call_fen=calls.call_fen,
    loss_fen=loss,
)
released["prevented"] = (-released["change"]).clip(lower=0).round(3)
show(
    pictures.bars(
        released[released["strategy"] != "none"],
        "prevented",
        "strategy",
        percent=True,
        mark=released["strategy"] == "attribution",
        title="contagion defaults prevented · 避免的传导违约",
        alt="Releasing what carried most contagion in simulated years prevents far more than a random choice.",
    )
)
columns = ["strategy", "released", "released_amount_share", "contagion_defaults"]
show(released[columns], "the same, with what is released · 解除的担保")
rule = released.set_index("strategy")
assert rule["prevented"].idxmax() == "attribution"
assert (rule["released"] > 10 * rule["released"]["attribution"]).tolist() == [name == "circles" for name in rule.index]

# %% [markdown] tags=["teacher"]
# ### Goes wrong
#
# - "Circles" opens *every* circle, and needs more than ten times as many releases for less. Circles are not
#   contagion; a chain needs none. This surprises people who came for circles.
# - Somebody will ask why the years are split in two. A ranking that is judged on the years it was learnt from wins by
#   luck.

# %% [markdown]
# ## Break it: two mistakes that flatter
#
# **Mistake 1: the future leaks in.** We want to say on 1 July 2020 who defaults in the next 180 days. A feature
# suggests itself: what a firm has been called for by borrowers that defaulted, over what it can pay. We compute it
# twice. Once from what was known on 1 July; once from *the table as it was when somebody extracted it*, on 31
# December. Nobody did that on purpose: the data warehouse keeps the latest state.
#
# `average precision` reads the ranking from the top: 1 means that all defaults stand first; chance gives the share of
# defaults.

# %%
own = ("leverage", "overdue_days")
known = history_of(
    made.tables["parties"], made.tables["guarantee"], made.tables["defaults"], own=own, observed_until="2020-12-31"
)
rows = panel(known, [AS_OF], 180)


def feature(when: str, name: str) -> pd.Series:
    """Return a feature of the firms asked about, computed from what was known on a day."""
    day = day_of_history(known, day_number(when))
    table = own_features(day) if name.startswith("own_") else network_features(day)
    return table[name].iloc[rows["party"]].fillna(0.0).reset_index(drop=True)


scores = {
    "chance": pd.Series(0.0, index=range(len(rows))),
    "leverage alone": feature("2020-07-01", "own_leverage"),
    "calls known on 1 July": feature("2020-07-01", "called_over_buffer"),
    "calls known on 31 December": feature("2020-12-31", "called_over_buffer"),
}
quality = pd.DataFrame(
    [
        (name, average_precision(rows["label"], score), int(rows["label"][score.nlargest(40).index].sum()))
        for name, score in scores.items()
    ],
    columns=["ranked by", "average precision", "defaults in the first 40"],
)
show(
    quality.round(3),
    f"{rows['label'].sum()} of {len(rows):,} firms default by the end of 2020 · 违约排序",
    mark=quality["ranked by"] == "calls known on 31 December",
)
best = quality.set_index("ranked by")["average precision"]
assert best["calls known on 31 December"] > 3 * best["calls known on 1 July"]
assert best["calls known on 1 July"] > best["leverage alone"]

# %% [markdown]
# The leaky score is several times better on paper, and worth nothing in use: on 1 July nobody had called those
# guarantees. It is not even a clever mistake. **A feature has a date**, like a circle. The engine's `day_of_history`
# hands out what was known, and a test of it changes the future and looks whether anything moves. Also mind how few
# defaults there are: an honest difference of a few hundredths may be luck.
#
# **Mistake 2: everybody has bad luck alone.** The year is simulated twice, with the same chance of each firm. Once
# firms fail independently of each other; once there are bad times (the correlation of two firms is 0.2).

# %%
losses, yearly = [], {}
for name, correlation in (("alone · 各自违约", 0.0), ("together · 同涨同跌", 0.2)):
    drawn_years = copula_scenarios(GaussianCopula(chance, correlation), 5_000, np.random.default_rng([7, 5]))
    year = simulate_cascades(
        calls.guarantees, calls.buffer_fen, drawn_years, call_fen=calls.call_fen, loss_fen=loss, importance=False
    )
    yearly[name] = year.scenarios["loss_fen"].to_numpy(float) / 1e10
    measured = risk_measures(yearly[name], 0.99)
    losses.append((name, measured.expected_loss, measured.value_at_risk, measured.expected_shortfall))
bad_year = pd.DataFrame(losses, columns=["firms fail", "mean", "1 year in 100", "mean of the worst 1 %"])
show(bad_year.round(1), "loss of a year in 亿元 (100 m yuan) · 年度损失")
assert abs(bad_year["mean"][0] / bad_year["mean"][1] - 1) < 0.1
assert 2.5 < bad_year["1 year in 100"][1] / bad_year["1 year in 100"][0] < 4

# %%
steps = np.linspace(0, 1, 60)[1:-1]
tails = pd.concat(
    [
        pd.DataFrame({"years": 100 * (1 - steps), "loss": np.quantile(some, steps), "firms fail": name})
        for name, some in yearly.items()
    ]
)
show(
    pictures.lines(
        tails,
        x="years",
        y="loss",
        subject="firms fail",
        log=True,
        axes={"x": "percent of years with a larger loss · 超过该损失的年份占比", "y": "loss, 亿元 · 损失"},
        title="the mean is the same, the bad year is not · 均值相同，坏年份不同",
        alt="In rare years, to the left, firms that fail together lose far more than firms that fail alone.",
    )
)

# %% [markdown]
# The mean loss does not notice. The bad year, for which capital is held, is about three times as bad. A model that is
# checked by its mean passes.

# %% [markdown] tags=["teacher"]
# ### Say
#
# - Leaks are found by asking of each column "who wrote this, and when?", and by suspicion of good news. A score that
#   jumps is a reason to look for the date, and no reason for a party.
# - Independence is an assumption that nobody writes down. Let the room find other places where it hides: sampling
#   firms and not years, cross-validation by rows, error bars.

# %% [markdown]
# ## Exercises
#
# ### Exercise 1: the cascade
#
# Write the loop of the pencil as a function. It must work for any table of guarantees, and firms that nobody calls
# stay.


# %%
def who_falls(table: pd.DataFrame, can_pay: pd.Series, first: str) -> set[str]:
    """Return the firms that have failed in the end, `first` among them; calls above what a firm can pay fell it."""
    # solution
    down = {first}
    while True:
        due = table[table["borrower"].isin(down)].groupby("guarantor")["wan"].sum()
        more = set(due.index[due > can_pay[due.index]]) - down
        if not more:
            return down
        down |= more
    # end of solution


def is_right_1(answer: set[str]) -> bool:
    """Return whether the function finds the right firms, also for others that fall first."""
    others = {first: who_falls(ten, buffer, first) for first in "ABE"}
    return answer == set("FECDB") and others == {"A": set("ABCDEF"), "B": {"B"}, "E": set("EC")}


check("1", who_falls(ten, buffer, "F"), is_right_1, "sum the calls of all who failed so far, not of the last round")

# %% [markdown]
# ### Exercise 2: one release
#
# The bank may release *one* of the ten guarantees before F fails. Which one saves most firms? Which costs least for
# each firm saved? Give the two rows of `ten` as numbers, 0 to 9.

# %%
saves_most, cheapest = None, None
# solution
saved = []
for row in ten.index:
    left = {"F"}
    for _ in firms:
        due = ten.drop(index=row).query("borrower in @left").groupby("guarantor")["wan"].sum()
        left |= set(due.index[due > buffer[due.index]])
    saved.append(5 - len(left))
worth = ten.assign(saved=saved, each=ten["wan"] / pd.Series(saved).where(pd.Series(saved) > 0))
saves_most, cheapest = worth["saved"].argmax(), worth["each"].argmin()
# end of solution
check("2", saves_most, lambda row: row == 0, "take out one row after the other, and count who falls")
check("2, second part", cheapest, lambda row: row == 5, "divide the amount by the number of firms saved")

# %% [markdown]
# ### Exercise 3: what was known
#
# Write the honest feature yourself: for each guarantor the sum of its guarantees for borrowers that had defaulted by
# a day, of those guarantees that were valid *when their borrower defaulted*. Days of default and of validity are in
# the tables.


# %%
def called_by(guarantees: pd.DataFrame, defaults: pd.DataFrame, when: pd.Timestamp) -> pd.Series:
    """Return what each guarantor has been called for up to a day, in fen; guarantors without calls may be left out."""
    # solution
    past = defaults[defaults["defaulted_on"] <= when].rename(columns={"party_id": "to_id"})
    joined = guarantees.merge(past, on="to_id")
    begun = joined["valid_from"] <= joined["defaulted_on"]
    is_open = joined["valid_to"].isna() | (joined["valid_to"] >= joined["defaulted_on"])
    return joined[begun & is_open].groupby("from_id")["amount_fen"].sum()
    # end of solution


def is_right_3(answer: pd.Series) -> bool:
    """Return whether the sums are those of the engine."""
    layer = known.called_by(day_number("2020-07-01"))
    engines = pd.Series(layer.amount_fen).groupby(known.ids[layer.tail]).sum()
    return answer[answer > 0].sort_index().to_dict() == engines.to_dict()


sums = called_by(made.tables["guarantee"], made.tables["defaults"], pd.Timestamp(AS_OF))
check("3", sums, is_right_3, "compare validity with the day of default, not with the day you ask about")

# %% [markdown]
# ### Exercise 4: the mean of the worst
#
# The *expected shortfall* at 99 % is the mean of the worst one percent of the years. There are 5,000; write it in one
# line.

# %%
shortfall = None
# solution
shortfall = float(np.sort(yearly["together · 同涨同跌"])[-50:].mean())
# end of solution
check("4", shortfall, lambda mean: abs(mean - bad_year.iloc[1, 3]) < 1e-6, "sort, take the last 50, then the mean")

# %% [markdown]
# ## Discussion
#
# 1. A released guarantee makes the borrower's loan uncovered. The bank may then call the loan, and the borrower fails
#    *of the release*. How would you put that into the comparison?
# 2. DebtRank says "ruin" where the cascade says "nothing". A director wants one number. What do you give, and with
#    which sentence beside it?
# 3. The engine assumes that a firm can pay 40 % of its equity at once. Nobody knows. What would you vary, and what
#    would make you stop publishing the list of dangerous firms?
# 4. In 2020 nearly all firms had a bad spring together. Is the correlation that you estimate from calm years of any
#    use?

# %% [markdown] tags=["teacher"]
# ### Answers
#
# 1. Give the released borrower a higher chance of default in the years after, and let the bank's loss include the
#    recourse that it gave up. The engine's case `break-circles` counts the latter; the former is a judgement.
# 2. Good answers give both with their assumption ("if claims lose value before anybody is called"), and say which the
#    decision hangs on. Bad ones average them.
# 3. The share that can be paid, the calls, the missing ties. If the first ten change with each choice, publish the
#    choice and not the list.
# 4. It is too low just when it is needed. Stress it: what if it were 0.5?
