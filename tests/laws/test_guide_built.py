"""The guide is built offline without a warning, and what it says of the whole house is so."""

import ast
import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from datasets.catalogue import TABLES
from tests.laws.house import ROOT, Module, modules
from tests.laws.test_layers import ALLOWED, ENGINES

DOCS = ROOT / "docs"
PROSE = sorted(path for path in DOCS.rglob("*.md") if not {"made", "_build"} & set(path.relative_to(DOCS).parts))
SOME_PACKAGES = "fraud.rules,ledger.stores,rpa.queue"
LOADED = re.compile(r"<(?:script|img|iframe|source)\b[^>]*\bsrc=\"(?:https?:)?//|<link\b[^>]*\bhref=\"(?:https?:)?//")
WRITERS = ("write_text", "write_bytes", "ParquetWriter", "to_csv", "to_parquet")
STORES = ("fraud", "credit_graph", "ledger", "rpa", "datasets")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guide with the reference of some packages; `make docs` builds them all."""
    for needed in ("sphinx", "myst_parser", "furo"):
        if importlib.util.find_spec(needed) is None:
            pytest.skip(f"waits for {needed}: pip install -e '.[docs]'")
    folder = tmp_path_factory.mktemp("guide")
    shutil.copytree(DOCS, folder / "docs", ignore=shutil.ignore_patterns("made", "_build", "__pycache__"))
    asked = ["-q", "-W", "--keep-going", "-b", "html", "-D", f"only={SOME_PACKAGES}", "docs", "html"]
    told = subprocess.run(
        [sys.executable, "-m", "sphinx", *asked], cwd=folder, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr[-3000:]
    return folder / "html"


def test_it_is_built_without_a_warning_and_loads_nothing_from_elsewhere(built: Path) -> None:
    pages = sorted(built.rglob("*.html"))
    assert len(pages) > len(PROSE)
    for page in pages:
        assert not LOADED.search(page.read_text(encoding="utf-8")), page.name


def test_the_search_for_foreign_loads_finds_one() -> None:
    assert LOADED.search('<link rel="stylesheet" href="https://fonts.example/x.css">')
    assert LOADED.search('<script async src="//cdn.example/x.js">')
    assert not LOADED.search('<a href="https://example.org">')


def test_the_reference_shows_what_docstrings_say(built: Path) -> None:
    page = (built / "made" / "ledger.stores.html").read_text(encoding="utf-8")
    assert "SqliteStore" in page
    assert "write-ahead log" in page
    assert "ledger.stores.postgres" in page


def test_there_is_a_data_card_of_every_table(built: Path) -> None:
    page = (built / "made" / "data_cards.html").read_text(encoding="utf-8")
    for name, table in TABLES.items():
        assert f"{name} · {table.holds_zh}" in page


def test_what_is_followed_is_listed_with_where(built: Path) -> None:
    page = (built / "made" / "followed.html").read_text(encoding="utf-8")
    for standard in ("RFC 9162", "GB 32100", "民法典", "Eisenberg and Noe"):
        assert standard in page


def test_every_page_is_in_both_alphabets() -> None:
    """Chinese terms stand beside the English ones."""
    for path in PROSE:
        assert re.search("[\u4e00-\u9fff]", path.read_text(encoding="utf-8")), path.name


# the drawing


def drawn() -> set[tuple[str, str]]:
    svg = (DOCS / "architecture.html").read_text(encoding="utf-8")
    found = re.findall(r'data-from="([\w ]+)" data-to="([\w ]+)"', svg)
    return {(start, end) for start, ends in found for end in ends.split()}


def test_the_drawing_shows_the_imports_that_are_allowed_and_no_others() -> None:
    assert drawn() == {(room, other) for room, others in ALLOWED.items() for other in others}
    assert drawn() >= {("engines", engine) for engine in ENGINES}


def test_the_drawing_shows_every_room() -> None:
    rooms = re.findall(r'id="room-(\w+)"', (DOCS / "architecture.html").read_text(encoding="utf-8"))
    assert set(rooms) == set(ALLOWED)


# the threats


def writes(module: Module) -> Iterator[str]:
    """What a module calls to write to a disk or to open a database."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            called, last = ast.unparse(node.func), ast.unparse(node.func).split(".")[-1]
            given = [*node.args, *(word.value for word in node.keywords if word.arg == "mode")]
            modes = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            is_open = last in ("open", "fdopen") and any(re.fullmatch(r"[rbt]*[wax+][wbt+]*", mode) for mode in modes)
            is_made = called == "os.open" and "O_CREAT" in ast.unparse(node)
            is_base = last == "connect" and called.split(".")[0] in ("sqlite3", "duckdb", "psycopg")
            if is_open or is_made or is_base or last in WRITERS:
                yield called


def test_every_module_that_writes_has_its_sentence_among_the_threats() -> None:
    page = (DOCS / "threats.md").read_text(encoding="utf-8")
    writing = {module.name[:-3].replace("/", ".") for module in modules(*STORES) if next(writes(module), "")}
    assert len(writing) > 20
    assert sorted(name for name in writing if f"{{py:mod}}`{name}`" not in page) == []


def test_whoever_opens_a_file_to_write_is_noticed() -> None:
    for text in (
        "path.open('wb')",
        "sqlite3.connect(path)",
        "os.open(path, os.O_RDWR | os.O_CREAT)",
        "p.write_text('')",
    ):
        assert next(writes(Module(ROOT / "x.py", text, ast.parse(text))), ""), text
    for text in ("path.open()", "path.open('rb')", "signal.connect(door)"):
        assert not next(writes(Module(ROOT / "x.py", text, ast.parse(text))), ""), text


def test_every_module_that_a_page_names_is_there() -> None:
    for path in PROSE:
        for name in re.findall(r"\{py:mod\}`([\w.]+)`", path.read_text(encoding="utf-8")):
            where = ROOT.joinpath(*name.split("."))
            assert where.with_suffix(".py").is_file() or (where / "__init__.py").is_file(), f"{path.name}: {name}"


# the glossary


def test_every_chinese_term_of_the_glossary_stands_in_the_code() -> None:
    rows = [line.split("|") for line in (DOCS / "glossary.md").read_text(encoding="utf-8").splitlines() if "|" in line]
    terms = [term.strip() for row in rows[1:] for term in row[2].split("、") if re.search("[\u4e00-\u9fff]", term)]
    kinds = ("*.py", "*.toml", "*.html", "*.j2")
    code = "".join(
        path.read_text(encoding="utf-8")
        for room in (*STORES, "engines", "benchmarks")
        for kind in kinds
        for path in (ROOT / room).rglob(kind)
    )
    assert len(terms) > 60
    assert [term for term in terms if term not in code and term != "中文"] == []
