"""Case work of the analysts (案件处理): what is known of somebody on one page, and a work list that teaches the engine.

In: alerts of the engine, history tables, the decision log, and what analysts say. Out: profiles of a customer, network
address, phone or device (`profile`), cases in the order of their urgency with a history that nobody can change
(`WorkList`), labels as they were known at any moment, approved entries of lists, and pages that need no network.
"""

from fraud.casework.cases import Alert, Case, Listing, Outcome, Step, alert_of
from fraud.casework.listing import suggested
from fraud.casework.states import CLOSED, LEGAL, State
from fraud.casework.work_list import WorkList

__all__ = [
    "CLOSED",
    "LEGAL",
    "Alert",
    "Case",
    "Listing",
    "Outcome",
    "State",
    "Step",
    "WorkList",
    "alert_of",
    "suggested",
]
