"""Private payloads: named recipients open them, and nobody opens anything else, on either suite."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from privacy_sample import BANKS, INVOICE, OWNER, Circle, circle

from ledger.canonical import decode, encode
from ledger.contracts.payloads import payload_of
from ledger.errors import (
    BadEnvelopeError,
    BadKeyError,
    CanonicalError,
    CommitmentError,
    KeyVersionError,
    OtherEnvelopeError,
    PurgedError,
    StrangerError,
    VaultError,
    WithdrawnRecipientError,
)
from ledger.privacy import (
    Recipient,
    current_recipients,
    envelope_bytes,
    open_with_key,
    read_envelope,
    seal_payload,
    share_payload,
)
from ledger.privacy.commitments import commitment, packed, unpacked
from ledger.privacy.sealing import NONCE, associated_bytes
from ledger.suites import NAMES


@pytest.fixture(scope="module", params=NAMES)
def founded(request: pytest.FixtureRequest) -> Circle:
    return circle(request.param)


@pytest.fixture
def ring(founded: Circle) -> Circle:
    return founded.again()


CONTENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abz", max_size=3), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(BANKS)), CONTENTS)
def test_those_who_are_named_open_it_and_no_others(founded: Circle, named: set[str], content: Any) -> None:
    ring = founded.again()
    envelope = ring.register(sorted(named), content).envelope
    for bank in BANKS:
        if bank in named:
            assert ring.open(envelope, bank) == content
        else:
            with pytest.raises(StrangerError, match=f"{bank} is not a recipient of payload P1"):
                ring.open(envelope, bank)


def test_a_stranger_with_the_envelope_and_a_forged_name_has_no_key(ring: Circle) -> None:
    envelope = ring.register(["bank-a"]).envelope
    with pytest.raises(BadEnvelopeError):
        ring._replace(private={"bank-a": ring.private["bank-b"]}).open(envelope, "bank-a")
    with pytest.raises(BadEnvelopeError, match="wrapped for its key 1: that one is needed"):
        ring._replace(private={"bank-a": {2: ring.private["bank-a"][1]}}).open(envelope, "bank-a")


def test_the_owner_opens_with_the_payload_key_alone(ring: Circle) -> None:
    sealed = ring.register([])
    record = payload_of(ring.play.state, "P1")
    assert open_with_key(ring.suite, ring.ledger, "P1", record, sealed.envelope, sealed.key) == INVOICE
    with pytest.raises(BadEnvelopeError):
        open_with_key(ring.suite, ring.ledger, "P1", record, sealed.envelope, bytes(ring.suite.key_bytes))
    with pytest.raises(StrangerError, match="nobody but its owner"):
        ring.open(sealed.envelope, OWNER)


def test_an_old_key_opens_old_payloads_after_it_is_replaced_and_withdrawn(ring: Circle) -> None:
    old = ring.register(["bank-a"]).envelope
    assert ring.publish_key("bank-a") == 2
    new = ring.register(["bank-a"], payload="P2").envelope
    ring.play.do("keys.withdraw", {"number": 1, "organisation": "bank-a"}, "bank-a")
    assert ring.open(old, "bank-a") == ring.open(new, "bank-a", "P2") == INVOICE
    del ring.private["bank-a"][1]
    with pytest.raises(BadEnvelopeError, match="key 1"):
        ring.open(old, "bank-a")


def test_without_a_current_key_nothing_is_wrapped(ring: Circle) -> None:
    ring.play.do("keys.withdraw", {"number": 1, "organisation": "bank-a"}, "bank-a")
    with pytest.raises(KeyVersionError, match="bank-a has no current key"):
        ring.seal(["bank-a"])


def test_every_changed_byte_is_noticed_by_whom_it_concerns(ring: Circle) -> None:
    envelope = ring.register(["bank-a", "bank-b"]).envelope
    start = envelope.index(b'"bank-b":{')
    others = range(start, envelope.index(b"}", start))
    for place in range(len(envelope)):
        changed = bytearray(envelope)
        changed[place] ^= 1
        try:
            assert ring.open(bytes(changed), "bank-a") == INVOICE
        except BadEnvelopeError:
            continue
        assert place in others, f"byte {place} changed, and bank-a did not notice"


@pytest.mark.parametrize("cut", [0, 1, 100, -1])
def test_a_cut_envelope_is_none(ring: Circle, cut: int) -> None:
    envelope = ring.register(["bank-a"]).envelope
    with pytest.raises(BadEnvelopeError, match="can not be read"):
        ring.open(envelope[:cut], "bank-a")


ALTERED: list[tuple[str, Any]] = [
    ("format", 2),
    ("ledger", "ab"),
    ("ledger", None),
    ("ciphertext", ""),
    ("ciphertext", "abc"),
    ("ciphertext", "AB"),
    ("copies", []),
    ("copies", {"bank a": {"key": 1, "wrapped": "ab"}}),
    ("copies", {"bank-a": {"key": 0, "wrapped": "ab"}}),
    ("copies", {"bank-a": {"key": 1, "wrapped": ""}}),
    ("copies", {"bank-a": {"key": 1}}),
    ("copies", {"bank-a": 1}),
    ("copies", {"x" * 5000: {"key": 1, "wrapped": "ab"}}),
    ("hint", "it is a gear"),
]


@pytest.mark.parametrize(("field", "value"), ALTERED)
def test_an_envelope_in_another_form_is_refused(ring: Circle, field: str, value: object) -> None:
    altered = encode(decode(ring.register(["bank-a"]).envelope) | {field: value})
    with pytest.raises(BadEnvelopeError, match="can not be read") as caught:
        ring.open(altered, "bank-a")
    assert len(str(caught.value)) < 400


def test_a_copy_that_is_missing_or_of_another_is_refused(ring: Circle) -> None:
    read = read_envelope(ring.register(["bank-a", "bank-b"]).envelope)
    a, b = read.copies["bank-a"], read.copies["bank-b"]
    with pytest.raises(BadEnvelopeError, match="no copy for bank-a"):
        ring.open(envelope_bytes(read._replace(copies={"bank-b": b})), "bank-a")
    for wrong in (b, a._replace(key=2), a._replace(wrapped=a.wrapped[:-1])):
        with pytest.raises(BadEnvelopeError, match="not the one that was registered"):
            ring.open(envelope_bytes(read._replace(copies={"bank-a": wrong, "bank-b": b})), "bank-a")


def test_a_copy_fits_no_other_recipient_even_if_the_owner_registers_it_so(ring: Circle) -> None:
    envelope = ring.register(["bank-a"]).envelope
    record = payload_of(ring.play.state, "P1")
    read = read_envelope(envelope)
    moved = envelope_bytes(read._replace(copies={"bank-b": read.copies["bank-a"]}))
    forged = record | {"recipients": {"bank-b": record["recipients"]["bank-a"]}}
    ring.private["bank-b"][1] = ring.private["bank-a"][1]
    ring.play.state = ring.play.state.write("payloads", {"P1": forged})
    with pytest.raises(BadEnvelopeError):
        ring.open(moved, "bank-b")


def test_an_envelope_of_another_payload_ledger_or_owner_is_refused(ring: Circle) -> None:
    ring.register(["bank-a"])
    other = ring.register(["bank-a"], payload="P2").envelope
    with pytest.raises(OtherEnvelopeError, match="payload is P2, it must be P1"):
        ring.open(other, "bank-a")
    with pytest.raises(OtherEnvelopeError, match="ledger is"):
        ring.open(ring.seal(["bank-a"], ledger="ab" * 32).envelope, "bank-a")
    with pytest.raises(OtherEnvelopeError, match="owner is core, it must be maker-of-parts"):
        ring.open(ring.seal(["bank-a"], owner="core").envelope, "bank-a")
    with pytest.raises(BadEnvelopeError, match="not the one that was registered"):
        ring.open(ring.seal(["bank-a"]).envelope, "bank-a")


def test_a_withdrawn_recipient_is_refused_until_named_again(ring: Circle) -> None:
    sealed = ring.register(["bank-a", "bank-b"])
    ring.play.do("payloads.withdraw", {"payload": "P1", "recipient": "bank-a"}, OWNER)
    with pytest.raises(WithdrawnRecipientError, match="bank-a has been withdrawn"):
        ring.open(sealed.envelope, "bank-a")
    assert ring.open(sealed.envelope, "bank-b") == INVOICE
    again = share_payload(ring.suite, sealed.envelope, sealed.key, current_recipients(ring.play.state, ["bank-a"]))
    ring.play.do("payloads.share", again.arguments, OWNER)
    assert ring.open(again.envelope, "bank-a") == INVOICE
    with pytest.raises(BadEnvelopeError, match="not the one that was registered"):
        ring.open(sealed.envelope, "bank-a")


def test_a_shared_payload_opens_for_the_new_and_the_old(ring: Circle) -> None:
    sealed = ring.register(["bank-a"])
    more = share_payload(ring.suite, sealed.envelope, sealed.key, current_recipients(ring.play.state, ["bank-c"]))
    ring.play.do("payloads.share", more.arguments, OWNER)
    assert ring.open(more.envelope, "bank-c") == ring.open(more.envelope, "bank-a") == INVOICE
    with pytest.raises(BadEnvelopeError, match="its owner has a newer one"):
        ring.open(sealed.envelope, "bank-c")
    with pytest.raises(BadEnvelopeError):
        share_payload(ring.suite, sealed.envelope, bytes(ring.suite.key_bytes), [])


def test_after_the_purge_nobody_opens_it(ring: Circle) -> None:
    sealed = ring.register(["bank-a"])
    ring.play.do("payloads.purge", {"payload": "P1"}, OWNER)
    with pytest.raises(PurgedError, match=f"P1 was purged at {ring.play.now}"):
        ring.open(sealed.envelope, "bank-a")
    with pytest.raises(PurgedError):
        open_with_key(ring.suite, ring.ledger, "P1", payload_of(ring.play.state, "P1"), sealed.envelope, sealed.key)


def registered_as(ring: Circle, plain: bytes) -> bytes:
    """An envelope with this plaintext, which a dishonest owner registers under the commitment of the invoice."""
    sealed = ring.seal(["bank-a"])
    read = read_envelope(sealed.envelope)
    forged = read._replace(ciphertext=ring.suite.seal(sealed.key, NONCE, plain, associated_bytes(read)))
    digest = ring.suite.hash(forged.ciphertext).hex()
    ring.play.do("payloads.register", {**sealed.arguments, "ciphertext": digest}, OWNER)
    return envelope_bytes(forged)


def test_another_payload_than_was_committed_to_is_refused(ring: Circle) -> None:
    with pytest.raises(CommitmentError, match="holds another than maker-of-parts committed to"):
        ring.open(registered_as(ring, packed(bytes(32), INVOICE)), "bank-a")


@pytest.mark.parametrize(
    "plain", [b"", bytes(32), bytes(256), bytes(32) + b"{}", packed(bytes(32), INVOICE) + bytes(256), b"x" * 512]
)
def test_what_opens_but_is_no_payload_is_refused(ring: Circle, plain: bytes) -> None:
    with pytest.raises(BadEnvelopeError, match="the envelope opens, but"):
        ring.open(registered_as(ring, plain), "bank-a")


@settings(deadline=None)
@given(CONTENTS, st.binary(min_size=32, max_size=32))
def test_a_payload_is_packed_in_one_way_and_its_length_says_little(content: Any, salt: bytes) -> None:
    plain = packed(salt, content)
    assert unpacked(plain) == (salt, content)
    assert len(plain) % 256 == 0


def test_commitments_differ_with_all_that_they_are_bound_to(ring: Circle) -> None:
    given_to = [
        ("ab", "core", "P1", bytes(32), 5),
        ("cd", "core", "P1", bytes(32), 5),
        ("ab", "bank", "P1", bytes(32), 5),
    ]
    given_to += [("ab", "core", "P2", bytes(32), 5), ("ab", "core", "P1", bytes(31) + b"1", 5)]
    given_to += [
        ("ab", "core", "P1", bytes(32), 6),
        ("ab", "core", "P1", bytes(32), [5]),
        ("abc", "ore", "P1", bytes(32), 5),
    ]
    assert len({commitment(ring.suite.hash, *one) for one in given_to}) == len(given_to)


def test_two_payloads_of_one_content_have_nothing_in_common(ring: Circle) -> None:
    one, two = ring.seal(["bank-a"]), ring.seal(["bank-a"], payload="P1")
    for field in ("commitment", "ciphertext"):
        assert one.arguments[field] != two.arguments[field]
    assert one.key != two.key
    assert one.key.hex() not in repr(one)


def test_what_can_not_be_sealed_is_refused(ring: Circle) -> None:
    with pytest.raises(CanonicalError):
        ring.seal(["bank-a"], {"rate": 0.5})
    with pytest.raises(BadEnvelopeError, match="can not be written"):
        ring.seal([], "x" * (4 * 2**20))
    bound: dict[str, Any] = {"about": ("receivable", "R1"), "ledger": ring.ledger, "owner": OWNER, "payload": "P1"}
    with pytest.raises(BadKeyError):
        seal_payload(ring.suite, ring.rng.bytes, INVOICE, [Recipient("bank-a", 1, bytes(5))], **bound)
    for few in (lambda count: bytes(count - 1), lambda count: bytearray(count)):
        with pytest.raises(VaultError, match="it must give as many as it is asked for"):
            seal_payload(ring.suite, few, INVOICE, [], **bound)  # type: ignore[arg-type]  # the test's point
