"""Pages of the guide that are made from the source: the reference of each package, data cards, and what it follows.

In: the checkout, read as text, and the tables' first rows. Out: files below `docs/made/`, written anew by each build
and never committed, so that they cannot say anything else than the code.
"""

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import datasets

__all__ = ["Source", "packages", "references", "source", "standards", "write_pages"]

ROOT = Path(str(datasets.__file__)).resolve().parent.parent
FOLDER = "made"
TITLES = {
    "datasets": "datasets: the province · 合成数据",
    "fraud": "fraud: the anti-fraud engine · 反欺诈引擎",
    "credit_graph": "credit_graph: the risk graph · 信用风险图谱",
    "ledger": "ledger: the receivables ledger · 应收款账本",
    "rpa": "rpa: the account-filing bot · 账户备案机器人",
    "engines": "engines: cases, reports, the command · 案例与命令",
    "benchmarks": "benchmarks · 基准测试",
}
_FOLLOWED = re.compile(r"(?:^|\n\n)(?:Sources?: |References\n-+\n)(.*?)(?=\n\n|\Z)", re.DOTALL)
_STANDARD = re.compile(
    r"RFC \d{3,5}|GB(?:/T)? \d{4,5}(?:\.\d)?|GM/T \d{4}|JR/T \d{4}|C2SP [a-z-]+|NIST SP 800-\d+\w?|ISO \d{4,5}|"
    r"ITU-T X\.\d+|民法典|公司法|票据法|大额风险暴露管理办法|商业银行集团客户授信业务风险管理指引"
)


@dataclass(frozen=True)
class Source:
    """One module as text: its dotted name, what it says of itself, and what it defines for others."""

    name: str
    is_package: bool
    doc: str
    public: tuple[str, ...]
    defined: tuple[str, ...]
    imported: dict[str, str]
    summaries: dict[str, str]

    @property
    def title(self) -> str:
        """The first line of the docstring."""
        return self.doc.split("\n\n")[0].replace("\n", " ").rstrip(".")


