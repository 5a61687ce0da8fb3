"""What the case "contagion" promises: laws that hold for every province, each of which a fault would break."""

from collections.abc import Sequence

import numpy as np

from engines.result import Check
from engines.risk_graph.calls import Calls
from engines.risk_graph.falls import agrees_with_definition, fall, is_least_fixed_point
from engines.risk_graph.foretelling import Foretold
from engines.risk_graph.losses import Losses
from engines.risk_graph.models import Reading, disorder
from engines.risk_graph.stopping import Circle, Stop

__all__ = ["checks"]

_EXACT = 1e-9


def checks(
    calls: Calls,
    seeds: Sequence[int],
    found: dict[str, list[Reading]],
    stops: Sequence[tuple[Circle, Sequence[Stop]]],
    losses: Losses,
    foretold: Foretold | None,
) -> tuple[Check, ...]:
    """Return the checks of a run; `found` are the readings when each of `seeds` falls alone."""
    told = [_twin(calls, seeds), _fixed_point(calls, seeds), _order(found), _eigenvalue(calls, found)]
    if stops:
        told.append(_stops(stops))
    told += [_repeated(losses), _retold(losses), _shared(losses)]
    return (*told, _ranked(foretold)) if foretold is not None else tuple(told)


def _twin(calls: Calls, seeds: Sequence[int]) -> Check:
    agreed = [agrees_with_definition(calls, seed) for seed in seeds]
    right = sum(is_right for is_right, _ in agreed)
    return Check(
        "the cascade is that of the definition, round by round",
        "传导结果与定义逐轮一致",
        right == len(agreed),
        f"{right} of the {len(agreed)} worst falls, on up to {max(size for _, size in agreed)} parties each",
    )


def _fixed_point(calls: Calls, seeds: Sequence[int]) -> Check:
    told = [is_least_fixed_point(calls, fall(calls, [seed])) for seed in seeds]
    return Check(
        "nobody survives calls above its buffer, nobody falls without",
        "幸存者均能代偿，连带违约者均无力代偿",
        all(is_right for is_right, _ in told),
        told[0][1],
    )


def _order(found: dict[str, list[Reading]]) -> Check:
    wrong = disorder(found)
    return Check(
        "the models stand in the order that theory says",
        "各模型结果满足理论上的强弱次序",
        not wrong,
        wrong[0] if wrong else "clearing with nothing recovered is the cascade; DebtRank and written amounts fell more",
    )


def _eigenvalue(calls: Calls, found: dict[str, list[Reading]]) -> Check:
    spectrum = calls.spectrum
    open_ = [name for name, some in found.items() if not all(one.converged for one in some)]
    return Check(
        "the leading eigenvalue is known and every model converged",
        "最大特征值已知，各模型均收敛",
        spectrum.converged and spectrum.lower <= spectrum.value <= spectrum.upper and not open_,
        f"{spectrum.value:.6f} in {spectrum.components} circles, {spectrum.steps} multiplications"
        + (f"; not converged: {', '.join(open_)}" if open_ else ""),
    )


def _stops(stops: Sequence[tuple[Circle, Sequence[Stop]]]) -> Check:
    every = [stop for _, some in stops for stop in some]
    worst, residual = max(stop.missed for stop in every), max(stop.residual for stop in every)
    return Check(
        "the exact answers satisfy their equation; a loose stop never says more",
        "精确解满足方程，提前停止不会高估",
        residual < _EXACT and all(stop.loose <= stop.exact + _EXACT for stop in every),
        f"off by at most {residual:.1e}; the loose stop misses up to {100 * worst:.1f} % of the loss",
    )


def _repeated(losses: Losses) -> Check:
    return Check(
        "equal seeds give equal losses, to the bit, on one thread or several",
        "同一种子结果逐位相同（与线程数无关）",
        losses.is_repeatable,
        f"{losses.scenarios.count:,} scenarios run twice, in batches of 50 and of 333",
    )


def _retold(losses: Losses) -> Check:
    calls, table = losses.calls, losses.simulation.scenarios
    worst = int(table["contagion_defaults"].to_numpy().argmax())
    seeds = losses.scenarios.defaults(worst)
    result = fall(calls, seeds.astype(np.int64))
    row, lost = table.iloc[worst], float(losses.loss_fen[result.failed].sum())
    return Check(
        "the worst scenario, told again by the plain cascade, is the same",
        "最坏情景用逐轮传导重算，结果一致",
        int(result.contagion.sum()) == int(row["contagion_defaults"])
        and bool(np.isclose(lost, row["loss_fen"], rtol=1e-9)),
        f"scenario {worst}: {len(seeds)} default, {int(result.contagion.sum())} are pulled down",
    )


def _shared(losses: Losses) -> Check:
    caused = float(losses.simulation.firms["caused_defaults"].sum())
    mean = float(losses.simulation.scenarios["contagion_defaults"].mean())
    return Check(
        "what the firms cause adds up to what happened",
        "各企业引发的违约之和等于传导违约总数",
        bool(np.isclose(caused, mean, rtol=1e-9, atol=1e-12)),
        f"{caused:.6f} against {mean:.6f} contagion defaults a scenario",
    )


def _ranked(foretold: Foretold) -> Check:
    ours = foretold.value("all", "average precision", "network")
    chance = foretold.value("all", "average precision", "chance")
    if ours is None or chance is None:
        return Check("the ranking was judged", "违约预测已评估", False, "no measure")
    return Check(
        "the ranking with guarantees is no worse than chance",
        "含担保网络的排序不逊于随机",
        bool(ours["high"] >= chance["value"]),
        f"average precision {ours['value']:.3f} (up to {ours['high']:.3f}), chance {chance['value']:.3f}",
    )
