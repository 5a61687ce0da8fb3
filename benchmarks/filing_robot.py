"""A plain script of Robot Framework Browser that files accounts: runs `filing_robot.robot`.

The job reaches the script as a variable file in JSON. The tool's own logs and reports are switched off, for the other
plain scripts write none either.
"""

import json
import os
from importlib.util import find_spec
from pathlib import Path

from benchmarks.errors import PeerMissingError, SubjectFailedError
from benchmarks.filing_job import CHOICES, Job, details_of, key_of
from rpa.browser.resolver import find_browser

__all__ = ["file_by_robot", "has_robot"]

_SCRIPT = Path(__file__).with_suffix(".robot")


def has_robot() -> bool:
    """Return whether Robot Framework Browser is there, with the Node.js through which it drives a browser.

    Examples
    --------
    >>> has_robot() in (True, False)
    True
    """
    return find_spec("Browser") is not None and find_spec("BrowserBatteries") is not None


def file_by_robot(job: Job) -> None:
    """File by a plain script of Robot Framework Browser.

    Raises
    ------
    PeerMissingError
        If the extra `robot` is not there.
    SubjectFailedError
        If the script fails.
    """
    if not has_robot():
        raise PeerMissingError("Robot Framework Browser is an extra: pip install -e '.[robot]'")
    import robot

    values = job.folder / "values.json"
    values.write_text(json.dumps(_values_of(job), ensure_ascii=False), encoding="utf-8")
    said = {"output": "NONE", "log": "NONE", "report": "NONE", "console": "none"}
    failed = robot.run(str(_SCRIPT), variablefile=str(values), outputdir=str(job.folder), **said)
    if failed:
        raise SubjectFailedError("the script of Robot Framework Browser has failed")


def _values_of(job: Job) -> dict[str, object]:
    """Return the script's variables."""
    accounts = [
        {
            "id": one.filing_id,
            "entity": one.entity,
            "query": {"bank_code": one.bank_code, "account_number": one.account_number},
            "key": key_of(one),
            "details": details_of(one),
        }
        for one in job.accounts
    ]
    return {
        "urls": dict(job.urls),
        "user": job.user,
        "password": job.password,
        "browser": find_browser(os.environ).path,
        "folder": str(job.folder),
        "choices": list(CHOICES),
        "accounts": accounts,
    }
