"""Checkpoints: three lines in their one form, signed by the log."""

import base64

import numpy as np
import pytest

from ledger.checkpoint import LARGEST_LOG, Checkpoint, open_checkpoint, parse_checkpoint
from ledger.errors import CheckpointError, NoteError, NoteSignatureError, UnsignedNoteError
from ledger.notes import Note, sign_note, signature_of
from ledger.verifier_keys import COSIGNATURE, Signer, cosignature_message, ed25519_signer, sm2_signer

LOGS = {"Ed25519": ed25519_signer("log.example", b"l" * 32), "SM2": sm2_signer("log.example", b"l" * 32)}
LOG = LOGS["Ed25519"]
ROOT = base64.b64encode(bytes(range(32))).decode()
GOOD = f"log.example\n7\n{ROOT}\n"


def test_a_checkpoint_is_read_back_as_it_was_written() -> None:
    one = parse_checkpoint(GOOD)
    assert one == Checkpoint("log.example", 7, bytes(range(32)))
    assert one.text == GOOD


def test_an_empty_log_and_the_largest_have_checkpoints() -> None:
    for size in (0, 1, LARGEST_LOG):
        assert parse_checkpoint(Checkpoint("log.example", size, bytes(32)).text).size == size


def test_further_lines_are_carried() -> None:
    one = parse_checkpoint(GOOD + "block 3 00ff\nother\n")
    assert one.extensions == ("block 3 00ff", "other")
    assert one.text == GOOD + "block 3 00ff\nother\n"


def test_the_example_of_cosignatures_is_read() -> None:
    """The tree head of a log of Sigsum in C2SP tlog-cosignature, and what a witness signs for it."""
    tree = "sigsum.org/v1/tree/3620c0d515f87e60959d29a4682fd1f0db984704981fda39b3e9ba0a44f57e2f"
    text = f"{tree}\n15368405\n31JQUq8EyQx5lpqtKRqryJzA+77WD2xmTyuB4uIlXeE=\n"
    one = parse_checkpoint(text)
    assert (one.origin, one.size, one.text) == (tree, 15_368_405, text)
    assert cosignature_message(1679315147, text.encode()).decode() == f"cosignature/v1\ntime 1679315147\n{text}"


REJECTS: dict[str, str] = {
    "nothing": "",
    "one line": "log.example\n",
    "two lines": "log.example\n7\n",
    "no line feed at the end": GOOD[:-1],
    "no line feed after an extension": GOOD + "block 3",
    "no origin": GOOD.removeprefix("log.example"),
    "an empty line before": "\n" + GOOD,
    "an empty line after": GOOD + "\n",
    "an empty line between extensions": GOOD + "one\n\ntwo\n",
    "carriage returns": GOOD.replace("\n", "\r\n"),
    "a tab in the origin": "log\texample" + GOOD.removeprefix("log.example"),
    "a size with a zero before": GOOD.replace("\n7\n", "\n07\n"),
    "a size with a sign": GOOD.replace("\n7\n", "\n+7\n"),
    "a negative size": GOOD.replace("\n7\n", "\n-7\n"),
    "a size with a blank": GOOD.replace("\n7\n", "\n7 \n"),
    "a size with commas": GOOD.replace("\n7\n", "\n7,000\n"),
    "a size with underscores": GOOD.replace("\n7\n", "\n7_000\n"),
    "a size in other digits": GOOD.replace("\n7\n", "\n٧\n"),
    "a size in hexadecimal": GOOD.replace("\n7\n", "\n0x7\n"),
    "a size with a point": GOOD.replace("\n7\n", "\n7.0\n"),
    "no size": GOOD.replace("\n7\n", "\n\n"),
    "a size of 2^63": GOOD.replace("\n7\n", f"\n{2**63}\n"),
    "a size of twenty digits": GOOD.replace("\n7\n", "\n10000000000000000000\n"),
    "a root of 31 bytes": f"log.example\n7\n{base64.b64encode(bytes(31)).decode()}\n",
    "a root of 33 bytes": f"log.example\n7\n{base64.b64encode(bytes(33)).decode()}\n",
    "no root": "log.example\n7\n\n",
    "a root with loose last bits": GOOD.replace("8=", "9="),
    "a root without padding": GOOD.replace("=", ""),
    "a root with a blank": GOOD.replace("=", "= "),
    "a root in hexadecimal": f"log.example\n7\n{bytes(32).hex()}\n",
    "size and root exchanged": f"log.example\n{ROOT}\n7\n",
}


