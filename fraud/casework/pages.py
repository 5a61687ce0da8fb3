"""The pages of case work as HTML, each a pure function: a profile, the work list, a case, the health of the rules.

A page needs no network and no script: its own policy forbids both, and whatever a table holds is escaped. Who serves
the pages gives `link`, which turns ("customer", "C1"), ("case", "7") or ("queue", "") into an address, or into nothing,
which leaves plain text. Needs jinja2.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeAlias

from fraud.casework.cases import Case
from fraud.casework.drawing import bars
from fraud.casework.listing import moment, suggested
from fraud.casework.priority import in_order, urgency
from fraud.casework.profile import Profile
from fraud.casework.states import CLOSED, LEGAL, NAMES, State
from fraud.casework.work_list import WorkList
from fraud.costs import ACTIONS, ACTIONS_ZH
from fraud.errors import ExtraMissingError
from fraud.rulecare.evidence import Examination
from fraud.rulecare.proposal import Proposal, as_toml
from fraud.rulecare.tuning import Change
from fraud.rulecare.verdict import WORDS_ZH
from fraud.wording import duration, yuan

__all__ = ["Links", "case_page", "no_links", "profile_page", "rules_page", "work_list_page"]

Links: TypeAlias = Callable[[str, str], str]
"""Kind and name -> address, or nothing."""

_AMOUNTS = ("<10", "10+", "100+", "1k+", "10k+", "100k+")
_DAYS = ("Mon 一", "Tue 二", "Wed 三", "Thu 四", "Fri 五", "Sat 六", "Sun 日")
_KIND_NAMES = {
    **{"customer": ("customer", "客户"), "account": ("account", "账户"), "card": ("card", "银行卡")},
    **{"device": ("device", "设备"), "ip": ("network address", "IP 地址"), "phone": ("phone", "手机号")},
    **{"payee": ("payee", "收款方"), "merchant": ("merchant", "商户"), "terminal": ("terminal", "终端")},
    **{"place": ("place", "交易地"), "country": ("country", "国家"), "channel": ("channel", "渠道")},
    **{"kind": ("kind", "类型"), "merchant_category": ("merchant category", "商户类别"), "ring": ("ring", "团伙")},
}


def no_links(*_: str) -> str:
    """Return no address: a page that stands alone has nothing to go to.

    Examples
    --------
    >>> no_links("customer", "C1")
    ''
    """
    return ""


def profile_page(profile: Profile, link: Links = no_links) -> str:
    """Return the page of a profile.

    Raises
    ------
    ExtraMissingError
        If jinja2 is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> from fraud.casework.profile import profile
    >>> when = pd.to_datetime(["2026-01-01 09:00"])
    >>> history = pd.DataFrame({"occurred_at": when, "amount_fen": [900], "ip": "10.0.0.1", "customer_id": "C1"})
    >>> page = profile_page(profile("ip", "10.0.0.1", history))
    >>> "10.0.0.1" in page, "<script" in page
    (True, False)
    """
    hours = [f"{hour:02}" if hour % 3 == 0 else "" for hour in range(24)]
    days = [_day(profile.last_at - (59 - at) * 86_400)[5:] if at % 10 == 7 else "" for at in range(60)]
    charts = (
        ("Hours of the day", "交易时段", bars(profile.hours, hours, "transactions by hour of the day")),
        ("Days of the week", "星期", bars(profile.weekdays, _DAYS, "transactions by day of the week")),
        ("Amounts in yuan", "金额分布（元）", bars(profile.amounts, _AMOUNTS, "transactions by amount in yuan")),
        ("Sixty days up to the last event", "末笔交易前 60 天", bars(profile.days, days, "transactions on each day")),
    )
    return _page("profile.html.j2", p=profile, charts=charts, link=link)


def work_list_page(desk: WorkList, now: int, link: Links = no_links) -> str:
    """Return the page of the work list: what waits, most urgent first, what is worked on, and what is to be checked.

    Raises
    ------
    ExtraMissingError
        If jinja2 is not installed.

    Examples
    --------
    >>> from fraud.engine.training import shipped_costs
    >>> page = work_list_page(WorkList(":memory:", shipped_costs()), now=0)
    >>> page[page.index("<title>") + 7 : page.index("</title>")]
    'Work list · 案件工作台'
    """
    cases = desk.cases(frozenset(State))
    new = in_order([case for case in cases if case.state is State.NEW], now)
    busy = in_order([case for case in cases if case.state in (State.ASSIGNED, State.WAITING)], now)
    closed = [case for case in cases if case.state in CLOSED]
    counts = {state: sum(case.state is state for case in cases) for state in State}
    late = sum(case.due_at < now for case in (*new, *busy))
    tables = (("Waiting to be taken", "待领取", new), ("Being worked on", "处理中", busy))
    return _page(
        "work_list.html.j2",
        **{"tables": tables, "closed": closed[-20:][::-1], "counts": counts, "late": late, "now": now, "link": link},
        **{"loss": sum(case.loss_fen for case in (*new, *busy)), "listings": desk.listings()},
        rank=lambda case: urgency(case, now),
    )


def case_page(desk: WorkList, case_id: int, now: int, link: Links = no_links) -> str:
    """Return the page of a case: its alerts and their reasons, its history, what may be done, and what could be listed.

    Raises
    ------
    CaseUnknownError
        If there is no such case.
    ExtraMissingError
        If jinja2 is not installed.

    Examples
    --------
    >>> from fraud.casework.cases import Alert
    >>> from fraud.engine.training import shipped_costs
    >>> desk = WorkList(":memory:", shipped_costs())
    >>> case = desk.add(Alert("T1", "<C1>", occurred_at=0, raised_at=60, amount_fen=100_000, probability=0.5, action=2))
    >>> page = case_page(desk, case.case_id, now=90)
    >>> "&lt;C1&gt;" in page, "<C1>" in page  # whatever a payment says is escaped
    (True, False)
    """
    case: Case = desk.case(case_id)
    alerts = desk.alerts(case_id)
    proposals = {state: suggested(state, alerts, now) for state in (State.CONFIRMED_FRAUD, State.FALSE_ALARM)}
    mine = [one for verdict in ("proposed", "approved", "refused") for one in desk.listings(verdict)]
    return _page(
        "case.html.j2",
        **{"case": case, "alerts": alerts, "history": desk.history(case_id), "now": now, "link": link},
        **{"suggested": proposals if case.state not in CLOSED else {}, "steps": sorted(LEGAL[case.state])},
        listings=[one for one in mine if one.case_id == case_id],
    )


def rules_page(
    examination: Examination,
    proposals: Sequence[Proposal] = (),
    changes: Sequence[Change] = (),
    link: Links = no_links,
) -> str:
    """Return the page of rule health: a verdict for each rule with its evidence, and what is proposed.

    Raises
    ------
    ExtraMissingError
        If jinja2 is not installed.

    Examples
    --------
    >>> page = rules_page(Examination("first 1", 9, 9, 1, 0, 900, 0, 0.1, (), ()))
    >>> "first 1" in page
    True
    """
    order = {"retire": 0, "tighten": 1, "loosen": 2, "watch": 3, "keep": 4}
    pairs = sorted(
        zip(examination.rules, examination.verdicts, strict=True), key=lambda pair: (order[pair[1].word], pair[0].place)
    )
    counts = {word: sum(verdict.word == word for verdict in examination.verdicts) for word in order}
    shown = [(proposal, proposal.summary(), as_toml(proposal)) for proposal in proposals]
    return _page(
        "rules.html.j2",
        **{"e": examination, "pairs": pairs, "counts": counts, "proposals": shown, "changes": changes, "link": link},
        zh=WORDS_ZH,
    )


def _page(template: str, **values: Any) -> str:
    return str(_rooms().get_template(template).render(**values))


@cache
def _rooms() -> Any:
    try:
        import jinja2
    except ImportError:  # pragma: no cover  # the tests run with every extra
        raise ExtraMissingError("pages of case work need jinja2: pip install -e '.[serve]'") from None
    rooms = jinja2.Environment(
        loader=jinja2.PackageLoader("fraud.casework", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    rooms.filters.update(yuan=yuan, day=_day, clock=_clock, percent=_percent, left=_left)
    rooms.globals.update(ACTIONS=ACTIONS, ACTIONS_ZH=ACTIONS_ZH, NAMES=NAMES, KIND_NAMES=_KIND_NAMES)
    return rooms


def _day(seconds: int) -> str:
    return f"{moment(seconds):%Y-%m-%d}"


def _clock(seconds: int) -> str:
    return f"{moment(seconds):%Y-%m-%d %H:%M}"


def _percent(share: float) -> str:
    return "–" if share != share else f"{share:.1%}"  # NaN: there is nothing that it is a share of


def _left(due_at: int, now: int) -> str:
    """Return the time that is left in both languages, or by how much it has passed."""
    text, text_zh = duration(abs(due_at - now))
    return f"{text} left · 剩 {text_zh}" if due_at >= now else f"{text} late · 逾期 {text_zh}"
