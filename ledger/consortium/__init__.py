"""The consortium (联盟链): several members write one ledger, and each of them executes all of it.

In: signed transactions, handed to any member. Out: one order of blocks, the same ledger file at every member, and each
member's signed vote on the state after each block. Etcd makes the order: one compare-and-set for each block number.

Whom one trusts: nobody for what a block says, since no member keeps what it does not come to itself; most of etcd's
machines, and whoever holds the log's key, for going on, and for not signing before most members have voted.

How one is run: each member has a node's certificate (role `node`) in the genesis, or registered later; `found_ordered`
puts the genesis into etcd, and each opens a `Member` with an empty store, the ledger's id, and its key; one of them, or
a machine of its own, is given the log's key as `operator`. `python -m ledger.consortium.cluster` brings up a three-node
etcd on this machine for trials.

Limits: a block is at most 500 KB; etcd holds 2 GB unless told otherwise, and 8 GB at most, so that blocks which every
member has are dropped from time to time (`OrderedLog.drop`); who comes later begins with a copy of a member's file.
"""

from ledger.consortium.etcd import Etcd
from ledger.consortium.joining import found_ordered, join
from ledger.consortium.keys import Entry, Keys, MemoryKeys
from ledger.consortium.member import Member
from ledger.consortium.ordering import OrderedLog

__all__ = [
    "Entry",
    "Etcd",
    "Keys",
    "Member",
    "MemoryKeys",
    "OrderedLog",
    "found_ordered",
    "join",
]
