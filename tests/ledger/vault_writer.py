"""Keeps and destroys payloads in a vault until it is killed; says on its standard output what it has done."""

import sys
from hashlib import sha256
from pathlib import Path

from ledger.privacy import Copy, Envelope, Vault, envelope_bytes

LEDGER = "ab" * 32


def secrets_of(number: int) -> tuple[bytes, bytes]:
    """The payload key and one wrapped copy of a payload, worked out from its number."""
    return sha256(b"key %d" % number).digest(), sha256(b"copy %d" % number).digest() * 3


def envelope_of(number: int) -> bytes:
    copies = {"bank-a": Copy(1, secrets_of(number)[1])}
    return envelope_bytes(Envelope(LEDGER, f"P{number}", "core", sha256(b"%d" % number).digest() * 16, copies))


def say(step: str, number: int) -> None:
    sys.stdout.write(f"{step} {number}\n")
    sys.stdout.flush()


def main(path: Path) -> None:
    with Vault(path, LEDGER) as vault:
        number = len(vault.payloads())
        while True:
            vault.keep(envelope_of(number), secrets_of(number)[0])
            say("kept", number)
            if number % 2:
                say("destroying", number - 1)
                vault.destroy(f"P{number - 1}")
                say("destroyed", number - 1)
            number += 1


if __name__ == "__main__":
    main(Path(sys.argv[1]))
