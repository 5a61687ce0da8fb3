"""Known secrets in every form that they take on their way into a log: plain, percent-encoded, escaped, in base 64.

A password that was typed into a form comes back in an address, in an exception's message, in a page's source. Each
letter of a secret is looked for in each of its forms, so that a half-encoded secret is found as well.
"""

import base64
import html
import re
from collections.abc import Iterable

from rpa.errors import SecretError

__all__ = ["LEAST_LENGTH", "pattern_of", "secrets_pattern"]

LEAST_LENGTH = 4
"""A shorter secret would be found in half of all words."""
_ENCODINGS = ("utf-8", "gb18030")


def secrets_pattern(secrets: Iterable[str | bytes]) -> re.Pattern[str] | None:
    """Return what finds any of the secrets in a text, None if there are none; the longest is tried first.

    Raises
    ------
    SecretError
        If one is too short to be told from ordinary text; it is not named.

    Examples
    --------
    >>> found = secrets_pattern(["p@ss word"])
    >>> [bool(found.search(text)) for text in ("?x=p%40ss+word", "p@ss%20word", '"p&#64;ss word"', "pass word")]
    [True, True, True, False]
    """
    given = sorted(set(secrets), key=lambda secret: (-len(secret), str(secret)))
    for secret in given:
        bare = secret.strip("*") if isinstance(secret, str) else secret.strip(b"*")
        if len(secret) < LEAST_LENGTH or not bare:
            raise SecretError(f"a secret has {len(secret)} characters: fewer than {LEAST_LENGTH} cannot be masked")
    return re.compile("|".join(map(pattern_of, given))) if given else None


def pattern_of(secret: str | bytes) -> str:
    r"""Return the regular expression of one secret in all its forms.

    Examples
    --------
    >>> bool(re.search(pattern_of("geheim-1"), "Basic dXNlcjpnZWhlaW0tMQ=="))
    True
    >>> bool(re.search(pattern_of(b"\x01\x02\x03\x04\x05"), "key 0102030405"))
    True
    """
    content = secret.encode("utf-8", "replace") if isinstance(secret, str) else secret
    forms = [f"(?i:{content.hex()})", *_in_base64(content)]
    if isinstance(secret, str):
        forms.insert(0, "".join(f"(?:{'|'.join(_forms(letter))})" for letter in secret))
    return "|".join(forms)


def _forms(letter: str) -> list[str]:
    """Return the forms of one letter."""
    number, plain = ord(letter), re.escape(letter)
    if not letter.isalnum():
        # bounded, so that a text of nothing but marks takes no longer than another
        plain = r"\\{1,8}" if letter == "\\" else rf"\\{{0,8}}{plain}"
    forms = [plain, rf"(?i:&#0{{0,8}}{number};|&#x0{{0,8}}{number:x};|\\{{1,8}}u{number:04x})"]
    for encoding in _ENCODINGS:
        content = letter.encode(encoding, "replace")
        forms.append("(?i:" + "".join(f"%(?:25){{0,4}}{byte:02x}" for byte in content) + ")")
        forms.append("(?i:" + "".join(rf"\\{{1,8}}x{byte:02x}" for byte in content) + ")")
    named = html.escape(letter)
    if named != letter:
        forms += [re.escape(named), "&apos;" if letter == "'" else re.escape(named)]
    if 0x21 <= number <= 0x7E:
        forms.append(chr(number + 0xFEE0))  # the full-width form that an input method types
    if letter in "\n\r\t":
        forms.append(r"\\{1,8}" + {"\n": "n", "\r": "r", "\t": "t"}[letter])
    return [*forms, r"\+", "\u3000"] if letter == " " else forms


def _in_base64(content: bytes) -> list[str]:
    """Return the part of the secret's base 64 that does not depend on its neighbours, at each of three places."""
    found = []
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + content + b"\0" * 3).decode()
        core = coded[-(-before * 8 // 6) : (before + len(content)) * 8 // 6]
        if len(core) >= 6:
            found.append(re.escape(core).replace(r"\+", "[+-]").replace("/", "[/_]"))
    return found
