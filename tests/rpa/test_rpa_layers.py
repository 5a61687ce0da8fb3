"""The bot knows the systems by their pages alone: what drives them imports nothing of what they are made of."""

import ast

import pytest

from tests.laws.house import ROOT, Module, modules

DRIVING = ("rpa/browser", "rpa/pages", "rpa/bot")


def imported(module: Module) -> set[str]:
    found = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def of_systems(module: Module) -> set[str]:
    return {name for name in imported(module) if f"{name}.".startswith("rpa.systems.")}


@pytest.mark.parametrize(
    "module",
    [one for one in modules("rpa") if str(one.path.relative_to(ROOT)).startswith(DRIVING)],
    ids=lambda module: module.name,
)
def test_what_drives_the_systems_does_not_import_them(module: Module) -> None:
    assert not of_systems(module)


def test_the_browser_knows_no_page_and_no_bot() -> None:
    for module in modules("rpa"):
        if "rpa/browser" in str(module.path):
            assert not {name for name in imported(module) if name.startswith(("rpa.pages", "rpa.bot"))}, module.name


@pytest.mark.parametrize("line", ["from rpa.systems.site import Site", "import rpa.systems", "from rpa import systems"])
def test_the_law_notices_a_wrong_import(line: str) -> None:
    assert of_systems(Module(ROOT / "rpa" / "pages" / "wrong.py", line, ast.parse(line)))
