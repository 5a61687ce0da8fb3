"""Small rulebooks, costs and tables for the tests of rule care and case work."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import fraud
from datasets import transactions, truth
from fraud.costs import CostTable, read_costs
from fraud.features import FeatureBuilder
from fraud.rules import Rulebook, parse


@cache
def costs() -> CostTable:
    shipped = Path(fraud.__file__).with_name("policies") / "costs.toml"
    return read_costs(shipped.read_text(encoding="utf-8"))


def rulebook(*rules: tuple[str, str, str]) -> Rulebook:
    """Rules of id, condition and action, each with an example that it hits and one that it misses, unchecked."""
    entries = "".join(
        f"[[rule]]\nid = '{name}'\ntitle = 't'\ntitle_zh = '题'\nwhen = '''{when}'''\naction = '{action}'\n"
        "severity = 3\nreason = 'r'\nreason_zh = '由'\ntags = ['x']\nowner = 'o'\n"
        "hits = [{ amount_fen = 1 }]\nmisses = [{ amount_fen = 1 }]\n"
        for name, when, action in rules
    )
    return parse(f"id = 'tried'\nversion = 4\ntitle = 't'\ntitle_zh = '题'\n{entries}")


def province(n: int, seed: int, base_rate: float) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Payments with label and typology, and all fields that a rule may read."""
    builder = FeatureBuilder((*transactions.COLUMNS, "is_fraud"), 7.0)
    frames, tables, names = [], [], {}
    for part in transactions.stream(n, seed, base_rate):
        frames.append(transactions.frame_of(part).assign(is_fraud=truth.labels_of(part)))
        tables.append(builder.update(frames[-1]))
        listed = truth.truth_of(part)
        names |= dict(zip(listed["transaction_id"], listed["typology"].astype(str), strict=True))
    frame, features = pd.concat(frames, ignore_index=True), pd.concat(tables, ignore_index=True)
    frame = frame.assign(typology=frame["transaction_id"].map(names).fillna("ordinary"))
    raw = {name: frame[name] for name in frame if name not in ("is_fraud", "typology")}
    return frame, {name: features[name] for name in features} | raw


def seconds(times: "pd.Series[Any]") -> Any:
    return times.to_numpy().astype("datetime64[s]").astype(np.int64)
