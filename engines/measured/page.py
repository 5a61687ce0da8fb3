"""The page of results: all records under `benchmarks/results/` in one offline HTML file.

Made from whatever the files hold: a benchmark that is not recorded is named as such. Drawn with the machinery of the
cases' reports, and needs the extra 'report' as they do.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from engines import catalogue
from engines.report import page as report
from engines.report.embedding import content_policy
from engines.result import Picture

__all__ = ["render_page", "write_page"]


def write_page(path: Path, records: Mapping[str, Mapping[str, Any]] | None = None) -> Path:
    """Write the page of all records, whole or not at all.

    Raises
    ------
    MissingExtraError
        If the extra 'report' is not installed.
    """
    return report.write_whole(render_page(records), path)


def render_page(records: Mapping[str, Mapping[str, Any]] | None = None) -> str:
    """Return the page as text.

    Parameters
    ----------
    records
        By the name of the benchmark; by default those that are kept.

    Examples
    --------
    >>> page = render_page({})
    >>> page.count("not recorded") >= len(catalogue.benchmarks()), "http" in page.split("</head>")[1]
    (True, False)
    """
    report.require()
    import jinja2
    from markupsafe import Markup

    from benchmarks.groups import GROUPS
    from benchmarks.recording import read_records
    from benchmarks.summary import rows, times_shown
    from engines.measured.sections import section

    kept = read_records() if records is None else records
    entries = catalogue.benchmarks()
    order = [name for names in GROUPS.values() for name in names if name in entries]
    sections = [section(entries[name], kept.get(name)) for name in [*order, *sorted(entries.keys() - set(order))]]
    rooms = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader(f"engines.{one}", ".") for one in ("measured", "report")]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    pictures = {one.name: [_drawn(picture) for picture in one.pictures] for one in sections}
    curves = {one.name: [_drawn(picture) for picture in one.curves] for one in sections}
    has_pictures = any(pictures.values()) or any(curves.values())
    scripts = [report.chart_library(), rooms.get_template("page.js.j2").render()] if has_pictures else []
    style = "\n".join(rooms.get_template(name).render() for name in ("page.css.j2", "results.css.j2"))
    return rooms.get_template("results.html.j2").render(
        sections=sections,
        pictures=pictures,
        curves=curves,
        headlines=rows(kept),
        times_shown=times_shown,
        won=sum(one.won for one in sections),
        lost=sum(one.lost for one in sections),
        policy=content_policy(scripts),
        # Our own files and the libraries as they ship: nothing of a record is in these.
        style=Markup(style),  # noqa: S704  # our own file
        scripts=[Markup(script) for script in scripts],  # noqa: S704  # our own files and the library as it ships
    )


def _drawn(picture: Picture) -> dict[str, Any]:
    """Return what the template needs of a picture, with the legend that it sets itself."""
    spec = picture.draw()
    legend = spec.pop("usermeta", {}).get("legend", ())
    return report.drawn_picture(replace(picture, draw=lambda: spec)) | {"legend": legend}
