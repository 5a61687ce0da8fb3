"""A running ledger: its node in a file, its clock, and those who are let in before anything else happens."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from datasets import lending
from engines.progress import Report
from engines.receivables.membership import PLATFORM, ROLES, Consortium
from ledger.node import Node, Receipt, Refusal, found
from ledger.stores import SqliteStore

__all__ = ["Running"]


class Running:
    """A ledger that members write to.

    Parameters
    ----------
    path
        A file that is not there yet.
    members
        Who founds it, and who will be let in.

    Attributes
    ----------
    now
        The time, Unix seconds; whoever plays turns it on.
    """

    def __init__(self, path: Path, members: Consortium) -> None:
        self.path, self.members, self.now = path, members, members.genesis.time
        self.store = SqliteStore(path, create=True)
        found(self.store, members.genesis, members.operator)
        self.node = Node(self.store, members.operator, lambda: self.now)

    def submit(
        self, call: str, arguments: dict[str, Any], by: Iterable[str], roles: Iterable[str] = ROLES[:2]
    ) -> Receipt | Refusal:
        """Sign a call and submit it, a second after the last."""
        self.now += 1
        return self.node.submit([self.members.sign(call, arguments, by, self.now, roles)])[0]

    def done(
        self, call: str, arguments: dict[str, Any], by: Iterable[str], roles: Iterable[str] = ROLES[:2]
    ) -> Receipt:
        """Submit what must be accepted.

        Raises
        ------
        AssertionError
            If it is refused: then the story is wrong, not the ledger.
        """
        answer = self.submit(call, arguments, by, roles)
        assert isinstance(answer, Receipt), answer
        return answer

    def let_in(self, progress: Report) -> None:
        """Vote the newcomers in, and post their people's certificates."""
        newcomers = self.members.newcomers
        for place, one in enumerate(newcomers):
            given = {"authority": one.authority.hex(), "kind": one.kind, "name": one.name}
            self.done("members.admit", given, [PLATFORM, lending.BANKS[0][0]], ["admin"])
            for person in one.people.values():
                self.done("members.register", {"certificate": person.certificate.hex()}, [PLATFORM], ["admin"])
            progress("members · 成员", place + 1, len(newcomers))

    def last_checkpoint(self) -> bytes:
        """Return the operator's last checkpoint."""
        return next(iter(self.store.blocks(self.store.height() - 1))).checkpoint

    def close(self) -> None:
        """Leave the ledger."""
        self.node.close()
