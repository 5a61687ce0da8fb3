"""SM2 signatures: the standard's example, a second implementation both ways, and everything that must be refused."""

import numpy as np
import pytest
import sm2_twin

from ledger.errors import BadKeyError, BadSignatureError
from ledger.suites import by_name

SUITE = by_name("sm2-sm3-sm4")
FIELD, ORDER = sm2_twin.FIELD, sm2_twin.ORDER

# GB/T 32918.5-2017, annex A.2: the signature of "message digest" on the recommended curve.
PRIVATE = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
PUBLIC = bytes.fromhex(
    "04"
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
DIGEST = bytes.fromhex("F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640")
NUMBER = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
SIGNATURE = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)
MESSAGE = b"message digest"
R, S = int.from_bytes(SIGNATURE[:32], "big"), int.from_bytes(SIGNATURE[32:], "big")


def pair(r: int, s: int) -> bytes:
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def is_good(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        SUITE.verify(public, message, signature)
    except BadSignatureError:
        return False
    return True


def test_the_example_of_the_standard_holds() -> None:
    assert SUITE.public_key(PRIVATE) == PUBLIC
    SUITE.check_key(PUBLIC)
    SUITE.verify(PUBLIC, MESSAGE, SIGNATURE)


def test_the_second_implementation_gives_the_example_bit_for_bit() -> None:
    """So that what is compared with it below is compared with the standard."""
    assert sm2_twin.public_key(PRIVATE) == PUBLIC
    assert sm2_twin.digest(PUBLIC, MESSAGE) == DIGEST
    assert sm2_twin.sign(PRIVATE, MESSAGE, NUMBER) == SIGNATURE


def test_both_implementations_accept_what_the_other_signs() -> None:
    rng = np.random.default_rng(32918)
    for size in (0, 1, 31, 32, 64, 65, 1000, *range(100, 110)):
        private, message = rng.bytes(32), rng.bytes(size)
        public = SUITE.public_key(private)
        assert public == sm2_twin.public_key(private)
        assert sm2_twin.verify(public, message, SUITE.sign(private, message))
        SUITE.verify(public, message, sm2_twin.sign(private, message, int.from_bytes(rng.bytes(31), "big")))


def test_two_signatures_of_one_message_differ_and_both_are_good() -> None:
    first, second = SUITE.sign(PRIVATE, MESSAGE), SUITE.sign(PRIVATE, MESSAGE)
    assert first != second
    assert len(first) == len(second) == 64
    assert is_good(PUBLIC, MESSAGE, first)
    assert is_good(PUBLIC, MESSAGE, second)


def signature_with(zero: int) -> bytes:
    """Sign until the byte at a place is zero: once in 256 times."""
    return next(one for one in (SUITE.sign(PRIVATE, MESSAGE) for _ in range(20_000)) if one[zero] == 0)


@pytest.mark.parametrize("zero", [0, 32], ids=["r", "s"])
def test_a_short_number_is_written_in_full_and_in_no_other_form(zero: int) -> None:
    short = signature_with(zero)
    assert len(short) == 64
    assert is_good(PUBLIC, MESSAGE, short)
    assert not is_good(PUBLIC, MESSAGE, short[:zero] + short[zero + 1 :])
    assert not is_good(PUBLIC, MESSAGE, short[:zero] + b"\0" + short[zero:])


def at_infinity() -> bytes:
    """A signature for which s G + (r + s) P is the point at infinity; who has the private key can make it."""
    s = 12345
    total = -s * pow(int.from_bytes(PRIVATE, "big"), -1, ORDER) % ORDER
    return pair((total - s) % ORDER, s)


REJECTS = {
    "another message": (PUBLIC, b"Message digest", SIGNATURE),
    "empty message": (PUBLIC, b"", SIGNATURE),
    "the digest as the message": (PUBLIC, DIGEST, SIGNATURE),
    "another key": (SUITE.public_key(b"k" * 32), MESSAGE, SIGNATURE),
    "key with the other y": (
        PUBLIC[:33] + (FIELD - int.from_bytes(PUBLIC[33:], "big")).to_bytes(32, "big"),
        MESSAGE,
        SIGNATURE,
    ),
    "key not on the curve": (PUBLIC[:64] + bytes([PUBLIC[64] ^ 1]), MESSAGE, SIGNATURE),
    "key of zeroes": (b"\x04" + bytes(64), MESSAGE, SIGNATURE),
    "key compressed": (b"\x03" + PUBLIC[1:33], MESSAGE, SIGNATURE),
    "key in the hybrid form": (b"\x07" + PUBLIC[1:], MESSAGE, SIGNATURE),
    "key without its first byte": (PUBLIC[1:], MESSAGE, SIGNATURE),
    "key too long": (PUBLIC + b"\0", MESSAGE, SIGNATURE),
    "no key": (b"", MESSAGE, SIGNATURE),
    "key of the other suite's length": (PUBLIC[:32], MESSAGE, SIGNATURE),
    "r zero": (PUBLIC, MESSAGE, pair(0, S)),
    "s zero": (PUBLIC, MESSAGE, pair(R, 0)),
    "both zero": (PUBLIC, MESSAGE, bytes(64)),
    "r the order": (PUBLIC, MESSAGE, pair(ORDER, S)),
    "s the order": (PUBLIC, MESSAGE, pair(R, ORDER)),
    "r and s the greatest numbers": (PUBLIC, MESSAGE, b"\xff" * 64),
    "r and s sum to the order": (PUBLIC, MESSAGE, pair(R, ORDER - R)),
    "s negated": (PUBLIC, MESSAGE, pair(R, ORDER - S)),
    "r and s exchanged": (PUBLIC, MESSAGE, pair(S, R)),
    "a byte less": (PUBLIC, MESSAGE, SIGNATURE[:63]),
    "a byte more": (PUBLIC, MESSAGE, SIGNATURE + b"\0"),
    "no signature": (PUBLIC, MESSAGE, b""),
    "in DER": (
        PUBLIC,
        MESSAGE,
        bytes.fromhex("3045022100") + SIGNATURE[:32] + bytes.fromhex("022100") + SIGNATURE[32:],
    ),
    "the sum at infinity": (PUBLIC, MESSAGE, at_infinity()),
}


@pytest.mark.parametrize(("public", "message", "signature"), REJECTS.values(), ids=REJECTS)
def test_a_broken_signature_is_refused(public: bytes, message: bytes, signature: bytes) -> None:
    assert not is_good(public, message, signature)


def test_each_flipped_bit_of_a_signature_is_refused() -> None:
    for place in range(0, 512, 3):
        assert not is_good(PUBLIC, MESSAGE, (int.from_bytes(SIGNATURE, "big") ^ 1 << place).to_bytes(64, "big"))


def test_the_identity_is_the_standard_one_and_part_of_what_is_signed() -> None:
    """A signature over SM3(message) alone, as some systems make it without Z_A, is not good here."""
    number = int.from_bytes(bytes.fromhex(sm2_twin.hash_of(MESSAGE)), "big")
    x = int.from_bytes(sm2_twin.multiply(NUMBER.to_bytes(32, "big"), bytes.fromhex(sm2_twin.TABLE["g"]))[:32], "big")
    secret = int.from_bytes(PRIVATE, "big")
    r = (number + x) % ORDER
    s = pow(1 + secret, -1, ORDER) * (NUMBER - r * secret) % ORDER
    assert not is_good(PUBLIC, MESSAGE, pair(r, s))
    number = int.from_bytes(DIGEST, "big")
    r = (number + x) % ORDER
    s = pow(1 + secret, -1, ORDER) * (NUMBER - r * secret) % ORDER
    assert pair(r, s) == SIGNATURE


PRIVATE_REJECTS = {
    "zero": bytes(32),
    "n - 1, for which 1 + d has no inverse": (ORDER - 1).to_bytes(32, "big"),
    "n": ORDER.to_bytes(32, "big"),
    "n + 1": (ORDER + 1).to_bytes(32, "big"),
    "the greatest number": b"\xff" * 32,
    "31 bytes": b"k" * 31,
    "33 bytes": b"\0" + b"k" * 32,
    "none": b"",
}


@pytest.mark.parametrize("private", PRIVATE_REJECTS.values(), ids=PRIVATE_REJECTS)
def test_a_private_key_out_of_range_is_refused(private: bytes) -> None:
    for use in (
        SUITE.public_key,
        SUITE.recipient_key,
        lambda key: SUITE.sign(key, MESSAGE),
        lambda key: SUITE.unwrap(key, b"", b""),
    ):
        with pytest.raises(BadKeyError, match="private key must be"):
            use(private)


@pytest.mark.parametrize("number", [1, 2, ORDER - 3, ORDER - 2])
def test_the_first_and_last_private_keys_sign(number: int) -> None:
    private = number.to_bytes(32, "big")
    public = SUITE.public_key(private)
    SUITE.verify(public, MESSAGE, SUITE.sign(private, MESSAGE))
    assert sm2_twin.verify(public, MESSAGE, SUITE.sign(private, MESSAGE))


def test_a_public_key_with_a_coordinate_above_the_prime_is_refused() -> None:
    """The same point, written with x + p: a second form, with a signature that would be good."""
    x = next(one for one in range(1, 50) if pow(y_squared(one), (FIELD - 1) // 2, FIELD) == 1)
    y = pow(y_squared(x), (FIELD + 1) // 4, FIELD)
    SUITE.check_key(b"\x04" + pair(x, y))
    for broken in (pair(x + FIELD, y), pair(x, (y + FIELD) % 2**256)):
        with pytest.raises(BadKeyError, match="not a point of the curve"):
            SUITE.check_key(b"\x04" + broken)


def y_squared(x: int) -> int:
    return (x**3 + int(sm2_twin.TABLE["a"], 16) * x + int(sm2_twin.TABLE["b"], 16)) % FIELD
