"""Configuration: a bot's settings from a TOML file, its secrets from where nobody else can read them.

The file says where the systems are, whose lists they are and who signs them, where the registry's extract lies, and
where the bot keeps its things. Log-ins and the key of the lists are never in it: see `rpa.evidence.credentials`.
"""

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

from rpa.bot.settings import SYSTEMS, Patience, Settings
from rpa.browser import Found
from rpa.deadlines import default_policy, read_policy, working_days
from rpa.errors import PolicyError
from rpa.evidence import Vault
from rpa.listing import ListKeys, Registry

__all__ = ["read_settings"]

_NEEDED = {"addresses", "list", "registry", "folder"}
_FREE = {"name", "contexts", "seed", "pictures", "policy", "calendar", "patience"}


def read_settings(path: Path, vault: Vault, browser: Found, clock: Callable[[], datetime]) -> Settings:
    """Return the settings of a file; its paths are counted from the folder in which it lies.

    Parameters
    ----------
    vault
        Holds `user` and `password` of each system, and the `key` of `list` in hexadecimal digits.

    Raises
    ------
    PolicyError
        If the file cannot be read, or something in it is missing, unknown, or not what it should be.
    SecretError
        If a secret is missing, or open to others.
    """
    given = _read(path)
    beside = path.parent
    optional = {name: given[name] for name in ("name", "contexts", "seed", "pictures") if name in given}
    for name, kind in (("name", str), ("contexts", int), ("seed", int), ("pictures", bool)):
        if name in optional and type(optional[name]) is not kind:
            raise PolicyError(f"{name} in {path} is {optional[name]!r}, it must be of the kind {kind.__name__}")
    return Settings(
        addresses={name: _address(given["addresses"], name, path) for name in SYSTEMS},
        credentials={name: vault.credentials(name) for name in SYSTEMS},
        keys=_keys(given["list"], vault, path),
        registry=Registry(_registry(beside / _text(given, "registry", path))),
        folder=beside / _text(given, "folder", path),
        browser=browser,
        clock=clock,
        policy=read_policy(beside / given["policy"]) if "policy" in given else default_policy(),
        days=working_days(beside / given["calendar"] if "calendar" in given else None),
        patience=_patience(given.get("patience", {}), path),
        **optional,
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PolicyError(f"the settings {path} cannot be read: {error}") from None
    if missing := sorted(_NEEDED - set(given)):
        raise PolicyError(f"the settings {path} lack {missing[0]}")
    if unknown := sorted(set(given) - _NEEDED - _FREE):
        raise PolicyError(f"the settings {path} have the unknown field {unknown[0]}")
    return given


def _text(given: Mapping[str, Any], name: str, path: Path) -> str:
    value = given.get(name)
    if type(value) is not str or not value:
        raise PolicyError(f"{name} in {path} is {value!r:.60}, it must be text")
    return value


def _address(given: Any, name: str, path: Path) -> str:
    if type(given) is not dict:
        raise PolicyError(f"addresses in {path} must be a table: {', '.join(SYSTEMS)}")
    address = _text(given, name, path).rstrip("/")
    if not address.startswith(("http://", "https://")):
        raise PolicyError(f"the address of {name} in {path} is {address!r:.60}, it must begin with http:// or https://")
    return address


def _keys(given: Any, vault: Vault, path: Path) -> ListKeys:
    if type(given) is not dict:
        raise PolicyError(f"list in {path} must be a table: bank, cipher, platform")
    try:
        platform = bytes.fromhex(_text(given, "platform", path))
        secret = bytes.fromhex(vault.secret("list", "key").reveal())
    except ValueError:
        raise PolicyError(f"the keys of the list in {path} must be hexadecimal digits") from None
    if len(platform) != 32:
        raise PolicyError(f"platform in {path} has {len(platform)} bytes, an Ed25519 public key has 32")
    return ListKeys(_text(given, "bank", path), _text(given, "cipher", path), secret, platform)


def _registry(path: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PolicyError(f"the registry's extract {path} cannot be read: {error}") from None
    if type(rows) is not list or not all(type(row) is dict and "certificate_number" in row for row in rows):
        raise PolicyError(f"the registry's extract {path} must be a list of firms, each with its certificate_number")
    return rows


def _patience(given: Any, path: Path) -> Patience:
    known = {field.name: type(field.default) for field in fields(Patience)}
    if type(given) is not dict or set(given) - set(known):
        wrong = sorted(set(given) - set(known))[0] if type(given) is dict else given
        raise PolicyError(f"patience in {path} has the unknown field {wrong}; it may have {', '.join(known)}")
    for name, value in given.items():
        if type(value) not in (int, known[name]) or value < 0:
            raise PolicyError(f"{name} in {path} is {value!r}, it must be a number, 0 or more")
    return Patience(**given)
