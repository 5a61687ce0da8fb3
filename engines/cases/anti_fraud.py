"""Anti-fraud platform: rules and a model score every payment, decide, and say why.

Case 1-5 of the white paper, Gansu Bank: rules with a behaviour model over 136.5 million transactions in 18 months. This
case learns from the first part of a stream, waits until labels are known, and judges the rest. It runs on the
synthetic province, where the truth is known to the row, or on a file of your own. Scores on made data say nothing
about a bank; what can be learnt here is how the parts work together, and what rules alone do not see.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

from datasets.plan import BASE_RATE
from engines.anti_fraud.foreign import evaluate_file
from engines.anti_fraud.province import evaluate_province
from engines.anti_fraud.telling import tell
from engines.progress import Report
from engines.result import Result

__all__ = ["PAPER_CASE", "TITLE_ZH", "run"]

PAPER_CASE = "1-5"
TITLE_ZH = "反欺诈平台"

Say = Callable[..., None]


def _silent(step: str, done: int, total: int) -> None:
    """Report no progress."""


def run(
    seed: int = 7,
    size: int = 300_000,
    base_rate: float = BASE_RATE,
    source: Path | None = None,
    mapping: Path | None = None,
    quarantine: Path | None = None,
    progress: Report | None = None,
    say: Say | None = None,
) -> Result:
    """Run the case on the province, or on a file.

    Parameters
    ----------
    seed
        Seed of the province and of the scorer.
    size
        Number of payments to make; not used with a file.
    base_rate
        Share of fraud to make; not used with a file.
    source
        A CSV or Parquet file of payments; None is the province.
    mapping
        A TOML file that names its columns; None guesses them from the header and shows the guess.
    quarantine
        Where the refused rows of the file are written; None does not write them.
    progress
        Called with the name of a step, how much is done and how much there is.
    say
        Called with what the user should see before the result.

    Raises
    ------
    FraudError
        If the file or the mapping is refused; the message says why.
    OutOfRangeError
        If size, seed or base rate is out of range.
    """
    told = progress or _silent
    if source is None:
        made = evaluate_province(seed, size, base_rate, told)
        return tell(made, seed, size, f"synthetic province, {size:,} payments · 合成数据")
    with tempfile.TemporaryDirectory(prefix="hexi-") as folder:
        given = evaluate_file(source, mapping, quarantine, Path(folder), seed, told, say)
        return tell(given, seed, given.rows, f"file {source.name} · 外部文件")
