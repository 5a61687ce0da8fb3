"""The checks of the anti-fraud case: promises that are tried on the data of the run, and can fail.

What a promise needs decides whether it is made: a law of the features needs only payments, a comparison needs labels,
and a claim about typologies needs the truth and enough frauds to be more than luck.
"""

import numpy as np

from engines.anti_fraud.judged import Judged
from engines.result import Check
from fraud.errors import FraudError
from fraud.features import FeatureBuilder
from fraud.features.checks import check_future_is_not_read, check_labels_wait_for_the_delay
from fraud.rules import check_examples
from fraud.schema import LABEL
from fraud.summary import Figures

__all__ = ["checks"]

_ENOUGH_FRAUDS = 50
_ALERTS_EXPLAINED = 20


def checks(judged: Judged, reached: dict[str, Figures], seed: int) -> tuple[Check, ...]:
    """Try what the case promises.

    Parameters
    ----------
    judged
        The evaluation, with what is known about its rows.
    reached
        The figures of each subject; empty without labels.
    seed
        Chooses the rows on which the laws are tried.
    """
    return (
        *_laws(judged, seed),
        _examples(judged),
        _explained(judged),
        *(_comparisons(judged, reached) if reached else ()),
    )


def _laws(judged: Judged, seed: int) -> tuple[Check, ...]:
    """Try on a sample that features do not read the future, nor labels younger than the delay."""
    sample, columns = judged.sample, list(judged.sample.columns)
    delay = judged.evaluation.split.delay_days
    row = int(np.random.default_rng(seed).integers(len(sample) // 2, len(sample)))

    def make() -> FeatureBuilder:
        return FeatureBuilder(columns, delay)

    def tried(name: str, name_zh: str, law: object) -> Check:
        try:
            law()  # type: ignore[operator]  # each law is a function without parameters
        except FraudError as broken:
            return Check(name, name_zh, False, str(broken))
        return Check(name, name_zh, True, f"tried on {len(sample):,} payments")

    made = [
        tried(
            "features read no later payment",
            "特征不使用未来交易",
            lambda: check_future_is_not_read(make, sample, row),
        )
    ]
    if LABEL in columns:
        made.append(
            tried(
                "labels are read only after their delay",
                "标签仅在确认延迟后使用",
                lambda: check_labels_wait_for_the_delay(make, sample, row, delay),
            )
        )
    return tuple(made)


def _examples(judged: Judged) -> Check:
    failures = check_examples(judged.evaluation.rulebook)
    count = sum(len(rule.hits) + len(rule.misses) for rule in judged.evaluation.rulebook.rules)
    detail = str(failures[0]) if failures else f"{count} examples of {len(judged.evaluation.rulebook.rules)} rules"
    return Check("every rule keeps its examples", "规则均通过自带样例", not failures, detail)


def _explained(judged: Judged) -> Check:
    evaluation = judged.evaluation
    places = list(range(min(_ALERTS_EXPLAINED, len(evaluation.alerts.payments))))
    explained = evaluation.alerts.explain(evaluation.scorer, evaluation.reference, places)
    silent = sum(not why for why in explained)
    detail = f"{len(places) - silent} of the {len(places)} highest alerts have reasons"
    return Check("every alert says why", "每条预警均有原因", silent == 0, detail)


def _comparisons(judged: Judged, reached: dict[str, Figures]) -> tuple[Check, ...]:
    scored = judged.evaluation.scored
    base_rate = float((scored["is_fraud"] == 1).mean())
    best = reached["blend"].average_precision
    made = [
        Check(
            "the ranking beats chance fivefold",
            "排序效果至少为随机的五倍",
            best >= 5 * base_rate,
            f"average precision {best:.3f}, chance {base_rate:.4f}",
        )
    ]
    if "rules only" in reached and judged.evaluation.from_labels:
        alone = reached["rules only"].average_precision
        detail = f"average precision {best:.3f} against {alone:.3f}"
        made.append(Check("the blend beats rules alone", "融合优于仅用规则", best > alone, detail))
    unknown = _unknown_to_rules(judged)
    return (*made, unknown) if unknown is not None else tuple(made)


def _unknown_to_rules(judged: Judged) -> Check | None:
    """Check that the model finds frauds that hit no rule at all, where there are enough frauds to tell."""
    scored = judged.evaluation.scored
    frauds = scored[scored["is_fraud"] == 1]
    if len(frauds) < _ENOUGH_FRAUDS or not judged.evaluation.from_labels:
        return None
    unseen = frauds[~frauds["hit"]]
    if unseen.empty:
        return None
    least = scored["score"].nlargest(max(1, len(scored) // 100)).iloc[-1]
    found = int((unseen["score"] >= least).sum())
    detail = f"{found} of {len(unseen)} frauds that hit no rule are among the 1 % with the highest scores"
    return Check("the model finds what no rule sees", "模型能发现规则未命中的欺诈", found > 0, detail)
