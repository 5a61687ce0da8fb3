"""Digests and ciphers of both suites: the vectors of the standards."""

from hashlib import sha256
from pathlib import Path

import cryptography_vectors
import pytest
import sm2_twin
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import ECB

from ledger.errors import BadEnvelopeError, BadKeyError
from ledger.suites import NAMES, Suite, by_name

ED25519, SM2 = map(by_name, NAMES)
FOLDER = Path(cryptography_vectors.__file__).parent


def cases(path: str) -> list[dict[str, str]]:
    """Read a file of NIST's form: blocks of `name = value` between empty lines; FAIL stands alone."""
    found: list[dict[str, str]] = []
    for block in (FOLDER / path).read_text().split("\n\n"):
        lines = [line for line in block.splitlines() if line and line[0] not in "#["]
        values = {name.strip().lower(): value.strip() for name, _, value in (line.partition("=") for line in lines)}
        if values:
            found.append(values)
    return found


def test_sm3_gives_the_examples_of_its_standard() -> None:
    """GB/T 32905-2016, annex A: the two examples, and those that others published since."""
    read = cases("hashes/SM3/oscca.txt")
    assert SM2.hash(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert SM2.hash(b"abcd" * 16).hex() == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    assert len(read) == 6
    for one in read:
        message = bytes.fromhex(one["msg"])[: int(one["len"]) // 8]
        assert SM2.hash(message).hex() == one["md"]


@pytest.mark.parametrize("size", [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000])
def test_sm3_agrees_with_a_second_implementation(size: int) -> None:
    data = bytes(one % 251 for one in range(size))
    assert SM2.hash(data).hex() == sm2_twin.hash_of(data)


def test_the_other_suite_hashes_with_sha_256() -> None:
    assert ED25519.hash(b"abc") == sha256(b"abc").digest()


def test_sm4_gives_the_examples_of_its_standard() -> None:
    """GB/T 32907-2016, annex A, and what was published with it; the suite uses the cipher in GCM only."""
    read = [one for one in cases("ciphers/SM4/draft-ribose-cfrg-sm4-10-ecb.txt") if "key" in one]
    assert read[0]["ciphertext"] == "681edf34d206965e86b3e94f536e4246"
    for one in read:
        encryptor = Cipher(SM4(bytes.fromhex(one["key"])), ECB()).encryptor()
        assert encryptor.update(bytes.fromhex(one["plaintext"])).hex() == one["ciphertext"]


def test_sm4_gcm_gives_the_example_of_rfc_8998() -> None:
    (one,) = cases("ciphers/SM4/rfc8998.txt")
    key, nonce, associated, plaintext = (bytes.fromhex(one[name]) for name in ("key", "iv", "aad", "plaintext"))
    sealed = SM2.seal(key, nonce, plaintext, associated)
    assert sealed.hex() == one["ciphertext"] + one["tag"]
    assert SM2.unseal(key, nonce, sealed, associated) == plaintext


def test_aes_gcm_gives_the_vectors_of_nist() -> None:
    read = [one for one in cases("ciphers/AES/GCM/gcmEncryptExtIV256.rsp") if "pt" in one]
    taken = [one for one in read if len(one["iv"]) == 24 and len(one["tag"]) == 32]
    assert len(taken) > 300
    for one in taken:
        key, nonce, plaintext, associated = (bytes.fromhex(one[name]) for name in ("key", "iv", "pt", "aad"))
        assert ED25519.seal(key, nonce, plaintext, associated).hex() == one["ct"] + one["tag"]


def test_aes_gcm_refuses_what_the_vectors_of_nist_refuse() -> None:
    read = [one for one in cases("ciphers/AES/GCM/gcmDecrypt256.rsp") if "ct" in one]
    taken = [one for one in read if len(one["iv"]) == 24 and len(one["tag"]) == 32]
    failed = 0
    for one in taken:
        given = [bytes.fromhex(one[name]) for name in ("key", "iv", "ct", "tag", "aad")]
        key, nonce, sealed, associated = given[0], given[1], given[2] + given[3], given[4]
        if "fail" in one:
            failed += 1
            with pytest.raises(BadEnvelopeError):
                ED25519.unseal(key, nonce, sealed, associated)
        else:
            assert ED25519.unseal(key, nonce, sealed, associated).hex() == one["pt"]
    assert 20 < failed < len(taken) - 20


@pytest.mark.parametrize("suite", [ED25519, SM2], ids=NAMES)
def test_each_flipped_bit_of_what_is_sealed_is_refused(suite: Suite) -> None:
    key, nonce = b"k" * suite.key_bytes, b"n" * 12
    sealed = suite.seal(key, nonce, b"price: 3.15 %", b"quote 7")
    assert suite.unseal(key, nonce, sealed, b"quote 7") == b"price: 3.15 %"
    for place in range(8 * len(sealed)):
        broken = (int.from_bytes(sealed, "big") ^ 1 << place).to_bytes(len(sealed), "big")
        with pytest.raises(BadEnvelopeError):
            suite.unseal(key, nonce, broken, b"quote 7")


@pytest.mark.parametrize("suite", [ED25519, SM2], ids=NAMES)
def test_sealed_bytes_open_only_with_all_that_sealed_them(suite: Suite) -> None:
    key, nonce = b"k" * suite.key_bytes, b"n" * 12
    sealed = suite.seal(key, nonce, b"price", b"quote 7")
    rejects = {
        "another key": (b"K" * suite.key_bytes, nonce, sealed, b"quote 7"),
        "key of the other suite's length": (b"k" * (48 - suite.key_bytes), nonce, sealed, b"quote 7"),
        "no key": (b"", nonce, sealed, b"quote 7"),
        "another nonce": (key, b"N" * 12, sealed, b"quote 7"),
        "nonce of 16 bytes": (key, b"n" * 16, sealed, b"quote 7"),
        "no nonce": (key, b"", sealed, b"quote 7"),
        "another context": (key, nonce, sealed, b"quote 8"),
        "no context": (key, nonce, sealed, b""),
        "a byte less": (key, nonce, sealed[:-1], b"quote 7"),
        "a byte more": (key, nonce, sealed + b"\0", b"quote 7"),
        "the tag alone": (key, nonce, sealed[-16:], b"quote 7"),
        "less than a tag": (key, nonce, sealed[:15], b"quote 7"),
        "nothing": (key, nonce, b"", b"quote 7"),
    }
    for name, given in rejects.items():
        with pytest.raises(BadEnvelopeError):
            pytest.fail(f"{name} opened: {suite.unseal(*given)!r}")


@pytest.mark.parametrize("suite", [ED25519, SM2], ids=NAMES)
def test_what_can_not_be_sealed_with_is_refused(suite: Suite) -> None:
    for key in (b"", b"k" * (suite.key_bytes - 1), b"k" * (48 - suite.key_bytes)):
        with pytest.raises(BadKeyError, match=f"must be {suite.key_bytes} bytes"):
            suite.seal(key, b"n" * 12, b"price", b"")
    for nonce in (b"", b"n" * 11, b"n" * 16):
        with pytest.raises(BadEnvelopeError, match="nonce must be 12 bytes"):
            suite.seal(b"k" * suite.key_bytes, nonce, b"price", b"")


@pytest.mark.parametrize("suite", [ED25519, SM2], ids=NAMES)
def test_nothing_can_be_sealed_too(suite: Suite) -> None:
    key, nonce = b"k" * suite.key_bytes, b"n" * 12
    assert suite.unseal(key, nonce, suite.seal(key, nonce, b"", b""), b"") == b""
