"""Credentials: where they come from, whose file is refused, and that nothing shows them."""

import copy
import json
import os
import pickle
import sys
from pathlib import Path
from types import ModuleType

import pytest

from rpa.errors import SecretError
from rpa.evidence import Credentials, Secret, Vault, desktop_keyring, read_secrets_file

TEXT = '[accounts]\nuser = "clerk"\npassword = "hunter22"\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "secrets.toml"
    made.write_text(TEXT, encoding="utf-8")
    made.chmod(0o600)
    return made


def test_the_environment_goes_before_the_keyring_and_that_before_the_file(path: Path) -> None:
    ring = {("hexi-rpa", "accounts.password"): "from-the-ring"}
    vaults = [
        Vault({"HEXI_RPA_ACCOUNTS_PASSWORD": "from-outside"}, lambda *at: ring.get(at), path),
        Vault({}, lambda *at: ring.get(at), path),
        Vault({}, lambda *at: None, path),
        Vault({}, path=path),
    ]
    assert [vault.secret("accounts", "password").reveal() for vault in vaults] == [
        "from-outside",
        "from-the-ring",
        "hunter22",
        "hunter22",
    ]
    assert vaults[3].credentials("accounts") == Credentials("clerk", Secret("hunter22"))


def test_a_secret_that_is_nowhere_is_named_with_where_to_put_it(path: Path) -> None:
    with pytest.raises(SecretError, match=r"images\.user is missing: set HEXI_RPA_IMAGES_USER.*does not have it"):
        Vault({}, path=path).credentials("images")
    with pytest.raises(SecretError, match=r"images\.user is empty"):
        Vault({"HEXI_RPA_IMAGES_USER": " "}).credentials("images")
    with pytest.raises(SecretError, match="names no secret"):
        Vault({}).secret("../x", "user")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o700, 0o4600, 0o610])
def test_a_file_that_others_can_read_or_run_is_refused(path: Path, mode: int) -> None:
    path.chmod(mode)
    with pytest.raises(SecretError, match="it must be 0600") as refused:
        read_secrets_file(path)
    assert "hunter22" not in str(refused.value)


def test_a_file_that_only_we_may_read_is_enough(path: Path) -> None:
    path.chmod(0o400)
    assert read_secrets_file(path)["accounts"]["user"] == "clerk"


def test_the_file_of_another_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    with pytest.raises(SecretError, match=f"belong to user {mine}"):
        read_secrets_file(path)


def test_a_link_or_a_folder_is_refused(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    for wrong in (link, tmp_path, tmp_path / "none.toml"):
        with pytest.raises(SecretError, match="secrets"):
            read_secrets_file(wrong)


@pytest.mark.parametrize("text", ['[accounts]\npassword = hunter22"', 'password = "hunter22"', "[a]\npassword = 22333"])
def test_a_file_of_another_form_is_refused_without_showing_what_it_holds(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SecretError) as refused:
        read_secrets_file(path)
    assert "hunter22" not in str(refused.value)
    assert "22333" not in str(refused.value)


def test_nothing_shows_a_secret(path: Path) -> None:
    secret = Secret("hunter22")
    vault = Vault({"HEXI_RPA_X_KEY": "hunter22"}, path=path)
    shown = [repr(secret), str(secret), f"{secret:>12}", f"{secret!s} {secret!r}", repr([secret]), repr(vault)]
    shown += [repr(Credentials("clerk", secret)), str(vars(Credentials).get("password"))]
    assert not any("hunter22" in text for text in shown)
    for copied in (pickle.dumps, json.dumps, copy.copy, copy.deepcopy):
        with pytest.raises((SecretError, TypeError)):
            copied(secret)
    assert secret == Secret("hunter22")
    assert secret != Secret("hunter23")
    assert secret != "hunter22"


def test_a_machine_without_a_keyring_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert desktop_keyring() is None


def test_a_keyring_is_asked_and_one_that_is_locked_has_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class KeyringError(Exception):
        pass

    def get_password(service: str, name: str) -> str | None:
        if name == "locked.user":
            raise KeyringError("locked")
        return {"accounts.user": "clerk"}.get(name)

    ring, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    # A ring made by hand.
    ring.get_password, errors.KeyringError = get_password, KeyringError  # type: ignore[attr-defined]  # a module of the test
    monkeypatch.setitem(sys.modules, "keyring", ring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    found = desktop_keyring()
    assert found is not None
    assert [found("hexi-rpa", name) for name in ("accounts.user", "accounts.none", "locked.user")] == [
        "clerk",
        None,
        None,
    ]
