"""The command of the job on Spark, on Sail and, where it is there, on PySpark itself."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from spark_sample import ordered, province, table

from credit_graph.errors import ExtraMissingError
from credit_graph.spark import spark_session, structures_of

ROOT = Path(__file__).parents[2]


HERE = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))


def command(folder: Path, *given: str, path: str = HERE) -> "subprocess.CompletedProcess[str]":
    # a session of Spark Connect in this process leaves word of itself
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SPARK_", "PYSPARK_"))}
    return subprocess.run(
        [sys.executable, "-m", "credit_graph.spark", "edges.parquet", "-o", "found.parquet", *given],
        cwd=folder,
        env=inherited | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_writes_the_rows_and_counts_the_structures(sail: Any, tmp_path: Path) -> None:
    ties = province(100, 90, seed=2)
    ties.to_parquet(tmp_path / "edges.parquet")
    told = command(tmp_path)
    assert told.returncode == 0, told.stderr
    wanted = ordered(structures_of(ties))
    pd.testing.assert_frame_equal(ordered(pd.read_parquet(tmp_path / "found.parquet")), wanted)
    pairs = int(((wanted["kind"] == "mutual") & (wanted["place"] == 0)).sum())
    assert re.search(rf"^mutual +{pairs}$", told.stdout, re.MULTILINE)


def test_the_command_refuses_bad_ties_in_one_sentence(sail: Any, tmp_path: Path) -> None:
    table([(0, 1, -5)]).to_parquet(tmp_path / "edges.parquet")
    told = command(tmp_path)
    assert told.returncode == 2
    assert told.stdout == ""
    assert told.stderr.splitlines() == [
        "credit_graph.spark: the table of ties has bad rows: in 1 of them amount_fen is negative; correct these"
    ]
    assert not (tmp_path / "found.parquet").exists()


def test_without_the_extra_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ExtraMissingError, match=r"pip install -e '\.\[graph,spark\]'"), spark_session():
        pass


# PySpark itself


def real_pyspark() -> str:
    """The folder of the full PySpark, which cannot share an environment with its client: both are called pyspark."""
    java = shutil.which("java", path=f"{os.environ.get('JAVA_HOME', '')}/bin{os.pathsep}{os.environ['PATH']}")
    if java is None:
        pytest.skip("waits for Java 17: apt-get install openjdk-17-jre-headless")
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    if int((re.findall(r'version "(\d+)', told) or ["0"])[0]) < 17:
        pytest.skip(f"waits for Java 17 or later: {told.splitlines()[:1]}")
    folder = os.environ.get("HEXI_PYSPARK", "")
    if not (Path(folder) / "pyspark" / "jars").is_dir():
        pytest.skip("waits for PySpark: pip install --no-deps --target DIR pyspark py4j, and HEXI_PYSPARK=DIR")
    return folder


def test_real_pyspark_gives_the_rows_of_one_machine(tmp_path: Path) -> None:
    folder = real_pyspark()
    ties = province(300, 250, seed=13)
    ties.to_parquet(tmp_path / "edges.parquet")
    told = command(tmp_path, "--remote", "local[2]", path=f"{folder}{os.pathsep}{ROOT}")
    assert told.returncode == 0, told.stderr[-3000:]
    pd.testing.assert_frame_equal(ordered(pd.read_parquet(tmp_path / "found.parquet")), ordered(structures_of(ties)))
