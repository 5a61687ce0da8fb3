"""Every `$ ...` line of the README is run, in order, in a copy of the checkout, and must say what the README shows.

What counts as said is told in `tests.laws.shown`. The line that runs the tests runs a small part of them here, or it
would run itself. What pip installs is not compiled for modules that no command imports.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rpa.browser import find_browser
from rpa.errors import BrowserMissingError
from tests.laws.cloned import clone
from tests.laws.house import ROOT
from tests.laws.shown import Step, missing, steps

SMALL_PART = "tests/fraud/test_decision.py"
LANGUAGES = ("README.md", "README.zh-CN.md")
LONGEST_LINES = 180
FIRST_RUN = os.environ.get("HEXI_FIRST_RUN", "")
"""A file with what the first command said in this checkout; without one it is run in the copy, which takes minutes."""


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def shown(name: str) -> list[Step]:
    """The commands of a page, which stand in indented blocks that begin with one, and what the page shows of each."""
    blocks: list[list[str]] = [[]]
    for line in text(name).splitlines():
        if line.startswith("    "):
            blocks[-1].append(line[4:])
        elif blocks[-1]:
            blocks.append([])
    return [step for block in blocks for step in steps(block)]


@pytest.mark.parametrize("name", LANGUAGES)
def test_the_first_line_is_the_command(name: str) -> None:
    assert text(name).startswith("    $ python3 -m venv")
    assert shown(name)[1].command == ".venv/bin/pytest"


@pytest.mark.parametrize("name", LANGUAGES)
def test_it_is_short_and_has_no_other_code_blocks(name: str) -> None:
    assert "```" not in text(name)
    assert len(text(name).splitlines()) <= LONGEST_LINES


def test_both_languages_show_the_same_commands_saying_the_same() -> None:
    english, chinese = map(shown, LANGUAGES)
    assert english == chinese
    assert len(english) >= 8


@pytest.mark.parametrize("name", LANGUAGES)
def test_what_it_links_is_there(name: str) -> None:
    for place in re.findall(r"\]\((?!https?:)([^)#]+)", text(name)):
        assert (ROOT / place).is_file(), place


def test_the_comparison_notices_other_words_and_numbers() -> None:
    assert missing(["AP  0.50 of", "100 %", "...", "end"], "so AP 0.51 of 98 % or more\nend") is None
    assert missing(["AP 0.50"], "AUC 0.50") == "AP 0.50"
    assert missing(["found 100"], "found 60") == "found 100"
    assert missing(["O00020001"], "O00000000 O00020001") is None
    assert missing(["a", "...", "d"], "d a") is not None


def test_a_command_may_go_on_in_the_next_line() -> None:
    assert steps(["$ cat <<END", "> a", "> ", "> END", "a", "> b"]) == [Step("cat <<END\na\n\nEND", ["a", "> b"])]


def index_answers() -> bool:
    asked = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", os.devnull, "no-such-package-of-hexi"]
    told = subprocess.run([*asked, "--retries", "0"], capture_output=True, text=True, check=False, timeout=60)
    return "No matching distribution" in told.stderr and "connection" not in told.stderr.lower()


def browser_missing() -> str:
    try:
        find_browser(os.environ)
    except BrowserMissingError as error:
        return str(error)
    return ""


def environment() -> dict[str, str]:
    """Without this environment's own settings, in which a stranger's shell would not be."""
    strange = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if name not in strange}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    return kept | {"PATH": path, "PIP_NO_COMPILE": "1", "COLUMNS": "80"}


def check(step: Step, said: str) -> None:
    lost = missing(step.shown, said)
    assert lost is None, f"$ {step.command}\ndid not say: {lost}\n{said[-3000:]}"


def test_every_command_of_the_readme_does_what_it_shows(tmp_path: Path) -> None:
    if not FIRST_RUN and not index_answers():
        pytest.skip("waits for a package index: the README's first line installs from it")
    if browser_missing():
        pytest.skip(f"waits for a browser, which one of the commands drives: {browser_missing()}")
    copy, left, more = clone(tmp_path), shown("README.md"), dict[str, str]()
    if FIRST_RUN:
        check(left.pop(0), Path(FIRST_RUN).read_text(encoding="utf-8"))
        (copy / ".venv").symlink_to(sys.prefix)
        more["PYTHONPATH"] = str(copy)
    for step in left:
        is_test_run = step.command.endswith("/pytest")
        told = subprocess.run(
            ["bash", "-c", step.command],
            cwd=copy,
            env=environment() | more | ({"PYTEST_ADDOPTS": SMALL_PART} if is_test_run else {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert told.returncode == 0, f"$ {step.command}\n{told.stdout[-3000:]}"
        check(step, told.stdout)
