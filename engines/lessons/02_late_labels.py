"""Learning from labels that come late.

After this hour you can build a table to learn from that holds only what was known at the time, and find the column
that makes a useless model look wonderful.
"""

TITLE_ZH = "从迟到的标签中学习"
ENGINE = "fraud"
NEEDS = ("fraud",)
MINUTES = {"question": 5, "by hand": 12, "engine": 15, "break it": 12, "exercises": 11, "discussion": 5}

# %% [markdown]
# ## The question
# A vendor shows a bank its fraud model: on the bank's own payments of last year it found eight frauds in ten. The bank
# buys it, and in the first month it finds hardly more than the old rules did. The head of risk asks: *"We tested it on
# our own data. How can a test lie?"*
#
# It lies when the test knows something that the bank, in the second of the payment, did not. A fraud is not known when
# it happens: the customer looks at the account, calls, an officer confirms. That takes days. Until then the payment
# looks honest in every table.

# %%
from typing import Any

import numpy as np
import pandas as pd

from datasets import transactions, truth
from engines.workshop import check, pictures, show
from fraud.curves import budget_curve_frame
from fraud.errors import FeatureLawError
from fraud.features import FeatureBuilder
from fraud.features.checks import check_labels_wait_for_the_delay
from fraud.metrics import average_precision, recall_at_budget, value_detected
from fraud.rules import first_rulebook
from fraud.scorers import RULE_PREFIX, Blend, GradientBoosting, RandomForest, RuleScorecard
from fraud.split import time_split

# %% [markdown]
# ## By hand: how many frauds had this payee?
# Ten payments to two payees, **M** and **K**. A good question to ask of each: *how many frauds went to this payee?*
# There are three ways to answer it. A fraud is confirmed seven days after it happened. Fill in three columns with a
# pencil:
#
# - **warehouse**: frauds of this payee in the whole table, as one `groupby` gives them
# - **before**: frauds of this payee on earlier days
# - **known**: frauds of this payee that were *confirmed* on the day of the payment

# %%
ten = pd.DataFrame(
    {
        "day": [1, 1, 2, 3, 4, 5, 6, 9, 12, 13],
        "payee": list("MKMMKKKMMK"),
        "fraud": [1, 0, 1, 1, 0, 1, 0, 1, 0, 0],
    }
)
DELAY = 7


def frauds_of_payee(wait_days: int) -> list[int]:
    """Return for each payment the frauds of its payee that are at least so many days old."""
    counts = []
    for payee, day in zip(ten["payee"], ten["day"], strict=True):
        earlier = (ten["payee"] == payee) & (ten["day"] <= day - wait_days)
        counts.append(int(ten.loc[earlier, "fraud"].sum()))
    return counts


ten["warehouse"] = ten.groupby("payee")["fraud"].transform("sum")
ten["before"] = frauds_of_payee(wait_days=1)
ten["known"] = frauds_of_payee(wait_days=DELAY)
show(ten, "one question, three answers · 一个问题，三种答案", mark=ten["fraud"] == 1)
assert ten["known"].tolist() == [0, 0, 0, 0, 0, 0, 0, 2, 3, 1]

# %% [markdown]
# Look at the four frauds to M. The warehouse says 4 at each of them, even at the very first: it counts the payment that
# is to be judged, and those that come later. *Before* says 0, 1, 2, 3: no future, but it knows on day 2 what the bank
# learns on day 8. *Known* says 0, 0, 0, 2. It is the only column that the bank's computer could have had, and the only
# one that says little. **A feature is point-in-time** (时点特征) **if it could have been computed in that second.**

# %% [markdown] tags=["teacher"]
# ### Goes wrong
# - "Before" is taken for right by nearly everybody. Ask: on day 2, who in the bank knew that day 1 was fraud?
# - In column *known* the boundary day counts (day 9 sees day 2). Any convention will do if it is written down and the
#   same in learning and in deciding.
# - Some object that the bank sometimes hears earlier. True, and then the label's own time of arrival must be stored. A
#   fixed delay is the honest simple model of it.

# %% [markdown]
# ## The engine: features, a gap, and a blend
# 20,000 payments, one in a hundred of them fraud (five times the usual, so that an hour is enough to learn from).
# `FeatureBuilder` reads the stream once, row by row: what it gives for a payment is made from it and from earlier ones,
# and labels are read only after `delay_days`.

