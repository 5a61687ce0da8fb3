"""Pages: what the bot knows of the three systems, one module for each page that a clerk would see.

In: HTML. Out: what it says, as a value, or the refusal to take it for the page. Each module recognises its page, reads
it (both pure, tested on saved pages), and submits it, which is thin. Pages that all systems have, the log-in, notices,
maintenance and refusals, lie here; each system's own in its folder. None of them knows how a system is built.
"""

from rpa.pages.recognising import PageObject, arrive, which_page

__all__ = ["PageObject", "arrive", "which_page"]
