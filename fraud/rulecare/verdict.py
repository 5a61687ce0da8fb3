"""The verdict on a rule in words, with its evidence, in English and Chinese.

The order of the questions is the order of their weight: a rule that cannot hit is not judged by its precision, and one
that another makes needless not by its decay. What decides is where the interval of the precision lies against the
precision from which on the rule's action pays (`break_even`); in between, the honest answer is to watch.
"""

from collections.abc import Callable
from typing import Final

from fraud.rulecare.decay import MOVED
from fraud.rulecare.evidence import RuleHealth, Verdict
from fraud.wording import yuan

__all__ = ["LEAST_JUDGED", "WORDS_ZH", "speak"]

WORDS_ZH: Final = {"keep": "保留", "tighten": "收紧", "loosen": "放宽", "watch": "观察", "retire": "停用"}
LEAST_JUDGED: Final = 20
"""Alerts with a known outcome below which nothing is said about a precision, unless its interval has decided."""

_LEAST_DECIDED: Final = 5

_SURE: Final = 0.01
_HAS_ROOM = 3.0
_RARE: Final = 1e-5  # a rule for what happens less often than this has no work to do
_SILENT: Final = {
    "never_true": ("its condition can never be true", "条件永远不成立"),
    "expired": ("its dates of validity are over", "有效期已过"),
    "field_missing": ("a field that it needs is missing in every row", "所需字段全部缺失"),
}
_REDUNDANT: Final = {
    "implied": ("whatever it hits, {} hits by its condition, and demands as much", "其条件蕴含于 {}，且后者处置不弱"),
    "contained": ("all its hits are also hits of {}, which demands as much", "其全部命中均被 {} 命中，且后者处置不弱"),
}

Said = tuple[str, str, str] | None
"""Word, and evidence in English and Chinese."""


def speak(health: RuleHealth) -> Verdict:
    """Return the verdict on a rule from its figures.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> verdict = speak(SimpleNamespace(silent="expired", judged=0))
    >>> verdict.word, verdict.evidence
    ('retire', ('its dates of validity are over',))
    """
    said = next(found for ask in _QUESTIONS if (found := ask(health)) is not None)
    word, why, why_zh = said
    seen, seen_zh = _figures(health)
    return Verdict(word, WORDS_ZH[word], (why, *seen), (why_zh, *seen_zh))


def _figures(health: RuleHealth) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if not health.judged:
        return (), ()
    span = f"{health.precision_low:.1%}-{health.precision_high:.1%}"
    return (
        f"{health.frauds:,} frauds in {health.judged:,} judged alerts, precision {health.precision:.1%} ({span}), "
        f"{health.lift:,.1f} times the base rate",
        f"{yuan(health.value_fen)} yuan of fraud caught, {health.only_frauds:,} frauds by it alone; "
        f"alone it is worth {yuan(health.benefit_fen)} yuan",
    ), (
        f"已判定告警 {health.judged:,} 笔中欺诈 {health.frauds:,} 笔，精确率 {health.precision:.1%}（{span}），"
        f"提升 {health.lift:,.1f} 倍",
        f"命中欺诈金额 {yuan(health.value_fen)} 元，独有 {health.only_frauds:,} 笔；"
        f"净收益 {yuan(health.benefit_fen)} 元",
    )


def _is_silent(health: RuleHealth) -> Said:
    if health.silent in _SILENT:
        return ("retire", *_SILENT[health.silent])
    if health.silent == "no_hit":
        most = f"{health.alert_share_high * 1_000_000:,.1f}"
        word = "retire" if health.alert_share_high < _RARE else "watch"
        return (
            word,
            f"it has not hit a single row, so at most {most} in a million",
            f"从未命中，命中率至多百万分之 {most}",
        )
    if health.silent != "stopped":
        return None
    why = f"no hit in the last period, in which {health.expected_last:,.0f} were expected"
    why_zh = f"最近一期无命中，按以往应有约 {health.expected_last:,.0f} 笔"
    if health.lift_low > 1:
        return (
            "watch",
            f"{why}; it found fraud before: see whether a field has broken",
            f"{why_zh}；此前有效，请先查数据",
        )
    return "retire", why, why_zh


