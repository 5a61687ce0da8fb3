"""The bot itself: it walks each account through three systems, exactly once, and knows when to stop and ask a person.

In: settings with the systems' addresses, log-ins, keys and a clock. Out: accounts that are filed, their papers stored
and their results written back, or that wait for a person with the reason; and a summary with what is late and what the
four systems say of each. It may be ended at any moment: what was begun is gone on with, by this bot or another.
"""

from rpa.bot.run import Summary, run_once
from rpa.bot.settings import SYSTEMS, Patience, Settings

__all__ = ["SYSTEMS", "Patience", "Settings", "Summary", "run_once"]
