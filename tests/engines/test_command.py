"""The command line: its words, exit codes, sentences, and how little it needs to start."""

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from datasets.catalogue import TABLES
from engines import catalogue
from engines.__main__ import main
from engines.result import Check, Result

ROOT = Path(__file__).resolve().parents[2]


def python(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False, **options)


def test_help_needs_nothing_heavy() -> None:
    told = python("-c", "import sys; from engines.__main__ import main; main(['--help']); print(sorted(sys.modules))")
    assert told.returncode == 0
    for heavy in ("pandas", "numpy", "sklearn", "pyarrow", "rich", "altair"):
        assert f"'{heavy}'" not in told.stdout


def test_the_list_needs_no_engine() -> None:
    told = python("-c", "import sys; from engines.__main__ import main; main(['list']); print(sorted(sys.modules))")
    assert told.returncode == 0
    assert "'sklearn'" not in told.stdout
    assert "anti-fraud" in told.stdout
    assert "1-5" in told.stdout
    assert "反欺诈平台" in told.stdout


def test_python_m_engines_is_the_same_command() -> None:
    assert python("-m", "engines", "--help").stdout.startswith("usage: hexi")


def test_the_catalogue_as_json_names_paper_case_and_both_titles(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    case = next(entry for entry in told["cases"] if entry["name"] == "anti-fraud")
    assert case["paper_case"] == "1-5"
    assert case["title"].startswith("Anti-fraud")
    assert case["title_zh"] == "反欺诈平台"
    assert {table["name"] for table in told["tables"]} == set(TABLES)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "the following arguments are required"),
        (["fly"], "invalid choice: 'fly'"),
        (["run"], "CASE"),
        (["run", "anti-frod"], "did you mean 'anti-fraud'?"),
        (["run", "anti-fraud", "--seed", "x"], "invalid int value: 'x'"),
        (["run", "anti-fraud", "--seed", "-1"], "the seed is -1"),
        (["run", "anti-fraud", "--size", "50"], "at least 200 are needed"),
        (["run", "anti-fraud", "--size", "-5"], "n is -5"),
        (["run", "anti-fraud", "--base-rate", "lots"], "'lots'"),
        (["run", "anti-fraud", "--base-rate", "0.9"], "0.9"),
        (["run", "anti-fraud", "--mapping", "x.toml"], "--input FILE, which was not given"),
        (["run", "anti-fraud", "--input", "x.csv", "--size", "5"], "--size"),
        (["run", "anti-fraud", "--input", "nowhere.csv"], "nowhere.csv"),
        (["run", "anti-fraud", "--html", "nowhere/x.html"], "nowhere/x.html"),
        (["run", "anti-fraud", "--input", "x.csv", "--quarantine", "./x.csv"], "the input itself"),
        (["run", "anti-fraud", "--input", "x.csv", "--quarantine", "nowhere/q.csv"], "nowhere/q.csv"),
        (["data", "peeple"], "did you mean 'people'?"),
        (["data", "people", "-n", "-4"], "n is -4"),
        (["data", "people", "--base-rate", "0.1"], "people has no base rate"),
        (["data", "people", "-n", "5", "-o", "x.xlsx"], ".csv or .parquet"),
        (["data", "people", "-n", "5", "-o", "nowhere/x.csv"], "nowhere/x.csv"),
        (["data", "people", "--seed", "-2"], "the seed is -2"),
        (["bench", "nothing"], "there is no benchmark 'nothing'"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(
    words: list[str], sentence: str, capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    said = capfd.readouterr().err.strip()
    assert sentence in said.replace("\n", " ")
    assert "Traceback" not in said
    assert not list(tmp_path.iterdir())


def test_debug_shows_where_an_error_arose() -> None:
    with pytest.raises(ValueError, match="n is -4"):
        main(["data", "people", "-n", "-4", "--debug"])


def test_a_fault_of_our_own_says_so(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    def broken(*ignored: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(catalogue, "load", broken)
    assert main(["run", "anti-fraud"]) == 2
    assert "fault in Hexi: ZeroDivisionError" in capfd.readouterr().err


def test_a_failed_check_is_exit_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(progress: object, say: object) -> Result:
        failed = Check("money is conserved", "资金守恒", False, "a fen is missing")
        return Result("x", "X", "某", "9-9", "all is not well", "有误", 1, 1, "nowhere", checks=(failed,))

    monkeypatch.setattr(catalogue, "load", lambda *ignored: SimpleNamespace(run=run))
    assert main(["run", "x"]) == 1


def test_an_interrupt_is_exit_code_130(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    def stop(*ignored: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(catalogue, "load", stop)
    assert main(["run", "x"]) == 130
    assert "stopped" in capfd.readouterr().err


@pytest.mark.parametrize("name", sorted(TABLES))
@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_every_table_can_be_written(name: str, ending: str, tmp_path: Path) -> None:
    import pandas as pd

    path = tmp_path / f"{name}{ending}"
    assert main(["data", name, "-n", "500", "--seed", "3", "-o", str(path)]) == 0
    read = pd.read_csv(path) if ending == ".csv" else pd.read_parquet(path)
    assert 0 < len(read) <= 500
    assert list(tmp_path.iterdir()) == [path]


def test_a_table_can_be_looked_at(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "transactions", "-n", "20"]) == 0
    assert "customer_id" in capfd.readouterr().out


def test_a_foreign_package_called_datasets_is_refused_by_name(tmp_path: Path) -> None:
    package = tmp_path / "datasets"
    package.mkdir()
    (package / "__init__.py").write_text("")
    start = "from engines.__main__ import main; sys.exit(main(['list']))"
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {start}"
    told = python("-c", program)
    assert told.returncode == 2
    assert "another package" in told.stderr
    assert "of its own" in told.stderr
