"""The crypto suites: which algorithms a ledger signs, hashes and encrypts with, by the name in its genesis.

A name comes in, a `Suite` of plain functions over bytes goes out: `ed25519-sha256-aesgcm` for everybody, and the
Chinese national algorithms (国密) as `sm2-sm3-sm4` where the extra `sm2` is installed.
"""

from ledger.suites.naming import NAMES, by_name
from ledger.suites.suite import Suite

__all__ = ["NAMES", "Suite", "by_name"]
