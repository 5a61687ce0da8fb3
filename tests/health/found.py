"""What was measured last, kept in `found.json`; the tables of `docs/health.md` are made of it.

python -m tests.health.found        write the tables into the page anew
"""

import json
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.laws.house import ROOT

__all__ = ["FOUND", "PAGE", "keep", "main", "page", "tables"]

FOUND = Path(__file__).with_name("found.json")
PAGE = ROOT / "docs" / "health.md"


def keep(subject: str, part: str, figures: Mapping[str, Any]) -> None:
    """Keep figures of one part of a subject, with the commit and the Python that they were measured on."""
    told = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    measured = {"commit": told.stdout.strip(), "python": platform.python_version()}
    found = read()
    found.setdefault(subject, {})[part] = {**figures, **measured}
    FOUND.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def read() -> dict[str, dict[str, Any]]:
    """Return everything that is kept, by subject and part."""
    found: dict[str, dict[str, Any]] = json.loads(FOUND.read_text(encoding="utf-8")) if FOUND.exists() else {}
    return found


def tables(found: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return the table of each subject, as lines of Markdown."""
    makers = {"mutants": _mutants, "coverage": _coverage, "size": _size}
    return {name: make(found.get(name, {})) for name, make in makers.items()}


def _mutants(parts: Mapping[str, Any]) -> list[str]:
    rows = []
    for name, one in sorted(parts.items()):
        real = one["tried"] - one["equal"]
        share = f"{one['killed'] / real:.1%}"
        rows.append([name, *(f"{one[key]:,}" for key in ("of", "tried", "killed", "equal", "left")), share])
    return _table(["part", "mutants", "tried", "killed", "equal to the code", "survived", "score"], rows)


def _coverage(parts: Mapping[str, Any]) -> list[str]:
    rows = []
    for name, (lines, covered, left_out) in sorted(
        (k, v) for one in parts.values() for k, v in one["packages"].items()
    ):
        shown = f"**{name}**" if "." not in name else name
        rows.append([shown, f"{lines:,}", f"{covered / max(lines, 1):.1%}", f"{left_out:,}"])
    return _table(["package", "lines", "covered", "left out"], rows)


def _size(parts: Mapping[str, Any]) -> list[str]:
    one = parts.get("core", {"megabytes": 0, "cpu_seconds": 0.0})
    return _table(
        ["", "measured", "at most"],
        [
            ["core, installed", f"{one['megabytes']} MB", "700 MB"],
            ["`hexi --help`", f"{one['cpu_seconds']:.2f} s of CPU", "0.30 s"],
        ],
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    line = ["---", *["---:"] * (len(head) - 1)]
    return [f"| {' | '.join(one)} |" for one in (head, line, *rows)]


def page(text: str, found: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the page with each table (between `% begin NAME` and `% end NAME`) as it should be."""
    for name, lines in tables(found).items():
        before, rest = text.split(f"% begin {name}\n")
        _, after = rest.split(f"% end {name}\n")
        text = "\n".join([f"{before}% begin {name}\n", *lines, f"\n% end {name}\n{after}"])
    return text


def main() -> int:
    """Write the tables into the page."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), read()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
