"""Suites by name: which there are, and one clear message when the national one is not installed."""

import subprocess
import sys
from pathlib import Path

import pytest

import ledger
from ledger.errors import UnknownSuiteError
from ledger.suites import NAMES, by_name
from ledger.verifier_keys import sm2_signer

WITHOUT_TONGSUO = """
import sys
sys.modules["tongsuopy"] = None
from ledger.errors import MissingExtraError
from ledger.suites import by_name
from ledger.verifier_keys import parse_verifier_key, sm2_signer
assert by_name("ed25519-sha256-aesgcm").hash(b"")
for ask in (lambda: by_name("sm2-sm3-sm4"), lambda: sm2_signer("log.example", bytes(32))):
    try:
        ask()
    except MissingExtraError as error:
        print(error)
key = parse_verifier_key(sys.argv[1])
try:
    key.signed_at(bytes(64), b"text")
except MissingExtraError as error:
    print(error)
"""


@pytest.mark.parametrize("name", NAMES)
def test_each_suite_bears_its_name_and_its_lengths(name: str) -> None:
    suite = by_name(name)
    assert suite.name == name
    assert suite is by_name(name)
    public = suite.public_key(b"k" * 32)
    assert len(public) == suite.signing_key_bytes
    assert len(suite.recipient_key(b"k" * 32)) == suite.recipient_key_bytes
    assert len(suite.sign(b"k" * 32, b"paid")) == 64
    assert len(suite.hash(b"")) == 32


@pytest.mark.parametrize("name", ["", "ed25519", "SM2-SM3-SM4", "sm2-sm3-sm4 ", "sm2"])
def test_another_name_is_refused(name: str) -> None:
    with pytest.raises(UnknownSuiteError, match="must be one of ed25519-sha256-aesgcm, sm2-sm3-sm4"):
        by_name(name)


def test_without_the_extra_there_is_one_clear_message() -> None:
    """In a process of its own, in which the package can not be imported; keys are still read, only not used."""
    room = Path(ledger.__file__).parents[1]
    line = str(sm2_signer("log.example", b"k" * 32).key)
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_TONGSUO, line], cwd=room, capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines() == ["the suite sm2-sm3-sm4 needs tongsuopy: pip install -e '.[sm2]'"] * 3
