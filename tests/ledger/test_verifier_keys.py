"""Verifier keys: the published ones, their one form, and everything that is none."""

import base64
from collections.abc import Callable

import pytest

from ledger.errors import VerifierKeyError
from ledger.frontier import sha256
from ledger.verifier_keys import (
    COSIGNATURE,
    ED25519,
    LATEST_TIME,
    SM2,
    SM2_COSIGNATURE,
    Algorithm,
    Signer,
    VerifierKey,
    base64_decoded,
    ed25519_signer,
    is_name,
    parse_verifier_key,
    sm2_signer,
)

PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"  # of Go's package sumdb/note
EXAMPLE = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"  # of C2SP signed-note
GO = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"  # of Go's checksum database
KEYS = {
    "Ed25519": ed25519_signer("log.example", b"k" * 32),
    "witness": ed25519_signer("w.example/1", b"k" * 32, COSIGNATURE),
    "SM2": sm2_signer("log.example", b"k" * 32),
    "SM2 witness": sm2_signer("w.example/1", b"k" * 32, SM2_COSIGNATURE),
}
EACH = pytest.mark.parametrize("signer", KEYS.values(), ids=KEYS)


def line(name: str, material: bytes) -> str:
    """Write a key as its line, with the hash that belongs to it, whatever it is."""
    key_id = sha256(name.encode() + b"\n" + material)[:4]
    return f"{name}+{key_id.hex()}+{base64.b64encode(material).decode()}"


@pytest.mark.parametrize("text", [PETER, GO, EXAMPLE])
def test_published_keys_are_read(text: str) -> None:
    key = parse_verifier_key(text)
    assert str(key) == text
    assert key.algorithm is ED25519
    assert key.key_id.hex() == text.split("+")[1]


@EACH
def test_a_key_is_read_back_as_it_was_written(signer: Signer) -> None:
    assert parse_verifier_key(str(signer.key)) == signer.key
    assert str(signer.key) == line(signer.key.name, signer.key.material)


def test_types_differ_in_their_ids() -> None:
    assert len({one.key.key_id for one in KEYS.values()}) == len(KEYS)
    assert KEYS["Ed25519"].key.public_key == KEYS["witness"].key.public_key


def test_no_type_begins_as_another_does() -> None:
    names = [one.identifier for one in (ED25519, COSIGNATURE, SM2, SM2_COSIGNATURE)]
    assert all(one is other or not one.startswith(other) for one in names for other in names)


ED = KEYS["Ed25519"].key
NATIONAL = KEYS["SM2"].key
REJECTS: dict[str, str] = {
    "empty": "",
    "only a name": "log.example",
    "two parts": "log.example+d85f6874",
    "no name": line("", ED.material),
    "name with a space": line("log example", ED.material),
    "name with a line feed": line("log\nexample", ED.material),
    "name with a wide space": line("log\u3000example", ED.material),
    "name with a control character": line("log\x07", ED.material),
    "another name": "other.example" + str(ED)[len("log.example") :],
    "hash of another key": str(ED)[:12] + "00000000" + str(ED)[20:],
    "hash in capitals": str(ED)[:12] + str(ED)[12:20].upper() + str(ED)[20:],
    "hash too short": str(ED)[:12] + str(ED)[13:],
    "hash too long": str(ED)[:12] + "0" + str(ED)[12:],
    "hash with a sign": str(ED)[:12] + "-" + str(ED)[13:],
    "no base64": str(ED)[:21],
    "base64 cut": str(ED)[:-1],
    "base64 with a blank": str(ED)[:-1] + " ",
    "base64 with a line feed": str(ED) + "\n",
    "base64 in the other alphabet": str(NATIONAL).replace("/", "_"),
    "base64 with loose last bits": str(NATIONAL)[:-2] + chr(ord(str(NATIONAL)[-2]) + 1) + "=",
    "key a byte short": line("log.example", ED.material[:-1]),
    "key a byte long": line("log.example", ED.material + b"\0"),
    "no key": line("log.example", b"\x01"),
    "unknown type": line("log.example", b"\x65" + ED.public_key),
    "a key without its type": line("log.example", ED.public_key),
    "an SM2 key without its type": line("log.example", NATIONAL.public_key),
    "type 0": line("log.example", b"\x00" + ED.public_key),
    "type of ECDSA": line("log.example", b"\x02" + ED.public_key),
    "own type without a name": line("log.example", b"\xff" + NATIONAL.public_key),
    "own type of another name": line("log.example", b"\xffledger/sm2-sm4" + NATIONAL.public_key),
    "own type with a name cut": line("log.example", SM2.identifier[:-1] + NATIONAL.public_key),
    "SM2 without its first byte": line("log.example", SM2.identifier + NATIONAL.public_key[1:]),
    "Ed25519 under the name of SM2": line("log.example", SM2.identifier + ED.public_key),
    "Go's key of a wrong length": "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
    "Go's key of an unknown type": "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
}


