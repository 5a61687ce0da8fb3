"""Proof bundles: a ledger as files that anybody can carry away, of which every byte counts.

`blocks.jsonl` has a line for each block, its header and its checkpoint; `checkpoint` is the last of these, a signed
note, under which the witnesses whose keys are in `witnesses` have signed too; `tile/` is the log in C2SP's tiles with
its entries. A reader of transparency logs needs the last two; the auditor reads all of it, and checks that there is
nothing else.

References
----------
C2SP tlog-tiles, tlog-checkpoint, tlog-cosignature (c2sp.org).
"""

from collections.abc import Generator, Iterable, Iterator
from itertools import count, islice
from pathlib import Path

from ledger.auditor.stored import StoredBlock
from ledger.block import join_entries, read_header
from ledger.canonical import decode, encode
from ledger.errors import BlockError, LedgerError, NoLedgerError
from ledger.frontier import leaf_hashes
from ledger.genesis import read_genesis
from ledger.notes import Note, parse_note, verify_note
from ledger.schema import Kind, Schema
from ledger.suites import NAMES, by_name
from ledger.tiles import WIDTH, GrowingTiles, bundle_path, read_bundle
from ledger.verifier_keys import VerifierKey, parse_verifier_key

__all__ = ["BLOCKS", "CHECKPOINT", "WITNESSES", "block_line", "bundle_blocks"]

BLOCKS, CHECKPOINT, WITNESSES = "blocks.jsonl", "checkpoint", "witnesses"
_LINE = Schema(
    {
        "checkpoint": Kind("text", lambda value: type(value) is str),
        "header": Kind("an object", lambda value: type(value) is dict),
    }
)


def block_line(block: StoredBlock) -> bytes:
    """Return the line of a block in `blocks.jsonl`."""
    return encode({"checkpoint": block.checkpoint.decode(), "header": decode(block.header)}) + b"\n"


def bundle_blocks(directory: Path) -> Generator[StoredBlock, None, None]:
    """Read the blocks of a bundle in order, and, after the last, check what the bundle holds besides.

    Raises
    ------
    NoLedgerError
        If the directory is no bundle.
    BlockError
        If a file is missing, not as it was written, or not a bundle's.
    """
    if not (directory / BLOCKS).is_file():
        raise NoLedgerError(f"{directory} is not a proof bundle: it has no file {BLOCKS}")
    paths: list[str] = []
    entries = _entries(directory, paths)
    digest = by_name(NAMES[0]).hash
    tiles = GrowingTiles(digest)
    number, last = -1, b""
    for number, line in enumerate(_lines(directory / BLOCKS)):
        header, last = _read_line(line, number)
        held = list(islice(entries, read_header(header).transactions))
        if number == 0 and held:
            digest = by_name(read_genesis(held[0]).suite).hash
            tiles = GrowingTiles(digest)
        _check_tiles(directory, paths, tiles.add(leaf_hashes(held, hash=digest)))
        yield StoredBlock(number, header, join_entries(held), last)
    if next(entries, None) is not None:
        raise BlockError(f"the bundle has more entries than its {number + 1} blocks")
    _check_tiles(directory, paths, tiles.rest())
    _check_files(directory, paths, last)


def _read_line(line: bytes, number: int) -> tuple[bytes, bytes]:
    try:
        value = decode(line)
        _LINE.check(value, "block")
        return encode(value["header"]), value["checkpoint"].encode()
    except LedgerError as error:
        raise BlockError(f"line {number + 1} of {BLOCKS} does not hold: {error}") from None


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                raise BlockError(f"{BLOCKS} ends inside a line")
            yield line[:-1]


def _entries(directory: Path, paths: list[str]) -> Iterator[bytes]:
    """Read the bundles of entries one after the other, and note which files they were."""
    width = WIDTH
    for index in count():
        path = bundle_path(index)
        if not (directory / path).is_file():
            partial = sorted((directory / f"{path}.p").glob("*"))
            if not partial:
                return
            width = int(partial[0].name) if partial[0].name.isdecimal() else 0
            path = bundle_path(index, width)
        try:
            entries = read_bundle((directory / path).read_bytes(), width)
        except (OSError, LedgerError) as error:
            raise BlockError(f"{path} does not hold: {error}") from None
        paths.append(path)
        yield from entries
        if width < WIDTH:
            return


def _check_tiles(directory: Path, paths: list[str], tiles: Iterable[tuple[str, bytes]]) -> None:
    """Refuse tiles that are not what the entries give."""
    for path, content in tiles:
        if not (directory / path).is_file() or (directory / path).read_bytes() != content:
            raise BlockError(f"{path} is not the tile that the entries give")
        paths.append(path)


def _check_files(directory: Path, paths: list[str], last: bytes) -> None:
    """Refuse a bundle whose other files are not what its last checkpoint gives."""
    keys = _witness_keys(directory)
    note, mine = parse_note(_contents(directory / CHECKPOINT)), parse_note(last)
    if note.text != mine.text or note.signatures[: len(mine.signatures)] != mine.signatures:
        raise BlockError(f"{CHECKPOINT} is not the last block's")
    witnessed = note.signatures[len(mine.signatures) :]
    if len({one.line for one in witnessed}) != len(verify_note(Note(note.text, witnessed), keys) if witnessed else ()):
        raise BlockError(f"{CHECKPOINT} bears signatures of others than the witnesses in {WITNESSES}")
    wanted = {BLOCKS, CHECKPOINT, *paths} | ({WITNESSES} if keys else set())
    there = {path.relative_to(directory).as_posix() for path in directory.rglob("*") if not path.is_dir()}
    if stray := sorted(there - wanted):
        raise BlockError(f"{stray[0]} is no file of a bundle")


def _witness_keys(directory: Path) -> list[VerifierKey]:
    if not (directory / WITNESSES).is_file():
        return []
    text = _contents(directory / WITNESSES).decode(errors="replace")
    keys = [parse_verifier_key(line) for line in text.removesuffix("\n").split("\n")]
    if "".join(f"{key}\n" for key in keys) != text:
        raise BlockError(f"{WITNESSES} is not a list of verifier keys, one a line")
    return keys


def _contents(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BlockError(f"{path.name} can not be read: {error.strerror}") from None
