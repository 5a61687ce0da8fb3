"""Deadlines: by when an account must be filed, which days count, and who is late and why.

In: the kind of account and the moment it was opened; a calendar of Chinese working days; a policy as data. Out: the
moment by which it must be filed, warnings while there is still time, and a report of what was late. The time is passed
in, and held against the server's.
"""

from rpa.deadlines.lateness import Late, lateness
from rpa.deadlines.rules import Deadline, Policy, deadline_of, default_policy, read_policy
from rpa.deadlines.server_clock import check_clock
from rpa.deadlines.warning import Danger, dangers
from rpa.deadlines.working_days import WorkingDays, working_days

__all__ = [
    "Danger",
    "Deadline",
    "Late",
    "Policy",
    "WorkingDays",
    "check_clock",
    "dangers",
    "deadline_of",
    "default_policy",
    "lateness",
    "read_policy",
    "working_days",
]
