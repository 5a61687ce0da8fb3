"""Who may import whom, as the plan of the house says."""

import ast

import pytest

from tests.laws.house import PACKAGES, ROOT, Module, modules

ENGINES = {"fraud", "credit_graph", "ledger", "rpa"}
ALLOWED = {
    "datasets": set(),
    **{engine: set() for engine in ENGINES},
    "benchmarks": ENGINES | {"datasets"},
    "engines": ENGINES | {"datasets", "benchmarks"},
}
HEAVY = {
    *("altair", "duckdb", "faker", "jinja2", "networkx", "numba", "pandas", "pandera", "polars", "pyarrow", "scipy"),
    "sklearn",
}


@pytest.mark.parametrize("room", PACKAGES)
def test_a_room_imports_only_the_rooms_it_may(room: str) -> None:
    for module in modules(room):
        strangers = module.imported_rooms() - ALLOWED[room] - {room}
        assert not strangers, f"{module.name} imports {strangers}"


def test_the_law_notices_a_wrong_import() -> None:
    wrong = "from datasets.people import make"
    module = Module(ROOT / "fraud" / "wrong.py", wrong, ast.parse(wrong))
    assert module.imported_rooms() - ALLOWED["fraud"] == {"datasets"}


# a case and its parts are imported only when the case is run
ROOF = tuple(module for module in modules("engines") if module.path.parent.name in ("engines", "report", "words"))


@pytest.mark.parametrize("module", ROOF, ids=lambda module: module.name)
def test_the_roof_imports_engines_only_where_they_run(module: Module) -> None:
    top = [node for node in module.tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in top if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in top if isinstance(node, ast.ImportFrom) and node.module}
    roots = {name.split(".")[0] for name in names}
    assert not roots & (set(PACKAGES) - {"engines"}), f"{module.name} imports an engine at its top"
    if module.path.name in ("__init__.py", "__main__.py", "commands.py", "catalogue.py", "errors.py", "result.py"):
        assert not roots & HEAVY, f"{module.name} is read at every start and imports {roots & HEAVY}"


@pytest.mark.parametrize("room", sorted(set(PACKAGES) & (ENGINES | {"datasets"})))
def test_no_global_randomness_and_nothing_that_runs_text(room: str) -> None:
    for module in modules(room):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Import):
                banned = {alias.name for alias in node.names} & {"random", "pickle", "marshal", "shelve"}
                assert not banned, f"{module.name} imports {banned}"
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in ("eval", "exec", "compile", "np.random.seed"), f"{module.name} calls {called}"
                is_global = called.startswith("np.random.") and called.split(".")[2][0].islower()
                assert not is_global or called == "np.random.default_rng", f"{module.name} calls {called}"
