"""A result as one HTML page that works from a memory stick: no network, no other file.

The drawing library of the charts is taken from vl-convert, those of the networks from `vendor/`; what a page needs is
written into it with the data. The page's own policy lets only the scripts run that are known by their hash, and
forbids every request; what somebody's file holds is escaped, and would not be allowed to run if it were not. Needs the
extra 'report'. A page takes 1 to 2 MB, so this is not for hundreds of them.
"""

import os
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from engines.errors import MissingExtraError
from engines.report import network_page
from engines.report.document import as_document
from engines.report.embedding import content_policy, inside_script, safe_library
from engines.report.films import drawn_film
from engines.report.legible import is_figure, legible
from engines.result import Picture, Result

__all__ = ["chart_library", "drawn_picture", "render_page", "require", "write_page", "write_whole"]

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
    return write_whole(render_page(result, command), path)


def write_whole(whole: str, path: Path | str) -> Path:
    """Write a text so that either all of it is there afterwards, or what was there before.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole("all", Path(folder) / "a.html").read_text()
    'all'
    """
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
    networks = [network_page.drawn_network(network) for network in result.networks]
    scripts = _scripts(result, rooms.get_template("page.js.j2").render(), [network["view"] for network in networks])
    document = as_document(result, command)
    numbers = document["numbers"]
    return rooms.get_template("page.html.j2").render(
        r=document,
        with_paper=[number for number in numbers if number["paper"]],
        without_paper=[number for number in numbers if not number["paper"]],
        tables=[_with_sides(table) for table in document["tables"]],
        passed=sum(check.passed for check in result.checks),
        pictures=[drawn_picture(picture) for picture in result.pictures],
        networks=networks,
        films=[drawn_film(film) for film in result.films],
        policy=content_policy(scripts),
        # Our own files and the libraries as they ship: nothing of a result is in these.
        style=Markup(_style(rooms, bool(networks))),  # noqa: S704  # escaped for its place, or our own file
        scripts=[Markup(script) for script in scripts],  # noqa: S704  # escaped for its place, or our own file
    )


def _scripts(result: Result, drawing: str, views: list[str]) -> list[str]:
    charts = [chart_library(), drawing] if result.pictures else []
    return [*charts, *network_page.libraries(views), *([network_page.own_script()] if views else [])]


def _style(rooms: Any, has_networks: bool) -> str:
    names = ["page.css.j2", *(["network.css.j2"] if has_networks else [])]
    return "\n".join(rooms.get_template(name).render() for name in names)


def drawn_picture(picture: Picture) -> dict[str, Any]:
    """Return what a template needs of a picture; its specification is ready to stand in a script element.

    Examples
    --------
    >>> str(drawn_picture(Picture("loss < gain", "", "", lambda: {"mark": "bar"}))["spec"]).count("<")
    0
    """
    from markupsafe import Markup

    spec = {"description": f"{picture.title} · {picture.title_zh}"} | picture.draw()
    return {
        "title": legible(picture.title),
        "title_zh": legible(picture.title_zh),
        "caption": legible(picture.caption),
        "list": spec.get("usermeta", {}).get("list"),
        # Safe inside a script element by `inside_script`, which leaves no angle bracket or ampersand.
        "spec": Markup(inside_script(spec, picture.title)),  # noqa: S704  # escaped for its place, or our own file
    }


@cache
def chart_library() -> str:
    """Return the drawing library of the charts as a script that can stand in a page.

    Examples
    --------
    >>> "vegaEmbed" in chart_library()
    True
    """
    import altair
    import vl_convert

    # The version that altair writes for, where vl-convert has it; else its newest.
    wanted = ".".join(altair.SCHEMA_VERSION.lstrip("v").split(".")[:2])
    version = wanted if wanted in vl_convert.get_vegalite_versions() else None
    snippet = "window.vegaEmbed = vegaEmbed;"
    bundle: str = vl_convert.javascript_bundle(snippet, vl_version=version)
    return safe_library(bundle)


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
