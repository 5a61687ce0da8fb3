"""The source files of the house, parsed once for the tests of its laws."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["PACKAGES", "ROOT", "Module", "functions", "modules"]

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("benchmarks", "credit_graph", "datasets", "engines", "fraud", "ledger", "rpa")
PACKAGES = tuple(room for room in ROOMS if (ROOT / room).is_dir())


@dataclass(frozen=True)
class Module:
    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def room(self) -> str:
        return self.path.relative_to(ROOT).parts[0]

    @property
    def is_lesson(self) -> bool:
        """Whether this is a lesson: a script that nobody imports, with laws of its own beside its tests."""
        return self.path.parent == ROOT / "engines" / "lessons"

    @property
    def public(self) -> list[str]:
        for node in self.tree.body:
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            if isinstance(target, ast.Name) and target.id == "__all__":
                return list(ast.literal_eval(node.value))
        raise AssertionError(f"{self.name} has no __all__")

    def imported_rooms(self) -> set[str]:
        found = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                found.add(node.module.split(".")[0])
        return found & set(PACKAGES)


@cache
def modules(*rooms: str) -> tuple[Module, ...]:
    found = []
    for room in rooms or PACKAGES:
        for path in sorted((ROOT / room).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            found.append(Module(path, text, ast.parse(text)))
    return tuple(found)


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
