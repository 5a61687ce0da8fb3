"""What is refused before a contract sees it: bytes, fields, ledger, version, time, and what is in the log already."""

import json

import pytest
from contract_vectors import Stage
from refusing import Case, certificate, check, send, signed

from ledger import errors
from ledger.transaction import MOST_BYTES, body_bytes, message_of, signed_bytes, transaction_id
from ledger.wallet import sign

CANCEL = {"receivable": "R1"}


def whole(stage: Stage) -> bytes:
    return signed(stage, "receivables.cancel", CANCEL, "core")


def changed(stage: Stage, **fields: object) -> bytes:
    """A transaction with fields of its body replaced after it was signed; None leaves one out."""
    value = json.loads(whole(stage))
    value["body"] = {key: inner for key, inner in {**value["body"], **fields}.items() if inner is not None}
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def with_signatures(stage: Stage, rows: list[object]) -> bytes:
    value = {**json.loads(whole(stage)), "signatures": rows}
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def drafted(stage: Stage) -> bytes:
    """A draft that is in the log."""
    terms = {
        **{"acceptor": "core", "amount": 5, "due": stage.now + 99, "holder": "bank-b", "invoice": "ab" * 32},
        **{"obligor": "core", "receivable": "R1", "recourse": True},
    }
    data = signed(stage, "receivables.draft", terms, "core")
    stage.node.submit([data])
    return data


def signed_again(stage: Stage, *people: tuple[str, str]) -> bytes:
    """A draft that is in the log, signed by other people: the same body, so the same id."""
    data = drafted(stage)
    body = data[len(b'{"body":') : data.rindex(b',"signatures":[')]
    message = message_of(transaction_id(body, stage.people.suite.hash))
    wallets = [stage.people.wallets[one] for one in people]
    return signed_bytes(body, {one.fingerprint: stage.people.suite.sign(one.private, message) for one in wallets})


def of_another_ledger(stage: Stage) -> bytes:
    body = stage.people.body("receivables.cancel", CANCEL)._replace(ledger="f" * 64)
    return sign(stage.people.suite, body, [stage.people.wallets["core", "maker"]])


def of_version(stage: Stage, call: str, version: int) -> bytes:
    body = stage.people.body(call, CANCEL)._replace(version=version)
    return sign(stage.people.suite, body, [stage.people.wallets["core", "maker"]])


def too_long(stage: Stage) -> bytes:
    return changed(stage, arguments={"receivable": "R" * MOST_BYTES})


def seventeen(stage: Stage) -> bytes:
    return with_signatures(stage, [{"certificate": f"{one:064x}", "signature": "ab" * 64} for one in range(17)])


def row(**more: object) -> dict[str, object]:
    return {"certificate": "ab" * 32, "signature": "cd" * 64, **more}


def later(stage: Stage) -> bytes:
    data = whole(stage)
    stage.now += 3601
    return data