# %%
N, SEED, RATE = 20_000, 11, 0.01
payments = pd.concat(transactions.make(N, SEED, base_rate=RATE), ignore_index=True)
known = pd.concat(truth.make(N, SEED, base_rate=RATE), ignore_index=True)
payments["is_fraud"] = payments["transaction_id"].isin(known.loc[known["is_fraud"] == 1, "transaction_id"]).astype(int)
is_fraud = payments["is_fraud"].to_numpy()
when = payments["occurred_at"]
features = FeatureBuilder(list(payments.columns), delay_days=DELAY).update(payments)
shown = ["amount_fen", "customer_count_1d", "new_payee", "payee_frauds_30d"]
show(features.loc[is_fraud == 1, shown], f"{len(features.columns)} features; four of them at frauds · 特征", rows=5)

# %% [markdown]
# Next, time. We learn from what happened *before* and judge what came *after*, with a **gap** (间隔) as long as the
# delay between them: on the first day that is judged, the labels of the last week are not there to learn from.

# %%
split = time_split(when.iloc[0].to_pydatetime(), when.iloc[-1].to_pydatetime(), delay_days=DELAY)
learnt = (when < split.learn_until).to_numpy()
judged = (when >= split.judge_from).to_numpy()
spans = pd.DataFrame(
    {
        "span": ["learn · 学习", "gap · 间隔", "judge · 评判"],
        "from": [str(day.date()) for day in (split.first, split.learn_until, split.judge_from)],
        "payments": [int(mask.sum()) for mask in (learnt, ~learnt & ~judged, judged)],
        "frauds": [int(is_fraud[mask].sum()) for mask in (learnt, ~learnt & ~judged, judged)],
    }
)
show(spans, "three spans of time · 三段时间")

# %% [markdown]
# Three ways to rank the judged payments, within a budget of one alert per hundred payments:
#
# 1. **rules**: the sum of severities (the 25 rules of the first rulebook), as in lesson 1
# 2. **trees**: gradient boosting (梯度提升) on the features
# 3. **blend** (融合): a scorecard of the rules, the trees, and a random forest (随机森林), weighted by how well each
#    did on later payments than those it learnt from

# %%
raw = payments.drop(columns="is_fraud")
book, _ = first_rulebook().available([*raw.columns, *features.columns])
hits = book.hits(raw.join(features[features.columns.difference(raw.columns)]))
hit_columns = pd.DataFrame(hits.astype(float), columns=[RULE_PREFIX + rule.id for rule in book.rules])
both = features.join(hit_columns)

trees = GradientBoosting(n_trees=40, random_state=0, n_jobs=1).fit(features[learnt], is_fraud[learnt])
members = {
    "rules": RuleScorecard(),
    "boosting": GradientBoosting(n_trees=40, random_state=0, n_jobs=1),
    "forest": RandomForest(n_trees=20, random_state=0, n_jobs=1),
}
blend = Blend(members=members, delay=DELAY, folds=1)
blend.fit(both[learnt], is_fraud[learnt], times=when[learnt])
scores = {
    "rules · 规则": (hits * np.array([rule.severity for rule in book.rules])).sum(axis=1)[judged],
    "trees · 梯度提升": trees.predict_proba(features[judged])[:, 1],
    "blend · 融合": blend.predict_proba(both[judged])[:, 1],
}
label, amount = is_fraud[judged], payments["amount_fen"].to_numpy()[judged]
BUDGET = 0.01
result = pd.DataFrame(
    {
        "ranked by": list(scores),
        "average precision": [average_precision(label, score) for score in scores.values()],
        "frauds found": [recall_at_budget(label, score, BUDGET) for score in scores.values()],
        "money found": [value_detected(label, score, amount, BUDGET) for score in scores.values()],
    }
)
show(result, "one alert per hundred payments · 每百笔一个告警")
curves = [budget_curve_frame(label, score, amount).assign(ranked=name) for name, score in scores.items()]
curve = pd.concat(curves, ignore_index=True)
curve = curve[curve["alert_rate"].between(0.001, 0.2)].assign(alerts=lambda frame: 1_000 * frame["alert_rate"])
show(
    pictures.lines(
        curve,
        x="alerts",
        y="recall",
        subject="ranked",
        log=True,
        title="what a budget finds · 预算内的发现",
        alt="the blend lies above the trees, and both far above the rules alone",
        axes={"x": "alerts per 1,000 payments · 每千笔告警", "y": "frauds found · 发现占比"},
        at={10.0: "budget 预算"},
    )
)
assert result["frauds found"].is_monotonic_increasing
assert result["frauds found"].iloc[2] > 3 * result["frauds found"].iloc[0]

