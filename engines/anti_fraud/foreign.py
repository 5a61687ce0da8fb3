"""Somebody's file as a source of the anti-fraud case: mapped, shown, checked, sorted, and judged."""

from collections.abc import Callable
from pathlib import Path

from rich.table import Table

from engines.anti_fraud.judged import Judged, counting, shipped_costs
from engines.progress import Report
from fraud import intake
from fraud.evaluation import evaluate
from fraud.rules import full_rulebook
from fraud.split import judged_share, time_split

__all__ = ["evaluate_file", "mapping_table"]

_SHOWN_BAD_ROWS = 5


def evaluate_file(
    source: Path,
    mapping: Path | None,
    quarantine: Path | None,
    folder: Path,
    seed: int,
    progress: Report,
    say: Callable[..., None] | None = None,
) -> Judged:
    """Read a file, learn from its earlier payments and judge the later ones.

    Parameters
    ----------
    source, mapping, quarantine
        The file; a TOML file that names its columns, or None to guess them; where refused rows are written, or None.
    folder
        A temporary folder, as large as the file.
    seed, progress, say
        As for the case.

    Raises
    ------
    FraudError
        If the file or the mapping is refused; the message says why.
    """
    head = intake.peek(source)
    chosen = intake.load(mapping) if mapping else intake.guess(head.header, head.sample)
    intake.check_header(head.header, chosen)
    if say is not None:
        say(
            mapping_table(
                chosen, head.header, "guessed from the header · 按表头推断" if mapping is None else mapping.name
            )
        )
        if mapping is None:
            say("To change it, save this as a file and name it with --mapping · 如需修改，另存后用 --mapping 指定:")
            say(intake.to_toml(chosen), markup=False)
    staged = intake.stage(source, chosen, folder, lambda done, total: progress("reading · 读取", done, total))
    if quarantine is not None:
        intake.write_quarantine(staged, quarantine)
    costs = shipped_costs()
    split = time_split(staged.first, staged.last, judged_share(staged.rows))
    frames = intake.chunks(staged)
    evaluation = evaluate(frames, staged.columns, split, full_rulebook(), costs, seed, counting(progress, staged.rows))
    sample = next(intake.chunks(staged, 1_500))
    return Judged(evaluation, costs, staged.rows, sample, None, _notes(staged, quarantine), dict(staged.reasons))


def mapping_table(mapping: intake.Mapping, header: tuple[str, ...], origin: str) -> Table:
    """Return the mapping as a table for the terminal."""
    shown = Table("column · 字段", "", "from · 来源", title=f"columns: {origin}", title_justify="left")
    for name, name_zh, source in intake.describe(mapping, header):
        shown.add_row(name, name_zh, source, style="dim" if source == "left out" else "")
    return shown


def _notes(staged: intake.Staged, quarantine: Path | None) -> tuple[str, ...]:
    notes = list(staged.notes)
    if staged.quarantined:
        where = f"written to {quarantine.name}" if quarantine else "write them with --quarantine FILE"
        notes.append(f"{staged.quarantined:,} rows of the file were refused and left out; {where} · 部分行被隔离")
        notes += [_sentence(bad, staged.counted_in) for bad in staged.bad_rows[:_SHOWN_BAD_ROWS]]
    return tuple(notes)


def _sentence(bad: intake.BadRow, counted_in: str) -> str:
    reason, reason_zh = intake.REASONS[bad.reason]
    return f"{counted_in} {bad.row}: {bad.column} {bad.value!r}: {reason} · {reason_zh}"
