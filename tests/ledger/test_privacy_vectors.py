"""Envelopes and commitments as they were written once: they open for ever, and what was broken in them is refused."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ledger import errors
from ledger.canonical import encode
from ledger.contracts.bids import quote_commitment
from ledger.privacy import open_envelope, open_with_key
from ledger.privacy.commitments import commitment
from ledger.suites import by_name

FOLDER = Path(__file__).with_name("vectors") / "privacy"
ENVELOPES = json.loads((FOLDER / "envelopes.json").read_text(encoding="utf-8"))["vectors"]
QUOTES = json.loads((FOLDER / "quotes.json").read_text(encoding="utf-8"))["vectors"]
REJECTS = [(one["name"], reject["name"], {**one, **reject}) for one in ENVELOPES for reject in one["rejects"]]

Vector = dict[str, Any]


def opened(vector: Vector) -> Any:
    private = {int(number): bytes.fromhex(key) for number, key in vector["private_keys"].items()}
    return open_envelope(
        by_name(vector["suite"]),
        vector["ledger"],
        vector["payload"],
        vector["record"],
        vector["envelope"].encode(),
        vector["recipient"],
        private,
    )


@pytest.mark.parametrize("vector", ENVELOPES, ids=lambda one: one["name"])
def test_an_envelope_opens_with_either_key(vector: Vector) -> None:
    suite = by_name(vector["suite"])
    assert opened(vector) == vector["content"]
    bound = (vector["ledger"], vector["payload"], vector["record"], vector["envelope"].encode())
    assert open_with_key(suite, *bound, bytes.fromhex(vector["key"])) == vector["content"]
    salt = bytes.fromhex(vector["salt"])
    written = commitment(suite.hash, vector["ledger"], "maker-of-parts", "P1", salt, vector["content"])
    assert written == vector["record"]["commitment"]


@pytest.mark.parametrize(("of", "name", "vector"), REJECTS, ids=lambda one: one if isinstance(one, str) else "")
def test_what_was_broken_is_refused(of: str, name: str, vector: Vector) -> None:
    error = getattr(errors, vector["refused"])
    with pytest.raises(error) as caught:
        opened(vector)
    assert caught.type is error


def test_for_each_envelope_there_are_many_rejects() -> None:
    assert len(ENVELOPES) == 4
    assert len(REJECTS) >= 20 * len(ENVELOPES)
    assert len({(of, name) for of, name, _ in REJECTS}) == len(REJECTS)


@pytest.mark.parametrize("vector", QUOTES, ids=lambda one: f"{one['suite']}-{one['bank']}-{one['offer']}")
def test_a_commitment_to_a_quote_is_as_written(vector: Vector) -> None:
    digest, salt = by_name(vector["suite"]).hash, bytes.fromhex(vector["salt"])
    said = quote_commitment(digest, vector["opening"], vector["bank"], vector["offer"], salt)
    assert said == vector["commitment"]


def test_commitments_are_what_their_definitions_say() -> None:
    """The definitions once more, by hand: a name, a zero byte, the salt, and canonical JSON of what is bound."""
    salt = bytes(range(32))
    quote = b"hexi quote\x00" + salt + b'["' + b"ab" * 32 + b'","bank-a",315]'
    assert quote_commitment(_sha256, "ab" * 32, "bank-a", 315, salt) == sha256(quote).hexdigest()
    payload = b"hexi payload\x00" + salt + b'["' + b"cd" * 32 + b'","core","P1",' + encode({"price": 5}) + b"]"
    assert commitment(_sha256, "cd" * 32, "core", "P1", salt, {"price": 5}) == sha256(payload).hexdigest()


def _sha256(data: bytes) -> bytes:
    return sha256(data).digest()