CASES = {
    "too many bytes": Case(errors.FormatError, too_long, ("at most 65,535",)),
    "text instead of bytes": Case(
        errors.FormatError, lambda stage: whole(stage).decode(), ("from bytes, not from str",)
    ),
    "nothing at all": Case(errors.FormatError, lambda stage: None, ("NoneType",)),
    "cut off": Case(errors.CanonicalError, lambda stage: whole(stage)[:-1], ("not JSON",)),
    "empty": Case(errors.CanonicalError, lambda stage: b"", ("not JSON",)),
    "a blank": Case(errors.CanonicalError, lambda stage: whole(stage).replace(b",", b", ", 1), ("differ from byte",)),
    "a line feed at the end": Case(errors.CanonicalError, lambda stage: whole(stage) + b"\n", ("not canonical",)),
    "two bodies": Case(errors.CanonicalError, lambda stage: b'{"body":{},' + whole(stage)[1:], ("not canonical",)),
    "a fraction": Case(errors.CanonicalError, lambda stage: changed(stage, valid_until=1.5), ("1.5",)),
    "a key in Chinese": Case(
        errors.CanonicalError,
        lambda stage: whole(stage).replace(b'"receivable"', '"应收款"'.encode()),
        ("keys are ASCII",),
    ),
    "deep arguments": Case(
        errors.CanonicalError,
        lambda stage: whole(stage).replace(b'"R1"', b"[" * 99 + b"]" * 99),
        ("nested deeper",),
    ),
    "a list": Case(errors.BadFieldError, lambda stage: b"[]", ("transaction is [], it must be an object",)),
    "no body": Case(errors.BadFieldError, lambda stage: b'{"signatures":[]}', ("transaction.body is missing",)),
    "a field beside the body": Case(
        errors.BadFieldError,
        lambda stage: whole(stage)[:-1] + b',"zz":1}',
        ("transaction.zz is not a field of it", "body, signatures"),
    ),
    "a field more in the body": Case(
        errors.BadFieldError, lambda stage: changed(stage, zz=1), ("body.zz is not a field of it",)
    ),
    "no nonce": Case(errors.BadFieldError, lambda stage: changed(stage, nonce=None), ("body.nonce is missing",)),
    "a short nonce": Case(
        errors.BadFieldError, lambda stage: changed(stage, nonce="00"), ("body.nonce is '00'", "32 lower-case")
    ),
    "a nonce in capitals": Case(errors.BadFieldError, lambda stage: changed(stage, nonce="A" * 32), ("body.nonce",)),
    "a version that is a text": Case(
        errors.BadFieldError, lambda stage: changed(stage, version="1"), ("body.version is '1'", "from 1 to 1000")
    ),
    "version 0": Case(errors.BadFieldError, lambda stage: changed(stage, version=0), ("body.version is 0",)),
    "a time before 1970": Case(
        errors.BadFieldError, lambda stage: changed(stage, valid_until=-1), ("body.valid_until",)
    ),
    "arguments that are a list": Case(
        errors.BadFieldError,
        lambda stage: changed(stage, arguments=[]),
        ("body.arguments is [], it must be an object",),
    ),
    "no signature": Case(
        errors.BadFieldError,
        lambda stage: with_signatures(stage, []),
        ("signatures has 0 entries, it must have 1 to 16",),
    ),
    "seventeen signatures": Case(errors.BadFieldError, seventeen, ("signatures has 17 entries",)),
    "one certificate twice": Case(
        errors.BadFieldError, lambda stage: with_signatures(stage, [row(), row()]), ("signatures[1].certificate",)
    ),
    "certificates out of order": Case(
        errors.BadFieldError,
        lambda stage: with_signatures(stage, [row(), row(certificate="aa" * 32)]),
        ("signatures[1].certificate", "signatures stand in order"),
    ),
    "a signature of 63 bytes": Case(
        errors.BadFieldError,
        lambda stage: with_signatures(stage, [row(signature="cd" * 63)]),
        ("signatures[0].signature", "128 lower-case hexadecimal digits"),
    ),
    "a signature in capitals": Case(
        errors.BadFieldError,
        lambda stage: with_signatures(stage, [row(signature="CD" * 64)]),
        ("signatures[0].signature",),
    ),
    "a signature with a word beside it": Case(
        errors.BadFieldError,
        lambda stage: with_signatures(stage, [row(note=1)]),
        ("signatures[0].note is not a field",),
    ),
    "another ledger's": Case(errors.OtherLedgerError, of_another_ledger, ("body.ledger is ffff", "signed for another")),
    "a contract that is not there": Case(
        errors.UnknownContractError, lambda stage: of_version(stage, "gambling.bet", 1), ("body.contract is gambling",)
    ),
    "a version that is not there": Case(
        errors.UnknownContractError,
        lambda stage: of_version(stage, "receivables.cancel", 7),
        ("body.contract is receivables, version 7",),
    ),
    "an action that is not there": Case(
        errors.UnknownActionError,
        lambda stage: signed(stage, "pledges.steal", {}, "core"),
        ("body.action is steal", "pledges knows enforce, extend, pledge, release"),
    ),
    "too late": Case(
        errors.ExpiredTransactionError, later, ("body.valid_until is", "must not be before the block's time")
    ),
    "acceptable for ever": Case(
        errors.TooLongValidError,
        lambda stage: signed(stage, "receivables.cancel", CANCEL, "core", valid_until=stage.now + 86_401),
        ("body.valid_until is", "at most 86400 seconds after"),
    ),
    "the same bytes again": Case(errors.ReplayedError, drafted, ("is in the log already",)),
    "signed again by another": Case(
        errors.ReplayedError, lambda stage: signed_again(stage, ("core", "checker")), ("is in the log already",)
    ),
    "with one more signature": Case(
        errors.ReplayedError,
        lambda stage: signed_again(stage, ("core", "maker"), ("bank-a", "maker")),
        ("is in the log already",),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_is_refused(name: str) -> None:
    check(CASES[name])


def test_the_last_second_is_in_time_and_the_longest_validity_is_accepted() -> None:
    stage = Stage()
    for valid_until in (stage.now, stage.now + 86_400):
        terms = {"acceptor": "core", "amount": 5, "due": stage.now + 99, "holder": "bank-b", "invoice": "ab" * 32}
        terms |= {"obligor": "core", "receivable": f"R{valid_until}", "recourse": True}
        send(stage, "receivables.draft", terms, "core", valid_until=valid_until)


def test_a_replay_is_refused_as_long_as_it_would_be_in_time() -> None:
    stage = Stage()
    data = drafted(stage)
    rules = []
    for _ in range(8):
        stage.now += 600
        rules.append(stage.node.submit([data])[0].rule)  # type: ignore[union-attr]  # refused, else it fails
    assert rules == ["ReplayedError"] * 6 + ["ExpiredTransactionError"] * 2


def test_within_one_block_a_replay_is_refused_too() -> None:
    once = drafted(Stage())
    answers = Stage().node.submit([once, once])
    assert [getattr(one, "rule", "") for one in answers] == ["", "ReplayedError"]


def test_a_refused_transaction_may_come_again_when_it_is_right() -> None:
    """What was refused is not remembered: its id is not in the log."""
    stage = Stage()
    cancel = whole(stage)
    assert stage.node.submit([cancel])[0].rule == "UnknownRecordError"  # type: ignore[union-attr]  # refused
    drafted(stage)
    assert not hasattr(stage.node.submit([cancel])[0], "rule")


def test_one_bad_transaction_does_not_keep_others_out_of_a_block() -> None:
    stage = Stage()
    stranger = sign(stage.people.suite, stage.people.body("receivables.cancel", CANCEL), [certificate(stage)])
    draft = drafted(Stage())
    answers = stage.node.submit([b"", stranger, draft, b"[]", draft])
    assert [getattr(one, "rule", "accepted") for one in answers] == [
        *("CanonicalError", "UnknownCertificateError", "accepted", "BadFieldError", "ReplayedError")
    ]
    assert stage.node.refusals.total() == 4
    assert stage.node.store.height() == 2


def test_the_id_does_not_depend_on_who_signs() -> None:
    stage = Stage()
    body = stage.people.body("receivables.cancel", CANCEL)
    identity = transaction_id(body_bytes(body), stage.people.suite.hash).hex()
    drafted(stage)
    [answer] = stage.node.submit([sign(stage.people.suite, body, [stage.people.wallets["core", "maker"]])])
    assert answer.id == identity  # type: ignore[union-attr]  # accepted, else it fails
