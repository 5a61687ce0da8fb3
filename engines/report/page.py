"""A result as one HTML page that works from a memory stick: no network, no other file.

The drawing library is taken from vl-convert and written into the page with the data. The page's own policy
lets only the two scripts run that are known by their hash, and forbids every request; what somebody's file
holds is escaped, and would not be allowed to run if it were not. Needs the extra 'report'. A page takes about
1 MB, so this is not for hundreds of them.
"""

import base64
import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from engines.errors import MissingExtraError, PictureRefusedError
from engines.report.document import as_document
from engines.report.legible import is_figure, legible
from engines.result import Picture, Result

__all__ = ["render_page", "require", "write_page"]

_NEEDED = ("altair", "jinja2", "vl_convert")


def require() -> None:
    """Do nothing if a page can be made; called before a long case is run, so that nobody waits in vain.

    Raises
    ------
    MissingExtraError
        If altair, jinja2 or vl-convert is not installed.

    Examples
    --------
    >>> require()
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise MissingExtraError("the HTML report", "report", missing)


def write_page(result: Result, path: Path | str, command: str = "") -> Path:
    """Write the page of a result; either the whole page is there afterwards, or what was there before.

    Parameters
    ----------
    result
        What the case found; its pictures are drawn now.
    path
        Where to write; an existing file is replaced.
    command
        The command that was run, where it is not the plain one.

    Returns
    -------
    Path
        Where the page is.

    Raises
    ------
    MissingExtraError
        If the extra 'report' is not installed.
    OSError
        If the folder does not exist or cannot be written.
    """
    whole = render_page(result, command)
    path = Path(path)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(whole)
        _share_like_a_new_file(Path(name))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def render_page(result: Result, command: str = "") -> str:
    """Return the page of a result as text.

    Raises
    ------
    MissingExtraError
        If the extra 'report' is not installed.
    PictureRefusedError
        If a picture holds what JSON cannot: infinity, not-a-number, or an object.

    Examples
    --------
    >>> page = render_page(Result("anti-fraud", "Anti-fraud", "反欺诈", "1-5", "<b>", "", 7, 100, "made"))
    >>> "&lt;b&gt;" in page, "<b>" in page
    (True, False)
    """
    require()
    import jinja2
    from markupsafe import Markup

    rooms = jinja2.Environment(
        loader=jinja2.PackageLoader("engines.report", "."), autoescape=True, undefined=jinja2.StrictUndefined
    )
    library = _library() if result.pictures else ""
    drawing = rooms.get_template("page.js.j2").render()
    document = as_document(result, command)
    numbers = document["numbers"]
    return rooms.get_template("page.html.j2").render(
        r=document,
        with_paper=[number for number in numbers if number["paper"]],
        without_paper=[number for number in numbers if not number["paper"]],
        tables=[_with_sides(table) for table in document["tables"]],
        passed=sum(check.passed for check in result.checks),
        pictures=[_drawn(picture) for picture in result.pictures],
        policy=_policy([library, drawing]),
        # Our own two files and the library as vl-convert ships it: nothing of a result is in these three.
        style=Markup(rooms.get_template("page.css.j2").render()),  # noqa: S704
        library=Markup(library),  # noqa: S704
        drawing=Markup(drawing),  # noqa: S704
    )


def _drawn(picture: Picture) -> dict[str, Any]:
    from markupsafe import Markup

    spec = {"description": f"{picture.title} · {picture.title_zh}"} | picture.draw()
    return {
        "title": legible(picture.title),
        "title_zh": legible(picture.title_zh),
        "caption": legible(picture.caption),
        "list": spec.get("usermeta", {}).get("list"),
        # Safe inside a script element by `_inside_script`, which leaves no angle bracket or ampersand.
        "spec": Markup(_inside_script(spec, picture.title)),  # noqa: S704
    }


def _inside_script(spec: dict[str, Any], title: str) -> str:
    try:
        text = json.dumps(spec, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise PictureRefusedError(
            f"picture {title!r} holds what JSON cannot ({error}); give it finite numbers and text"
        ) from error
    # A parser of HTML ends a script at the first "</script", also within a text of JSON.
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _policy(scripts: Sequence[str]) -> str:
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts if script)
    allowed = " ".join(f"'sha256-{value}'" for value in hashes)
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:"


@cache
def _library() -> str:
    import altair
    import vl_convert

    # The version that altair writes for, where vl-convert has it; else its newest.
    wanted = ".".join(altair.SCHEMA_VERSION.lstrip("v").split(".")[:2])
    version = wanted if wanted in vl_convert.get_vegalite_versions() else None
    snippet = "window.vegaEmbed = vegaEmbed;"
    bundle: str = vl_convert.javascript_bundle(snippet, vl_version=version)
    return bundle.replace("</script", "<\\/script")


def _with_sides(table: dict[str, Any]) -> dict[str, Any]:
    columns = [[row[at] for row in table["rows"] if at < len(row)] for at in range(len(table["columns"]))]
    widest = max([len(table["columns"]), *(len(row) for row in table["rows"])])
    right = [bool(cells) and all(is_figure(cell) for cell in cells) for cells in columns]
    return table | {"right": right + [False] * (widest - len(right))}


def _share_like_a_new_file(path: Path) -> None:
    # A temporary file is private; the page must be as readable as any file that this user writes.
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)
