"""The genesis: the first entry of a ledger, which fixes what can not change, and names who begins.

It fixes the crypto suite, for how long a transaction may stay acceptable, and the log's name with the key that signs
its checkpoints. It names the first members with their authorities and certificates, the versions of the contracts, and
the approval policies. The ledger's id is its hash, so that whoever signs for the id signs for all of this.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ledger.canonical import decode, encode
from ledger.contracts.catalogue import contracts
from ledger.contracts.members import KINDS, enrol, register
from ledger.errors import FormatError, GenesisError, LedgerError, VerifierKeyError
from ledger.identity.certificates import read_certificate
from ledger.policies import Policy
from ledger.schema import DER, IDENTIFIER, MEMBER, MOMENT, Kind, Schema, listing, one_of, whole_number
from ledger.state import State
from ledger.suites import Suite, by_name
from ledger.verifier_keys import ED25519, SM2, parse_verifier_key

__all__ = ["Genesis", "Member", "genesis_bytes", "ledger_id", "opening_state", "policy_of", "read_genesis"]

LONGEST_VALIDITY = 7 * 86_400
_OBJECT = Kind("an object", lambda value: type(value) is dict)
_LIST = Kind("a list", lambda value: type(value) is list)
_LINE = Kind(
    "1 to 400 visible ASCII characters",
    lambda value: type(value) is str and 1 <= len(value) <= 400 and value.isascii() and value.isprintable(),
)
_GENESIS = Schema(
    {
        "certificates": listing(DER, 1000, 0),
        "contracts": _OBJECT,
        "format": whole_number(1, 1),
        "log_key": _LINE,
        "longest_validity": whole_number(1, LONGEST_VALIDITY),
        "members": _LIST,
        "origin": _LINE,
        "policies": _OBJECT,
        "suite": IDENTIFIER,
        "time": MOMENT,
    }
)
_MEMBER = Schema({"authority": DER, "kind": one_of(*KINDS), "name": MEMBER})
_POLICY = Schema(
    {"roles": listing(MEMBER, 4)}, {"organisations": listing(MEMBER, 100), "threshold": whole_number(1, 1000)}
)


class Member(NamedTuple):
    """An organisation that begins: its name, its kind, and the certificate of its authority as DER in hexadecimal."""

    name: str
    kind: str
    authority: str


class Genesis(NamedTuple):
    """What a ledger begins with.

    Parameters
    ----------
    origin
        Name of the log in its checkpoints, such as `hexi.example/receivables`.
    suite
        Name of the crypto suite.
    log_key
        Verifier key of the operator, who signs checkpoints (C2SP signed note): of Ed25519, or of SM2, which other
        tools do not read. Its name is the log's.
    time
        Unix seconds.
    members, certificates
        Who begins; certificates as DER in hexadecimal.
    contracts
        Version of each contract.
    policies
        By `contract.action`, by `contract`, or `*` for all others: `roles` that must each sign, a `threshold` of those
        who vote (default: all), and the `organisations` that do, see `ledger.policies.Policy`.
    longest_validity
        For how many seconds a transaction may be acceptable.
    """

    origin: str
    suite: str
    log_key: str
    time: int
    members: tuple[Member, ...]
    certificates: tuple[str, ...]
    contracts: Mapping[str, int]
    policies: Mapping[str, Mapping[str, Any]]
    longest_validity: int = 86_400


def genesis_bytes(genesis: Genesis) -> bytes:
    """Return the canonical bytes of a genesis, after the checks of `read_genesis`.

    Raises
    ------
    GenesisError
        If it holds what it may not.
    """
    value = {
        **genesis._asdict(),
        "format": 1,
        "members": [one._asdict() for one in genesis.members],
        "certificates": list(genesis.certificates),
        "contracts": dict(genesis.contracts),
        "policies": {name: dict(policy) for name, policy in genesis.policies.items()},
    }
    try:
        data = encode(value)
    except FormatError as error:
        raise GenesisError(f"the genesis cannot be written: {error}") from None
    read_genesis(data)
    return data


def read_genesis(data: bytes) -> Genesis:
    """Read a genesis.

    Raises
    ------
    GenesisError
        If the bytes are not one in canonical form.

    Examples
    --------
    >>> read_genesis(b"[]")
    Traceback (most recent call last):
    ledger.errors.faults.GenesisError: the genesis cannot be read: genesis is [], it must be an object
    """
    try:
        value = decode(data)
        _GENESIS.check(value, "genesis")
        for place, member in enumerate(value["members"]):
            _MEMBER.check(member, f"genesis.members[{place}]")
        for name, version in value["contracts"].items():
            Schema({name: whole_number(1, 1000)}).check({name: version}, "genesis.contracts")
        for name, policy in value["policies"].items():
            _POLICY.check(policy, f"genesis.policies.{name}")
    except FormatError as error:
        raise GenesisError(f"the genesis cannot be read: {error}") from None
    _check_log_key(value["log_key"], value["origin"])
    del value["format"]
    members = tuple(Member(**member) for member in value.pop("members"))
    return Genesis(**{**value, "certificates": tuple(value["certificates"])}, members=members)


def _check_log_key(text: str, origin: str) -> None:
    try:
        key = parse_verifier_key(text, (ED25519, SM2))
    except VerifierKeyError as error:
        raise GenesisError(f"genesis.log_key is not the key of a log: {error}") from None
    if key.name != origin:
        raise GenesisError(f"genesis.log_key is of {key.name}, it must be of the log itself, {origin}")


def ledger_id(data: bytes, suite: Suite) -> str:
    """Return the id of the ledger that begins with these bytes."""
    return suite.hash(b"hexi ledger\x00" + data).hex()


def opening_state(genesis: Genesis) -> State:
    """Return the state after the genesis.

    Raises
    ------
    GenesisError
        If a member's certificate is not what it should be, the suite is not known, or a contract or policy is for
        something that is not there.
    """
    _check_contracts(genesis)
    settings = {
        "log_key": genesis.log_key,
        "longest_validity": genesis.longest_validity,
        "origin": genesis.origin,
        "suite": genesis.suite,
    }
    state = State().write("ledger", {"settings": settings})
    state = state.write("versions", {name: {"version": version} for name, version in genesis.contracts.items()})
    state = state.write("policies", dict(genesis.policies))
    try:
        suite = by_name(genesis.suite)
        for member in genesis.members:
            state = enrol(state, member.name, member.kind, member.authority, genesis.time)
        for certificate in genesis.certificates:
            state = register(state, read_certificate(bytes.fromhex(certificate), suite), genesis.time)
    except LedgerError as error:
        raise GenesisError(f"the genesis does not hold: {error}") from error
    return state


def _check_contracts(genesis: Genesis) -> None:
    """Refuse contracts that nobody wrote, and policies that no action would ever look for."""
    there = contracts()
    for name, version in genesis.contracts.items():
        if (name, version) not in there:
            raise GenesisError(f"genesis.contracts.{name} is {version}: there is no contract of that name and version")
    for policy in genesis.policies:
        name, _, action = policy.partition(".")
        known = there.get((name, genesis.contracts.get(name, 0)))
        if policy != "*" and (known is None or ("." in policy and action not in known.actions)):
            raise GenesisError(f"genesis.policies.{policy} is for no action of the contracts that the genesis names")


def policy_of(state: State, contract: str, action: str) -> Policy:
    """Return what approves an action: its own policy, else its contract's, else that of `*`, else maker and checker.

    Examples
    --------
    >>> policy_of(State().write("policies", {"*": {"roles": ["maker"]}}), "pledges", "release")
    Policy(roles=('maker',), threshold=0, organisations=())
    """
    for name in (f"{contract}.{action}", contract, "*"):
        record = state.get("policies", name)
        if record is not None:
            return Policy(tuple(record["roles"]), record.get("threshold", 0), tuple(record.get("organisations", ())))
    return Policy(("maker", "checker"))
