"""The engine that decides: features, lists, rules, model, costs and analysts' capacity joined for one event.

In: one event at a time, as a mapping with the columns of `fraud.schema`. Out: one `Decision` for each event id, with
everything that is needed to explain it and to make it again bit by bit years later; a log that loses none and makes
none twice, whenever the process dies; and the comparison of a champion with a challenger that decides in its shadow.
"""

from fraud.engine.lists import ListEntry, Lists

__all__ = ["ListEntry", "Lists"]
