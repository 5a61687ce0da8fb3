import io
import subprocess
import sys

import pytest
from report_sample import sample_result
from rich.cells import cell_len
from rich.console import Console

from engines.report.terminal import show
from engines.result import Number, Table


def shown(result, width=80, encoding="utf-8", errors="strict"):
    buffer = io.BytesIO()
    file = io.TextIOWrapper(buffer, encoding=encoding, errors=errors, write_through=True)
    show(result, Console(file=file, width=width, color_system=None))
    return buffer.getvalue().decode(encoding)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_line_is_wider_than_the_terminal(width):
    last_is_a_command_to_copy = shown(sample_result(), width).splitlines()[:-1]
    assert max(map(cell_len, last_is_a_command_to_copy)) <= width


def test_passing_and_failing_are_words_in_both_languages():
    text = shown(sample_result())
    assert text.count("PASSED 通过") == 2
    assert text.count("FAILED 未通过") == 1


def test_the_paper_figure_stands_beside_ours_and_is_named():
    line = next(line for line in shown(sample_result()).splitlines() if "transactions blocked" in line)
    assert line.split()[-4:] == ["0.041", "%", "0.0063", "%"]
    assert "paper · 白皮书 \n" in shown(sample_result())


def test_no_column_for_the_paper_where_it_has_no_figure():
    assert "paper · 白皮书 \n" not in shown(sample_result(numbers=(Number("rules", "规则", "24"),)))


def test_markup_and_escape_codes_of_a_file_are_shown_not_obeyed():
    table = Table("[red]T[/red]", "", ("a",), (("[bold]x[/bold]\x1b[2J",),))
    text = shown(sample_result(tables=(table,), notes=("[link=http://x]n",)))
    assert "[red]T[/red]" in text
    assert "[bold]x[/bold]" in text
    assert "[link=http://x]n" in text
    assert "\x1b" not in text


def test_a_table_with_too_many_columns_is_stacked_not_cut():
    text = shown(sample_result(), width=80)
    assert "sim_swap_large_transfer" in text
    assert "share of fraud 23.9 %" in " ".join(text.split())


def test_a_chinese_windows_gets_signs_that_its_encoding_has():
    text = shown(sample_result(), encoding="gbk")
    assert "√ PASSED 通过" in text
    assert "× FAILED 未通过" in text


def test_a_terminal_without_any_sign_gets_the_words_alone():
    lines = shown(sample_result(), encoding="ascii", errors="replace").splitlines()
    assert [line.strip("| ").split()[0] for line in lines if "PASSED" in line or "FAILED" in line] == [
        "PASSED",
        "PASSED",
        "FAILED",
    ]


def test_an_empty_result_is_a_short_report():
    text = shown(sample_result(numbers=(), checks=(), tables=(), pictures=(), notes=()))
    assert "Notes" not in text
    assert "Check" not in text
    assert "hexi run anti-fraud --seed 7 --size 200000" in text


def test_the_terminal_report_imports_nothing_heavy():
    heavy = "{'altair', 'jinja2', 'pandas', 'numpy', 'vl_convert'}"
    code = f"import sys, engines.report.terminal, engines.report.page; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
