"""The watch list (预警名单): who is likely to default next, why, and how much of it is contagion, in words.

One line for each firm that a credit officer can read and check: the chance, what it would be without guarantees, and
the borrower that matters most, by the calls to be expected from it. A defaulted borrower whose guarantee was valid on
that day comes first: it is a claim and no longer a chance.
"""

from datetime import date

import numpy as np
import pandas as pd

from credit_graph.errors import PredictionInputError
from credit_graph.phrases import Words, part, yuan
from credit_graph.prediction.expected_calls import decayed
from credit_graph.prediction.features import day_of_history
from credit_graph.prediction.history import History, Int64
from credit_graph.prediction.neighbours import distinct_ties
from credit_graph.prediction.panel import candidates
from credit_graph.prediction.ranking import DefaultRanker, Floats

__all__ = ["contagion_words", "main_borrowers", "watchlist"]


def watchlist(ranker: DefaultRanker, history: History, as_of: date | str, first: int = 20) -> pd.DataFrame:
    """Return the firms that are most likely to default after a day, the most likely first.

    Parameters
    ----------
    ranker
        Fitted.
    history
        What is known; nothing later than the day is read.
    as_of
        The day.
    first
        How many firms, 1 or more.

    Returns
    -------
    pandas.DataFrame
        party_id, chance, own_chance (of the model of the firm alone), unexposed_chance, contagion_share, borrower_id
        and call_fen (of the borrower from which most is to be expected; missing and 0 if there is none), zh, en.

    Raises
    ------
    AsOfError, PredictionInputError
        As `candidates` and `DefaultRanker.predict`, or if no firm is asked for.
    """
    if first < 1:
        raise PredictionInputError(f"first is {first}; ask for one firm or more")
    if not hasattr(ranker, "kinds_"):
        raise PredictionInputError("the ranker has not learnt yet; call fit with the rows to learn from first")
    rows = candidates(history, as_of, ranker.kinds_)
    told = ranker.predict(history, rows)
    party = rows["party"].to_numpy()
    chance = np.zeros(history.n)
    chance[party] = told.own_chance
    borrower, call = main_borrowers(history, int(rows["day"].iloc[0]), chance, ranker.half_life_days)
    names = [history.ids[number] if number >= 0 else None for number in borrower[party]]
    order = np.argsort(-told.chance, kind="stable")[:first]
    table = pd.DataFrame(
        {
            "party_id": rows["party_id"],
            "chance": told.chance,
            "own_chance": told.own_chance,
            "unexposed_chance": told.unexposed_chance,
            "contagion_share": told.contagion_share,
            "borrower_id": pd.Series(names, dtype=object),
            "call_fen": np.rint(call[party]).astype(np.int64),
        }
    ).iloc[order]
    words = [
        contagion_words(*row)
        for row in zip(
            *(table[name] for name in ("chance", "unexposed_chance", "borrower_id", "call_fen")), strict=True
        )
    ]
    return table.assign(zh=[one.zh for one in words], en=[one.en for one in words]).reset_index(drop=True)


def main_borrowers(history: History, day: int, chance: Floats, half_life_days: float) -> tuple[Int64, Floats]:
    """Return for each party the borrower from which most is to be expected on a day, and how much.

    Parameters
    ----------
    history
        What is known.
    day
        In days since 1970.
    chance
        Of default of each party alone, shape (n,).
    half_life_days
        After how many days a call that has not come weighs half.

    Returns
    -------
    borrower, call_fen
        Number of the borrower, -1 if nothing is to be expected, and the expected call; shape (n,) each.

    Examples
    --------
    >>> from credit_graph.prediction.history import history_of
    >>> firms = pd.DataFrame({"party_id": ["A", "B", "C"], "kind": "firm", "name": None, "equity_fen": 500})
    >>> days = {"valid_from": "2024-01-01", "valid_to": None, "source": "register"}
    >>> table = pd.DataFrame({"from_id": "A", "to_id": ["B", "C"], "amount_fen": [500, 700], **days})
    >>> fell = pd.DataFrame({"party_id": ["B"], "defaulted_on": ["2024-06-01"]})
    >>> known = history_of(firms, table, fell, own=[], observed_until="2024-12-31")
    >>> borrower, call = main_borrowers(known, 19_875, np.array([0.1, 0.1, 0.1]), half_life_days=60)
    >>> borrower.tolist(), call.tolist()
    ([1, -1, -1], [500.0, 0.0, 0.0])
    """
    today = day_of_history(history, day)
    sound = today.days_since_default < 0
    valid, called = distinct_ties(today.guarantees, history.n), distinct_ties(today.called, history.n)
    valid.data *= np.where(sound, chance, 0.0)[valid.indices]
    called.data *= decayed(today.days_since_default, half_life_days)[called.indices]
    calls = (valid + called).tocoo()
    # the last one written stays: the largest, and of equals the one with the smaller number
    order = np.lexsort((-calls.col, calls.data))
    borrower, call = np.full(history.n, -1), np.zeros(history.n)
    borrower[calls.row[order]], call[calls.row[order]] = calls.col[order], calls.data[order]
    return np.where(call > 0, borrower, -1), call


def contagion_words(chance: float, unexposed_chance: float, borrower_id: str | None, call_fen: int) -> Words:
    """Say how likely a default is and how much of it is contagion.

    Examples
    --------
    >>> contagion_words(0.08, 0.02, "F2", 120_000_000).en
    'Chance of default 8%; without guarantees it would be 2%: mostly contagion. Most is to be expected from F2, ...'
    >>> contagion_words(0.03, 0.03, None, 0).zh
    '违约概率 3%，若无担保关系则为 3%：主要是自身原因。'
    """
    gone = 1 - unexposed_chance / chance if chance > 0 else 0.0
    if gone >= 0.5:
        zh, en = "主要来自担保传导", "mostly contagion"
    elif gone >= 0.15:
        zh, en = "部分来自担保传导", "partly contagion"
    else:
        zh, en = "主要是自身原因", "mostly its own"
    before, after = part(round(chance, 4)), part(round(unexposed_chance, 4))
    told_zh = f"违约概率 {before}，若无担保关系则为 {after}：{zh}。"
    told_en = f"Chance of default {before}; without guarantees it would be {after}: {en}."
    if borrower_id is not None:
        sum_ = yuan(call_fen)
        told_zh += f"预计代偿最多的借款人：{borrower_id}，{sum_.zh}。"
        told_en += f" Most is to be expected from {borrower_id}, calls of {sum_.en}."
    return Words(told_zh, told_en)
