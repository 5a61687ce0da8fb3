"""Every `$ ...` line of the README is run, in order, in a copy of the checkout, and must say what the README shows.

A line `...` stands for any lines. Numbers may differ by a tenth, or by three where they are small: the last digits of a
model depend on the processor. The line that runs the tests runs a small part of them here, or it would run itself.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from rpa.browser import find_browser
from rpa.errors import BrowserMissingError
from tests.laws.house import ROOT

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
TOLERATED_SHARE, TOLERATED_COUNT = 0.1, 3
SMALL_PART = "tests/laws/test_layers.py"


@dataclass
class Step:
    command: str
    shown: list[str] = field(default_factory=list)


def steps() -> list[Step]:
    found: list[Step] = []
    inside = False
    for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("    $ "):
            found.append(Step(line[6:]))
            inside = True
        elif line.startswith("    ") and inside:
            found[-1].shown.append(line[4:])
        else:
            inside = False
    return found


def pattern(segment: str) -> re.Pattern[str]:
    """The words of a segment with any space between them (lines break elsewhere when a number is longer)."""
    parts = [NUMBER.pattern.join("()") if NUMBER.fullmatch(token) else re.escape(token) for token in tokens(segment)]
    return re.compile(r"\s*".join(parts))


def tokens(segment: str) -> list[str]:
    return re.findall(rf"{NUMBER.pattern}|\S", segment)


def is_near(shown: str, said: str) -> bool:
    left, right = float(shown.replace(",", "")), float(said.replace(",", ""))
    return abs(left - right) <= max(TOLERATED_COUNT, TOLERATED_SHARE * abs(left))


def missing(shown: list[str], said: str) -> str | None:
    """The first shown segment (lines between two `...`) that is not said, in order."""
    place = 0
    for segment in "\n".join(shown).split("...\n"):
        wanted = segment.removesuffix("...")
        found = pattern(wanted).search(said, place)
        numbers = [token for token in tokens(wanted) if NUMBER.fullmatch(token)]
        if found is None or not all(map(is_near, numbers, found.groups())):
            return wanted
        place = found.end()
    return None


def test_the_first_line_is_the_command() -> None:
    assert (ROOT / "README.md").read_text(encoding="utf-8").startswith("    $ python3 -m venv")


def test_there_are_no_other_code_blocks() -> None:
    assert "```" not in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_comparison_notices_other_words_and_numbers() -> None:
    assert missing(["AP  0.50 of", "100 %", "...", "end"], "so AP 0.51 of 98 % or more\nend") is None
    assert missing(["AP 0.50"], "AUC 0.50") == "AP 0.50"
    assert missing(["found 100"], "found 60") == "found 100"
    assert missing(["a", "...", "d"], "d a") is not None


def index_answers() -> bool:
    asked = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", os.devnull, "no-such-package-of-hexi"]
    told = subprocess.run([*asked, "--retries", "0"], capture_output=True, text=True, check=False, timeout=60)
    return "No matching distribution" in told.stderr and "connection" not in told.stderr.lower()


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the checkout as a stranger would clone them."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("waits for a git checkout: the files of the project are listed with git ls-files")
    folder = tmp_path_factory.mktemp("clone")
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def browser_missing() -> str:
    try:
        find_browser(os.environ)
    except BrowserMissingError as error:
        return str(error)
    return ""


def test_every_command_of_the_readme_does_what_it_shows(copy: Path) -> None:
    if not index_answers():
        pytest.skip("waits for a package index: the README's first line installs from it")
    if browser_missing():
        pytest.skip(f"waits for a browser, which one of the commands drives: {browser_missing()}")
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    found = steps()
    assert len(found) >= 8
    for step in found:
        is_test_run = step.command.endswith("/pytest")
        told = subprocess.run(
            ["bash", "-c", step.command],
            cwd=copy,
            env=environment | ({"PYTEST_ADDOPTS": SMALL_PART} if is_test_run else {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert told.returncode == 0, f"$ {step.command}\n{told.stdout[-3000:]}"
        lost = missing(step.shown, told.stdout)
        assert lost is None, f"$ {step.command}\ndid not say: {lost}\n{told.stdout[-3000:]}"
