"""Refusals by the public path: what is sent, which class refuses it, and which words the answer must have."""

from collections.abc import Callable
from typing import Any, NamedTuple

from contract_vectors import Stage

from ledger.errors import RefusalError
from ledger.identity.authority import authority_certificate, issue, revocation_list
from ledger.node import Receipt, Refusal
from ledger.wallet import Wallet, wallet

YEAR = 365 * 86_400


class Case(NamedTuple):
    """One thing that is refused.

    Parameters
    ----------
    error
        The class.
    send
        From a stage that has just begun to what is sent, after whatever must come before.
    says
        Words of the answer: the field, its value, what would be right.
    """

    error: type[RefusalError]
    send: Callable[[Stage], Any]
    says: tuple[str, ...]


def check(case: Case) -> None:
    """The case is refused by its class, in its words; the ledger is as it was, and the refusal is counted."""
    stage = Stage()
    sent = case.send(stage)
    before, size, root = stage.node.state.everything(), stage.node.tree.size, stage.node.tree.root()
    blocks, counted = stage.node.store.height(), stage.node.refusals.copy()
    [answer] = stage.node.submit([sent])
    assert isinstance(answer, Refusal), answer
    assert answer.rule == case.error.__name__, answer.message
    for words in case.says:
        assert words in answer.message
    assert "\n" not in answer.message
    assert stage.node.state.everything() == before
    assert (stage.node.tree.size, stage.node.tree.root(), stage.node.store.height()) == (size, root, blocks)
    assert stage.node.refusals - counted == {case.error.__name__: 1}


def send(stage: Stage, call: str, arguments: Any, *by: str, **more: Any) -> str:
    """Have the node accept a transaction; return its id."""
    answer = stage.node.submit([signed(stage, call, arguments, *by, **more)])[0]
    assert isinstance(answer, Receipt), answer
    return answer.id


def signed(stage: Stage, call: str, arguments: Any, *by: str, **more: Any) -> bytes:
    return stage.people.sign(call, arguments, by, **{"valid_until": stage.now + 3600, **more})


def circulate(stage: Stage, name: str = "R1", days: int = 90) -> str:
    """Bring a receivable to maker-of-parts; return its fragment."""
    terms = {
        **{"acceptor": "core", "amount": 1_000_000, "due": stage.now + days * 86_400, "holder": "maker-of-parts"},
        **{"invoice": "ab" * 32, "obligor": "core", "receivable": name, "recourse": True},
    }
    send(stage, "receivables.draft", terms, "core")
    send(stage, "receivables.issue", {"receivable": name}, "core")
    return f"{send(stage, 'receivables.accept', {'receivable': name}, 'core')[:32]}:0"


def certificate(stage: Stage, organisation: str = "bank-a", **more: Any) -> Wallet:
    """A new person's certificate, with the key; it is not registered."""
    private = more.pop("private", b"k" * 32)
    terms = {
        **{"role": "maker", "name": "Zhao Min", "public_key": stage.people.suite.public_key(private), "serial": 900},
        **{"not_before": stage.now - 60, "not_after": stage.now + YEAR, **more},
    }
    authority = terms.pop("authority", stage.people.authorities.get(organisation))
    der = issue(stage.people.suite, authority, organisation, **terms)
    return wallet(stage.people.suite, der, private)


def registered(stage: Stage, organisation: str = "bank-a", **more: Any) -> Wallet:
    """A new person whose certificate is registered."""
    one = certificate(stage, organisation, **more)
    send(stage, "members.register", {"certificate": one.certificate.hex()}, f"{organisation}/admin")
    return one


def authority(stage: Stage, organisation: str, private: bytes = b"a" * 32) -> str:
    return authority_certificate(
        *(stage.people.suite, private, organisation),
        **{"serial": 1, "not_before": stage.now - YEAR, "not_after": stage.now + 9 * YEAR},
    ).hex()


def revocations(stage: Stage, *serials: int, number: int = 1, organisation: str = "bank-a", **more: Any) -> Any:
    """Arguments of a call that posts a revocation list."""
    der = revocation_list(
        *(stage.people.suite, more.get("authority", stage.people.authorities[organisation]), organisation),
        number=number,
        this_update=stage.now,
        next_update=stage.now + YEAR,
        withdrawn=dict.fromkeys(serials, stage.now),
    )
    return {"organisation": organisation, "revocations": der.hex()}
