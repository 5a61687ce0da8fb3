"""Three systems to drive: a bank's operations platform, the central bank's account management, an image platform.

Small honest web applications with pages in Chinese, log-ins, sessions that end, and switches for everything that goes
wrong with such systems. They know nothing of the bot, and the bot knows their pages alone; anybody's bot can be pointed
at them: `python -m rpa.systems`. What they really did stands in a truth that only judges read.
"""

from rpa.systems.accounts import accounts_application
from rpa.systems.faults import NAMES, Faults
from rpa.systems.images import images_application
from rpa.systems.operations import operations_application
from rpa.systems.serving import serve

__all__ = [
    "NAMES",
    "Faults",
    "accounts_application",
    "images_application",
    "operations_application",
    "serve",
]
