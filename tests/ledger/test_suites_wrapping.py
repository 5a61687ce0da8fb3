"""Wrapping for a recipient: the vectors of the standards, second implementations, and what must not open."""

import json
from pathlib import Path

import cryptography_vectors
import hpke_twin
import numpy as np
import pytest
import sm2_twin
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from tongsuopy.crypto.asymciphers import ec

from ledger.der import OCTET_STRING, SEQUENCE, element, integer_element
from ledger.errors import BadEnvelopeError, BadKeyError
from ledger.suites import NAMES, Suite, by_name

ED25519, SM2 = map(by_name, NAMES)
BOTH = pytest.mark.parametrize("suite", [ED25519, SM2], ids=NAMES)
FOLDER = Path(cryptography_vectors.__file__).parent
PRIVATE = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")  # GB/T 32918.5


def test_x25519_gives_the_vectors_of_rfc_7748() -> None:
    text = (FOLDER / "asymmetric" / "X25519" / "rfc7748.txt").read_text()
    values = [bytes.fromhex(line.split(" = ")[1]) for line in text.splitlines() if line.startswith(("INPUT", "OUTPUT"))]
    for scalar, point, result in zip(values[0:6:3], values[1:6:3], values[2:6:3], strict=True):
        key = X25519PrivateKey.from_private_bytes(scalar)
        assert key.exchange(X25519PublicKey.from_public_bytes(point)) == result


def test_hpke_gives_the_vectors_of_rfc_9180() -> None:
    """They carry associated data, which the suite leaves empty: so they prove the twin, which proves the suite."""
    wanted = {"mode": 0, "kem_id": hpke_twin.KEM, "kdf_id": hpke_twin.KDF, "aead_id": hpke_twin.AEAD}
    read = json.loads((FOLDER / "HPKE" / "test-vectors.json").read_text())
    (vector,) = [one for one in read if wanted.items() <= one.items()]
    private, encapsulated, info = (bytes.fromhex(vector[name]) for name in ("skRm", "enc", "info"))
    assert ED25519.recipient_key(private).hex() == vector["pkRm"]
    found = hpke_twin.schedule(private, encapsulated, info)
    assert [one.hex() for one in found] == [vector["shared_secret"], vector["key"], vector["base_nonce"]]
    assert len(vector["encryptions"]) == 257
    for number, one in enumerate(vector["encryptions"]):
        ciphertext, associated = bytes.fromhex(one["ct"]), bytes.fromhex(one["aad"])
        assert hpke_twin.opened(found, number, ciphertext, associated).hex() == one["pt"]


def test_what_the_suite_wraps_opens_by_the_text_of_rfc_9180() -> None:
    rng = np.random.default_rng(9180)
    for size in (0, 1, 16, 32, 100):
        private, key, context = rng.bytes(32), rng.bytes(size), rng.bytes(size)
        wrapped = ED25519.wrap(ED25519.recipient_key(private), key, context)
        found = hpke_twin.schedule(private, wrapped[:32], context)
        assert hpke_twin.opened(found, 0, wrapped[32:], b"") == key


def test_the_library_decrypts_the_example_of_the_standard() -> None:
    """GB/T 32918.5-2017, annex A.3: "encryption standard", as C1, C3, C2; the twin agrees."""
    point = bytes.fromhex(
        "04EBFC718E8D1798620432268E77FEB6415E2EDE0E073C0F4F640ECD2E149A73"
        "E858F9D81E5430A57B36DAAB8F950A3C64E6EE6A63094D99283AFF767E124DF0"
    )
    digest = bytes.fromhex("59983C18F809E262923C53AEC295D30383B54E39D609D160AFCB1908D0BD8766")
    cipher = bytes.fromhex("21886CA989CA9C7D58087307CA93092D651EFA")
    assert sm2_twin.decrypt(PRIVATE, b"\x04" + point + digest + cipher) == b"encryption standard"
    numbers = b"".join(integer_element(int.from_bytes(one, "big")) for one in (point[:32], point[32:]))
    strings = element(OCTET_STRING, digest) + element(OCTET_STRING, cipher)
    key = ec.derive_private_key(int.from_bytes(PRIVATE, "big"), ec.SM2())
    assert key.decrypt(element(SEQUENCE, numbers + strings)) == b"encryption standard"


def test_what_the_national_suite_wraps_is_read_by_another_library_and_the_other_way_round() -> None:
    rng = np.random.default_rng(32918)
    for size in (0, 1, 16, 32, 100):
        private, key, context = rng.bytes(32), rng.bytes(size), rng.bytes(size)
        public = SM2.recipient_key(private)
        wrapped = SM2.wrap(public, key, context)
        assert len(wrapped) == 65 + 32 + 32 + size
        assert sm2_twin.decrypt(private, wrapped) == SM2.hash(context) + key
        assert SM2.unwrap(private, sm2_twin.encrypt(public, SM2.hash(context) + key), context) == key


@pytest.mark.parametrize("zero", [1, 33], ids=["x", "y"])
def test_a_point_with_a_short_coordinate_is_written_in_full(zero: int) -> None:
    """One point in 256 has such an x or y, and DER drops its zeroes."""
    public = SM2.recipient_key(PRIVATE)
    made = (SM2.wrap(public, b"key", b"context") for _ in range(20_000))
    short = next(one for one in made if one[zero] == 0)
    assert len(short) == 132
    assert SM2.unwrap(PRIVATE, short, b"context") == b"key"


