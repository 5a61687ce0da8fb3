"""`hexi lesson list` and `hexi lesson build`: the lessons there are, and their notebooks and pages."""

import argparse
import json
import webbrowser

from rich.table import Table

from engines.errors import EngineError
from engines.progress import bars
from engines.words.screen import ERR, OUT

__all__ = ["WORDS"]


def _list(given: argparse.Namespace) -> int:
    """Show the lessons."""
    from engines.workshop.reading import lessons

    known = lessons().values()
    if given.json:
        keys = ("name", "title", "title_zh", "engine", "needs", "minutes")
        print(json.dumps([{key: getattr(one, key) for key in keys} for one in known], ensure_ascii=False))  # noqa: T201  # JSON is what was asked for
        return 0
    shown = Table("", "lesson · 课程", "engine · 引擎", "min · 分钟", title="hexi lesson build", title_justify="left")
    for one in known:
        shown.add_row(str(one.number), f"{one.title}\n{one.title_zh}", one.engine, str(one.whole))
    OUT.print(shown)
    return 0


def _build(given: argparse.Namespace) -> int:
    """Build lessons into a folder."""
    from engines.workshop.building import build, require
    from engines.workshop.reading import choose, lessons

    require()
    known = lessons()
    if given.output.exists() and not given.output.is_dir():
        raise EngineError(f"{given.output} is a file; name a folder, which is made if it is not there")
    chosen = choose(known, given.names)
    with bars(ERR) as report:
        written = build(chosen, list(known.values()), given.output, report)
    index = given.output / "teacher" / "index.html"
    ERR.print(f"{len(chosen)} lessons, {len(written)} files in {given.output}", highlight=False, soft_wrap=True)
    ERR.print(f"teacher · 教师: {index}", highlight=False, soft_wrap=True)
    ERR.print(f"students · 学生: {given.output / 'student' / 'index.html'}", highlight=False, soft_wrap=True)
    if given.open:
        webbrowser.open(index.resolve().as_uri())
    return 0


WORDS = {"list": _list, "build": _build}