def _contradicts(health: RuleHealth) -> Said:
    if not health.contradicts:
        return None
    why = f"{health.contradicts} is true in the same cases but demands another action than {health.action}: settle it"
    return "watch", why, f"与 {health.contradicts} 条件等价而处置不同，请裁定"


def _is_redundant(health: RuleHealth) -> Said:
    if not health.redundant_to:
        return None
    why, why_zh = _REDUNDANT[health.redundant_why]
    return "retire", why.format(health.redundant_to), why_zh.format(health.redundant_to)


def _is_unknown(health: RuleHealth) -> Said:
    is_decided = not health.precision_low < health.break_even <= health.precision_high
    if health.judged >= LEAST_JUDGED or (health.judged >= _LEAST_DECIDED and is_decided):
        return None
    why = f"only {health.judged} of its {health.hits:,} alerts have a known outcome, which says little"
    return "watch", why, f"{health.hits:,} 笔告警中仅 {health.judged} 笔有结论，证据不足"


def _does_not_pay(health: RuleHealth) -> Said:
    if health.precision_high >= health.break_even:
        return None
    enough, enough_zh = _enough(health)
    why, why_zh = f"its precision is surely below {enough}", f"精确率确定低于{enough_zh}"
    if health.frauds and health.lift_low > 1:
        return "tighten", f"{why}; but it does see fraud", f"{why_zh}；但确能识别欺诈"
    return "retire", why, why_zh


def _adds_nothing(health: RuleHealth) -> Said:
    is_little = health.only_hits < LEAST_JUDGED  # too few alerts of its own to say that they are always wrong
    if health.only_frauds or is_little or health.adds_benefit_fen >= 0 or health.action == "score":
        return None
    cost = yuan(-health.adds_benefit_fen)
    why = f"no fraud is caught by it alone, and after the better rules its alerts cost {cost} yuan"
    return "retire", why, f"无独有欺诈，在更优规则之后其告警净损失 {cost} 元"


def _decays(health: RuleHealth) -> Said:
    if health.trend_z < 0 and health.trend_p < _SURE:
        shown = " ".join(f"{share:.0%}" for share in health.precisions if share == share)  # NaN: nothing judged
        return "watch", f"its precision falls from period to period: {shown}", f"精确率逐期下降：{shown}"
    if health.hit_shift > MOVED:
        figure = f"{health.hit_shift:.2f}"
        return "watch", f"its hit rate has moved over the periods (PSI {figure})", f"命中率分布漂移（PSI {figure}）"
    if health.field_shift > MOVED:
        figure = f"{health.field_shift:.2f}"
        why = f"{health.shifted_field}, which it reads, has moved (PSI {figure})"
        return "watch", why, f"所读字段 {health.shifted_field} 分布漂移（PSI {figure}）"
    return None


def _has_room(health: RuleHealth) -> Said:
    if health.precision_low < max(0.5, _HAS_ROOM * health.break_even) or health.recall_high > 0.5:
        return None
    why = f"even at worst {health.precision_low:.0%} of its alerts are fraud, {health.break_even:.1%} would pay"
    return "loosen", f"{why}: a wider threshold can catch more", f"精确率下限 {health.precision_low:.0%}，尚有放宽余地"


def _pays(health: RuleHealth) -> Said:
    enough, enough_zh = _enough(health)
    if health.precision_low >= health.break_even:
        return "keep", f"its precision is surely above {enough}", f"精确率确定高于{enough_zh}"
    why = f"whether it is of use is open: {enough} lies within the interval of its precision"
    return "watch", why, f"是否有效尚不确定：{enough_zh}在置信区间内"


def _enough(health: RuleHealth) -> tuple[str, str]:
    """Name the precision that a rule must have: what its action costs, or, of mere evidence, what all rows have."""
    share = f"{health.break_even:.1%}"
    if health.action == "score":
        return f"{share}, the share of fraud among all rows", f"总体欺诈率 {share}"
    return f"{share}, from which on {health.action} pays", f"盈亏平衡点 {share} "


_QUESTIONS: tuple[Callable[[RuleHealth], Said], ...] = (
    *(_is_silent, _contradicts, _is_redundant, _is_unknown, _does_not_pay, _adds_nothing, _decays, _has_room, _pays),
)
