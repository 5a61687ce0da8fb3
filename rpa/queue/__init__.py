"""The work queue: which account is where on its way, who works on it, and what happened to it; it survives `kill -9`.

In: accounts with their deadlines. Out: leases, earliest deadline first, of which each has a token; whoever has lost his
lease can write no more. Every step is one transaction in SQLite, and every transition stands in a history.
"""

from rpa.queue.backoff import retry_after
from rpa.queue.breaker import Breaker
from rpa.queue.items import Item, Lease, Step
from rpa.queue.states import ENDED, FOR_A_PERSON, LEGAL, State
from rpa.queue.work_queue import WorkQueue

__all__ = ["ENDED", "FOR_A_PERSON", "LEGAL", "Breaker", "Item", "Lease", "State", "Step", "WorkQueue", "retry_after"]
