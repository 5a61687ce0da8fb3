"""The console (控制台): what people see of the bot, and what they decide for it.

In: the file of a work queue, a folder of evidence, a clock and the policy of deadlines. Out: pages on loopback with the
queue and its deadlines, each account's story, what waits for a person, throughput and lateness; and corrections, which
go back into the queue.
"""

from rpa.console.application import console_application

__all__ = ["console_application"]
