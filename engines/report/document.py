"""A result as JSON, and the command that repeats it.

For programs that read what a case found. Keys keep the order below; text is not escaped.
A picture, a network or a film is drawn only on a page, so here it has its title and caption.

    {"format": "hexi.result/1", "case", "title", "title_zh", "paper_case", "headline", "headline_zh",
     "passed": bool, "seed": int, "size": int, "source", "command",
     "numbers": [{"name", "name_zh", "value", "paper", "note"}],
     "checks": [{"name", "name_zh", "passed": bool, "detail"}],
     "tables": [{"title", "title_zh", "columns": [str], "rows": [[str]]}],
     "pictures": [{"title", "title_zh", "caption"}],
     "networks": [{"title", "title_zh", "caption"}],
     "films": [{"title", "title_zh", "caption"}],
     "notes": [str]}
"""

import json
import shlex
from typing import Any

from engines.report.legible import legible_all
from engines.result import Result

__all__ = ["FORMAT", "as_document", "repeat_command", "to_json"]

FORMAT = "hexi.result/1"
"""Name and version of the shape; the version rises when a key is taken away or changes its meaning."""


def repeat_command(result: Result) -> str:
    """Return the command line that makes this result again from the synthetic province.

    Examples
    --------
    >>> repeat_command(Result("anti-fraud", "", "", "1-5", "", "", seed=7, size=20_000, source=""))
    'hexi run anti-fraud --seed 7 --size 20000'
    """
    return f"hexi run {shlex.quote(result.case)} --seed {result.seed} --size {result.size}"


def as_document(result: Result, command: str = "") -> dict[str, Any]:
    """Return the result as plain dicts, lists, text and numbers, in the shape that the module describes.

    Parameters
    ----------
    result
        What the case found.
    command
        The command that was run, where it is not the plain one: with somebody's own file, for example.

    Returns
    -------
    dict
        Ready for a JSON writer or a template; no part of it can repaint a terminal.
    """
    head: dict[str, Any] = {
        "format": FORMAT,
        "case": result.case,
        "title": result.title,
        "title_zh": result.title_zh,
        "paper_case": result.paper_case,
        "headline": result.headline,
        "headline_zh": result.headline_zh,
        "passed": result.passed,
        "seed": result.seed,
        "size": result.size,
        "source": result.source,
        "command": command or repeat_command(result),
    }
    body: dict[str, Any] = {
        "numbers": [
            {"name": n.name, "name_zh": n.name_zh, "value": n.value, "paper": n.paper, "note": n.note}
            for n in result.numbers
        ],
        "checks": [
            {"name": c.name, "name_zh": c.name_zh, "passed": bool(c.passed), "detail": c.detail} for c in result.checks
        ],
        "tables": [
            {
                "title": t.title,
                "title_zh": t.title_zh,
                "columns": list(t.columns),
                "rows": [list(r) for r in t.rows],
            }
            for t in result.tables
        ],
        "pictures": [{"title": p.title, "title_zh": p.title_zh, "caption": p.caption} for p in result.pictures],
        "networks": [{"title": n.title, "title_zh": n.title_zh, "caption": n.caption} for n in result.networks],
        "films": [{"title": f.title, "title_zh": f.title_zh, "caption": f.caption} for f in result.films],
        "notes": list(result.notes),
    }
    document: dict[str, Any] = legible_all(head | body)
    return document


def to_json(result: Result, command: str = "") -> str:
    """Return the result as one JSON document, indented, with Chinese text as it is.

    Examples
    --------
    >>> import json
    >>> result = Result("anti-fraud", "Anti-fraud", "反欺诈", "1-5", "", "", seed=7, size=100, source="made")
    >>> json.loads(to_json(result))["title_zh"]
    '反欺诈'
    """
    return json.dumps(as_document(result, command), ensure_ascii=False, indent=2, allow_nan=False)
