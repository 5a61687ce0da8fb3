"""The catalogue of contracts: every module of this folder that has a `NAME`, a `VERSION`, `ACTIONS` and `apply`."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from types import ModuleType
from typing import NamedTuple

from ledger.contracts.call import Transaction
from ledger.errors import UnknownContractError
from ledger.schema import Schema
from ledger.state import State

__all__ = ["Contract", "contract", "contracts"]


class Contract(NamedTuple):
    """A contract in one version.

    Parameters
    ----------
    name, version
        As a transaction calls it.
    title
        First line of its docstring.
    actions
        The fields of each action.
    apply
        From a state and a transaction to the new state.
    """

    name: str
    version: int
    title: str
    actions: Mapping[str, Schema]
    apply: Callable[[State, Transaction], State]


@cache
def contracts() -> Mapping[tuple[str, int], Contract]:
    """Return every contract by name and version.

    Examples
    --------
    >>> ("members", 1) in contracts()
    True
    """
    package = importlib.import_module("ledger.contracts")
    modules = [
        importlib.import_module(f"{package.__name__}.{one.name}") for one in pkgutil.iter_modules(package.__path__)
    ]
    found = [_contract(module) for module in modules if hasattr(module, "ACTIONS")]
    return {(one.name, one.version): one for one in found}


@cache
def contract(name: str, version: int) -> Contract:
    """Return one contract.

    Raises
    ------
    UnknownContractError
        If there is none of that name and version.

    Examples
    --------
    >>> contract("gambling", 1)
    Traceback (most recent call last):
    ledger.errors.refusals.UnknownContractError: body.contract is gambling, version 1: there is no such contract
    """
    found = contracts().get((name, version))
    if found is None:
        raise UnknownContractError(f"body.contract is {name}, version {version}: there is no such contract")
    return found


def _contract(module: ModuleType) -> Contract:
    title = (module.__doc__ or "").strip().split("\n")[0]
    return Contract(module.NAME, module.VERSION, title, module.ACTIONS, module.apply)
