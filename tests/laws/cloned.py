"""A copy of the checkout as a stranger would clone it: the files that version control knows, or would take in."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.laws.house import ROOT

__all__ = ["clone"]


def clone(folder: Path) -> Path:
    """Copy the project's files into a folder and return it."""
    asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("waits for a git checkout: the files of the project are listed with git ls-files")
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder
