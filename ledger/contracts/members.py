"""Members: which organisations take part, and which certificates speak for them.

An organisation is known by the certificate of its own authority (an MSP, as Fabric calls it). It registers the
certificates of its people, whose role (maker 经办, checker 复核, admin 管理员) stands in them, and withdraws them by
posting a revocation list, so that anybody who has the log knows who could sign when. One key is one person's: nobody
signs as maker and checker with two certificates for it.

New organisations come in, and old ones go, by a vote of those that are there. What an organisation owned when it went
stays under its name and rests; the members may vote it in again, under the same authority.

A certificate and a revocation list bear the signature of their organisation's authority: that is the organisation's
word. So any member may post them; a new one has nobody yet who could, and one whose keys were all stolen nobody more.
"""

from ledger.contracts.call import Transaction, vote
from ledger.contracts.data import DataContract
from ledger.errors import AlreadyThereError, ForeignCertificateError, OldRevocationsError, UnknownMemberError
from ledger.identity.certificates import Certificate, check_issued_by, check_valid_at, read_certificate
from ledger.identity.revocations import read_revocations
from ledger.policies import Policy, require_approval
from ledger.schema import DER, MEMBER, Schema, one_of
from ledger.state import Record, State
from ledger.suites import Suite, by_name

__all__ = ["ACTIONS", "KINDS", "NAME", "VERSION", "apply", "check_member", "enrol", "register", "standing_members"]

NAME, VERSION = "members", 1
KINDS = ("enterprise", "bank", "platform", "regulator")
ACTIONS = {
    "admit": Schema({"authority": DER, "kind": one_of(*KINDS), "name": MEMBER}),
    "dismiss": Schema({"name": MEMBER}),
    "register": Schema({"certificate": DER}),
    "revoke": Schema({"organisation": MEMBER, "revocations": DER}),
}

_ORGANISATIONS = DataContract("members", NAME, "member")
_CERTIFICATES = DataContract("certificates", NAME, "certificate")
_PERSONS = DataContract("persons", NAME, "person's key")
_REVOCATIONS = DataContract("revocations", NAME, "revocation list")


def apply(state: State, transaction: Transaction) -> State:
    """Return the state after a transaction of this contract.

    Raises
    ------
    RefusalError
        If members have not approved, or what is asked contradicts the records.
    """
    arguments = transaction.arguments
    if transaction.action == "admit":
        vote(transaction, standing_members(state))
        return enrol(state, arguments["name"], arguments["kind"], arguments["authority"], transaction.time)
    if transaction.action == "dismiss":
        vote(transaction, [one for one in standing_members(state) if one != arguments["name"]])
        member = {**_standing(state, arguments["name"]), "standing": False}
        return _ORGANISATIONS.write(state, NAME, {arguments["name"]: member})
    if transaction.action == "register":
        certificate = read_certificate(bytes.fromhex(arguments["certificate"]), _suite(state))
        _require_any(transaction)
        return register(state, certificate, transaction.time)
    _require_any(transaction)
    return _revoke(state, arguments["organisation"], bytes.fromhex(arguments["revocations"]))


def standing_members(state: State) -> list[str]:
    """Return the names of the organisations that are members now, in order.

    Examples
    --------
    >>> standing_members(State())
    []
    """
    return [name for name, member in state.records(_ORGANISATIONS.name) if member["standing"]]


def check_member(state: State, name: str, field: str) -> Record:
    """Return the record of an organisation that is a member now.

    Raises
    ------
    UnknownMemberError
        If it is none.
    """
    record = state.get("members", name)
    if record is None or not record["standing"]:
        raise UnknownMemberError(f"{field} is {name}: no such organisation is a member")
    return record


def enrol(state: State, name: str, kind: str, authority: str, time: int) -> State:
    """Return the state in which an organisation is a member.

    Parameters
    ----------
    authority
        Its certificate of authority: DER in hexadecimal, self-signed, valid at the time.

    Raises
    ------
    AlreadyThereError
        If there is a member of that name, or was one with another authority.
    RefusalError
        If the certificate is not one of an authority of that organisation.
    """
    known = _ORGANISATIONS.find(state, NAME, name)
    if known is not None and (known["standing"] or known["authority"] != authority):
        raise AlreadyThereError(
            f"arguments.name is {name}: a member of that name is there, or was with another authority; choose another"
        )
    suite = _suite(state)
    certificate = read_certificate(bytes.fromhex(authority), suite)
    check_issued_by(certificate, certificate, suite)
    check_valid_at(certificate, time)
    if certificate.organisation != name:
        raise UnknownMemberError(f"arguments.authority speaks for {certificate.organisation}, it must speak for {name}")
    return _ORGANISATIONS.write(state, NAME, {name: {"authority": authority, "kind": kind, "standing": True}})


def register(state: State, certificate: Certificate, time: int) -> State:
    """Return the state in which a certificate may sign.

    Raises
    ------
    AlreadyThereError, UnknownMemberError
        If it, or its key under another person's name, is registered; if its organisation is no member.
    RefusalError
        If the organisation's authority did not issue it, has withdrawn it, or it is not valid at the time.
    """
    suite = _suite(state)
    member = _standing(state, certificate.organisation)
    if certificate.is_authority:
        raise ForeignCertificateError(f"the authority of {certificate.organisation} signs certificates, nothing else")
    check_issued_by(certificate, read_certificate(bytes.fromhex(member["authority"]), suite), suite)
    check_valid_at(certificate, time)
    if _CERTIFICATES.find(state, NAME, certificate.fingerprint) is not None:
        raise AlreadyThereError(f"certificate {certificate.fingerprint} is registered already")
    state = _claim_key(state, certificate)
    known = _REVOCATIONS.find(state, NAME, certificate.organisation)
    serial = f"{certificate.serial:x}"
    record = {
        "name": certificate.name,
        "not_after": certificate.not_after,
        "not_before": certificate.not_before,
        "organisation": certificate.organisation,
        "public_key": certificate.public_key.hex(),
        "revoked": known is not None and serial in known["serials"],
        "role": certificate.role,
        "serial": serial,
    }
    return _CERTIFICATES.write(state, NAME, {certificate.fingerprint: record})


def _require_any(transaction: Transaction) -> None:
    """Refuse what none of the organisations that have signed approves, by the roles of the policy."""
    organisations = [signer.organisation for signer in transaction.signers]
    policy = Policy(transaction.policy.roles, 1)
    require_approval(policy, transaction.signers, organisations, f"{transaction.contract}.{transaction.action}")


def _claim_key(state: State, certificate: Certificate) -> State:
    """Write down whose key it is; a person may have several certificates for it, another person none."""
    key = f"{certificate.organisation}/{certificate.public_key.hex()}"
    known = _PERSONS.find(state, NAME, key)
    if known is not None and known["name"] != certificate.name:
        raise AlreadyThereError(
            f"the key of {certificate.name}'s certificate is {known['name']}'s at {certificate.organisation}: each"
            " person signs with a key of its own"
        )
    return _PERSONS.write(state, NAME, {key: {"name": certificate.name}})


def _revoke(state: State, organisation: str, der: bytes) -> State:
    suite = _suite(state)
    member = _standing(state, organisation)
    authority = read_certificate(bytes.fromhex(member["authority"]), suite)
    found = read_revocations(der, authority, suite)
    known = _REVOCATIONS.find(state, NAME, organisation)
    if known is not None and found.number <= known["number"]:
        raise OldRevocationsError(
            f"arguments.revocations has number {found.number}, it must be greater than {known['number']}, the last one"
        )
    serials = sorted({f"{one:x}" for one in found.serials} | set(known["serials"] if known else ()))
    state = _REVOCATIONS.write(state, NAME, {organisation: {"number": found.number, "serials": serials}})
    withdrawn = {
        fingerprint: {**record, "revoked": True}
        for fingerprint, record in state.records(_CERTIFICATES.name)
        if record["organisation"] == organisation and record["serial"] in serials and not record["revoked"]
    }
    return _CERTIFICATES.write(state, NAME, withdrawn)


def _standing(state: State, name: str) -> Record:
    member = _ORGANISATIONS.find(state, NAME, name)
    if member is None or not member["standing"]:
        raise UnknownMemberError(f"{name} is not a member of this ledger")
    return member


def _suite(state: State) -> Suite:
    settings = state.get("ledger", "settings")
    assert settings is not None, "the genesis writes the settings"
    return by_name(settings["suite"])
