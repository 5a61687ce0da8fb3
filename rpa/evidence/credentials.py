"""Credentials: user names, passwords and keys, from where nobody else can read them.

They are looked for in the environment first, then in the keyring of the desktop (if the optional package `keyring` is
there), then in a TOML file that belongs to us and that nobody else may read. A secret does not show itself: whoever
needs it must call `reveal`.
"""

import hmac
import importlib
import os
import re
import stat
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from rpa.errors import SecretError

__all__ = ["Credentials", "Secret", "Vault", "desktop_keyring", "read_secrets_file"]

Keyring = Callable[[str, str], str | None]
SERVICE = "hexi-rpa"
"""What the keyring knows us by."""
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Secret:
    """A text that does not show itself.

    Examples
    --------
    >>> secret = Secret("hunter22")
    >>> secret, f"{secret}", secret.reveal()
    (Secret(***), '***', 'hunter22')
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text."""
        return self._text

    def __repr__(self) -> str:
        """Return marks."""
        return "Secret(***)"

    def __str__(self) -> str:
        """Return marks."""
        return "***"

    def __format__(self, form: str) -> str:
        """Return marks in the form asked for."""
        return format("***", form)

    def __eq__(self, other: object) -> bool:
        """Return whether the other holds the same text."""
        return isinstance(other, Secret) and hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        """Return the hash of the text."""
        return hash((Secret, self._text))

    def __reduce__(self) -> NoReturn:
        """Refuse to be copied."""
        raise SecretError("a secret is not copied into a file")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who logs in, and with what."""

    user: str
    password: Secret


@dataclass(frozen=True, repr=False)
class Vault:
    """The places where secrets are looked for.

    Parameters
    ----------
    environ
        Of the process; the password for `accounts` is `HEXI_RPA_ACCOUNTS_PASSWORD`.
    keyring
        Returns a secret by service and name, such as ("hexi-rpa", "accounts.password"); None if there is none.
    path
        A file with a table for each system; see `read_secrets_file`.

    Examples
    --------
    >>> vault = Vault({"HEXI_RPA_ACCOUNTS_USER": "clerk", "HEXI_RPA_ACCOUNTS_PASSWORD": "hunter22"})
    >>> vault.credentials("accounts")
    Credentials(user='clerk', password=Secret(***))
    >>> vault.secret("list", "key")
    Traceback (most recent call last):
    rpa.errors.SecretError: list.key is missing: set HEXI_RPA_LIST_KEY, or write it to a keyring or a file of secrets
    """

    environ: Mapping[str, str]
    keyring: Keyring | None = None
    path: Path | None = None

    def __repr__(self) -> str:
        """Return where is looked, and nothing that is found there."""
        return f"Vault(keyring={self.keyring is not None}, path={self.path})"

    def secret(self, system: str, name: str) -> Secret:
        """Return a secret.

        Raises
        ------
        SecretError
            If it is nowhere, empty, or in a file that others can read.
        """
        for part in (system, name):
            if not _NAME.fullmatch(part):
                raise SecretError(f"{part!r} names no secret: names are small letters, digits and _")
        variable = f"HEXI_RPA_{system}_{name}".upper()
        found = self.environ.get(variable)
        if found is None and self.keyring is not None:
            found = self.keyring(SERVICE, f"{system}.{name}")
        if found is None and self.path is not None:
            found = read_secrets_file(self.path).get(system, {}).get(name)
        if found is None:
            where = f" ({self.path} does not have it)" if self.path else ""
            raise SecretError(
                f"{system}.{name} is missing: set {variable}, or write it to a keyring or a file of secrets{where}"
            )
        if not found.strip():
            raise SecretError(f"{system}.{name} is empty")
        return Secret(found)

    def credentials(self, system: str) -> Credentials:
        """Return the user name and password of a system.

        Raises
        ------
        SecretError
            As `secret`.
        """
        return Credentials(self.secret(system, "user").reveal(), self.secret(system, "password"))


def desktop_keyring() -> Keyring | None:
    """Return the keyring of the desktop, None if the package `keyring` is not installed or has none to offer.

    Examples
    --------
    >>> desktop_keyring() is None or callable(desktop_keyring())
    True
    """
    try:
        keyring: Any = importlib.import_module("keyring")
        failure: type[Exception] = importlib.import_module("keyring.errors").KeyringError
    except ImportError:
        return None

    def look_up(service: str, name: str) -> str | None:
        try:
            found = keyring.get_password(service, name)
        except failure:
            return None
        return None if found is None else str(found)

    return look_up


def read_secrets_file(path: Path) -> dict[str, dict[str, str]]:
    """Read a TOML file of secrets: one table for each system, holding texts.

    It must be a file of our own with mode 0600 (or 0400). No message shows what it holds.

    Raises
    ------
    SecretError
        If it is missing, another's, open to others, or not of this form.

    Examples
    --------
    >>> read_secrets_file(Path("no such file"))
    Traceback (most recent call last):
    rpa.errors.SecretError: the secrets no such file cannot be read: No such file or directory
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise SecretError(f"the secrets {path} cannot be read: {error.strerror}") from None
    try:
        _check_owner(path, os.fstat(file))
        with os.fdopen(file, "rb", closefd=False) as opened:
            content = opened.read()
    finally:
        os.close(file)
    try:
        given = tomllib.loads(content.decode())
    except ValueError as error:
        place = re.search(r"\(at [^)]*\)", str(error))
        raise SecretError(f"the secrets {path} are not TOML {place.group() if place else ''}".rstrip()) from None
    for system, table in given.items():
        if type(table) is not dict or not all(type(value) is str for value in table.values()):
            raise SecretError(f"the secrets {path} must hold one table of texts for each system; {system} is none")
    return given


def _check_owner(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise SecretError(f"the secrets {path} are no ordinary file")
    if status.st_uid != os.geteuid():
        raise SecretError(f"the secrets {path} belong to user {status.st_uid}, they must belong to us")
    if (mode := stat.S_IMODE(status.st_mode)) & ~0o600:
        raise SecretError(f"the secrets {path} have mode {mode:04o}, it must be 0600: chmod 600 {path}")
