"""What was seen of one rule, and of all: the record from which a verdict is spoken."""

from dataclasses import asdict, dataclass

import pandas as pd

from fraud.rulecare.overlap import Overlap

__all__ = ["Examination", "RuleHealth", "Verdict"]


@dataclass(frozen=True)
class Verdict:
    """What to do with a rule: keep, tighten, loosen, watch or retire (保留, 收紧, 放宽, 观察, 停用), and why."""

    word: str
    word_zh: str
    evidence: tuple[str, ...]
    evidence_zh: tuple[str, ...]


@dataclass(frozen=True)
class RuleHealth:
    """Figures of one rule over the rows of an examination; shares are 0 to 1, amounts fen.

    `alert_share_high` is the upper end of the share of rows that it hits. `judged` are hits whose label is known;
    precision, recall, lift and value are of those. `only_*` is what no other rule catches; `place` is the rule's place
    when the best come first (1 is first), `adds_*` what it adds there. `precisions` has one entry for each period, NaN
    where nothing was judged. `hit_shift` and `field_shift` (the worst field of those that it reads) are stability
    indices. `silent` says why it hits nothing (`never_true`, `expired`, `field_missing`, `no_hit`, `stopped`) or is
    empty, `expected_last` how many hits its last period should have had. `redundant_to` names a rule that makes this
    one needless, `redundant_why` is `implied` or `contained`; `contradicts` names one of the same condition that
    demands another action.
    """

    rule: str
    action: str
    hits: int
    alert_share: float
    alert_share_high: float
    judged: int
    frauds: int
    precision: float
    precision_low: float
    precision_high: float
    recall: float
    recall_low: float
    recall_high: float
    value_fen: int
    value_share: float
    lift: float
    lift_low: float
    lift_high: float
    break_even: float
    benefit_fen: int
    only_hits: int
    only_frauds: int
    only_value_fen: int
    place: int
    adds_frauds: int
    adds_value_fen: int
    adds_benefit_fen: int
    nearest: Overlap | None
    precisions: tuple[float, ...]
    trend_z: float
    trend_p: float
    hit_shift: float
    field_shift: float
    shifted_field: str
    silent: str
    expected_last: float
    redundant_to: str
    redundant_why: str
    contradicts: str


@dataclass(frozen=True)
class Examination:
    """All rules of a book over one table: figures and verdicts in the order of the book, and what they were taken from.

    `base_rate` is the share of fraud among rows with a label; `caught` and `frauds` are of all rules together.
    """

    rulebook: str
    rows: int
    judged: int
    frauds: int
    caught: int
    value_fen: int
    caught_value_fen: int
    base_rate: float
    rules: tuple[RuleHealth, ...]
    verdicts: tuple[Verdict, ...]

    def table(self) -> pd.DataFrame:
        """Return one row for each rule: its figures, and the verdict in words."""
        rows = [asdict(health) | {"nearest": health.nearest.other if health.nearest else ""} for health in self.rules]
        words = {
            "verdict": [verdict.word for verdict in self.verdicts],
            "verdict_zh": [verdict.word_zh for verdict in self.verdicts],
            "why": ["; ".join(verdict.evidence) for verdict in self.verdicts],
            "why_zh": ["；".join(verdict.evidence_zh) for verdict in self.verdicts],
        }
        return pd.DataFrame(rows).assign(**words)
