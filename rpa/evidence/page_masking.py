"""Masking of pages before a picture is taken, and of traces before they are kept.

A picture cannot be searched for secrets, so they are covered before it is taken: input fields by a style sheet, and
what a page says in its text (a query password on a printed sheet) by marks that a script sets beside secret labels.
Whoever takes a picture lets the page evaluate `MARKING_SCRIPT` first, and lays `MASKING_STYLE` over it meanwhile.
"""

import io
import json
import zipfile
from collections.abc import Iterable

from rpa.errors import EvidenceError
from rpa.evidence.masking import Masking

__all__ = ["MARKING_SCRIPT", "MASKED_SELECTORS", "MASKING_STYLE", "masked_trace", "masking_style"]

_NAMES = (
    "password",
    "passwd",
    "pwd",
    "secret",
    "token",
    "captcha",
    "otp",
    "one_time",
    "id_card",
    "identity",
    "id_number",
)
MASKED_SELECTORS: tuple[str, ...] = (
    "input[type=password]",
    'input[autocomplete="one-time-code"]',
    *(f'input[{attribute}*="{name}" i]' for name in _NAMES for attribute in ("name", "id")),
    *(
        f'input[{attribute}*="{name}"]'
        for name in ("密码", "口令", "身份证")
        for attribute in ("aria-label", "placeholder")
    ),
    "[data-secret]",
    "[data-masked]",
)
"""What is covered on every page; `data-masked` is what `MARKING_SCRIPT` sets."""
MARKING_SCRIPT = """() => {
  const secret = /密码|口令|密钥|验证码|身份证|password|one-time/i;
  const free = /^(button|submit|checkbox|radio|hidden|file)$/;
  for (const label of document.querySelectorAll('th, td, dt, label, span, b, strong')) {
    if (label.children.length > 2 || label.textContent.length > 24 || !secret.test(label.textContent)) continue;
    const own = label.control || (label.htmlFor && document.getElementById(label.htmlFor));
    for (const value of [own, label.nextElementSibling]) {
      if (value && !free.test(value.type || '') && !/^(th|dt|label|button)$/i.test(value.tagName)) {
        value.setAttribute('data-masked', '');
      }
    }
  }
}"""
"""Marks the value beside each label that names a secret."""
_COVER = (
    "color: transparent !important; text-shadow: none !important; caret-color: transparent !important;"
    " -webkit-text-security: disc !important;"
    " background: repeating-linear-gradient(45deg, #444 0 4px, #777 4px 8px) !important;"
)
_TEXTS = (".trace", ".network", ".stacks", ".json", ".html", ".htm", ".css", ".js", ".txt", ".xml", ".svg")


def masking_style(more_selectors: Iterable[str] = ()) -> str:
    """Return a style sheet that covers what must not be read on a picture.

    Parameters
    ----------
    more_selectors
        Beside `MASKED_SELECTORS`.

    Examples
    --------
    >>> masking_style(["#sheet .query-password"]).count("#sheet .query-password")
    3
    """
    selectors = (*MASKED_SELECTORS, *more_selectors)
    within = [f"{one} {inner}" for one in selectors if not one.startswith("input") for inner in ("*",)]
    placeholders = [f"{one}::placeholder" for one in selectors]
    return f"{', '.join([*selectors, *within])} {{ {_COVER} }}\n{', '.join(placeholders)} {{ color: transparent; }}"


MASKING_STYLE = masking_style()


def masked_trace(content: bytes, masking: Masking) -> bytes:
    """Return a trace of Playwright (a zip) without secrets; pictures and files are left out, for nobody can mask them.

    Parameters
    ----------
    content
        The zip.
    masking
        The mask, which must know the passwords: a trace records every letter that was typed.

    Raises
    ------
    EvidenceError
        If it is no zip.

    Examples
    --------
    >>> made = io.BytesIO()
    >>> with zipfile.ZipFile(made, "w") as file:
    ...     file.writestr("trace.trace", '{"value": "hunter22"}')
    >>> with zipfile.ZipFile(io.BytesIO(masked_trace(made.getvalue(), Masking(["hunter22"])))) as kept:
    ...     kept.read("trace.trace").decode()
    '{"value": "***"}'
    """
    made = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as kept:
            for name in sorted(given.namelist()):
                if name.lower().endswith(_TEXTS):
                    kept.writestr(zipfile.ZipInfo(masking.text(name)), _masked_part(given.read(name), masking))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError) as error:
        raise EvidenceError(f"the trace is no zip that can be masked: {error}") from None
    return made.getvalue()


def _masked_part(content: bytes, masking: Masking) -> str:
    """Return one text of a trace: lines of JSON as records, all else as text."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("gb18030", "replace")
    lines = []
    for line in text.split("\n"):
        try:
            read = json.loads(line)
        except (ValueError, RecursionError):
            lines.append(masking.text(line))
            continue
        is_record = isinstance(read, dict | list)
        lines.append(json.dumps(masking.record(read), ensure_ascii=False) if is_record else masking.text(line))
    return "\n".join(lines)
