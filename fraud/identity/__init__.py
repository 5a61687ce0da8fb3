"""Who is behind a device and a login: fingerprints, threats on the terminal, and identities across channels.

In: fingerprints (what a device tells of itself, which drifts), signals of a terminal, and sightings of people in the
channels with their id card, login, phone, card and device. Out: whether two fingerprints are one device (same, maybe,
other) with the weight of every attribute; threats (root, emulator, hook, proxy, farm) in grades with reasons; and
identities in which every link explains itself, that can be undone, and that do not depend on the order of arrival.
"""

from fraud.identity.links import Identities, Link
from fraud.identity.matching import DeviceMatcher, Match
from fraud.identity.sightings import Sighting
from fraud.identity.signals import grades_of, signals_of
from fraud.identity.threats import Threat, judge_terminal, load_threats

__all__ = [
    "DeviceMatcher",
    "Identities",
    "Link",
    "Match",
    "Sighting",
    "Threat",
    "grades_of",
    "judge_terminal",
    "load_threats",
    "signals_of",
]