@cache
def source(name: str) -> Source:
    """Read one module of the house by its dotted name."""
    path = ROOT.joinpath(*name.split("."))
    is_package = path.is_dir()
    tree = ast.parse((path / "__init__.py" if is_package else path.with_suffix(".py")).read_text(encoding="utf-8"))
    defined, summaries = dict(_defined(tree)), {}
    for key, node in defined.items():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            summaries[key] = (ast.get_docstring(node) or "").split("\n\n")[0].replace("\n", " ")
    listed = ast.walk(defined["__all__"]) if "__all__" in defined else ()
    public = [node.value for node in listed if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    imported = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    doc = ast.get_docstring(tree) or name
    return Source(name, is_package, doc, tuple(public), tuple(defined), imported, summaries)


def _defined(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    yield target.id, node


@cache
def packages() -> tuple[str, ...]:
    """Return all packages by name, as pyproject.toml lists them."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    return tuple(sorted(listed))


def modules(package: str) -> tuple[Source, ...]:
    """Return the modules of one package, without packages below it and without what runs when it is imported."""
    found = sorted(ROOT.joinpath(*package.split(".")).glob("*.py"))
    return tuple(source(f"{package}.{path.stem}") for path in found if not path.stem.startswith("__"))


def every_module() -> Iterator[Source]:
    """Walk all modules and packages, room by room."""
    for room in TITLES:
        for package in packages():
            if package.split(".")[0] == room:
                yield source(package)
                yield from modules(package)


def write_pages(folder: Path, only: tuple[str, ...] = ()) -> None:
    """Write all generated pages below a folder of sources; of the packages those that are named, if any are."""
    made = folder / FOLDER
    made.mkdir(exist_ok=True)
    chosen = [name for name in packages() if name in only or not only]
    for name in chosen:
        _write(made / f"{name}.rst", _package_page(name))
    _write(made / "reference.md", _reference_index(chosen))
    _write(made / "data_cards.md", _cards())
    _write(made / "followed.md", _followed())
    for stale in {path.name for path in made.glob("*.rst")} - {f"{name}.rst" for name in chosen}:
        (made / stale).unlink()


def _write(path: Path, text: str) -> None:
    """Write a page, if it says something new: what has not changed is not built again."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def _reference_index(chosen: list[str]) -> str:
    lines = [
        "# Reference",
        "",
        "Each package with what it offers, from the docstrings, whose examples are tests.",
    ]
    for room, title in TITLES.items():
        there = [name for name in chosen if name.split(".")[0] == room]
        if there:
            lines += ["", "```{toctree}", ":maxdepth: 1", f":caption: {title}", "", *there, "```"]
    return "\n".join(lines) + "\n"


def _package_page(name: str) -> str:
    package = source(name)
    lines = [name, "=" * len(name), "", f".. automodule:: {name}", "   :no-members:", ""]
    offered = [(one, _origin(package, one)) for one in package.public]
    if offered:
        lines += [".. list-table:: What it offers", "   :widths: 30 70", ""]
        for one, (where, summary) in offered:
            lines += [f"   * - :py:obj:`{one} <{where}>`", f"     - {summary}"]
        lines.append("")
    for module in modules(name):
        members = [one for one in module.public if one in module.defined]
        lines += [module.name, "-" * len(module.name), "", f".. automodule:: {module.name}"]
        lines += [f"   :members: {', '.join(members)}" if members else "   :no-members:", ""]
    return "\n".join(lines)


def _origin(where: Source, name: str) -> tuple[str, str]:
    """Return the full name of what is offered under a name, and its summary."""
    full = where.imported.get(name, f"{where.name}.{name}")
    if _is_module(full):
        return full, source(full).title
    parent, _, last = full.rpartition(".")
    if name not in where.imported or not _is_module(parent):
        return full, where.summaries.get(name, "")
    return _origin(source(parent), last)


def _is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def _cards() -> str:
    from datasets.catalogue import TABLES, frames

    lines = [
        "# Data cards · 数据卡",
        "",
        "All tables of the synthetic province. `hexi data NAME -n ROWS --seed SEED -o FILE` makes one; equal seeds",
        "give equal rows on every machine, and tables of one seed can be joined. A truth is for learning labels and",
        "for judging, never a feature. Nothing here says how a bank does.",
    ]
    told: dict[str, str] = {}
    for name, table in TABLES.items():
        maker = (table.at_once or table.in_frames).__module__  # type: ignore[union-attr]  # a table has one of the two
        first = next(frame for rows in (3, 3_000) for frame in frames(name, rows, 7) if len(frame))
        lines += ["", f"## {name} · {table.holds_zh}", "", f"{table.holds[0].upper()}{table.holds[1:]}.", ""]
        if maker in told:
            lines.append(f"Its module's card stands under [{told[maker]}](#{_anchor(told[maker])}).")
        else:
            told[maker] = f"{name} · {table.holds_zh}"
            lines += ["```{eval-rst}", *_card(maker).splitlines(), "```"]
        lines += ["", "| column | type | first row |", "|---|---|---|"]
        for column in first.columns:
            shown = str(first[column].iloc[0]).replace("|", "\\|").replace("<", "&lt;")
            lines.append(f"| `{column}` | {first[column].dtype.name} | {shown} |")
    return "\n".join(lines) + "\n"


def _card(maker: str) -> str:
    said = source(maker)
    return f"From `{said.name}`. {said.doc}"


def _anchor(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def references() -> dict[str, str]:
    """Return what each module says that it follows, by the module's name."""
    found = {}
    for one in every_module():
        said = [" ".join(match.split()) for match in _FOLLOWED.findall(one.doc)]
        if said:
            found[one.name] = " ".join(said)
    return found


def standards() -> dict[str, list[str]]:
    """Return the modules that name each standard or law in what they say of themselves."""
    found = defaultdict(set)
    for one in every_module():
        for standard in _STANDARD.findall(one.doc):
            found[standard].add(one.name)
    return {name: sorted(found[name]) for name in sorted(found)}


def _followed() -> str:
    lines = [
        "# Papers and standards · 文献与标准",
        "",
        "What the code follows, as each module says itself; a module that is not here follows nobody but the plan.",
        "",
        "## Standards and laws",
        "",
        "| standard | followed in |",
        "|---|---|",
    ]
    lines += [f"| {name} | {', '.join(f'{{py:mod}}`{one}`' for one in where)} |" for name, where in standards().items()]
    said = references()
    for room, title in TITLES.items():
        there = {name: text for name, text in said.items() if name.split(".")[0] == room}
        if there:
            lines += ["", f"## {title}", "", "| module | follows |", "|---|---|"]
            lines += [f"| {{py:mod}}`{name}` | {text.replace('|', chr(92) + '|')} |" for name, text in there.items()]
    return "\n".join(lines) + "\n"
