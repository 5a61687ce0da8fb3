"""Data and scripts written into a page, so that neither can end the element that holds them.

A parser of HTML ends a script at the first `</script`, also within a text of JSON; and U+2028 ends a line in older
scripts. In JSON both are written as escapes, in a library the slash is. The policy of the page allows the scripts by
their hash alone.
"""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

from engines.errors import PictureRefusedError

__all__ = ["content_policy", "inside_script", "safe_library"]


def inside_script(value: Any, title: str) -> str:
    r"""Return a value as JSON without angle brackets, ampersands, or any character that is not ASCII.

    Parameters
    ----------
    value
        What a picture is drawn from.
    title
        Name of the picture, for the refusal.

    Raises
    ------
    PictureRefusedError
        If it holds what JSON cannot: infinity, not-a-number, or an object.

    Examples
    --------
    >>> inside_script({"label": "</script>"}, "t")
    '{"label":"\\u003c/script\\u003e"}'
    """
    try:
        text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise PictureRefusedError(
            f"picture {title!r} holds what JSON cannot ({error}); give it finite numbers and text"
        ) from error
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def safe_library(script: str) -> str:
    r"""Return a library as it can stand in a page: no end of a script inside, and no address of a source map.

    Examples
    --------
    >>> safe_library("a = '</script>';\n//# sourceMappingURL=a.map\n")
    "a = '<\\/script>';\n"
    """
    return re.sub(r"(?m)^//# sourceMappingURL=.*\n?", "", script).replace("</script", "<\\/script")


def content_policy(scripts: Sequence[str]) -> str:
    """Return the policy of a page in which these scripts run, no other, and nothing is requested.

    Examples
    --------
    >>> content_policy(["", "x"])[:47]
    "default-src 'none'; script-src 'sha256-LXEWQrcm"
    """
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts if script)
    allowed = " ".join(f"'sha256-{value}'" for value in hashes)
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:"
