"""What stands where in the state: the words of a record, the counters of the heap, the columns of an event.

The state of all entities is a few arrays of 64-bit whole numbers. `slots` holds one record after the other: a head that
all have, then the sections that the features of its kind of entity need. `arena` holds rings, pairs of words each: the
events of an entity (time with marks, fen moved before), its peaks (event, amount) and its confirmed frauds (time,
transaction). Events of an entity have rising numbers, so a window is two numbers and its sum one difference.
"""

from typing import Final

__all__ = [
    "AHEAD",
    "AHEAD_BOUND",
    "AHEAD_OF",
    "AMOUNT",
    "ARENA_FULL",
    "AT",
    "BASE",
    "BIRTH",
    "BITS",
    "BORN",
    "BUMP",
    "CLOCK",
    "CODES",
    "CROWD",
    "CROWD_SPAN",
    "DAY",
    "DELAY",
    "DELAYED",
    "DISTINCT",
    "DUPLICATES",
    "END",
    "ENTITIES",
    "EVENT",
    "FIRST_BIT",
    "FRAUDS",
    "FREE",
    "FRESH_MARK",
    "GENERATION",
    "HEAD",
    "HEAP",
    "HOURS",
    "IDENTITY",
    "IDLE",
    "IN_ORDER",
    "KEY",
    "KEYS",
    "KIND",
    "KINDS",
    "KNOWN_IDS",
    "LABEL_FLAG",
    "LAST",
    "LAT",
    "LATE",
    "LATE_BOUND",
    "LATITUDE",
    "LON",
    "LONGITUDE",
    "MARKS",
    "MEANS",
    "MET_PLACE",
    "NEVER",
    "NEW",
    "NEXT",
    "NOTES",
    "NOW",
    "NOWHERE",
    "NUMBERS",
    "PAIR",
    "PAIRS",
    "PAIRS_FULL",
    "PAIR_COUNT",
    "PAIR_ORDINAL",
    "PAIR_TIME",
    "PEAKS",
    "PLACE",
    "POINT",
    "QUARTERS",
    "RATIO",
    "REALS",
    "RELATION",
    "REL_BIT",
    "REL_LEFT",
    "REL_NUMBER",
    "REL_RIGHT",
    "RING",
    "ROOM",
    "ROW",
    "SECTIONS",
    "SEQUENCE",
    "SETTINGS",
    "SIZE",
    "SLOTS_FULL",
    "SPANS",
    "STALE",
    "STALE_RUN",
    "SUSPECT",
    "TAILS",
    "TIME",
    "TOTAL",
    "USUAL",
    "WANTS",
    "WORK",
]

NEVER: Final = -(2**62)
"""Before all times."""

# Head of a record.
KEY: Final = 0
KIND: Final = 1
LAST: Final = 2
NEXT: Final = 3
BORN: Final = 4
BASE: Final = 5
ROOM: Final = 6
TOTAL: Final = 7
BIRTH: Final = 8
HEAD: Final = 9

# Columns of the layout: where a section of a record of one kind begins, -1 if it has none.
SIZE: Final = 0
TAILS: Final = 1
SPANS: Final = 2
DISTINCT: Final = 3
CROWD: Final = 4
CROWD_SPAN: Final = 5
PEAKS: Final = 6
FRAUDS: Final = 7
DELAYED: Final = 8
QUARTERS: Final = 9
HOURS: Final = 10
USUAL: Final = 11
PLACE: Final = 12
POINT: Final = 13
RING: Final = 14
BITS: Final = 15
DAY: Final = 16
MEANS: Final = 17
RATIO: Final = 18
SECTIONS: Final = 19

# Counters of the heap.
SEQUENCE: Final = 0
CLOCK: Final = 1
SUSPECT: Final = 2
BUMP: Final = 3
END: Final = 4
ENTITIES: Final = 5
PAIRS: Final = 6
DUPLICATES: Final = 7
STALE: Final = 8
AHEAD: Final = 9
LATE: Final = 10
KNOWN_IDS: Final = 11
GENERATION: Final = 12
WANTS: Final = 13
STALE_RUN: Final = 14
FREE: Final = 16
HEAP: Final = 64

# What the kernel asks for when it stops before an event.
SLOTS_FULL: Final = 1
PAIRS_FULL: Final = 2
ARENA_FULL: Final = 3

# Settings of a stream.
LATE_BOUND: Final = 0
AHEAD_BOUND: Final = 1
IDLE: Final = 2
DELAY: Final = 3
IN_ORDER: Final = 4
SETTINGS: Final = 5

# Columns of an event.
TIME: Final = 0
AMOUNT: Final = 1
IDENTITY: Final = 2
LABEL_FLAG: Final = 3
KEYS: Final = 4
KINDS: Final = 9
MET_PLACE: Final = 9
CODES: Final = 14
EVENT: Final = 18
NUMBERS: Final = 3
LATITUDE: Final = 3
LONGITUDE: Final = 4
REALS: Final = 5

# Columns of a pair, and of a relation.
PAIR_TIME: Final = 1
PAIR_COUNT: Final = 2
PAIR_ORDINAL: Final = 3
PAIR: Final = 5
REL_LEFT: Final = 0
REL_RIGHT: Final = 1
REL_BIT: Final = 2
REL_NUMBER: Final = 4
RELATION: Final = 5

# Scratch of one event: record and time of each kind, row and news of each relation.
AT: Final = 0
NOW: Final = 10
ROW: Final = 20
NEW: Final = 40
LAT: Final = 60
LON: Final = 61
NOTES: Final = 64
AHEAD_OF: Final = 16
WORK: Final = NOTES + AHEAD_OF * KINDS

NOWHERE: Final = -(2**62)
"""Latitude of an event that has none."""

MARKS: Final = 16
"""Bits of an event's first word below its time."""
FRESH_MARK: Final = 1
"""The customer was met for the first time."""
FIRST_BIT: Final = 2
"""Marks from here on: the last event with its counterpart, one bit for each relation of the kind."""
