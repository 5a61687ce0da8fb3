"""A small foreign file and the short way to stage it, for the tests of the intake."""

from pathlib import Path

from fraud.intake import Mapping, Staged, guess, peek, stage

HEADER = "TX_ID,when,who,paid,label\n"
NAMES = {
    "transaction_id": "TX_ID",
    "occurred_at": "when",
    "customer_id": "who",
    "amount_fen": "paid",
    "is_fraud": "label",
}
MAPPING = Mapping(NAMES)
GOOD = (
    "t1,2018-04-01 09:00:00,007,57.16,0\n"
    "t2,2018-04-01 09:00:01,596,146.0,1\n"
    "t3,2018-04-01 09:00:01,007,0.01,0\n"
    "t4,2018-04-01 09:00:02,596,12,0\n"
)


def write(folder: Path, content: str | bytes, name: str = "theirs.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def staged(folder: Path, rows: str, header: str = HEADER, mapping: Mapping = MAPPING, **how: int) -> Staged:
    """Stage a header and rows of text."""
    return stage(write(folder, header + rows), mapping, into(folder), **how)


def staged_by_guess(path: Path) -> Staged:
    head = peek(path)
    return stage(path, guess(head.header, head.sample), into(path.parent))


def into(folder: Path) -> Path:
    target = folder / "staged"
    target.mkdir(exist_ok=True)
    return target


def left_in(folder: Path) -> list[str]:
    """What lies in the folder that files are staged into."""
    return sorted(path.name for path in into(folder).iterdir())