@pytest.mark.parametrize("text", REJECTS.values(), ids=REJECTS)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(CheckpointError):
        parse_checkpoint(text)


@pytest.mark.parametrize("text", [None, GOOD.encode(), 7])
def test_only_text_is_read(text: str) -> None:
    with pytest.raises(CheckpointError):
        parse_checkpoint(text)


def test_loose_last_bits_are_another_way_to_write_the_same_root() -> None:
    loose = REJECTS["a root with loose last bits"].split("\n")[2]
    assert loose != ROOT
    assert base64.b64decode(loose) == base64.b64decode(ROOT)


VALUES: dict[str, tuple[object, object, object, tuple[str, ...]]] = {
    "an origin of two lines": ("log\nexample", 7, bytes(32), ()),
    "an empty origin": ("", 7, bytes(32), ()),
    "an origin of bytes": (b"log", 7, bytes(32), ()),
    "a negative size": ("log", -1, bytes(32), ()),
    "a size beyond": ("log", 2**63, bytes(32), ()),
    "a size that is a float": ("log", 7.0, bytes(32), ()),
    "a size that is a truth": ("log", True, bytes(32), ()),
    "a short root": ("log", 7, bytes(31), ()),
    "a root of text": ("log", 7, "0" * 32, ()),
    "an empty extension": ("log", 7, bytes(32), ("",)),
    "an extension of two lines": ("log", 7, bytes(32), ("a\nb",)),
}


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
def test_what_could_not_be_read_back_is_not_made(values: tuple[str, int, bytes, tuple[str, ...]]) -> None:
    with pytest.raises(CheckpointError):
        Checkpoint(*values)


@pytest.mark.parametrize("log", LOGS.values(), ids=LOGS)
def test_a_signed_checkpoint_opens_with_the_key_of_its_log(log: Signer) -> None:
    data = sign_note(GOOD, [log]).encode()
    checkpoint, note = open_checkpoint(data, [log.key])
    assert checkpoint.text == note.text == GOOD
    for place in range(0, 8 * len(data), 7):
        flipped = (int.from_bytes(data, "big") ^ 1 << place).to_bytes(len(data), "big")
        with pytest.raises((NoteError, CheckpointError)):
            open_checkpoint(flipped, [log.key])


def test_a_checkpoint_that_only_others_signed_does_not_open() -> None:
    witness = ed25519_signer("w.example", b"w" * 32, COSIGNATURE)
    data = sign_note(GOOD, [witness, LOGS["SM2"]], at=7).encode()
    with pytest.raises(UnsignedNoteError):
        open_checkpoint(data, [LOG.key])
    forged = Note(GOOD, (signature_of(LOG, "log.example\n8\n" + ROOT + "\n"),)).encode()
    with pytest.raises(NoteSignatureError):
        open_checkpoint(forged, [LOG.key])


def test_a_note_that_is_no_checkpoint_does_not_open_though_the_log_signed_it() -> None:
    with pytest.raises(CheckpointError):
        open_checkpoint(sign_note("Paid.\n", [LOG]).encode(), [LOG.key])


def test_random_texts_are_read_in_one_form_or_refused() -> None:
    rng, read = np.random.default_rng(6962), 0
    letters = list("0123456789AB=\n log")
    for _ in range(4000):
        text = list(GOOD)
        for place in rng.integers(0, len(text), 2):
            text[place] = str(rng.choice(letters))
        try:
            one = parse_checkpoint("".join(text))
        except CheckpointError:
            continue
        read += 1
        assert one.text == "".join(text)
    assert 400 < read < 3600