# %% [markdown]
# The model finds several times what the rules find with the same analysts. The rules are still in the blend, and that
# is no courtesy: on the first day of a new kind of fraud there is no label to learn from, and a rule can be written
# that evening.
#
# ## Break it: the vendor's model
# The vendor did nothing unusual. It took the payments of last year out of the warehouse, with the label beside each,
# and computed the same features. One thing was different: the label was there at once, so features such as "frauds of
# this payee in the last 30 days" read it **without waiting**. We do the same, by a delay of one second.

# %%


def vendors_builder() -> FeatureBuilder:
    """Return a builder that believes a fraud to be known one second after it happened."""
    return FeatureBuilder(list(payments.columns), delay_days=1 / 86_400)


impatient = vendors_builder().update(payments)
vendor = GradientBoosting(n_trees=40, random_state=0, n_jobs=1).fit(impatient[learnt], is_fraud[learnt])
trials = {
    "vendor's test · 厂商测试": vendor.predict_proba(impatient[judged])[:, 1],
    "vendor's model at work · 上线后": vendor.predict_proba(features[judged])[:, 1],
    "honest model at work · 诚实模型": scores["trees · 梯度提升"],
    "rules · 规则": scores["rules · 规则"],
}
outcome = pd.DataFrame({"model": list(trials)})
outcome["frauds found"] = [recall_at_budget(label, score, BUDGET) for score in trials.values()]
outcome["average precision"] = [average_precision(label, score) for score in trials.values()]
show(outcome, "test and work · 测试与上线", mark=[True, False, False, False])
show(
    pictures.bars(
        outcome,
        "frauds found",
        "model",
        percent=True,
        mark=[True, False, False, False],
        title="wonderful in the test · 测试中的奇迹",
        alt="the vendor's model finds most frauds in its test, and few at work, far fewer than the honest model",
    )
)
assert outcome["frauds found"].iloc[0] > 0.75
assert outcome["frauds found"].iloc[1] < outcome["frauds found"].iloc[2] / 2

# %% [markdown]
# At work the same columns are filled with what is known, and that is less. The model had learnt to lean on the numbers
# that were only there in the test, and unlearnt the rest: **it is worse than if it had never seen them.** This is
# **leakage** (数据泄漏). Nobody cheated; a `join` did it.
#
# How could the bank have noticed? Not by looking at the score. By a law that a table of features must keep: *change the
# labels that nobody knew yet, and nothing may change.* The engine has it as a test that anybody's builder can be put
# through.

# %%
row = int(np.flatnonzero(payments["payee_id"].duplicated() & (is_fraud == 1))[-1])
few = payments.iloc[: row + 1]
check_labels_wait_for_the_delay(lambda: FeatureBuilder(list(few.columns), DELAY), few, row, DELAY)
print("engine's builder: keeps the law")
refusal = ""
try:
    check_labels_wait_for_the_delay(vendors_builder, few, row, DELAY)
except FeatureLawError as error:
    refusal = str(error)
print("vendor's builder:", refusal)
assert refusal

# %% [markdown]
# And a second lie, which needs no bad feature: **drawing the test rows at random** instead of splitting by time.
# Payments of one episode of fraud fall on both sides, and the model recognises the episode.

# %%
drawn = np.random.default_rng(0).random(N) < 0.7
shuffled = GradientBoosting(n_trees=40, random_state=0, n_jobs=1).fit(features[drawn], is_fraud[drawn])
by_chance = average_precision(is_fraud[~drawn], shuffled.predict_proba(features[~drawn])[:, 1])
by_time = average_precision(label, scores["trees · 梯度提升"])
print(f"average precision of the same trees: {by_chance:.2f} with rows drawn at random, {by_time:.2f} split by time")
assert by_chance > 1.4 * by_time

# %% [markdown] tags=["teacher"]
# ### Say
# - Ask before the picture: "The vendor offers a trial on last month's data. Do you accept?" The right answer is: only
#   if we compute the features ourselves, from what our systems knew then, or if it runs beside us in silence for a
#   month (shadow mode, 影子运行).
# - A sign that works in practice: be suspicious of any single column that alone ranks nearly as well as the whole
#   model.
# - Late labels also make the newest weeks look honest. Who learns from them teaches the model that fraud is honest.

# %% [markdown]
# ## Exercises
# ### Exercise 1: the dark week
# In the table `ten`: how many payments went to M until the bank knew of the first fraud at M (that day not counted)?

