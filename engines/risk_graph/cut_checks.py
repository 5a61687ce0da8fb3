"""What the case "break-circles" promises: laws of the simulation, and that learning from it pays."""

import numpy as np
from scipy.sparse.csgraph import connected_components

from credit_graph.simulation import simulate_cascades
from engines.result import Check
from engines.risk_graph.cut_scenes import Scene
from engines.risk_graph.cutting import ALL_CIRCLES, BUDGET, Cuts, difference, resimulated, without

__all__ = ["checks"]

_COMPARED = 200
_ERRORS = 2.0


def checks(found: Cuts, told: Scene | None) -> tuple[Check, ...]:
    """Return the checks of a run; those that compare strategies are left out where nobody was pulled down."""
    laws = [_nothing(found), _held_out(found), _blamed(found), _budget(found), _no_circle(found)]
    if told is not None:
        laws.append(_retold(found, told))
    return (*laws, _beats(found), _cheaper(found)) if found.has_contagion else tuple(laws)


def _nothing(found: Cuts) -> Check:
    kept = np.zeros(found.calls.guarantees.m, np.bool_)
    again = resimulated(without(found.credit, found.calls, kept), found.held_out)
    return Check(
        "releasing nothing changes nothing, to the bit",
        "不解除任何担保，结果逐位不变",
        again.scenarios.equals(found.before.scenarios) and again.firms.equals(found.before.firms),
        f"{found.held_out.count:,} scenarios again with calls laid out anew",
    )


def _held_out(found: Cuts) -> Check:
    some = min(_COMPARED, found.training.count)
    pairs = ((found.training.defaults(one), found.held_out.defaults(one)) for one in range(some))
    alike = sum(len(one) > 0 and np.array_equal(one, other) for one, other in pairs)
    other_key = not np.array_equal(found.training.source.key, found.held_out.source.key)
    return Check(
        "the held-out scenarios are not those learnt from",
        "检验情景与学习情景不同",
        other_key and 2 * alike < some,
        f"{alike} of the first {some} scenarios have the same defaults",
    )


def _blamed(found: Cuts) -> Check:
    calls = found.calls
    plain = simulate_cascades(
        *(calls.guarantees, calls.buffer_fen, found.training), call_fen=calls.call_fen, importance=False
    )
    fell, blamed = int(plain.scenarios["contagion_defaults"].sum()), float(found.blame.firm_defaults.sum())
    return Check(
        "blame adds up to the contagion defaults",
        "归因之和等于传导违约总数",
        found.blame.contagion_defaults == fell and bool(np.isclose(blamed, fell, rtol=1e-6, atol=1e-6)),
        f"{blamed:,.3f} blamed on firms, {fell:,} pulled down in {found.training.count:,} scenarios",
    )


def _budget(found: Cuts) -> Check:
    allowed = max(1, int(BUDGET * found.calls.guarantees.m + 1e-9))
    under = [cut for name, cut in found.by_strategy.items() if name != ALL_CIRCLES]
    spent = [int(released.sum()) for cut in under for released in cut.draws]
    return Check(
        "every strategy keeps to the budget",
        "各次序均不超预算",
        all(count <= allowed for count in spent),
        f"{max(spent)} released at most, {allowed} allowed",
    )


def _no_circle(found: Cuts) -> Check:
    rest = without(found.credit, found.calls, found.by_strategy[ALL_CIRCLES].released)
    ties = rest.guarantees
    count, _ = connected_components(rest.guaranteed, directed=True, connection="strong")
    own = int((ties.tail == ties.head).sum())
    return Check(
        "without all circle ties no circle is left",
        "全部破圈后不再有担保圈",
        bool(count == rest.n) and not own,
        f"{count:,} strong components of {rest.n:,} firms",
    )


def _retold(found: Cuts, told: Scene) -> Check:
    runs = (found.before.scenarios, told.before), (found.by_strategy[told.strategy].after, told.after)
    pairs = [(int(run["contagion_defaults"].iloc[told.scenario]), int(fell.contagion.sum())) for run, fell in runs]
    return Check(
        "the scenario that is drawn, told again by the plain cascade, is the one that was simulated",
        "图中情景用逐轮传导重算，与模拟一致",
        all(simulated == drawn for simulated, drawn in pairs),
        f"scenario {told.scenario}: {pairs[0][1]} pulled down before, {pairs[1][1]} after",
    )


def _beats(found: Cuts) -> Check:
    ours, chance = (found.by_strategy[name].after for name in ("attribution", "random"))
    ahead, error = difference(found.before.scenarios, ours, chance)
    return Check(
        "attribution prevents more than chance, by more than two standard errors",
        "传导归因优于随机（超过两倍标准误）",
        ahead > _ERRORS * error,
        f"ahead of the mean of {len(found.by_strategy['random'].draws)} random draws by {100 * ahead:.2f} "
        f"± {100 * error:.2f} % of the contagion defaults",
    )


def _cheaper(found: Cuts) -> Check:
    ours, largest = (found.by_strategy[name].amount_share for name in ("attribution per amount", "largest amount"))
    return Check(
        "attribution per amount releases less value than the largest amounts",
        "单位金额归因解除的金额少于金额最大优先",
        ours < largest,
        f"{100 * ours:.2f} % of the amount against {100 * largest:.2f} %",
    )
