"""The catalogue: which cases and benchmarks there are, found by walking their folders.

Files are read, not imported, so that `hexi list` starts at once. A case says in its docstring's first line what its
title is, and in `PAPER_CASE` and `TITLE_ZH` which case of the white paper it shows.
"""

import ast
import importlib
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from engines.errors import UnknownNameError

__all__ = ["Entry", "benchmarks", "cases", "load"]

_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Entry:
    """One case or benchmark: its name on the command line, module, titles, and the paper's case number."""

    name: str
    module: str
    title: str
    title_zh: str = ""
    paper_case: str = ""


def cases() -> dict[str, Entry]:
    """Return all cases by name, in the order of the paper's numbers.

    Examples
    --------
    >>> cases()["anti-fraud"].paper_case
    '1-5'
    """
    found = _walk(_ROOT / "engines" / "cases", "engines.cases")
    return {entry.name: entry for entry in sorted(found, key=lambda entry: (entry.paper_case, entry.name))}


def benchmarks() -> dict[str, Entry]:
    """Return all benchmarks by name: the modules under `benchmarks/` that have a function `run`.

    Examples
    --------
    >>> sorted(benchmarks())[:3]
    ['filing', 'fraud', 'fraud-event']
    """
    return {entry.name: entry for entry in _walk(_ROOT / "benchmarks", "benchmarks")}


def load(entries: dict[str, Entry], name: str, what: str) -> ModuleType:
    """Import the module of one entry.

    Raises
    ------
    UnknownNameError
        If no entry has the name; the message lists the names there are.

    Examples
    --------
    >>> load(cases(), "anti-frod", "case")
    Traceback (most recent call last):
    engines.errors.UnknownNameError: there is no case 'anti-frod'; did you mean 'anti-fraud'? (there are: ...)
    """
    if name not in entries:
        raise UnknownNameError(what, name, list(entries))
    return importlib.import_module(entries[name].module)


def _walk(folder: Path, package: str) -> list[Entry]:
    entries = []
    for path in sorted(folder.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if not any(isinstance(node, ast.FunctionDef) and node.name == "run" for node in tree.body):
            continue
        title = (ast.get_docstring(tree) or path.stem).splitlines()[0].rstrip(".")
        words = _constants(tree)
        entries.append(
            Entry(
                name=path.stem.replace("_", "-"),
                module=f"{package}.{path.stem}",
                title=title,
                title_zh=words.get("TITLE_ZH", ""),
                paper_case=words.get("PAPER_CASE", ""),
            )
        )
    return entries


def _constants(tree: ast.Module) -> dict[str, str]:
    """Return the names to which the module assigns a text at its top level."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            found.update({target.id: node.value.value for target in node.targets if isinstance(target, ast.Name)})
    return found