# %%
in_the_dark = None
# solution
first = ten.loc[(ten["payee"] == "M") & (ten["fraud"] == 1), "day"].min()
in_the_dark = int(((ten["payee"] == "M") & (ten["day"] < first + DELAY)).sum())
# end of solution
check("1", in_the_dark, lambda answer: answer == sum(ten["known"][ten["payee"] == "M"] == 0), "known on day 1 + 7")

# %% [markdown]
# ### Exercise 2: find the leaks
# The vendor's table has five columns. On some night the bank has only the payments until then (`until`), and of those
# the labels that are a week old (younger ones read 0). Compute each column on that night and on the whole table, and
# compare the rows of the week before that night, `last_week`. Which columns leak? Give a list of names.

# %%
ids = payments["payee_id"].astype(str)
columns: dict[str, Any] = {
    "frauds of payee": lambda rows: rows.groupby("payee")["fraud"].transform("sum"),
    "frauds of payee, earlier rows": lambda rows: rows.groupby("payee")["fraud"].cumsum() - rows["fraud"],
    "payments to payee": lambda rows: rows.groupby("payee")["fraud"].transform("size"),
    "payments to payee, earlier rows": lambda rows: rows.groupby("payee").cumcount(),
    "amount against payee's first": lambda rows: rows["amount"] / rows.groupby("payee")["amount"].transform("first"),
}
whole = pd.DataFrame({"payee": ids, "fraud": is_fraud, "amount": payments["amount_fen"], "at": when})
whole = whole[payments["payee_id"].notna()].reset_index(drop=True)
night = pd.Timestamp(split.judge_from) + pd.Timedelta(days=14)
until = whole[whole["at"] < night].copy()
until.loc[until["at"] > night - pd.Timedelta(days=DELAY), "fraud"] = 0
last_week = until.index[until["at"] >= night - pd.Timedelta(days=7)]

leaks = None
# solution
leaks = [name for name, make in columns.items() if not make(whole)[last_week].equals(make(until)[last_week])]
# end of solution
check(
    "2",
    leaks,
    lambda answer: sorted(answer) == ["frauds of payee", "frauds of payee, earlier rows", "payments to payee"],
    "for each column compare make(whole)[last_week] with make(until)[last_week]",
)

# %% [markdown]
# ### Exercise 3: how many analysts?
# Find the smallest budget, in whole alerts per 1,000 payments, within which the blend finds 60 % of the frauds.

# %%
alerts_per_thousand = None
# solution
ladder = range(1, 1_001)
alerts_per_thousand = next(at for at in ladder if recall_at_budget(label, scores["blend · 融合"], at / 1_000) >= 0.6)
# end of solution
check(
    "3",
    alerts_per_thousand,
    lambda answer: (
        recall_at_budget(label, scores["blend · 融合"], answer / 1_000)
        >= 0.6
        > recall_at_budget(label, scores["blend · 融合"], (answer - 1) / 1_000)
    ),
    "call recall_at_budget with 1 / 1_000, 2 / 1_000, ... until it reaches 0.6",
)

# %% [markdown]
# ### Exercise 4: money instead of numbers
# Rank the judged payments so that within the budget the most *money* is found. You have the blend's probability and the
# amount of each payment. Give the score, one number for each judged payment.

# %%
by_money = None
# solution
by_money = scores["blend · 融合"] * amount
# end of solution
check(
    "4",
    by_money,
    lambda answer: value_detected(label, answer, amount, BUDGET) > 1.2 * result["money found"].iloc[2],
    "what a payment is expected to lose is its probability of fraud times its amount",
)

# %% [markdown]
# ## Discussion
# 1. In exercise 4 the money found rises, and the number of frauds found falls. Which one goes into the annual report?
# 2. The desk only looks at what the model suggests, and only what it looks at is ever confirmed. What does the model
#    learn in its second year?
# 3. Write one sentence into the contract with the vendor that would have prevented all this.

# %% [markdown] tags=["teacher"]
# ### Answers
# 1. Both, with the budget beside them. One figure alone can always be bought with the other.
# 2. It learns its own habits: fraud that it never suspected stays labelled honest (selection of labels, 样本选择偏差).
#    Remedies: a small random sample of payments that is looked at regardless of score, customers' own reports as
#    labels, and rules of experts that do not depend on the model.
# 3. For example: "The model is accepted on payments that it scores in our systems, in time order and before their
#    labels exist; labels are joined by us, not earlier than they arrived." Anything that mentions time, and who joins,
#    is good.
