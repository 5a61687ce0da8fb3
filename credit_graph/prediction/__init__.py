"""Who defaults next, and how much of it is contagion.

In: tables of parties, guarantees and defaults up to a date. Out: for each firm on each day features that were known on
that day, a chance of default within the horizon with its share of contagion, a watch list in words, and a comparison
against the firm alone, against expected calls alone and against chance, on all defaults and on those by contagion.
"""

from credit_graph.prediction.chances import Prediction, contagion_share
from credit_graph.prediction.evaluation import compare
from credit_graph.prediction.features import call_features, day_of_history, network_features, own_features
from credit_graph.prediction.history import History, history_of
from credit_graph.prediction.measures import area_under_curve, average_precision, precision_at
from credit_graph.prediction.panel import candidates, panel, time_split
from credit_graph.prediction.ranking import DefaultRanker
from credit_graph.prediction.watchlist import watchlist

__all__ = [
    "DefaultRanker",
    "History",
    "Prediction",
    "area_under_curve",
    "average_precision",
    "call_features",
    "candidates",
    "compare",
    "contagion_share",
    "day_of_history",
    "history_of",
    "network_features",
    "own_features",
    "panel",
    "precision_at",
    "time_split",
    "watchlist",
]
