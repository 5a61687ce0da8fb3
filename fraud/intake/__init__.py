"""From anybody's file of transactions to a clean, typed stream in time order (数据接入).

In: CSV (plain or gzipped; UTF-8, GB18030 or UTF-16; separated by comma, tab, semicolon or bar) or Parquet of any
length, in any order, with other people's names for its columns. Out: frames in the columns of `fraud.schema`, and a
quarantine that names every refused row with its number and reason. The way: `peek` reads the header, `guess` or `load`
gives a mapping, `describe` shows it, `stage` checks and sorts into one Parquet file in bounded memory, `chunks` reads
that as frames. Who has frames already puts them through `check_frame`.
"""

from fraud.intake.frames import CHUNK_ROWS, DTYPES, check_frame, chunks, frame_schema
from fraud.intake.guessing import guess
from fraud.intake.mapping import Mapping, check_header, describe, ignored, load, parse, to_toml
from fraud.intake.opening import Head, peek
from fraud.intake.quarantine import REASONS, BadRow
from fraud.intake.staging import Staged, stage, write_quarantine

__all__ = [
    "CHUNK_ROWS",
    "DTYPES",
    "REASONS",
    "BadRow",
    "Head",
    "Mapping",
    "Staged",
    "check_frame",
    "check_header",
    "chunks",
    "describe",
    "frame_schema",
    "guess",
    "ignored",
    "load",
    "parse",
    "peek",
    "stage",
    "to_toml",
    "write_quarantine",
]
