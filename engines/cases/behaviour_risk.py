"""Behaviour risk: devices told apart, people linked across channels, models beside rules, an answer in milliseconds.

Case 2-3 of the white paper, Lanzhou Bank: device fingerprints compared by similarity, threats of the terminal, random
forest, isolation forest, factorization machine, logistic regression and information gain beside a rule engine, and one
identity across channels. Devices, contacts and payments are the synthetic province's, with the truth kept apart. A
model that wins here has won here: nothing is said about a bank.
"""

from collections.abc import Callable, Mapping

from datasets.plan import BASE_RATE
from engines.behaviour import showing
from engines.behaviour.devices import Found, match_devices, threatened
from engines.behaviour.models import Answered, Reached, compare_models, payments_of, telling_features, time_of_an_answer
from engines.behaviour.people import Linked, link_people
from engines.progress import Report
from engines.result import Check, Number, Result
from fraud.features.catalogue import FEATURES

__all__ = ["PAPER_CASE", "TITLE_ZH", "run"]

PAPER_CASE = "2-3"
TITLE_ZH = "行为风控"

_SIGHTINGS_SHARE = 8
"""One sighting of a device for so many payments."""
_FEWEST = 20_000


def _silent(step: str, done: int, total: int) -> None:
    """Report no progress."""


def run(
    seed: int = 7, size: int = 100_000, base_rate: float = BASE_RATE * 2.5, progress: Report | None = None
) -> Result:
    """Run the case on the province.

    Parameters
    ----------
    seed, size
        Of the province: the same seed gives the same figures but for the time of an answer; number of payments, at
        least 20,000.
    base_rate
        Share of fraud to make; more than a bank has, so that every model has something to learn from.
    progress
        Called with the name of a step, how much is done and how much there is.

    Raises
    ------
    OutOfRangeError
        If size, seed or base rate is out of range.
    """
    told = progress or _silent
    size = max(size, _FEWEST)
    sightings = size // _SIGHTINGS_SHARE
    told("devices · 设备", 0, 2)
    found, maybe, drifted, alike = match_devices(sightings, seed)
    kinds, worst = threatened(sightings, seed)
    told("devices · 设备", 1, 2)
    linked = link_people(min(size, 60_000), seed)
    told("devices · 设备", 2, 2)
    payments = payments_of(size, seed, base_rate, told)
    reached = compare_models(payments, seed, told)
    gains = telling_features(payments)
    answered = time_of_an_answer(_FEWEST, seed)
    farm = next((one for one in kinds if one.kind == "farm"), None)
    honest = sum(sum(one.grave.values()) for one in kinds if one.kind != "farm")
    return Result(
        case="behaviour-risk",
        title="Behaviour risk: devices, people, models",
        title_zh=TITLE_ZH,
        paper_case=PAPER_CASE,
        headline=_headline(found[0], linked, reached),
        headline_zh=_headline_zh(found[0], linked, reached),
        seed=seed,
        size=size,
        source=f"synthetic province, {size:,} payments, {sightings:,} sightings of devices · 合成数据",
        numbers=_numbers(found[0], maybe, linked, answered),
        checks=_checks(found, linked, reached, answered, farm is not None and any(farm.grave.values()), honest),
        tables=(
            showing.devices_table(found),
            showing.compared_table("One device, although much has changed", "同一设备：多项属性已变化", drifted),
            showing.compared_table("Two devices, although nearly all agrees", "不同设备：多数属性相同", alike),
            showing.threats_table(kinds),
            showing.links_table(linked),
            showing.models_table(reached),
            showing.features_table(gains, _meaning),
        ),
        pictures=(showing.models_picture(reached),),
        notes=(showing.worst_note(worst), *_notes(reached)),
    )


def _meaning(feature: str) -> tuple[str, str]:
    known: Mapping[str, tuple[str, str]] = {one.name: (one.meaning, one.meaning_zh) for one in FEATURES}
    return known[feature]


def _headline(device: Found, linked: Linked, reached: list[Reached]) -> str:
    best = max(reached, key=lambda one: one.average_precision)
    return (
        f"Devices told apart with precision {device.precision:.2f} and recall {device.recall:.2f}; {linked.contacts:,} "
        f"contacts of {linked.customers:,} customers linked to {linked.persons:,} persons, "
        f"{_wrong(linked)}; the best of {len(reached)} models is the {best.name}"
    )


def _headline_zh(device: Found, linked: Linked, reached: list[Reached]) -> str:
    best = max(reached, key=lambda one: one.average_precision)
    return (
        f"设备判定精确率 {device.precision:.2f}、召回率 {device.recall:.2f}；{linked.customers:,} 名客户的 "
        f"{linked.contacts:,} 次接触归为 {linked.persons:,} 个身份；{len(reached)} 个模型中最优为{best.name_zh}"
    )


def _wrong(linked: Linked) -> str:
    wrong = linked.found_pairs - linked.right_pairs
    return "none of them wrongly" if not wrong else f"{wrong:,} pairs of them wrongly"


def _numbers(device: Found, maybe: int, linked: Linked, answered: Answered) -> tuple[Number, ...]:
    note = "in this process, on this machine, from the raw event; without network and disk · 单进程内测得"
    return (
        Number("precision of one device", "设备判定精确率", f"{device.precision:.3f}"),
        Number("pairs left to a second factor", "需二次验证的设备对", f"{maybe:,}"),
        Number("precision of links", "身份关联精确率", f"{linked.precision:.3f}"),
        Number("contacts of one customer that were linked", "身份关联召回率", f"{linked.recall:.3f}"),
        Number("one event answered, half of them within", "单笔响应时间中位数", f"{answered.half:.2f} ms", "", note),
        Number("99 of 100 within", "单笔响应时间 99 分位", f"{answered.most:.2f} ms", "milliseconds · 毫秒级", note),
        Number("transactions", "交易笔数", "see source · 见数据来源", "over 3 bn, 1 m a day · 累计逾 30 亿"),
    )


def _checks(
    found: list[Found], linked: Linked, reached: list[Reached], answered: Answered, farm: bool, honest: int
) -> tuple[Check, ...]:
    def f1(one: Found) -> float:
        both = one.precision + one.recall
        return 2 * one.precision * one.recall / both if both else 0.0

    by_name = {one.name: one for one in reached}
    share: Callable[[float], str] = "{:.3f}".format
    return (
        Check("weighted comparison beats plain ones", "加权比较优于简单比较", f1(found[0]) > max(map(f1, found[1:]))),
        Check("the device farm is noticed", "发现设备农场", farm),
        Check("no honest terminal is called a grave threat", "未误判正常终端", honest == 0, f"{honest} wrongly"),
        Check("links are right", "身份关联正确", linked.precision > 0.99, share(linked.precision)),
        Check(
            "the blend is better than rules alone",
            "融合优于单用规则",
            by_name["blend"].average_precision > by_name["rules' scorecard"].average_precision,
        ),
        Check("an answer within milliseconds", "毫秒级响应", answered.half < 5.0, f"{answered.half:.2f} ms"),
    )


def _notes(reached: list[Reached]) -> tuple[str, ...]:
    blend = reached[-1]
    better = [one.name for one in reached[:-1] if one.average_precision > blend.average_precision]
    if not better:
        return ()
    return (f"Here the blend is no better than {', '.join(better)}: it pays for what it must learn. 本例融合未占优。",)
