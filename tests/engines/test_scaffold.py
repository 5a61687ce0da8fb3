"""`hexi new`: what it writes is true, is tested, passes at once, and takes the place of nothing."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engines.__main__ import main
from engines.errors import EngineError, UnknownNameError
from engines.scaffold import KINDS, its_test, make
from tests.laws.house import PACKAGES, ROOT

SKIPPED = shutil.ignore_patterns(".*", "__pycache__", "results", "*.egg-info")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the house, to which new parts may be added."""
    root = tmp_path_factory.mktemp("checkout") / "hexi"
    root.mkdir()
    for name in (*PACKAGES, "tests"):
        shutil.copytree(ROOT / name, root / name, ignore=SKIPPED)
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_is_new_passes_its_test_and_the_checks_of_style_at_once(checkout: Path, kind: str) -> None:
    written = make(kind, f"brand-new-{kind}", checkout)
    assert all(f"brand_new_{kind}" in path.name for path in written)
    code = [str(path) for path in written if path.suffix == ".py"]
    for tool in (
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *its_test(kind, written).split()],
        [sys.executable, "-m", "ruff", "check", "--no-cache", *code],
        [sys.executable, "-m", "ruff", "format", "--check", "--no-cache", *code],
    ):
        done = subprocess.run(tool, cwd=checkout, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
    if kind == "case":
        asked = [sys.executable, "-m", "engines", "run", f"brand-new-{kind}", "--size", "3000"]
        told = subprocess.run(asked, cwd=checkout, capture_output=True, text=True, check=False, timeout=120)
        assert told.returncode == 0
        assert "earlier mean" in " ".join(told.stdout.split())


def test_lessons_of_ones_own_are_numbered_from_ten(checkout: Path) -> None:
    first, second = (make("lesson", name, checkout)[0].name for name in ("early", "late"))
    assert int(first[:2]) >= 10
    assert int(second[:2]) == int(first[:2]) + 1


def test_what_is_there_is_not_written_over(checkout: Path) -> None:
    case = checkout / "engines" / "cases" / "mine.py"
    test = checkout / "tests" / "engines" / "test_mine_case.py"
    test.write_text("# mine", encoding="utf-8")
    with pytest.raises(EngineError, match=r"test_mine_case\.py is there already"):
        make("case", "mine", checkout)
    assert not case.exists()
    assert test.read_text(encoding="utf-8") == "# mine"


@pytest.mark.parametrize("name", ["", "Mine", "1st", "a__b", "../evil", "a" * 41, "名"])
def test_what_is_no_name_is_refused(checkout: Path, name: str) -> None:
    with pytest.raises(EngineError, match="is no name for a case"):
        make("case", name, checkout)


def test_a_folder_that_is_no_checkout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="no checkout of Hexi"):
        make("case", "mine", tmp_path)
    assert not list(tmp_path.iterdir())


def test_an_unknown_kind_is_refused_with_the_kinds_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UnknownNameError, match="contract"):
        make("contrct", "mine")
    assert main(["new", "cse", "mine"]) == 2
    assert re.search(r"did you mean 'case'", capsys.readouterr().err)
