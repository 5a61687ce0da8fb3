"""The bot's command, its settings file, and the service: as people start them, each in a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from engines.__main__ import main as hexi
from rpa.bot.configuration import read_settings
from rpa.bot.settings import SYSTEMS
from rpa.browser import Found
from rpa.deadlines.rules import CHINA
from rpa.errors import PolicyError, RpaError, SecretError
from rpa.evidence import Vault
from tests.laws.house import ROOT
from tests.rpa.bot_world import KEYS, PASSWORDS, World, basic, judged, world

NOBODY = Found("/nowhere", "variable", has_windows=False)
SECRETS = {f"HEXI_RPA_{name}_USER".upper(): "clerk" for name in SYSTEMS} | {
    f"HEXI_RPA_{name}_PASSWORD".upper(): PASSWORDS[name] for name in SYSTEMS
}
SECRETS["HEXI_RPA_LIST_KEY"] = KEYS.secret.hex()


def written(folder: Path, where: Any, registry: Any, **changes: str) -> Path:
    """A settings file; the year is described in full, so that the calendar is never out of date."""
    (folder / "registry.json").write_text(json.dumps(registry), encoding="utf-8")
    year = datetime.now(CHINA).year
    (folder / "calendar.toml").write_text(f"years = [{year - 1}, {year}, {year + 1}]\n")
    parts = {
        "plain": 'folder = "bot"\nregistry = "registry.json"\ncalendar = "calendar.toml"\npictures = false\n',
        "addresses": "".join(f'{name} = "{address}"\n' for name, address in where.items()),
        "list": f'bank = "{KEYS.bank}"\ncipher = "{KEYS.cipher}"\nplatform = "{KEYS.platform.hex()}"\n',
        "patience": "settle_seconds = 1.0\nlist_tries = 1\n",
        **changes,
    }
    text = parts.pop("plain") + "".join(f"[{name}]\n{lines}" for name, lines in parts.items())
    path = folder / "bot.toml"
    path.write_text(text, encoding="utf-8")
    return path


def bot(word: str, path: Path, *more: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "rpa.bot", word, str(path), *more]
    environ = {**os.environ, **SECRETS}
    return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ready(folder: Path, made: World) -> Path:
    return written(folder, made.addresses, made.registry)


def test_the_command_runs_once_and_reports(tmp_path: Path) -> None:
    with world(tmp_path, [basic(1)], start=datetime.now(CHINA)) as made:
        process = bot("once", ready(tmp_path, made), "--contexts", "2")
        said, wrong = process.communicate(timeout=120)
        assert process.returncode in (0, 1), wrong  # 1: at night, today's accounts are late
        assert "done 完成 1" in said
        assert "agreed 一致 1" in said
        assert judged(made, [basic(1)]) == {}
        assert not any(password in said + wrong for password in PASSWORDS.values())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["systems", "--switches"], "one_time_password"),
        (["systems", "--help"], "--latency"),
        (["console", "--help"], "--queue"),
        (["once", "--help"], "--contexts"),
    ],
)
def test_the_bot_is_a_word_of_the_one_command(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert hexi(["rpa", *words]) == 0
    assert said in capsys.readouterr().out


def test_a_settings_file_that_is_missing_is_named_by_the_one_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hexi(["rpa", "once", str(tmp_path / "nothing.toml")]) == 2
    assert "nothing.toml cannot be read" in capsys.readouterr().err


def test_the_service_takes_what_comes_and_ends_when_it_is_told(tmp_path: Path) -> None:
    with world(tmp_path, [], registry=[], start=datetime.now(CHINA)) as made:
        made.offer([basic(1)])
        made.registry.append({"certificate_number": basic(1).certificate_number})
        process = bot("service", ready(tmp_path, made))
        until = time.monotonic() + 90
        while judged(made, [basic(1)]) and time.monotonic() < until:
            time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        said, wrong = process.communicate(timeout=60)
        assert judged(made, [basic(1)]) == {}, said + wrong
        assert process.returncode in (0, 1), wrong


def test_a_missing_file_is_one_sentence_and_bad_input(tmp_path: Path) -> None:
    process = bot("once", tmp_path / "nothing.toml")
    said, wrong = process.communicate(timeout=60)
    assert process.returncode == 2
    assert wrong.count("\n") == 1
    assert "cannot be read" in wrong
    assert said == ""


ADDRESSES = {name: f"http://127.0.0.1:{place}" for place, name in enumerate(SYSTEMS, start=1)}
PLAIN = 'folder = "bot"\nregistry = "registry.json"\n'
WRONG = {
    "an unknown field": ({"plain": PLAIN + "speed = 3\n"}, "unknown field speed"),
    "no registry": ({"plain": 'folder = "bot"\n'}, "lack registry"),
    "an address that is none": ({"addresses": 'operations = "x"\naccounts = "y"\nimages = "z"\n'}, "http://"),
    "a system that is missing": ({"addresses": 'operations = "http://x"\n'}, "accounts"),
    "a short key": ({"list": 'bank = "a"\ncipher = "aes-256-gcm"\nplatform = "00"\n'}, "32"),
    "a key that is none": ({"list": 'bank = "a"\ncipher = "aes-256-gcm"\nplatform = "xy"\n'}, "hexadecimal"),
    "impatience": ({"patience": "page_seconds = 50.0\n"}, "at least twice"),
    "patience that is none": ({"patience": "page = 50.0\n"}, "unknown field page"),
    "text for a number": ({"plain": PLAIN + 'contexts = "4"\n'}, "contexts"),
    "no contexts": ({"plain": PLAIN + "contexts = 0\n"}, "side by side"),
}


@pytest.mark.parametrize("what", WRONG)
def test_settings_are_refused_by_name_with(what: str, tmp_path: Path) -> None:
    changes, said = WRONG[what]
    path = written(tmp_path, ADDRESSES, [], **changes)
    with pytest.raises(PolicyError, match=said):
        read_settings(path, Vault(SECRETS), NOBODY, lambda: datetime.now(CHINA))


def test_a_secret_that_is_missing_is_named_and_none_is_shown(tmp_path: Path) -> None:
    path = written(tmp_path, ADDRESSES, [])
    for name in SECRETS:
        with pytest.raises(SecretError, match=name):
            read_settings(path, Vault({key: SECRETS[key] for key in SECRETS if key != name}), NOBODY, datetime.now)
    shown = repr(read_settings(path, Vault(SECRETS), NOBODY, lambda: datetime.now(CHINA)))
    assert not any(secret in shown for secret in SECRETS.values() if secret != "clerk")


def test_a_registry_that_is_no_list_of_firms_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, ADDRESSES, {"a": 1})
    with pytest.raises(RpaError, match="must be a list of firms"):
        read_settings(path, Vault(SECRETS), NOBODY, lambda: datetime.now(CHINA))