def test_loose_last_bits_are_another_way_to_write_the_same_key() -> None:
    """Which a careless reader takes: so the reject with loose bits is refused for them alone."""
    loose = REJECTS["base64 with loose last bits"]
    assert base64.b64decode(loose.split("+", 2)[2]) == NATIONAL.material


@pytest.mark.parametrize("text", REJECTS.values(), ids=REJECTS)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(VerifierKeyError):
        parse_verifier_key(text)


@pytest.mark.parametrize("text", [PETER, str(NATIONAL)])
def test_no_part_of_a_key_and_no_changed_letter_is_a_key(text: str) -> None:
    """As Go's own test of its reader does: each letter one further, and all that is cut at one end or the other."""
    for place in range(len(text)):
        with pytest.raises(VerifierKeyError):
            parse_verifier_key(text[:place] + chr(ord(text[place]) + 1) + text[place + 1 :])
        for part in (text[:place], text[place + 1 :]):
            with pytest.raises(VerifierKeyError):
                parse_verifier_key(part)


def test_a_reader_takes_only_the_types_it_asks_for() -> None:
    for signer in KEYS.values():
        others = [one.key.algorithm for one in KEYS.values() if one is not signer]
        with pytest.raises(VerifierKeyError, match="type"):
            parse_verifier_key(str(signer.key), others)


@pytest.mark.parametrize("given", [None, 7, b"log.example+00000000+AA=="])
def test_only_text_is_read(given: str) -> None:
    with pytest.raises(VerifierKeyError):
        parse_verifier_key(given)


@EACH
def test_a_key_has_the_length_of_its_type(signer: Signer) -> None:
    key = signer.key
    for broken in (b"", key.public_key[:-1], key.public_key + b"\0", key.public_key.hex()):
        with pytest.raises(VerifierKeyError, match=f"should be {key.algorithm.key_bytes} bytes"):
            VerifierKey(key.name, key.algorithm, broken)  # type: ignore[arg-type]  # the last is text


@pytest.mark.parametrize("identifier", [b"", b"\xff", b"\x01\x02", b"ledger"])
def test_a_type_that_may_be_taken_for_another_is_refused(identifier: bytes) -> None:
    with pytest.raises(VerifierKeyError, match="one byte, or 0xff and a name"):
        Algorithm(identifier, 32, lambda *_: True)


NAMES = {
    "log.example": True,
    "log.example/2026": True,
    "账本.example": True,
    "a-b_c": True,
    "": False,
    "a b": False,
    "a+b": False,
    "a\tb": False,
    "a\u00a0b": False,
    "a\u2028b": False,
    "a\ud800": False,
    "\x7f": True,
}


@pytest.mark.parametrize(("text", "good"), NAMES.items())
def test_names_have_no_spaces_and_no_plus(text: str, good: bool) -> None:
    assert is_name(text) == good


