"""The list of pending filings: an encrypted, signed package, what it says of each account, and what the registry adds.

In: bytes from the operations platform, and an extract of the registry of firms. Out: filings that are whole and make
sense; or a list that is refused as a whole, or accounts that go to a person with each reason. Nothing is guessed.
"""

from rpa.listing.checks import Problem, problems
from rpa.listing.package import ListKeys, PendingList, read_list, write_list
from rpa.listing.registry import Completed, Registry, complete

__all__ = [
    "Completed",
    "ListKeys",
    "PendingList",
    "Problem",
    "Registry",
    "complete",
    "problems",
    "read_list",
    "write_list",
]
