"""Scores and hits on Spark are those of one machine, bit for bit: on Sail, and where it is there on PySpark itself."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from fraud.errors import ExtraMissingError, SparkFrameError
from fraud.rules import first_rulebook
from fraud.rules.compiled import compile_rules
from fraud.spark import rule_hits, score, spark_session
from fraud.spark.scoring import probabilities

# what the job asks of PySpark and pandas 3 is tested here; nobody can act on these two warnings
pytestmark = [
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]
ROOT = Path(__file__).parents[2]
NAMES = ["amount_fen", "customer_age", "terminal_frauds_30d", "terminal_count_7d"]
SCHEMA = "transaction_id string, amount_fen bigint, customer_age double"
SCHEMA += ", terminal_frauds_30d bigint, terminal_count_7d bigint"


def payments(rows: int, seed: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"transaction_id": [f"T{row}" for row in range(rows)]})
    table["amount_fen"] = rng.integers(1, 10**7, rows)
    table["customer_age"] = np.where(rng.random(rows) < 0.1, np.nan, rng.integers(18, 90, rows))
    table["terminal_frauds_30d"] = rng.integers(0, 4, rows)
    table["terminal_count_7d"] = rng.integers(0, 20, rows)
    return table


def fitted(table: pd.DataFrame) -> HistGradientBoostingClassifier:
    label = (table["amount_fen"] > 5 * 10**6) & (table["terminal_frauds_30d"] > 0)
    return HistGradientBoostingClassifier(max_iter=10).fit(table[NAMES].astype(float), label)


def on_spark(session: Any, table: pd.DataFrame) -> Any:
    rows = [
        tuple(None if value != value else value for value in row) for row in table.astype(object).to_numpy().tolist()
    ]
    return session.createDataFrame(rows, SCHEMA)


def check_scores(session: Any) -> None:
    table = payments(1_000)
    scorer = fitted(table)
    found = score(on_spark(session, table).repartition(3), scorer).toPandas()
    wanted = table.assign(probability=probabilities(scorer, table, NAMES)).set_index("transaction_id")
    there = found.set_index("transaction_id").loc[wanted.index]
    assert (there["probability"].to_numpy() == wanted["probability"].to_numpy()).all()
    assert (there["amount_fen"] == wanted["amount_fen"]).all()


def check_hits(session: Any) -> None:
    table = payments(800)
    book, _ = first_rulebook().available(list(table))
    rules = compile_rules(book)
    wanted = {}
    for row in table.to_dict("records"):
        event = {name: value for name, value in row.items() if value == value}
        wanted[row["transaction_id"]] = [rules.ids[place] for place in rules.event_hits(event)]
    found = (
        rule_hits(on_spark(session, table).repartition(3), first_rulebook()).select("transaction_id", "hits").collect()
    )
    assert {row["transaction_id"]: list(row["hits"]) for row in found} == wanted
    assert 0 < sum(map(bool, wanted.values())) < len(wanted)


@pytest.fixture(scope="module")
def sail() -> Iterator[Any]:
    for name in ("pysail", "pyspark"):
        pytest.importorskip(name, reason=f"waits for {name}: pip install -e '.[fraud,spark]'")
    with spark_session() as session:
        yield session


def test_sail_gives_the_scores_of_one_machine(sail: Any) -> None:
    check_scores(sail)


def test_sail_gives_the_hits_of_one_machine(sail: Any) -> None:
    check_hits(sail)


def test_a_model_file_is_read_by_the_workers(sail: Any, tmp_path: Path) -> None:
    from fraud import modelfile
    from fraud.scorers.regression import FeatureRegression

    table = payments(500)
    scorer = FeatureRegression().fit(table[NAMES].astype(float), table["amount_fen"] > 5 * 10**6)
    modelfile.save(tmp_path / "model.hexi", scorer, NAMES, {})
    found = score(on_spark(sail, table), tmp_path / "model.hexi").toPandas().set_index("transaction_id")
    wanted = probabilities(scorer, table, NAMES)
    assert (found.loc[table["transaction_id"], "probability"].to_numpy() == wanted).all()


def test_an_empty_frame_has_no_scores_and_no_hits(sail: Any) -> None:
    table = payments(50)
    empty = on_spark(sail, table).filter("amount_fen < 0")
    assert score(empty, fitted(table)).count() == 0
    assert rule_hits(empty, first_rulebook()).count() == 0


def test_columns_that_do_not_fit_are_refused_before_anything_runs(sail: Any) -> None:
    frame = on_spark(sail, payments(50))
    with pytest.raises(SparkFrameError, match="no column terminal_count_7d"):
        score(frame.drop("terminal_count_7d"), fitted(payments(50)))
    with pytest.raises(SparkFrameError, match="transaction_id is of type string"):
        score(frame, fitted(payments(50)), ["transaction_id"])
    with pytest.raises(SparkFrameError, match="amount_fen already"):
        score(frame, fitted(payments(50)), column="amount_fen")
    with pytest.raises(SparkFrameError, match="no rule of first"):
        rule_hits(frame.select("transaction_id"), first_rulebook())
    with pytest.raises(SparkFrameError, match="does not say which columns"):
        score(frame, object())


def test_without_the_extra_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ExtraMissingError, match=r"pip install -e '\.\[fraud,spark\]'"), spark_session():
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


SMOKE = """
from test_spark import check_hits, check_scores
from fraud.spark import spark_session
if __name__ == "__main__":
    with spark_session("local[2]") as session:
        check_scores(session)
        check_hits(session)
    print("equal")
"""


def test_pyspark_itself_gives_the_scores_and_hits_of_one_machine(tmp_path: Path) -> None:
    folder = real_pyspark()
    (tmp_path / "smoke.py").write_text(SMOKE)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SPARK_", "PYSPARK_"))}
    path = os.pathsep.join([folder, str(ROOT), str(Path(__file__).parent)])
    told = subprocess.run(
        [sys.executable, "smoke.py"],
        cwd=tmp_path,
        env=inherited | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stdout.strip() == "equal", told.stderr[-2_000:]
