"""Pages of the operations platform (运营管理平台): pending accounts, list packages, papers, and results written back.

In: HTML, and what became of an account. Out: the accounts that the platform believes are pending, packages and papers
whose checksums were compared, and what was written back, as the platform shows it afterwards.
"""

from rpa.pages.operations import account, home, lists, pending

__all__ = ["account", "home", "lists", "pending"]
