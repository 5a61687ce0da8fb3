"""The account-filing bot (单位结算账户自动备案): a browser that files accounts as a clerk would, each exactly once.

In: an encrypted list of accounts that a bank has opened, and three systems that are known by their pages alone. Out:
every account filed with the central bank in time, its images stored, the result written back, and evidence of all of
it; or a person who is told why not.
"""

from rpa.errors import RpaError

__all__ = ["RpaError"]
