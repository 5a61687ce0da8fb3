"""The guide's pages on adding something are followed to the letter, in a copy of the checkout: files and commands."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.laws import test_shape
from tests.laws.cloned import clone
from tests.laws.house import PACKAGES, ROOT, Module
from tests.laws.shown import missing, steps
from tests.laws.test_layers import ALLOWED

PAGES = sorted(path for path in (ROOT / "docs" / "adding").glob("*.md") if path.stem != "index")
OTHERS = sorted(
    path for path in (ROOT / "docs").rglob("*.md") if path not in PAGES and "```console" in path.read_text("utf-8")
)
BLOCK = re.compile(r"^```(?P<kind>.*)\n(?P<options>(?::\w[^\n]*\n)*)(?P<text>(?:.*\n)*?)```$", re.MULTILINE)
LONGEST_SECONDS = 300


@dataclass(frozen=True)
class Block:
    kind: str
    place: str
    text: str

    @property
    def is_file(self) -> bool:
        return bool(self.place)

    @property
    def is_change(self) -> bool:
        return self.kind == "diff"


def blocks(page: str) -> Iterator[Block]:
    for found in BLOCK.finditer(page):
        place = re.search(r":caption: (\S+)", found["options"])
        kind = found["kind"].removeprefix("{code-block}").strip()
        yield Block(kind, place[1] if place else "", found["text"].removeprefix("\n"))


def follow(page: str, folder: Path) -> None:
    for block in blocks(page):
        if block.is_change:
            change(folder / block.place, block.text)
        elif block.is_file:
            path = folder / block.place
            assert not path.exists(), f"the guide writes {block.place} over what is there"
            assert path.parent.is_dir(), f"the guide writes {block.place} into a folder that is not there"
            path.write_text(block.text, encoding="utf-8")
        elif block.kind == "console":
            run(block.text, folder)


def change(path: Path, lines: str) -> None:
    """Replace the lines with a minus, which stand once in the file, by those with a plus."""
    kept, made = ("".join(f"{line[1:]}\n" for line in lines.splitlines() if line[:1] in keys) for keys in (" -", " +"))
    text = path.read_text(encoding="utf-8")
    assert text.count(kept) == 1, f"{path.name} has these lines {text.count(kept)} times:\n{kept}"
    path.write_text(text.replace(kept, made), encoding="utf-8")


def run(console: str, folder: Path) -> None:
    found = steps(console.splitlines())
    assert found, f"no command: {console}"
    strange = ("PYTHONDONTWRITEBYTECODE", "PYTEST_ADDOPTS")
    environment = {name: value for name, value in os.environ.items() if name not in strange}
    for step in found:
        told = subprocess.run(
            ["bash", "-c", step.command],
            cwd=folder,
            env=environment | {"PYTHONPATH": str(folder), "COLUMNS": "80", "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=LONGEST_SECONDS,
        )
        assert told.returncode == 0, f"$ {step.command}\n{told.stdout[-3000:]}"
        lost = missing(step.shown, told.stdout)
        assert lost is None, f"$ {step.command}\ndid not say: {lost}\n{told.stdout[-3000:]}"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's files as a stranger would clone them, with this environment in the place of his."""
    folder = clone(tmp_path_factory.mktemp("checkout"))
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def test_there_is_a_page_for_everything_that_a_newcomer_adds() -> None:
    assert {path.stem for path in PAGES} == {
        *("rule", "scorer", "measure", "contract", "page", "dataset", "benchmark", "lesson", "case")
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_whoever_follows_the_page_to_the_letter_gets_what_it_shows(page: Path, checkout: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert any(block.is_file for block in blocks(text)), "it writes no file"
    assert any(block.kind == "console" for block in blocks(text)), "it runs nothing"
    follow(text, checkout)


@pytest.mark.parametrize("page", OTHERS, ids=lambda path: path.stem)
def test_a_command_in_a_box_says_what_the_page_shows(page: Path, checkout: Path) -> None:
    follow(page.read_text(encoding="utf-8"), checkout)


def test_what_the_guide_adds_keeps_the_laws_of_the_house(checkout: Path) -> None:
    places = [block.place for page in PAGES for block in blocks(page.read_text(encoding="utf-8"))]
    added = [place for place in places if "/" in place and place.endswith(".py") and (checkout / place).is_file()]
    assert len(added) > 12
    for words in (["ruff", "check"], ["ruff", "format", "--check"]):
        asked = [f"{sys.prefix}/bin/{words[0]}", *words[1:], *added]
        told = subprocess.run(asked, cwd=checkout, capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stdout + told.stderr
    for place in (place for place in added if place.split("/")[0] in PACKAGES and "/lessons/" not in place):
        text = (checkout / place).read_text(encoding="utf-8")
        module = Module(ROOT / place, text, ast.parse(text))
        test_shape.test_a_file_has_at_most_300_lines_and_a_function_50(module)
        test_shape.test_a_module_has_a_title_a_public_list_and_a_name_of_the_trade(module)
        test_shape.test_what_is_public_says_what_it_does(module)
        assert module.imported_rooms() <= ALLOWED[module.room] | {module.room}, place


def test_a_page_that_says_something_else_than_happens_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("one\ntwo\n")
    page = "```{code-block} text\n:caption: new.txt\n\nhello\n```\n\n```console\n$ cat new.txt\nhello\n```\n"
    follow(page, tmp_path)
    (tmp_path / "new.txt").unlink()
    with pytest.raises(AssertionError, match="did not say"):
        follow(page.replace("$ cat new.txt\nhello", "$ cat new.txt\ngoodbye"), tmp_path)
    with pytest.raises(AssertionError, match="over what is there"):
        follow(page, tmp_path)
    with pytest.raises(AssertionError, match="0 times"):
        follow("```{code-block} diff\n:caption: old.txt\n\n-three\n+four\n```\n", tmp_path)
    follow("```{code-block} diff\n:caption: old.txt\n\n one\n-two\n+three\n```\n", tmp_path)
    assert (tmp_path / "old.txt").read_text() == "one\nthree\n"
