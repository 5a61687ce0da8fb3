"""What the page on one firm promises: its sums are those of the tables, its falls those of the definition."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from credit_graph.blacklist import nearest_listed
from credit_graph.explain import Explanation
from credit_graph.graph import Graph
from credit_graph.matrices import layer_matrix
from credit_graph.reference.contagion import guarantee_by_rounds
from credit_graph.sentences import TOPICS
from credit_graph.ties import TieRules
from engines.result import Check
from engines.risk_graph.province import Credit

__all__ = ["firm_checks"]

_TRIED = 8


def firm_checks(
    made: Credit, page: Explanation, buffer: npt.NDArray[np.float64], listed: Iterable[str], rules: TieRules
) -> tuple[Check, ...]:
    """Return the checks of a page that was made with these buffers, lists and strengths of ties."""
    return (_sums(made, page), _falls(made.graph, page, buffer), _near(made.graph, page, listed, rules), _whole(page))


def _sums(made: Credit, page: Explanation) -> Check:
    wanted = {}
    for role, kind, mine in (
        ("owes", "loan", "to_id"),
        ("stands for", "guarantee", "from_id"),
        ("guaranteed by", "guarantee", "to_id"),
    ):
        table, day = made.tables[kind], pd.Timestamp(page.as_of)
        is_valid = (table["valid_from"] <= day) & (table["valid_to"].isna() | (table["valid_to"] >= day))
        wanted[role] = int(table.loc[is_valid & (table[mine] == page.party_id), "amount_fen"].sum())
    ours = {role: int(page.exposures.loc[page.exposures["role"] == role, "amount_fen"].sum()) for role in wanted}
    return Check(
        "loans and guarantees add up to the tables of the day",
        "贷款与担保合计与台账一致",
        ours == wanted,
        ", ".join(f"{role} {amount:,} fen" for role, amount in ours.items()),
    )


def _falls(graph: Graph, page: Explanation, buffer: npt.NDArray[np.float64]) -> Check:
    me = int(graph.codes([page.party_id])[0])
    below = dict(zip(page.falls.pulls_down["party_id"], page.falls.pulls_down["round"], strict=True))
    wrong = int(_twin(graph, buffer, me, 1 + max(below.values(), default=0)) != below)
    above = dict(zip(page.falls.pulled_down_by["party_id"], page.falls.pulled_down_by["round"], strict=True))
    others = [one for one in page.falls.calls["party_id"] if one not in above]
    tried = [*list(above)[:_TRIED], *others[:_TRIED]]
    for seed, code in zip(tried, graph.codes(tried).tolist(), strict=True):
        found = _twin(graph, buffer, code, 1 + int(above.get(seed, 0)))
        wrong += found.get(page.party_id) != above.get(seed)
    return Check(
        "the falls are those of the definition, round by round",
        "传导结果与定义逐轮一致",
        not wrong,
        f"its own fall and those of {len(tried)} others, {wrong} differ",
    )


def _twin(graph: Graph, buffer: npt.NDArray[np.float64], seed: int, rounds: int) -> dict[str, int]:
    """Return who falls in which round by the readable twin, among those whom so many rounds can reach."""
    loans, matrix = graph.layers["loan"], layer_matrix(graph.layers["guarantee"], graph.n)
    debt = np.bincount(loans.head, weights=loans.amount_fen, minlength=graph.n).astype(np.float64)
    near = np.zeros(graph.n, np.bool_)
    near[seed] = True
    for _ in range(rounds + 1):
        near |= np.asarray(matrix @ near.astype(np.float64)) > 0
    some = np.flatnonzero(near)
    rows, start = matrix[some][:, some].toarray().tolist(), {int(np.searchsorted(some, seed))}
    when = guarantee_by_rounds(rows, debt[some].tolist(), buffer[some].tolist(), start)
    return {str(graph.ids[code]): now for code, now in zip(some.tolist(), when, strict=True) if 0 < now <= rounds}


def _near(graph: Graph, page: Explanation, listed: Iterable[str], rules: TieRules) -> Check:
    table = nearest_listed(graph, listed, rules=rules, words=False)
    row = table[table["client_id"] == page.party_id]
    wanted = float(row["strength"].iloc[0]) if len(row) else 0.0
    ours = float(page.listed["strength"].iloc[0]) if len(page.listed) else 0.0
    return Check(
        "the strongest path is the one that the search over all clients finds",
        "最强路径与全量搜索一致",
        bool(np.isclose(ours, wanted, rtol=1e-12)),
        f"strength {ours:.4f} against {wanted:.4f}",
    )


def _whole(page: Explanation) -> Check:
    silent = set(TOPICS) - set(page.sentences["topic"])
    return Check(
        "the page says something on every topic, also that there is nothing",
        "每个主题均有结论（包括无）",
        not silent and bool(page.sentences[["en", "zh"]].map(bool).all(axis=None)),
        ", ".join(sorted(silent)) or f"{len(page.sentences)} sentences on {len(TOPICS)} topics",
    )