@EACH
def test_a_signature_is_good_for_its_text_alone(signer: Signer) -> None:
    text, at = b"Paid.\n", 7 if signer.key.algorithm.is_timestamped else 0
    payload = signer.payload(text, at)
    assert signer.key.signed_at(payload, text) == at
    assert signer.key.signed_at(payload, b"Paid!\n") is None
    for broken in (b"", payload[:-1], payload + b"\0", bytes(len(payload))):
        assert signer.key.signed_at(broken, text) is None
    for place in range(0, 8 * len(payload), 5):
        flipped = (int.from_bytes(payload, "big") ^ 1 << place).to_bytes(len(payload), "big")
        assert signer.key.signed_at(flipped, text) is None


@pytest.mark.parametrize("signer", [KEYS["witness"], KEYS["SM2 witness"]])
def test_the_time_of_a_cosignature_is_signed(signer: Signer) -> None:
    payload = signer.payload(b"log.example\n", 1_790_000_000)
    assert payload[:8] == (1_790_000_000).to_bytes(8, "big")
    later = (1_790_000_001).to_bytes(8, "big") + payload[8:]
    assert signer.key.signed_at(later, b"log.example\n") is None
    beyond = (LATEST_TIME + 1).to_bytes(8, "big") + payload[8:]
    assert signer.key.signed_at(beyond, b"log.example\n") is None
    assert signer.key.signed_at(signer.payload(b"log.example\n", LATEST_TIME), b"log.example\n") == LATEST_TIME


@pytest.mark.parametrize("at", [-1, LATEST_TIME + 1, 1.5, True, "7"])
def test_a_time_is_whole_seconds(at: int) -> None:
    with pytest.raises(VerifierKeyError, match="whole unix seconds"):
        KEYS["witness"].payload(b"log.example\n", at)


def test_a_witness_signature_is_no_log_signature() -> None:
    """The same secret as a log and as a witness: neither can pass for the other."""
    text = b"log.example\n"
    log, witness = KEYS["Ed25519"], KEYS["witness"]
    assert witness.key.signed_at(log.payload(text), text) is None
    assert log.key.signed_at(witness.payload(text, 7), text) is None
    assert log.key.signed_at(witness.payload(text, 7)[8:], text) is None


MAKERS: list[Callable[[str, bytes], Signer]] = [ed25519_signer, sm2_signer]


@pytest.mark.parametrize("maker", MAKERS)
def test_a_secret_of_another_length_is_refused_and_never_shown(maker: Callable[[str, bytes], Signer]) -> None:
    for secret in (b"", b"secret" * 5, b"s" * 33, "s" * 32):
        with pytest.raises(VerifierKeyError) as caught:
            maker("log.example", secret)  # type: ignore[arg-type]  # the last is text
        assert "ss" not in str(caught.value)
        assert "secrets" not in str(caught.value)
    signer = maker("log.example", b"s" * 32)
    for shown in (repr(signer), str(signer), repr(signer.key), str(signer.key)):
        assert (b"s" * 32).hex() not in shown
        assert "ssss" not in shown


@pytest.mark.parametrize("secret", [bytes(32), b"\xff" * 32])
def test_a_secret_out_of_range_signs_no_notes(secret: bytes) -> None:
    with pytest.raises(VerifierKeyError, match="not one of SM2"):
        sm2_signer("log.example", secret)


@pytest.mark.parametrize("text", ["AAE=", "", "AAAA"])
def test_base64_in_its_one_form_is_read(text: str) -> None:
    assert base64_decoded(text) is not None


@pytest.mark.parametrize("text", ["AAF=", "AAE", "AA E=", "AAE=\n", "A", "====", "AAE=AAE=", "A_E=", "АAE=", "AAE=="])
def test_base64_in_any_other_form_is_not(text: str) -> None:
    assert base64_decoded(text) is None
