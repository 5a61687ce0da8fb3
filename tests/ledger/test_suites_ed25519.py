"""Ed25519 signatures: the published vectors, and what libsodium accepts and refuses, pinned as a rule of consensus."""

from pathlib import Path

import cryptography_vectors
import pytest
from nacl.bindings import (
    crypto_core_ed25519_add,
    crypto_core_ed25519_scalar_add,
    crypto_core_ed25519_scalar_mul,
    crypto_core_ed25519_scalar_reduce,
    crypto_hash_sha512,
    crypto_scalarmult_ed25519_base_noclamp,
)

from ledger.errors import BadKeyError, BadSignatureError
from ledger.suites import by_name

SUITE = by_name("ed25519-sha256-aesgcm")
ORDER = 2**252 + 27742317777372353535851937790883648493
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")  # RFC 8032, 7.1, test 1
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")

ODD = [
    line.split(" | ")
    for line in (Path(__file__).parent / "vectors" / "odd_ed25519.txt").read_text().splitlines()
    if not line.startswith("#")
]

SMALL_ORDER = {  # the eight points whose order divides 8, in their canonical bytes
    "order 1": "0100000000000000000000000000000000000000000000000000000000000000",
    "order 2": "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "order 4": "0000000000000000000000000000000000000000000000000000000000000000",
    "order 4, other sign": "0000000000000000000000000000000000000000000000000000000000000080",
    "order 8": "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "order 8, other sign": "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "order 8, the second": "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "order 8, the second, other sign": "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
}


def is_good(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        SUITE.verify(public, message, signature)
    except BadSignatureError:
        return False
    return True


def scalar(number: int) -> bytes:
    return number.to_bytes(32, "little")


def test_the_thousand_vectors_of_the_authors_of_ed25519_hold() -> None:
    folder = Path(cryptography_vectors.__file__).parent / "asymmetric" / "Ed25519"
    lines = (folder / "sign.input").read_text().splitlines()
    assert len(lines) == 1024
    for line in lines:
        pair, public, message, signed = (bytes.fromhex(one) for one in line.split(":")[:4])
        assert SUITE.public_key(pair[:32]) == public
        assert SUITE.sign(pair[:32], message) == signed[:64]
        SUITE.verify(public, message, signed[:64])
        SUITE.check_key(public)


@pytest.mark.parametrize(
    ("verdict", "message", "public", "signature"), [one[1:] for one in ODD], ids=[one[0] for one in ODD]
)
def test_odd_signatures_are_judged_as_libsodium_does(verdict: str, message: str, public: str, signature: str) -> None:
    odd = (bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature))
    assert is_good(*odd) == (verdict == "yes")


@pytest.mark.parametrize("public", [one[3] for one in ODD if "key" in one[0]])
def test_a_key_outside_the_prime_order_group_never_gets_in(public: str) -> None:
    """So that the one odd case in which verifiers differ and libsodium says yes can not come up on a ledger."""
    with pytest.raises(BadKeyError, match="prime-order group"):
        SUITE.check_key(bytes.fromhex(public))


@pytest.mark.parametrize("point", SMALL_ORDER.values(), ids=SMALL_ORDER)
def test_a_key_of_small_order_has_no_good_signature(point: str) -> None:
    """With such a key R = S B would be good for any message, could it be a key."""
    public = bytes.fromhex(point)
    with pytest.raises(BadKeyError):
        SUITE.check_key(public)
    for number in range(1, 30):
        r = crypto_scalarmult_ed25519_base_noclamp(scalar(number))
        assert not is_good(public, b"paid", r + scalar(number))


@pytest.mark.parametrize("point", list(SMALL_ORDER.values())[1:], ids=list(SMALL_ORDER)[1:])
def test_a_signature_whose_r_is_moved_by_a_point_of_small_order_is_refused(point: str) -> None:
    """Its signer can make it, and whoever multiplies by the cofactor takes it: here nobody may."""
    private, nonce = 1234567, 7654321
    public = crypto_scalarmult_ed25519_base_noclamp(scalar(private))
    SUITE.check_key(public)
    plain = crypto_scalarmult_ed25519_base_noclamp(scalar(nonce))
    for r, expected in ((plain, True), (crypto_core_ed25519_add(plain, bytes.fromhex(point)), False)):
        challenge = crypto_core_ed25519_scalar_reduce(crypto_hash_sha512(r + public + b"paid"))
        s = crypto_core_ed25519_scalar_add(scalar(nonce), crypto_core_ed25519_scalar_mul(challenge, scalar(private)))
        assert is_good(public, b"paid", r + s) == expected


GOOD = SUITE.sign(SEED, b"paid")
S = int.from_bytes(GOOD[32:], "little")
REJECTS = {
    "another message": (PUBLIC, b"Paid", GOOD),
    "message with a byte more": (PUBLIC, b"paid\0", GOOD),
    "empty message": (PUBLIC, b"", GOOD),
    "another key": (SUITE.public_key(b"k" * 32), b"paid", GOOD),
    "key with the other sign": (PUBLIC[:31] + bytes([PUBLIC[31] ^ 0x80]), b"paid", GOOD),
    "key of zeroes": (bytes(32), b"paid", GOOD),
    "key too short": (PUBLIC[:31], b"paid", GOOD),
    "key too long": (PUBLIC + b"\0", b"paid", GOOD),
    "no key": (b"", b"paid", GOOD),
    "key of the other suite's length": (b"\x04" + PUBLIC * 2, b"paid", GOOD),
    "signature too short": (PUBLIC, b"paid", GOOD[:63]),
    "signature too long": (PUBLIC, b"paid", GOOD + b"\0"),
    "no signature": (PUBLIC, b"paid", b""),
    "signature of zeroes": (PUBLIC, b"paid", bytes(64)),
    "signature of ones": (PUBLIC, b"paid", b"\xff" * 64),
    "S with the order added": (PUBLIC, b"paid", GOOD[:32] + scalar(S + ORDER)),
    "S of the order less S": (PUBLIC, b"paid", GOOD[:32] + scalar(ORDER - S)),
    "S zero": (PUBLIC, b"paid", GOOD[:32] + bytes(32)),
    "R with the other sign": (PUBLIC, b"paid", GOOD[:31] + bytes([GOOD[31] ^ 0x80]) + GOOD[32:]),
    "R and S exchanged": (PUBLIC, b"paid", GOOD[32:] + GOOD[:32]),
    "S big-endian": (PUBLIC, b"paid", GOOD[:32] + GOOD[:31:-1]),
    "signature of the hash": (PUBLIC, b"paid", SUITE.sign(SEED, SUITE.hash(b"paid"))),
}


@pytest.mark.parametrize(("public", "message", "signature"), REJECTS.values(), ids=REJECTS)
def test_a_broken_signature_is_refused(public: bytes, message: bytes, signature: bytes) -> None:
    assert is_good(PUBLIC, b"paid", GOOD)
    assert not is_good(public, message, signature)


def test_each_flipped_bit_of_a_signature_is_refused() -> None:
    for place in range(512):
        flipped = (int.from_bytes(GOOD, "big") ^ 1 << place).to_bytes(64, "big")
        assert not is_good(PUBLIC, b"paid", flipped)


@pytest.mark.parametrize("private", [b"", bytes(31), bytes(33), bytes(64), "0" * 32, bytearray(32)])
def test_a_private_key_is_32_bytes(private: bytes) -> None:
    for use in (SUITE.public_key, lambda key: SUITE.sign(key, b"paid"), SUITE.recipient_key):
        with pytest.raises(BadKeyError, match="private key must be 32 bytes"):
            use(private)
