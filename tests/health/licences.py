"""Licences of everything that Hexi installs, by the part of it that asks for it: read from what is installed here.

    python -m tests.health.licences        a table, and what is not permissive

The bill of materials (`make sbom`) has every package with version, licence and hash; this is the page to read.
"""

import re
import sys
from collections.abc import Mapping
from functools import cache
from importlib import metadata

from packaging.requirements import Requirement

__all__ = ["FAMILIES", "family", "installed", "main", "parts"]

FAMILIES: Mapping[str, str] = {
    "strong copyleft": r"\bA?GPL|(?<!Lesser )General Public License",
    "weak copyleft": r"\bLGPL|Lesser General Public|\bMPL|Mozilla Public",
    "permissive": (
        r"\bMIT|\b0?BSD|Apache|\bISC\b|\bPSF|Python-2\.0|Python Software Foundation|Zlib|CC0|Public Domain"
        r"|Permission is hereby granted"
    ),
}
"""Families of licences by the words that tell them; a choice (`A OR B`) counts as its freer side."""


def main() -> int:
    """Print the table; 1 if something that is no mere tool of development is under a strong copyleft, or unknown."""
    rows = installed()
    bad = 0
    for kind in (*FAMILIES, "unknown"):
        found = {name: row for name, row in rows.items() if row[1] == kind}
        print(f"\n{kind}: {len(found)} packages")  # noqa: T201  # this is a command
        for name, (licence, _, wanted) in sorted(found.items()):
            if kind != "permissive":
                print(f"  {name:28} {licence:44} {', '.join(wanted)}")  # noqa: T201  # this is a command
            if kind in ("strong copyleft", "unknown") and not set(wanted) <= {"dev", "docs", "health", "peers"}:
                bad += 1
    return 1 if bad else 0


def installed() -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """Return licence, family, and who asks for it (`core` or extras), of each package that is installed for Hexi."""
    wanted: dict[str, list[str]] = {}
    for part, names in parts().items():
        for name in names:
            wanted.setdefault(name, []).append(part)
    rows = {}
    for name, by in wanted.items():
        licence = _licence(name)
        rows[name] = (licence, family(licence), ("core",) if "core" in by else tuple(by))
    return rows


def parts() -> dict[str, set[str]]:
    """Return which packages are installed for the core and for each extra of Hexi, with what those need in turn."""
    found = {"core": _closure("hexi", "") - {"hexi"}}
    for extra in metadata.metadata("hexi").get_all("Provides-Extra") or ():
        found[extra] = _closure("hexi", extra) - found["core"] - {"hexi"}
    return found


def family(licence: str) -> str:
    """Return the family of a licence.

    Examples
    --------
    >>> family("LGPL-3.0-only"), family("MPL-2.0 AND (Apache-2.0 OR MIT)"), family("Apache-2.0 OR GPL-3.0")
    ('weak copyleft', 'weak copyleft', 'permissive')
    """
    choices = [_strictest(side) for side in re.split(r"\bOR\b(?![^(]*\))", licence)]
    order = ["permissive", "weak copyleft", "strong copyleft", "unknown"]
    return min(choices, key=order.index)


def _strictest(licence: str) -> str:
    return next((kind for kind, words in FAMILIES.items() if re.search(words, licence)), "unknown")


def _closure(name: str, extra: str) -> set[str]:
    """Return a package and all that it needs, with one of its extras or ("") none, as far as they are installed."""
    reached, waiting = set(), [(name, extra)]
    while waiting:
        one = waiting.pop()
        if one in reached or one[0] not in _here():
            continue
        reached.add(one)
        for needed in map(Requirement, metadata.requires(one[0]) or ()):
            if needed.marker is None or needed.marker.evaluate({"extra": one[1]}):
                waiting += [(_plain(needed.name), more) for more in ("", *needed.extras)]
    return {name for name, _ in reached}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def _here() -> frozenset[str]:
    return frozenset(_plain(one.metadata["Name"]) for one in metadata.distributions())


def _licence(name: str) -> str:
    """Return the licence that a package names, else the first words of the text that it brings."""
    told = metadata.metadata(name)
    classified = {one.split(" :: ")[-1] for one in told.get_all("Classifier") or () if one.startswith("License ::")}
    for found in (told["License-Expression"], " AND ".join(sorted(classified - {"OSI Approved"})), told["License"]):
        if found and found.strip():
            return " ".join(found.split())[:70]
    texts = [path for path in metadata.files(name) or () if re.match(r"LICEN[CS]E|COPYING", path.name, re.IGNORECASE)]
    return " ".join(texts[0].read_text().split())[:70] if texts else "none is named"


if __name__ == "__main__":
    sys.exit(main())
