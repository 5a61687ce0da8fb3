"""Stores: where a ledger's blocks lie, behind one small interface.

Blocks go in one by one and come out in order; what has been acknowledged is on disk. SQLite is the default, PostgreSQL
the alternative for a server, and memory is for trials. The store knows nothing of what it holds.
"""

from ledger.stores.memory import MemoryStore
from ledger.stores.postgres import PostgresStore
from ledger.stores.sqlite import SqliteStore
from ledger.stores.store import Block, Store

__all__ = ["Block", "MemoryStore", "PostgresStore", "SqliteStore", "Store"]
