"""A small bank for the tests of the engine: features, rules, a model and payments that fit on a screen."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator

from fraud.costs import ActionCost, CostTable
from fraud.engine.deciding import Engine
from fraud.rules import parse

COSTS = CostTable(ActionCost(300, 20, 0.35), ActionCost(2_000, 1_500, 0.10), ActionCost(30_000, 500, 0.02))
START = datetime(2026, 3, 1, 9, 0)
RULE = """
[[rule]]
id = "{id}"
title = "t"
title_zh = "题"
when = '{when}'
action = "{action}"
severity = {severity}
reason = "{{amount_fen}} at once"
reason_zh = "一次 {{amount_fen}}"
tags = []
owner = "tests"
hits = [{{ amount_fen = {hit} }}]
misses = [{{ amount_fen = {miss} }}]
"""


def rulebook(version=1, step_up=100_000, hold=1_000_000, block=100_000_000):
    head = f'id = "small"\nversion = {version}\ntitle = "small"\ntitle_zh = "小"\n'
    rules = [
        RULE.format(id=id_, when=f"amount_fen >= {least}", action=action, severity=severity, hit=least, miss=0)
        for id_, least, action, severity in (
            ("evidence", 10_000, "score", 1),
            ("large", step_up, "step_up", 2),
            ("huge", hold, "hold", 3),
            ("absurd", block, "block", 5),
        )
    ]
    return parse(head + "".join(rules))


class Counting:
    """Counts and sums of each customer before an event: features in the smallest form."""

    names = ("amount_fen", "customer_count", "customer_sum", "customer_frauds")

    def __init__(self):
        self.sequence, self.known = 0, {}

    def push(self, event):
        customer, amount = event["customer_id"], event["amount_fen"]
        count, total, frauds = self.known.get(customer, (0, 0, 0))
        self.known[customer] = (count + 1, total + amount, frauds)
        self.sequence += 1
        return np.array([amount, count, total, frauds], float)

    def confirm(self, event):
        count, total, frauds = self.known[event["customer_id"]]
        self.known[event["customer_id"]] = (count, total, frauds + 1)

    def save(self, path):
        Path(path).write_text(json.dumps([self.sequence, self.known]))

    @classmethod
    def restore(cls, path):
        made = cls()
        made.sequence, known = json.loads(Path(path).read_text())
        made.known = {customer: tuple(values) for customer, values in known.items()}
        return made


class Steep(BaseEstimator):
    """A model by hand: the log-odds rise with the amount and what the customer did before."""

    def __init__(self, slope=1.0, failing=""):
        self.slope, self.failing = slope, failing
        self.n_features_in_ = len(Counting.names)

    def fit(self, X, y):
        return self

    def __sklearn_is_fitted__(self):
        return True

    def predict_proba(self, X):
        fraud = np.array([self.one(row) for row in np.asarray(X, float)])
        return np.column_stack([1 - fraud, fraud])

    def one(self, row):
        if self.failing:
            raise ValueError(self.failing)
        return float(1 / (1 + np.exp(6.0 - self.slope * np.log10(row[0] + 1.0) - 0.5 * row[3])))

    def taken_apart(self, row):
        return -6.0, np.array([self.slope * np.log10(row[0] + 1.0), 0.0, 0.0, 0.5 * row[3]])


class Loaded:
    """What a model file gives."""

    def __init__(self, model, names=Counting.names, version="steep-1"):
        self.model, self.names, self.version = model, names, version


def event(number, amount=5_000, customer="C1", minutes=None, **more):
    time = START + timedelta(minutes=number if minutes is None else minutes)
    base = {"transaction_id": f"T{number}", "occurred_at": time, "customer_id": customer, "amount_fen": amount}
    return base | more


def events(count, seed=0):
    rng = np.random.default_rng(seed)
    amounts = np.round(10 ** rng.uniform(2, 7, count)).astype(int).tolist()
    who = rng.integers(0, 7, count).tolist()
    return [
        event(number, amount, f"C{customer}")
        for number, (amount, customer) in enumerate(zip(amounts, who, strict=True))
    ]


def engine(rules=None, model="steep", **more):
    made = Loaded(Steep()) if model == "steep" else model
    return Engine(Counting(), rulebook() if rules is None else rules, made, COSTS, **more)
