"""A result in the terminal: headline, our figures beside the paper's, checks in words, tables, notes.

English first, Chinese beside it. Passing and failing is always a word too, never a colour or a tick alone:
logs lose colours and some people do not see them. All text is taken literally: none of it is read as markup.
"""

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from engines.report.document import repeat_command
from engines.report.legible import is_figure, legible
from engines.result import Check, Number, Result, Table

__all__ = ["show"]

_FOLDED = 28


def show(result: Result, console: Console, command: str = "") -> None:
    """Print a result on a console of any width, best from 80 columns.

    Parameters
    ----------
    result
        What the case found.
    console
        Where to print; its width and colours are respected.
    command
        The command that was run, where it is not the plain one.

    Examples
    --------
    >>> result = Result("anti-fraud", "Anti-fraud", "反欺诈", "1-5", "7 of 9 caught.", "", 7, 100, "made")
    >>> show(result, Console(width=60))
    <BLANKLINE>
    Anti-fraud · 反欺诈
    case 1-5 of the paper · 白皮书案例 1-5
    <BLANKLINE>
    7 of 9 caught.
    ...
    """
    _heading(result, console)
    if result.numbers:
        console.print(_numbers(result.numbers))
    if result.checks:
        console.print(_checks(result.checks, console))
    for table in result.tables:
        console.print(_table(table, console.width))
    if result.notes:
        console.print(Text("Notes · 说明", "bold"))
        console.print(_list(result.notes))
    console.print(
        _text(f"{_count_of_pictures(result)}seed {result.seed}, size {result.size:,}, {result.source}", "dim")
    )
    console.print(_text(f"again · 复现: {command or repeat_command(result)}", "dim"), soft_wrap=True)


def _text(text: str, style: str = "") -> Text:
    return Text(legible(text), style)


def _pair(english: str, chinese: str) -> str:
    return f"{english} · {chinese}" if chinese and chinese != english else english


def _heading(result: Result, console: Console) -> None:
    console.print()
    console.print(_text(_pair(result.title, result.title_zh), "bold"))
    if result.paper_case:
        console.print(
            _text(f"case {result.paper_case} of the paper · 白皮书案例 {result.paper_case}", "dim"),
        )
    console.print()
    console.print(_text(result.headline, "bold cyan"))
    if result.headline_zh:
        console.print(_text(result.headline_zh, "cyan"))
    console.print()


def _numbers(numbers: tuple[Number, ...]) -> Grid:
    grid = Grid(box=SIMPLE_HEAD, pad_edge=False, title_justify="left")
    grid.add_column("Number · 指标")
    grid.add_column("ours · 本次", justify="right", style="bold")
    with_paper = any(number.paper for number in numbers)
    if with_paper:
        grid.add_column("paper · 白皮书", justify="right")
    for number in numbers:
        name = _text(_pair(number.name, number.name_zh))
        if number.note:
            name.append(f"\n{legible(number.note)}", "dim")
        cells = [name, _text(number.value)]
        grid.add_row(*cells, *([_text(number.paper or "-")] if with_paper else []))
    return grid


def _checks(checks: tuple[Check, ...], console: Console) -> Grid:
    grid = Grid(box=SIMPLE_HEAD, pad_edge=False)
    grid.add_column("Check · 检查", no_wrap=True)
    grid.add_column("")
    for check in checks:
        words = "PASSED 通过" if check.passed else "FAILED 未通过"
        style = "green" if check.passed else "bold red"
        name = _text(_pair(check.name, check.name_zh))
        if check.detail:
            name.append(f"\n{legible(check.detail)}", "dim")
        grid.add_row(Text(f"{_mark(check.passed, console.encoding)}{words}", style), name)
    return grid


def _mark(passed: bool, encoding: str) -> str:
    # A Chinese Windows writes redirected output in GBK, which has the square root but no tick.
    for sign in ("✓", "√") if passed else ("✗", "×"):
        try:
            sign.encode(encoding)
        except UnicodeEncodeError:
            continue
        return f"{sign} "
    return ""


def _table(table: Table, width: int) -> Grid:
    title = _text(_pair(table.title, table.title_zh), "bold")
    if _needed(table) > width:
        return _stacked(table, title)
    grid = Grid(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for position, column in enumerate(table.columns):
        cells = [row[position] for row in table.rows if position < len(row)]
        right = bool(cells) and all(map(is_figure, cells))
        grid.add_column(_text(column), justify="right" if right else "left", overflow="fold")
    for row in table.rows:
        grid.add_row(*(_text(cell) for cell in row))
    return grid


def _needed(table: Table) -> int:
    # Below this width the columns would be cut into pieces of words; a long text may still be folded.
    columns = zip(table.columns, *table.rows, strict=False)
    return sum(min(max(cell_len(cell) for cell in column), _FOLDED) + 2 for column in columns)


def _stacked(table: Table, title: Text) -> Grid:
    grid = Grid.grid()
    grid.title, grid.title_justify = title, "left"
    for first, *rest in table.rows:
        others = "; ".join(f"{name} {cell}" for name, cell in zip(table.columns[1:], rest, strict=False))
        grid.add_row(_text(first, "bold"))
        grid.add_row(Padding(_text(others), (0, 0, 1, 2)))
    return grid


def _list(lines: tuple[str, ...]) -> Grid:
    grid = Grid.grid(padding=(0, 1))
    for line in lines:
        grid.add_row("-", _text(line))
    return grid


def _count_of_pictures(result: Result) -> str:
    count = len(result.pictures) + len(result.networks) + len(result.films)
    return f"pictures with --html FILE · 图表见 HTML 报告: {count}\n" if count else ""
