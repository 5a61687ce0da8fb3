"""Payments with what a scorer sees of them, made once for the tests of how hard they are."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from datasets import transactions, truth
from datasets.scenarios import SCENARIOS
from fraud.features import FeatureBuilder
from fraud.rules import first_rulebook

__all__ = ["TYPOLOGIES", "JudgedWorld", "judge"]

TYPOLOGIES = tuple(scenario.name for scenario in SCENARIOS if scenario.is_fraud)

_NAMES = np.array([*(scenario.name for scenario in SCENARIOS), "ordinary"])
_IS_FRAUD = np.array([*(scenario.is_fraud for scenario in SCENARIOS), False])


@dataclass(frozen=True, eq=False)
class JudgedWorld:
    """All rows of a stream: payments, features, hits of every rule, and what is true."""

    payments: pd.DataFrame
    features: pd.DataFrame
    hits: dict[str, np.ndarray]
    scenario: np.ndarray

    @property
    def is_fraud(self) -> np.ndarray:
        return _IS_FRAUD[self.scenario]

    @property
    def targets(self) -> dict[str, np.ndarray]:
        """What somebody may look for: all frauds, or one typology."""
        typology = _NAMES[self.scenario]
        return {"all frauds": self.is_fraud} | {name: typology == name for name in TYPOLOGIES}


def judge(n: int, seed: int) -> JudgedWorld:
    builder = FeatureBuilder((*transactions.COLUMNS, "is_fraud"), delay_days=7)
    rulebook, left_out = first_rulebook().available([*transactions.COLUMNS, *builder.names])
    assert not left_out
    assert not builder.left_out
    payments, features, hits, scenario = [], [], [], []
    for part in transactions.stream(n, seed):
        frame = transactions.frame_of(part)
        made = builder.update(frame.assign(is_fraud=truth.labels_of(part)))
        columns = {name: frame[name] for name in frame} | {name: made[name] for name in made}
        payments.append(frame)
        features.append(made)
        hits.append(rulebook.hits(columns))
        scenario.append(part.rows["scenario"])
    return JudgedWorld(
        pd.concat(payments, ignore_index=True),
        pd.concat(features, ignore_index=True),
        dict(zip(rulebook.ids, np.concatenate(hits).T, strict=True)),
        np.concatenate(scenario),
    )
