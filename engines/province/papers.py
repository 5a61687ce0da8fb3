"""The filing bot's judgement on every opening: what its list check and the registry say before a page is opened.

The same functions decide in the browser (`engines.province.browsing` really files a handful). Names that have just
changed and mistyped codes are most of what is handed over: a contradiction alone is no crime.
"""

from datetime import datetime
from typing import Any

import pandas as pd

from engines.filing.opening_day import EVENING
from engines.province.signs import Sign, signs_of
from engines.province.story import Story
from rpa.errors import BadFilingError
from rpa.filing import LABELS
from rpa.listing import Registry, complete, problems

__all__ = ["LEVELS", "checked", "record_of", "rows_of"]

LEVELS = (
    ("filed without a question", "正常备案"),
    ("name or code is not as in the registry", "名称或证件号与登记不符"),
    ("the representative is not the registry's", "法定代表人与登记不符"),
)


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table's rows as objects.

    Examples
    --------
    >>> rows_of(pd.DataFrame({"a": [1]}))
    [{'a': 1}]
    """
    rows: list[dict[str, Any]] = table.to_dict("records")  # type: ignore[assignment]  # columns are named by text
    return rows


def record_of(row: dict[str, Any], day: datetime) -> dict[str, Any]:
    """Return a row of the openings as it stands on the list; `day` is when it was opened.

    Examples
    --------
    >>> given = {"firm_id": "F1", "capital_fen": 5, "opened_at": pd.Timestamp("2020-07-03 10:00")}
    >>> record_of(given, EVENING)
    {'capital_fen': 5, 'opened_on': '2020-07-01', 'opened_at': '2020-07-01T10:00:00+08:00'}
    """
    kept = {name: value for name, value in row.items() if name not in ("firm_id", "opened_at")}
    opened = datetime.combine(day.date(), row["opened_at"].time(), day.tzinfo)
    capital = None if pd.isna(row["capital_fen"]) else int(row["capital_fen"])
    when = {"opened_on": opened.date().isoformat(), "opened_at": opened.isoformat()}
    return kept | {"capital_fen": capital} | when


def checked(story: Story) -> Sign:
    """Return what the bot's checks say of each firm's opening.

    Examples
    --------
    >>> from engines.province.story import story
    >>> sorted(set(checked(story(7, 100)).level))
    [0, 1, 2]
    """
    book = Registry(rows_of(story.tables["registry"]))
    level: dict[str, int] = {}
    words: dict[str, str] = {}
    for row in rows_of(story.tables["filings"]):
        record = record_of(row, EVENING)
        bare = {name: value for name, value in record.items() if name != "opened_at"}
        try:
            wrong = [one.field for one in problems(complete(bare, book).filing, EVENING.date())]
        except BadFilingError as refusal:
            wrong = list(refusal.problems)
        if wrong:
            level[row["firm_id"]] = 2 if "legal_representative" in wrong else 1
            fields = ", ".join(name.replace("_", " ") for name in wrong)
            chinese = "、".join(LABELS[name] for name in wrong)
            words[row["firm_id"]] = f"{fields}: not as in the registry · {chinese}与登记不符"
    return signs_of(story, "papers", LEVELS, level, {}, words, [])