def test_a_coordinate_above_the_prime_does_not_open() -> None:
    """The same point with x + p: a second form of good wrapped bytes, for a point with a small x that is made here."""
    a, b, p = int(sm2_twin.TABLE["a"], 16), int(sm2_twin.TABLE["b"], 16), sm2_twin.FIELD
    x = next(one for one in range(1, 50) if pow(one**3 + a * one + b, (p - 1) // 2, p) == 1)
    y = pow(x**3 + a * x + b, (p + 1) // 4, p).to_bytes(32, "big")
    shared = sm2_twin.multiply(PRIVATE, x.to_bytes(32, "big") + y)
    plaintext = SM2.hash(b"context") + b"key"
    assert SM2.unwrap(PRIVATE, sm2_twin.sealed(shared, x.to_bytes(32, "big") + y, plaintext), b"context") == b"key"
    with pytest.raises(BadEnvelopeError):
        SM2.unwrap(PRIVATE, sm2_twin.sealed(shared, (x + p).to_bytes(32, "big") + y, plaintext), b"context")


@BOTH
def test_a_wrapped_key_opens_for_its_recipient_in_its_context(suite: Suite) -> None:
    wrapped = suite.wrap(suite.recipient_key(b"r" * 32), b"k" * 32, b"payload 7")
    assert wrapped != suite.wrap(suite.recipient_key(b"r" * 32), b"k" * 32, b"payload 7")
    assert suite.unwrap(b"r" * 32, wrapped, b"payload 7") == b"k" * 32


@BOTH
def test_a_wrapped_key_opens_for_nobody_else_and_nowhere_else(suite: Suite) -> None:
    wrapped = suite.wrap(suite.recipient_key(b"r" * 32), b"k" * 32, b"payload 7")
    rejects = {
        "another recipient": (b"s" * 32, wrapped, b"payload 7"),
        "another context": (b"r" * 32, wrapped, b"payload 8"),
        "no context": (b"r" * 32, wrapped, b""),
        "a longer context": (b"r" * 32, wrapped, b"payload 7\0"),
        "a byte less": (b"r" * 32, wrapped[:-1], b"payload 7"),
        "a byte more": (b"r" * 32, wrapped + b"\0", b"payload 7"),
        "a byte before": (b"r" * 32, b"\x04" + wrapped, b"payload 7"),
        "the first byte left out": (b"r" * 32, wrapped[1:], b"payload 7"),
        "half of it": (b"r" * 32, wrapped[: len(wrapped) // 2], b"payload 7"),
        "one byte": (b"r" * 32, wrapped[:1], b"payload 7"),
        "nothing": (b"r" * 32, b"", b"payload 7"),
        "zeroes": (b"r" * 32, bytes(len(wrapped)), b"payload 7"),
    }
    for name, given in rejects.items():
        with pytest.raises(BadEnvelopeError):
            pytest.fail(f"{name} opened: {suite.unwrap(*given)!r}")


@BOTH
def test_each_flipped_bit_of_a_wrapped_key_is_refused(suite: Suite) -> None:
    wrapped = suite.wrap(suite.recipient_key(b"r" * 32), b"k" * 32, b"payload 7")
    for place in range(8 * len(wrapped)):
        broken = (int.from_bytes(wrapped, "big") ^ 1 << place).to_bytes(len(wrapped), "big")
        with pytest.raises(BadEnvelopeError):
            suite.unwrap(b"r" * 32, broken, b"payload 7")


SMALL_POINTS = [
    "00" * 32,
    "01" + "00" * 31,
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "ec" + "ff" * 30 + "7f",
]


@pytest.mark.parametrize("point", SMALL_POINTS)
def test_nothing_is_wrapped_for_a_point_of_small_order(point: str) -> None:
    with pytest.raises(BadKeyError, match="not a point that a secret can be shared with"):
        ED25519.wrap(bytes.fromhex(point), b"key", b"")
    with pytest.raises(BadKeyError, match="not a point that a secret can be shared with"):
        ED25519.check_recipient_key(bytes.fromhex(point))


def test_a_recipient_has_one_key_and_not_a_second_form_of_it() -> None:
    """X25519 reduces a number before it uses it, and passes over the last bit: HPKE hashes the bytes as they stand."""
    for number in (9, 2**255 - 21):
        ED25519.check_recipient_key(number.to_bytes(32, "little"))
    for number in (2**255 - 19 + 9, 2**255 + 9, 2**256 - 1):
        with pytest.raises(BadKeyError):
            ED25519.check_recipient_key(number.to_bytes(32, "little"))


@BOTH
def test_a_recipients_own_key_is_one(suite: Suite) -> None:
    key = suite.recipient_key(b"r" * 32)
    suite.check_recipient_key(key)
    for broken in (b"", key[:-1], key + b"\0"):
        with pytest.raises(BadKeyError):
            suite.check_recipient_key(broken)


@BOTH
def test_nothing_is_wrapped_for_what_is_no_key(suite: Suite) -> None:
    key = suite.recipient_key(b"r" * 32)
    assert len(key) == suite.recipient_key_bytes
    for broken in (b"", key[:-1], key + b"\0", bytes(97 - len(key))):
        with pytest.raises(BadKeyError, match=f"public key must be {suite.recipient_key_bytes} bytes"):
            suite.wrap(broken, b"key", b"")


def test_nothing_is_wrapped_for_a_point_off_the_curve() -> None:
    key = SM2.recipient_key(b"r" * 32)
    for broken in (key[:64] + bytes([key[64] ^ 1]), b"\x04" + bytes(64), b"\x06" + key[1:], b"\x02" + key[1:]):
        with pytest.raises(BadKeyError):
            SM2.wrap(broken, b"key", b"")
