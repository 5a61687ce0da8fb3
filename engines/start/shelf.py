"""The folder of reports: made by running cases at a small size, and read again by the start page.

In the folder lie `reports/CASE.html` as `hexi run CASE --html` writes it, a picture of it, and `reports/CASE.json` with
the headline, whether all checks passed, the size, the seconds, or the sentence that the case failed with.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engines.errors import EngineError
from engines.progress import Report
from engines.start.running import SMALL, Ran, run_case
from engines.start.thumbnails import drawn, photograph

__all__ = ["RESULTS_PAGE", "Kept", "kept", "make"]

RESULTS_PAGE = "benchmarks.html"
"""The page of `hexi bench page` in the folder."""

_REPORTS = "reports"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Kept:
    """What is in the folder of one case.

    Parameters
    ----------
    headline, headline_zh
        What the case found; empty if it failed.
    passed
        Whether all checks passed.
    size
        How much was run.
    error
        The sentence that it failed with.
    page, picture
        Where report and thumbnail lie, within the folder; empty if there is none.
    """

    headline: str = ""
    headline_zh: str = ""
    passed: bool = False
    size: int = 0
    error: str = ""
    page: str = ""
    picture: str = ""


def kept(folder: Path, name: str) -> Kept | None:
    """Return what is in the folder of one case; None if it was not run there.

    Examples
    --------
    >>> kept(Path("nothere"), "anti-fraud") is None
    True
    """
    path = folder / _REPORTS / f"{name}.json"
    if not path.exists():
        return None
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    there = [f"{_REPORTS}/{name}{end}" for end in (".html", ".jpg", ".svg")]
    page, *pictures = (one if (folder / one).exists() else "" for one in there)
    return Kept(**told | {"page": page, "picture": next(filter(None, pictures), "")})


def make(folder: Path, names: Sequence[str], report: Report, say: Say) -> None:
    """Run cases at a small size, and leave their reports with pictures in the folder.

    Parameters
    ----------
    folder
        Is made if it is not there.
    names
        Of the cases.
    report
        Called before each.
    say
        Called with a sentence for each case that fails, and if no browser takes the pictures.
    """
    reports = folder / _REPORTS
    reports.mkdir(parents=True, exist_ok=True)
    made: dict[Path, Ran] = {}
    for place, name in enumerate(names):
        report("cases · 案例", place, len(names))
        page = reports / f"{name}.html"
        for end in (".html", ".jpg", ".svg"):
            page.with_suffix(end).unlink(missing_ok=True)
        ran = run_case(name, SMALL.get(name), page)
        if ran.error:
            say(f"{name}: {ran.error}")
        told = {key: ran.document[key] for key in ("headline", "headline_zh", "passed", "size") if key in ran.document}
        whole = asdict(Kept()) | told | {"error": ran.error}
        page.with_suffix(".json").write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        if not ran.error:
            made[page] = ran
    report("cases · 案例", len(names), len(names))
    try:
        photograph(list(made))
    except EngineError as error:
        say(f"thumbnails are drawn, not photographed · 缩略图为绘制: {error}")
        for page, ran in made.items():
            drawn(page, ran.document)
