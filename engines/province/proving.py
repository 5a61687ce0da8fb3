"""What the province case promises; each of these can fail."""

from collections.abc import Mapping

import pandas as pd

from datasets.supply_chains import ATTEMPTS
from engines.province.browsing import Browsed
from engines.province.judging import TOGETHER, mean_of
from engines.province.verdict import Verdict
from engines.result import Check
from rpa.queue import FOR_A_PERSON

__all__ = ["checks"]

_SURE = 0.75
"""Whoever reaches this precision and this recall at once would be sure."""
_MOST_GROUPS = 0.1


def checks(
    verdict: Verdict, compared: pd.DataFrame, taken: Mapping[int, tuple[int, int]], browsed: Browsed | None
) -> tuple[Check, ...]:
    """Return all checks of the case.

    Parameters
    ----------
    verdict
        On the province that was asked for.
    compared
        As `engines.province.judging.compared`.
    taken
        By province, look-alike groups that were taken for half or more, of how many.
    browsed
        What the bot did in a browser, if there was one.
    """
    found = (_is_found(verdict), *_compared(verdict, compared), _look_alikes(verdict, taken), *_ledger(verdict))
    return found if browsed is None else (*found, _bot(verdict, browsed))


def _is_found(verdict: Verdict) -> Check:
    right, ring, named = len(verdict.right), len(verdict.ring), len(verdict.taken)
    return Check(
        "the ring is found: most of its shells, and most of the suspects are shells",
        "找到团伙：多数空壳被点名，被点名者多为空壳",
        2 * right > ring and 2 * right > named,
        f"{right} of {ring} shells, among {named} suspects",
    )


def _compared(verdict: Verdict, compared: pd.DataFrame) -> tuple[Check, ...]:
    whole = mean_of(compared, TOGETHER, "average_precision").value
    alone = {name: mean_of(compared, name, "average_precision").value for name in verdict.weights.engines}
    best = max(alone, key=lambda name: alone[name])
    return (
        Check(
            "all together are better than any engine alone, over all provinces",
            "合并优于任一单个引擎",
            whole > alone[best],
            f"average precision {whole:.2f}, the best alone ({best}) {alone[best]:.2f}",
        ),
        Check(
            "no engine alone is sure", "没有一个引擎能单独断定", not _sure(verdict, compared), _alone(verdict, compared)
        ),
    )


def _reached(verdict: Verdict, compared: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Return mean precision and recall of each engine at the line that suits it best elsewhere."""
    return {
        name: (mean_of(compared, name, "precision").value, mean_of(compared, name, "recall").value)
        for name in verdict.weights.engines
    }


def _sure(verdict: Verdict, compared: pd.DataFrame) -> list[str]:
    return [name for name, reached in _reached(verdict, compared).items() if min(reached) >= _SURE]


def _alone(verdict: Verdict, compared: pd.DataFrame) -> str:
    reached = _reached(verdict, compared).items()
    return "precision and recall: " + ", ".join(f"{name} {one:.2f} {other:.2f}" for name, (one, other) in reached)


def _look_alikes(verdict: Verdict, taken: Mapping[int, tuple[int, int]]) -> Check:
    wrong, groups = (sum(pair[place] for pair in taken.values()) for place in (0, 1))
    here = taken[verdict.seen.looked.seed]
    return Check(
        "honest families and start-up houses are not taken for rings",
        "家族企业与众创空间未被当作团伙",
        wrong <= _MOST_GROUPS * groups,
        f"{wrong} of {groups} groups over all provinces for half or more of their firms; here {here[0]} of {here[1]}",
    )


def _ledger(verdict: Verdict) -> tuple[Check, ...]:
    playing = verdict.seen.playing
    known = verdict.seen.story.tables["step_truth"].set_index("step_id")["kind"].to_dict()
    wrong = [one for one in playing.outcomes if one.is_refused != (known.get(one.step["step_id"]) in ATTEMPTS)]
    twice = [one for one in playing.outcomes if known.get(one.step["step_id"]) == "double_pledge"]
    ring = set(verdict.ring)
    of_the_ring = sum(one.step["by_id"] in ring for one in twice)
    return (
        Check(
            "every second pledge is refused, and no honest step",
            "重复质押全部拒绝，合规步骤无一误拒",
            not wrong and of_the_ring > 0,
            f"{len(twice)} second pledges, {of_the_ring} of them the ring's; {len(playing.outcomes)} steps in all",
        ),
        Check(
            "the ledger holds when an auditor works it out again",
            "账本经审计复核通过",
            playing.holds,
            f"{playing.entries:,} entries",
        ),
    )


def _bot(verdict: Verdict, browsed: Browsed) -> Check:
    truth = verdict.seen.story.tables["filing_truth"].set_index("filing_id")["ends"]
    wrong = [
        firm
        for firm, item in browsed.items.items()
        if (item.state in FOR_A_PERSON) != (truth[item.filing_id] in ("person", "refused"))
    ]
    return Check(
        "the bot filed what is right, and handed over what contradicts the registry",
        "合规账户已备案，与登记矛盾者转人工",
        not wrong and bool(browsed.handed_over),
        ", ".join(wrong) or f"{len(browsed.handed_over)} of {len(browsed.items)} accounts handed over, in a browser",
    )
