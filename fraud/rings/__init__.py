"""Rings: who moves money, or shares devices, in a way that chance does not explain (识别欺诈网络团伙).

In: a table of payments in the columns of `fraud.schema`, with the frauds that are confirmed so far, if any are. Out:
rings, the strongest first, each with its members, their parts, the evidence in numbers and in words, and what can be
drawn; a score for every account; and what follows for a person to accept: list entries and proposed rules. `find` and
`account_scores` are the whole of it in one call and need no labels; who has some learns from `account_features`, which
tells weddings from collectors. `amlsim` reads the layouts of IBM's simulators, `measures` judges.
"""

from fraud.rings.account_features import account_features
from fraud.rings.consequences import list_entries, proposed_rules
from fraud.rings.finding import Found, account_scores, find, search
from fraud.rings.ring import Evidence, Member, Ring
from fraud.rings.transfers import Transfers, read_transfers

__all__ = [
    "Evidence",
    "Found",
    "Member",
    "Ring",
    "Transfers",
    "account_features",
    "account_scores",
    "find",
    "list_entries",
    "proposed_rules",
    "read_transfers",
    "search",
]
